"""What people call the records that the journal is about: a receipt's number, a login, a code."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

import sqlalchemy as sa

from tracker.accounts.models import Account
from tracker.catalogue.models import Category, Depot
from tracker.db import Session
from tracker.intake.models import DropOff
from tracker.payouts.models import Payout
from tracker.people.models import Consignee
from tracker.premiums.models import PremiumScheme
from tracker.shipments.models import Shipment

Subject = tuple[str, int]
"""Kind and id, as ``audit.service.record`` is told."""
CALLED: Mapping[str, tuple[Any, Any]] = {
    "account": (Account.id, Account.login),
    "category": (Category.id, Category.code),
    "consignee": (Consignee.id, Consignee.name),
    "depot": (Depot.id, Depot.code),
    "drop_off": (DropOff.id, DropOff.receipt),
    "payout": (Payout.id, Payout.number),
    "scheme": (PremiumScheme.id, PremiumScheme.code),
    "shipment": (Shipment.id, Shipment.reference),
}
"""Kinds whose records bear a name of their own; any other, and a drop-off of an old book, goes by its id."""
MOST_DIGITS = 18


def subject_names(session: Session, subjects: Iterable[Subject]) -> dict[Subject, str]:
    """One question for each kind. Those without a name are left out."""
    wanted: dict[str, set[int]] = defaultdict(set)
    for kind, number in subjects:
        wanted[kind].add(number)
    return {
        (kind, number): name
        for kind in wanted.keys() & CALLED.keys()
        for number, name in session.execute(_named(kind).where(CALLED[kind][0].in_(wanted[kind])))
        if name
    }


def subject_id(session: Session, kind: str, called: str) -> int | None:
    """The record of that name, else of that id (``12`` or ``#12``); nothing when there is none of that name."""
    if kind in CALLED:
        found = session.execute(_named(kind).where(sa.func.lower(CALLED[kind][1]) == called.strip().lower())).first()
        if found:
            number: int = found[0]
            return number
    digits = called.strip().removeprefix("#")
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) <= MOST_DIGITS else None


def _named(kind: str) -> sa.Select[Any]:
    return sa.select(*CALLED[kind])
