"""The year in grams and francs. Pages and files all read these rows, so no two of them can disagree.

Received: the net grams of the drop-offs weighed in the year, void ones left out. Shipped: what departed in the year
and was not reversed, at the weight sent. Owed and paid: the ledger's entries by their day. Opening stock: what was
held when the year began, with what the books here opened with on a day of the year.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, TypeVar

import sqlalchemy as sa

from tracker.catalogue import queries as catalogue
from tracker.catalogue.models import Category, Depot
from tracker.db import Session, total
from tracker.intake.models import DropOff, DropOffLine, DropOffVoid
from tracker.people.models import Consignee
from tracker.premiums.models import EntryKind, PremiumEntry
from tracker.premiums.queries import OWED, PAID
from tracker.reports import rules
from tracker.reports.rules import StockLine
from tracker.shipments.models import Shipment, ShipmentLine
from tracker.shipments.queries import DEPARTED, ShipmentLineView, ShipmentView
from tracker.stock.models import MovementKind, StockMovement
from tracker.values import period
from tracker.values.actor import Actor
from tracker.values.period import Days

Row = TypeVar("Row")
OPEN = "open"
"""The state of a year whose figures still move: of every year, as long as none can be closed."""


@dataclass(frozen=True, slots=True)
class Received:
    """What drop-offs of one month brought in one category."""

    month: str
    category_code: str
    pieces: int
    net_grams: int
    estimated_grams: int
    """The part of ``net_grams`` that nobody weighed."""


@dataclass(frozen=True, slots=True)
class Shipped(ShipmentView):
    """A shipment that departed in the year, as sent and as received."""

    departed_on: date

    def as_data(self) -> dict[str, Any]:
        return {
            "reference": self.reference,
            "departed_on": self.departed_on.isoformat(),
            "country": self.country,
            "consignee": self.consignee,
            "container": self.container,
            "packages": self.packages,
            "net_grams": self.net_grams,
            "received_grams": self.received_grams,
        }


@dataclass(frozen=True, slots=True)
class YearReport:
    """One year of one depot, or of every depot in reach. Every total is a sum of the rows held here."""

    year: int
    depot_code: str | None
    """Empty for every depot in reach."""
    drop_offs: int
    received: Sequence[Received]
    """By month, then in the catalogue's order."""
    shipments: Sequence[Shipped]
    """By day of departure."""
    stock: Sequence[StockLine]
    """In the catalogue's order; categories that neither held nor moved anything are left out."""
    premiums_xof: int
    paid_xof: int
    status: str = OPEN

    @property
    def received_grams(self) -> int:
        return sum(row.net_grams for row in self.received)

    @property
    def received_pieces(self) -> int:
        return sum(row.pieces for row in self.received)

    @property
    def estimated_grams(self) -> int:
        return sum(row.estimated_grams for row in self.received)

    @property
    def weighed_share(self) -> Decimal | None:
        return rules.weighed_share(self.received_grams - self.estimated_grams, self.estimated_grams)

    @property
    def received_by_category(self) -> dict[str, int]:
        return _by(self.received, lambda row: row.category_code, lambda row: row.net_grams)

    @property
    def received_by_month(self) -> dict[str, int]:
        return _by(self.received, lambda row: row.month, lambda row: row.net_grams)

    @property
    def shipped_grams(self) -> int:
        return sum(shipment.net_grams for shipment in self.shipments)

    @property
    def shipped_by_country(self) -> dict[str, int]:
        return _by(self.shipments, lambda row: row.country, lambda row: row.net_grams)

    @property
    def shipped_by_month(self) -> dict[str, int]:
        return _by(self.shipments, lambda row: period.month_key(row.departed_on), lambda row: row.net_grams)

    @property
    def shipped_by_category(self) -> dict[str, int]:
        lines = [line for shipment in self.shipments for line in shipment.lines]
        return _by(lines, lambda line: line.category_code, lambda line: line.net_grams)

    @property
    def opening_stock_grams(self) -> int:
        return sum(line.opening_grams for line in self.stock)

    @property
    def closing_stock_grams(self) -> int:
        return sum(line.closing_grams for line in self.stock)

    @property
    def loss_grams(self) -> int:
        return rules.loss_grams(self.stock)


def _by(rows: Iterable[Row], key: Callable[[Row], str], grams: Callable[[Row], int]) -> dict[str, int]:
    """Grams by key, in the order of the keys."""
    sums: dict[str, int] = defaultdict(int)
    for row in rows:
        sums[key(row)] += grams(row)
    return dict(sorted(sums.items()))


def year_report(session: Session, actor: Actor, year: int, depot_id: int | None = None) -> YearReport:
    """The year of the depot named, else of every depot in the actor's reach; a year without entries is all zeros.

    Raises ``Invalid("year_invalid")`` outside 1990-2200, ``NotFound("depot_not_found")``.
    """
    days = period.year(year)
    depot_code = None if depot_id is None else catalogue.depot(session, actor, depot_id).code
    scope = _Scope(days, tuple(reach for reach in (actor.depot_id, depot_id) if reach is not None))
    return YearReport(
        year=year,
        depot_code=depot_code,
        drop_offs=_drop_offs(session, scope),
        received=_received(session, scope),
        shipments=_shipments(session, scope),
        stock=_stock(session, scope),
        premiums_xof=_francs(session, scope, OWED),
        paid_xof=-_francs(session, scope, PAID),
    )


def document(report: YearReport) -> dict[str, Any]:
    """The report as files and programs read it: whole grams, pieces and francs. ``closed_figures`` is empty while open.

    ``weighed_share`` is the one figure that is not whole: four decimals at most, rounded down, empty in a year
    that received nothing.
    """
    share = report.weighed_share
    return {
        "year": report.year,
        "depot": report.depot_code,
        "drop_offs": report.drop_offs,
        "received_grams": report.received_grams,
        "received_pieces": report.received_pieces,
        "estimated_grams": report.estimated_grams,
        "weighed_share": None if share is None else float(share),
        "received_by_category": report.received_by_category,
        "received_by_month": report.received_by_month,
        "shipped_grams": report.shipped_grams,
        "shipped_by_country": report.shipped_by_country,
        "shipped_by_category": report.shipped_by_category,
        "shipped_by_month": report.shipped_by_month,
        "shipments": [shipment.as_data() for shipment in report.shipments],
        "opening_stock_grams": report.opening_stock_grams,
        "sorting_loss_grams": report.loss_grams,
        "closing_stock_grams": report.closing_stock_grams,
        "stock_by_category": {line.category_code: line.as_data() for line in report.stock},
        "premiums_xof": report.premiums_xof,
        "paid_xof": report.paid_xof,
        "status": report.status,
        "closed_figures": None,
    }


@dataclass(frozen=True, slots=True)
class _Scope:
    """Which days, and which depots a row must belong to: to each of ``depots``; none reaches every depot."""

    days: Days
    depots: Sequence[int]

    def at(self, depot: Any) -> list[sa.ColumnElement[bool]]:
        return [depot == reach for reach in self.depots]

    def within(self, day: Any, depot: Any) -> list[sa.ColumnElement[bool]]:
        return [day.between(self.days.first, self.days.last), *self.at(depot)]


def _drop_offs(session: Session, scope: _Scope) -> int:
    count = sa.select(sa.func.count()).select_from(_standing()).where(*scope.within(DropOff.day, DropOff.depot_id))
    return session.scalars(count.where(DropOffVoid.id.is_(None))).one()


def _standing() -> sa.FromClause:
    return sa.outerjoin(DropOff, DropOffVoid, DropOffVoid.drop_off_id == DropOff.id)


def _received(session: Session, scope: _Scope) -> list[Received]:
    month = sa.cast(sa.extract("month", DropOff.day), sa.Integer)
    estimated = sa.case((DropOffLine.estimated, DropOffLine.net_grams), else_=0)
    sums = (
        sa.select(month, Category.code, total(DropOffLine.pieces), total(DropOffLine.net_grams), total(estimated))
        .select_from(_standing())
        .join(DropOffLine, DropOffLine.drop_off_id == DropOff.id)
        .join(Category, Category.id == DropOffLine.category_id)
        .where(*scope.within(DropOff.day, DropOff.depot_id), DropOffVoid.id.is_(None))
        .group_by(month, Category.id, Category.code)
        .order_by(month, Category.id)
    )
    year = scope.days.first
    return [
        Received(period.month_key(year.replace(month=number)), code, pieces, grams, nobody_weighed)
        for number, code, pieces, grams, nobody_weighed in session.execute(sums)
    ]


def _shipments(session: Session, scope: _Scope) -> list[Shipped]:
    """Every one of them, not a page; the columns are named after the fields they fill."""
    rows = session.execute(
        sa.select(
            *(Shipment.id, Shipment.reference, Shipment.depot_id, Depot.code.label("depot_code")),
            *(Consignee.name.label("consignee"), Shipment.country, Shipment.container, Shipment.packages),
            *(Shipment.state, Shipment.departed_on, Shipment.received_on, Shipment.end_reason.label("reason")),
        )
        .join(Depot, Depot.id == Shipment.depot_id)
        .outerjoin(Consignee, Consignee.id == Shipment.consignee_id)
        .where(*_departed(scope))
        .order_by(Shipment.departed_on, Shipment.id)
    )
    lines = _shipped_lines(session, scope)
    return [Shipped(**row, lines=lines[row["id"]]) for row in rows.mappings()]


def _departed(scope: _Scope) -> list[sa.ColumnElement[bool]]:
    return [*scope.within(Shipment.departed_on, Shipment.depot_id), Shipment.state.in_(DEPARTED)]


def _shipped_lines(session: Session, scope: _Scope) -> dict[int, list[ShipmentLineView]]:
    rows = session.execute(
        sa.select(ShipmentLine.shipment_id, Category.code, ShipmentLine.net_grams, ShipmentLine.received_grams)
        .join(Shipment, Shipment.id == ShipmentLine.shipment_id)
        .join(Category, Category.id == ShipmentLine.category_id)
        .where(*_departed(scope))
        .order_by(ShipmentLine.shipment_id, ShipmentLine.id)
    )
    lines: dict[int, list[ShipmentLineView]] = defaultdict(list)
    for shipment_id, code, net_grams, received_grams in rows:
        lines[shipment_id].append(ShipmentLineView(code, net_grams, received_grams))
    return lines


def _stock(session: Session, scope: _Scope) -> list[StockLine]:
    """From the ledger's movements. A reversal takes away from the side that its original stands on."""
    grams, kind = StockMovement.grams, StockMovement.kind
    gained = (grams > 0) == StockMovement.reverses_id.is_(None)
    opened = sa.or_(StockMovement.day < scope.days.first, kind == MovementKind.OPENING)
    sorted_in_year = sa.and_(~opened, kind == MovementKind.SORTING)
    sums = (
        sa.select(
            Category.code,
            _sum_where(opened, grams),
            _sum_where(sa.and_(~opened, kind == MovementKind.DROP_OFF), grams),
            _sum_where(sa.and_(sorted_in_year, gained), grams),
            _sum_where(sa.and_(sorted_in_year, ~gained), -grams),
            _sum_where(sa.and_(~opened, kind == MovementKind.SHIPMENT), -grams),
        )
        .join(Category, Category.id == StockMovement.category_id)
        .where(StockMovement.day <= scope.days.last, *scope.at(StockMovement.depot_id))
        .group_by(Category.id, Category.code)
        .order_by(Category.id)
    )
    return [StockLine(code, *figures) for code, *figures in session.execute(sums) if any(figures)]


def _sum_where(condition: sa.ColumnElement[bool], grams: Any) -> sa.ColumnElement[int]:
    return total(sa.case((condition, grams), else_=0))


def _francs(session: Session, scope: _Scope, kinds: Sequence[EntryKind]) -> int:
    sums = sa.select(total(PremiumEntry.francs)).where(
        *scope.within(PremiumEntry.day, PremiumEntry.depot_id), PremiumEntry.kind.in_(kinds)
    )
    return session.scalars(sums).one()
