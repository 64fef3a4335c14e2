"""Reading the ledger of grams: what is held, and the movements behind it."""

from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa

from tracker.catalogue.models import Category, Depot
from tracker.db import Session, total
from tracker.paging import FIRST, Cut, Orders, Slice, sliced
from tracker.stock.models import MovementKind, StockBalance, StockMovement
from tracker.values.actor import Actor
from tracker.values.period import Days

ORDERS = Orders(StockMovement.id, posted=StockMovement.id, day=StockMovement.day)
"""As they were posted, or by the day of the event."""


@dataclass(frozen=True, slots=True)
class Held:
    """What a depot holds in a category."""

    depot_id: int
    depot_code: str
    category_id: int
    category_code: str
    grams: int
    pieces: int


@dataclass(frozen=True, slots=True)
class MovementView:
    id: int
    depot_code: str
    category_code: str
    day: date
    kind: MovementKind
    event_id: int
    reference: str
    grams: int
    pieces: int
    estimated: bool
    inferred: bool
    reverses_id: int | None
    posted_at: datetime


@dataclass(frozen=True, slots=True)
class MovementFilter:
    """Only what is given narrows the list."""

    days: Days | None = None
    depot_id: int | None = None
    category_code: str | None = None
    kind: MovementKind | None = None
    estimated: bool | None = None


@dataclass(frozen=True, slots=True)
class MovementPage(Slice[MovementView]):
    """``grams`` sums every movement that the filter lets through, not only this page's."""

    count: int
    grams: int


def held(session: Session, actor: Actor, depot_id: int | None = None) -> list[Held]:
    """Every balance that is not zero, by depot and in the catalogue's order."""
    wanted = (
        sa.select(
            StockBalance.depot_id,
            Depot.code,
            StockBalance.category_id,
            Category.code,
            StockBalance.grams,
            StockBalance.pieces,
        )
        .join(Depot, Depot.id == StockBalance.depot_id)
        .join(Category, Category.id == StockBalance.category_id)
        .where(StockBalance.grams != 0)
        .order_by(Depot.name, Category.id)
    )
    for reach in (actor.depot_id, depot_id):
        if reach is not None:
            wanted = wanted.where(StockBalance.depot_id == reach)
    return [Held(*row) for row in session.execute(wanted)]


def movements(session: Session, actor: Actor, wanted: MovementFilter, cut: Cut = FIRST) -> MovementPage:
    """A page of the list, newest first unless the cut says otherwise, with the sums of the whole of it."""
    conditions = _conditions(actor, wanted)
    sums = sa.select(sa.func.count(), total(StockMovement.grams)).select_from(_joined()).where(*conditions)
    page = movement_rows(session, actor, wanted, cut)
    return MovementPage(page.rows, page.before, page.after, *session.execute(sums).one())


def movement_rows(session: Session, actor: Actor, wanted: MovementFilter, cut: Cut) -> Slice[MovementView]:
    """As ``movements``, without the sums."""
    found = sa.select(StockMovement, Depot.code, Category.code).select_from(_joined())
    page = ORDERS.page(session, found.where(*_conditions(actor, wanted)), cut)
    return sliced([_view(*row) for row in session.execute(page)], cut)


def _joined() -> sa.FromClause:
    return sa.join(StockMovement, Depot, Depot.id == StockMovement.depot_id).join(
        Category, Category.id == StockMovement.category_id
    )


def _conditions(actor: Actor, wanted: MovementFilter) -> list[sa.ColumnElement[bool]]:
    conditions: list[sa.ColumnElement[bool]] = []
    for reach in (actor.depot_id, wanted.depot_id):
        if reach is not None:
            conditions.append(StockMovement.depot_id == reach)
    if wanted.days:
        conditions.append(StockMovement.day.between(wanted.days.first, wanted.days.last))
    if wanted.category_code:
        conditions.append(Category.code == wanted.category_code)
    if wanted.kind:
        conditions.append(StockMovement.kind == wanted.kind)
    if wanted.estimated is not None:
        conditions.append(StockMovement.estimated.is_(wanted.estimated))
    return conditions


def _view(row: StockMovement, depot_code: str, category_code: str) -> MovementView:
    return MovementView(
        id=row.id,
        depot_code=depot_code,
        category_code=category_code,
        day=row.day,
        kind=row.kind,
        event_id=row.event_id,
        reference=row.reference,
        grams=row.grams,
        pieces=row.pieces,
        estimated=row.estimated,
        inferred=row.inferred,
        reverses_id=row.reverses_id,
        posted_at=row.posted_at,
    )
