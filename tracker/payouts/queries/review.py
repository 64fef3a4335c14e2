"""One depositor before an approval: what waits, with its evidence, and what is owed back."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from tracker.accounts.models import Account
from tracker.catalogue.models import Category
from tracker.db import Session
from tracker.intake.models import DropOffLine
from tracker.payouts.queries.due import Due, PayoutMark, approved_over, dues
from tracker.people.queries import DepositorView, depositor
from tracker.premiums.queries import Entitlement, balance, entitlements
from tracker.values.actor import Actor


@dataclass(frozen=True, slots=True)
class LineSeen:
    category_code: str
    pieces: int | None
    net_grams: int
    estimated: bool


@dataclass(frozen=True, slots=True)
class Reviewed:
    """A drop-off under review, with its evidence."""

    due: Due
    logged_by: str | None
    lines: Sequence[LineSeen]
    premium: Entitlement | None
    approvable: bool
    """By this actor: not by whoever logged it."""


@dataclass(frozen=True, slots=True)
class Review:
    """One depositor before an approval."""

    depositor: DepositorView
    waiting: Sequence[Reviewed]
    debts: Sequence[Reviewed]
    outdated: Sequence[PayoutMark]
    """Payouts to be withdrawn first: they cover what is owed no more."""
    balance: int
    """What the depositor is owed in all, approved payouts included."""

    @property
    def waiting_francs(self) -> int:
        return sum(each.due.francs for each in self.waiting)

    @property
    def debt(self) -> int:
        return -sum(each.due.francs for each in self.debts)


def review(session: Session, actor: Actor, depositor_id: int) -> Review:
    """Raises ``NotFound("depositor_not_found")``, also for another depot's."""
    person = depositor(session, actor, depositor_id)
    open_dues = dues(session, depositor_id)
    reviewed = _reviewed(session, actor, open_dues)
    debts = [each for each in reviewed if each.due.francs < 0]
    return Review(
        depositor=person,
        waiting=[each for each in reviewed if each.due.francs > 0],
        debts=debts,
        outdated=approved_over(session, [each.due.drop_off_id for each in debts]),
        balance=balance(session, depositor_id),
    )


def _reviewed(session: Session, actor: Actor, open_dues: Sequence[Due]) -> list[Reviewed]:
    keys = [due.drop_off_id for due in open_dues]
    names = _names(session, {due.account_id for due in open_dues if due.account_id is not None})
    lines, premiums = _lines(session, keys), entitlements(session, keys)
    return [
        Reviewed(
            due=due,
            logged_by=names.get(due.account_id) if due.account_id is not None else None,
            lines=lines.get(due.drop_off_id, []),
            premium=premiums.get(due.drop_off_id),
            approvable=actor.account_id not in due.authors,
        )
        for due in open_dues
    ]


def _names(session: Session, account_ids: Collection[int]) -> Mapping[int, str]:
    known = sa.select(Account.id, Account.display_name).where(Account.id.in_(account_ids))
    return {row.id: row.display_name for row in session.execute(known)}


def _lines(session: Session, drop_off_ids: Sequence[int]) -> dict[int, list[LineSeen]]:
    rows = session.execute(
        sa.select(
            *(DropOffLine.drop_off_id, Category.code, DropOffLine.pieces),
            *(DropOffLine.net_grams, DropOffLine.estimated),
        )
        .join(Category, Category.id == DropOffLine.category_id)
        .where(DropOffLine.drop_off_id.in_(drop_off_ids))
        .order_by(DropOffLine.drop_off_id, DropOffLine.position)
    )
    lines: dict[int, list[LineSeen]] = {}
    for drop_off_id, code, pieces, grams, estimated in rows:
        lines.setdefault(drop_off_id, []).append(LineSeen(code, pieces, grams, estimated))
    return lines
