"""Finding depositors as one types, and consignees."""

from dataclasses import dataclass

import sqlalchemy as sa

from tracker.db import Session
from tracker.errors import NotFound
from tracker.people import rules
from tracker.people.models import Consignee, Depositor, Kind
from tracker.values.actor import Actor
from tracker.values.text import fold

PAGE = 20


@dataclass(frozen=True, slots=True)
class DepositorView:
    id: int
    depot_id: int
    kind: Kind
    name: str | None
    phone: str | None


@dataclass(frozen=True, slots=True)
class ConsigneeView:
    id: int
    name: str
    country: str


def find_depositors(session: Session, actor: Actor, text: str, *, limit: int = PAGE) -> list[DepositorView]:
    """By name, accents and case folded, any part of it; by telephone, any spelling; newest first if blank."""
    wanted = _within_reach(actor).limit(limit)
    if digits := rules.phone_digits_sought(text):
        wanted = wanted.where(Depositor.phone.contains(digits, autoescape=True)).order_by(Depositor.phone)
    elif words := fold(text).split():
        named = [Depositor.folded_name.contains(word, autoescape=True) for word in words]
        wanted = wanted.where(*named).order_by(Depositor.folded_name, Depositor.id)
    else:
        wanted = wanted.order_by(Depositor.id.desc())
    return [view(depositor) for depositor in session.scalars(wanted)]


def depositor(session: Session, actor: Actor, depositor_id: int) -> DepositorView:
    """Raises ``NotFound("depositor_not_found")``, also for another depot's."""
    wanted = _within_reach(actor).where(Depositor.id == depositor_id)
    if (found := session.scalars(wanted).one_or_none()) is None:
        raise NotFound("depositor_not_found", field="depositor")
    return view(found)


def with_phone(session: Session, depot_id: int, phone: str) -> int | None:
    """The first depositor of the depot at this telephone (E.164)."""
    wanted = sa.select(Depositor.id).where(Depositor.depot_id == depot_id, Depositor.phone == phone)
    return session.scalars(wanted.order_by(Depositor.id).limit(1)).first()


def consignees(session: Session) -> list[ConsigneeView]:
    wanted = sa.select(Consignee).order_by(Consignee.name, Consignee.country)
    return [ConsigneeView(row.id, row.name, row.country) for row in session.scalars(wanted)]


def _within_reach(actor: Actor) -> sa.Select[Depositor]:
    wanted = sa.select(Depositor)
    return wanted if actor.depot_id is None else wanted.where(Depositor.depot_id == actor.depot_id)


def view(depositor: Depositor) -> DepositorView:
    return DepositorView(depositor.id, depositor.depot_id, depositor.kind, depositor.name, depositor.phone)
