"""Adding depositors and consignees."""

from dataclasses import dataclass

import sqlalchemy as sa

from tracker.accounts.policy import Permission, require
from tracker.audit.service import record, take_turn
from tracker.db import Session
from tracker.errors import NeedsConfirmation
from tracker.people import rules
from tracker.people.models import Consignee, Depositor, Kind
from tracker.people.queries import with_phone
from tracker.values.actor import Actor
from tracker.values.text import fold


@dataclass(frozen=True, slots=True)
class NewDepositor:
    depot_id: int
    kind: Kind
    name: str
    phone: str = ""
    """Any spelling, or blank."""
    confirmed: bool = False
    """Another depositor of the depot has this telephone, and that is right: people share them."""


def add_depositor(session: Session, actor: Actor, new: NewDepositor) -> int:
    """Raises ``Invalid`` for a blank or endless name, or a telephone that no plan has.

    Raises ``NeedsConfirmation("phone_known")`` for a telephone of another depositor of the depot.
    """
    require(actor, Permission.ADD_DEPOSITORS, new.depot_id)
    take_turn(session, new.depot_id)
    name, phone = rules.checked_name(new.name), rules.checked_phone(new.phone)
    known = with_phone(session, new.depot_id, phone) if phone else None
    if known is not None and not new.confirmed:
        raise NeedsConfirmation("phone_known", field="phone", depositor=known)
    return _add(session, actor, new.depot_id, new.kind, name, phone)


def add_unnamed_depositor(session: Session, actor: Actor, depot_id: int, phone: str | None) -> int:
    """Someone an old book knows by telephone (E.164) only, or not at all."""
    return _add(session, actor, depot_id, Kind.INDIVIDUAL, None, phone)


def _add(session: Session, actor: Actor, depot_id: int, kind: Kind, name: str | None, phone: str | None) -> int:
    require(actor, Permission.ADD_DEPOSITORS, depot_id)
    take_turn(session, depot_id)
    depositor = Depositor(
        depot_id=depot_id,
        kind=kind,
        name=name,
        folded_name=fold(name or ""),
        phone=phone,
        added_at=session.clock.now(),
    )
    session.add(depositor)
    session.flush()
    record(session, actor, "depositor.added", subject=("depositor", depositor.id), depot_id=depot_id)
    return depositor.id


def consignee_named(session: Session, actor: Actor, name: str, country: str) -> int:
    """The consignee of that name and country, added when new."""
    require(actor, Permission.PREPARE_SHIPMENTS)
    take_turn(session, None)
    name, country = rules.checked_name(name, "consignee"), rules.checked_country(country)
    known = sa.select(Consignee.id).where(Consignee.name == name, Consignee.country == country)
    if (found := session.scalars(known).one_or_none()) is not None:
        return found
    consignee = Consignee(name=name, country=country)
    session.add(consignee)
    session.flush()
    record(session, actor, "consignee.added", subject=("consignee", consignee.id))
    return consignee.id
