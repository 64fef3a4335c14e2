"""Finding depositors as one types, and consignees."""

from dataclasses import dataclass

import sqlalchemy as sa

from tracker.db import Session
from tracker.errors import NotFound
from tracker.paging import FIRST, Cut, Orders, Slice, sliced
from tracker.people import rules
from tracker.people.models import Consignee, Depositor, Kind
from tracker.values.actor import Actor
from tracker.values.text import fold

ORDERS = Orders(Depositor.id, added=Depositor.id, name=Depositor.folded_name)
"""As they were added, or by name; those without one come first."""
SUGGESTED = 10
"""As many as a person takes in while typing."""


@dataclass(frozen=True, slots=True)
class DepositorView:
    id: int
    depot_id: int
    kind: Kind
    name: str | None
    phone: str | None


@dataclass(frozen=True, slots=True)
class DepositorPage(Slice[DepositorView]):
    """``count`` is of all who were found, not only this page's."""

    count: int


@dataclass(frozen=True, slots=True)
class ConsigneeView:
    id: int
    name: str
    country: str


def find_depositors(
    session: Session, actor: Actor, text: str, *, depot_id: int | None = None, limit: int = SUGGESTED
) -> list[DepositorView]:
    """As one types: by name, accents and case folded, any part of it; by telephone, any spelling; newest if blank."""
    order = (Depositor.folded_name, Depositor.id) if text.strip() else (Depositor.id.desc(),)
    wanted = _sought(actor, text, depot_id).order_by(*order).limit(limit)
    return [view(depositor) for depositor in session.scalars(wanted)]


def depositors(session: Session, actor: Actor, text: str = "", cut: Cut = FIRST) -> DepositorPage:
    """Sought as in ``find_depositors``: a page of them, the last added first unless the cut says otherwise."""
    found = sa.select(sa.func.count()).select_from(_sought(actor, text, None).subquery())
    page = depositor_rows(session, actor, text, cut)
    return DepositorPage(page.rows, page.before, page.after, session.scalars(found).one())


def depositor_rows(session: Session, actor: Actor, text: str, cut: Cut) -> Slice[DepositorView]:
    """As ``depositors``, not counted."""
    page = ORDERS.page(session, _sought(actor, text, None), cut)
    return sliced([view(depositor) for depositor in session.scalars(page)], cut)


def _sought(actor: Actor, text: str, depot_id: int | None) -> sa.Select[Depositor]:
    wanted = _within_reach(actor)
    if depot_id is not None:
        wanted = wanted.where(Depositor.depot_id == depot_id)
    text = text[: rules.LONGEST_NAME]
    words = [Depositor.folded_name.contains(word, autoescape=True) for word in fold(text).split()]
    if (digits := rules.phone_digits_sought(text)) is None:
        return wanted.where(*words)
    return wanted.where(sa.or_(Depositor.phone.contains(digits, autoescape=True), sa.and_(sa.true(), *words)))


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
