"""Reading shipments: one whole, and a list with its sums."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa

from tracker.catalogue.models import Category, Depot
from tracker.db import Session, total
from tracker.errors import NotFound
from tracker.paging import FIRST, Cut, Orders, Slice, sliced
from tracker.people.models import Consignee
from tracker.shipments.models import Shipment, ShipmentLine, State
from tracker.values.actor import Actor
from tracker.values.period import Days

ORDERS = Orders(
    Shipment.id, number=Shipment.id, left=sa.func.coalesce(Shipment.departed_on, sa.literal(date.max, sa.Date()))
)
"""By number, or by the day of departure; what has not left stands after everything that has."""
DEPARTED = (State.SENT, State.RECEIVED)


@dataclass(frozen=True, slots=True)
class ShipmentLineView:
    category_code: str
    net_grams: int
    received_grams: int | None


@dataclass(frozen=True, slots=True)
class ShipmentView:
    id: int
    reference: str
    depot_id: int
    depot_code: str
    consignee: str | None
    country: str
    container: str | None
    packages: int | None
    state: State
    departed_on: date | None
    received_on: date | None
    reason: str | None
    lines: Sequence[ShipmentLineView]

    @property
    def net_grams(self) -> int:
        return sum(line.net_grams for line in self.lines)

    @property
    def received_grams(self) -> int | None:
        """Empty until every line is received."""
        weights = [line.received_grams for line in self.lines if line.received_grams is not None]
        return sum(weights) if weights and len(weights) == len(self.lines) else None


@dataclass(frozen=True, slots=True)
class ShipmentFilter:
    """Only what is given narrows the list; ``departed`` keeps those whose grams have left the stock."""

    days: Days | None = None
    depot_id: int | None = None
    country: str | None = None
    state: State | None = None
    category_code: str | None = None
    departed: bool = False


@dataclass(frozen=True, slots=True)
class ShipmentPage(Slice[ShipmentView]):
    """``net_grams`` sums what the filter lets through, of the category when one is given."""

    count: int
    net_grams: int


def shipment(session: Session, actor: Actor, shipment_id: int) -> ShipmentView:
    """Raises ``NotFound("shipment_not_found")``, also for another depot's."""
    found = _views(session, _selected([Shipment.id == shipment_id]))
    if not found or not actor.reaches(found[0].depot_id):
        raise NotFound("shipment_not_found", shipment=shipment_id)
    return found[0]


def shipments(session: Session, actor: Actor, wanted: ShipmentFilter, cut: Cut = FIRST) -> ShipmentPage:
    """A page of the list, newest first unless the cut says otherwise, with the sums of the whole of it."""
    sums = session.execute(_sums(_conditions(actor, wanted), wanted.category_code)).one()
    page = shipment_rows(session, actor, wanted, cut)
    return ShipmentPage(page.rows, page.before, page.after, *sums)


def shipment_rows(session: Session, actor: Actor, wanted: ShipmentFilter, cut: Cut) -> Slice[ShipmentView]:
    """As ``shipments``, without the sums."""
    page = ORDERS.page(session, _selected(_conditions(actor, wanted)), cut)
    return sliced(_views(session, page), cut)


def _sums(conditions: Sequence[sa.ColumnElement[bool]], category_code: str | None) -> sa.Select[int, int]:
    sums = (
        sa.select(sa.func.count(sa.distinct(Shipment.id)), total(ShipmentLine.net_grams))
        .join(ShipmentLine, ShipmentLine.shipment_id == Shipment.id)
        .join(Category, Category.id == ShipmentLine.category_id)
        .where(*conditions)
    )
    return sums.where(Category.code == category_code) if category_code else sums


def _conditions(actor: Actor, wanted: ShipmentFilter) -> list[sa.ColumnElement[bool]]:
    conditions: list[sa.ColumnElement[bool]] = []
    for reach in (actor.depot_id, wanted.depot_id):
        if reach is not None:
            conditions.append(Shipment.depot_id == reach)
    if wanted.days:
        conditions.append(Shipment.departed_on.between(wanted.days.first, wanted.days.last))
    if wanted.country:
        conditions.append(Shipment.country == wanted.country)
    if wanted.state:
        conditions.append(Shipment.state == wanted.state)
    if wanted.departed:
        conditions.append(Shipment.state.in_(DEPARTED))
    if wanted.category_code:
        conditions.append(Shipment.id.in_(_carrying(wanted.category_code)))
    return conditions


def _carrying(category_code: str) -> sa.Select[int]:
    return (
        sa.select(ShipmentLine.shipment_id)
        .join(Category, Category.id == ShipmentLine.category_id)
        .where(Category.code == category_code)
    )


def _selected(conditions: Sequence[sa.ColumnElement[bool]]) -> sa.Select[Shipment, str, str]:
    return (
        sa.select(Shipment, Depot.code, Consignee.name)
        .join(Depot, Depot.id == Shipment.depot_id)
        .outerjoin(Consignee, Consignee.id == Shipment.consignee_id)
        .where(*conditions)
    )


def _views(session: Session, selected: sa.Select[Shipment, str, str]) -> list[ShipmentView]:
    rows = session.execute(selected).all()
    lines = _lines(session, [row.id for row, _, _ in rows])
    return [_view(row, depot, consignee, lines.get(row.id, [])) for row, depot, consignee in rows]


def _view(row: Shipment, depot_code: str, consignee: str | None, lines: Sequence[ShipmentLineView]) -> ShipmentView:
    return ShipmentView(
        id=row.id,
        reference=row.reference,
        depot_id=row.depot_id,
        depot_code=depot_code,
        consignee=consignee,
        country=row.country,
        container=row.container,
        packages=row.packages,
        state=row.state,
        departed_on=row.departed_on,
        received_on=row.received_on,
        reason=row.end_reason,
        lines=lines,
    )


def _lines(session: Session, shipment_ids: Sequence[int]) -> dict[int, list[ShipmentLineView]]:
    rows = session.execute(
        sa.select(ShipmentLine.shipment_id, Category.code, ShipmentLine.net_grams, ShipmentLine.received_grams)
        .join(Category, Category.id == ShipmentLine.category_id)
        .where(ShipmentLine.shipment_id.in_(shipment_ids))
        .order_by(ShipmentLine.id)
    )
    lines: dict[int, list[ShipmentLineView]] = {}
    for shipment_id, code, net_grams, received_grams in rows:
        lines.setdefault(shipment_id, []).append(ShipmentLineView(code, net_grams, received_grams))
    return lines
