"""What the start page tells at a glance: a day, the months behind, what is under way. From the ledgers' own rows."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa

from tracker.db import Session, total
from tracker.intake.models import DropOff, DropOffLine, DropOffVoid
from tracker.payouts.models import Payout
from tracker.payouts.models import State as PayoutState
from tracker.payouts.queries.due import within
from tracker.shipments.models import Shipment, ShipmentLine
from tracker.shipments.models import State as ShipmentState
from tracker.stock.models import MovementKind, StockBalance, StockMovement
from tracker.values import period
from tracker.values.actor import Actor
from tracker.values.period import Days

MONTHS = 12


@dataclass(frozen=True, slots=True)
class DayWeighed:
    """What was weighed on one day, void drop-offs left out."""

    drop_offs: int
    pieces: int
    net_grams: int
    estimated_grams: int


@dataclass(frozen=True, slots=True)
class Month:
    """What moved in a month, and what was held at its end."""

    key: str
    received_grams: int
    estimated_grams: int
    """The part of ``received_grams`` that nobody weighed."""
    shipped_grams: int
    held_grams: int


@dataclass(frozen=True, slots=True)
class Counted:
    """How many papers there are, and what they come to, in grams or francs."""

    count: int
    amount: int


def weighed_on(session: Session, actor: Actor, day: date) -> DayWeighed:
    """Of the actor's depot; of every depot where the actor has none."""
    estimated = sa.case((DropOffLine.estimated, DropOffLine.net_grams), else_=0)
    sums = (
        sa.select(
            sa.func.count(sa.distinct(DropOff.id)),
            total(DropOffLine.pieces),
            total(DropOffLine.net_grams),
            total(estimated),
        )
        .select_from(DropOff)
        .join(DropOffLine, DropOffLine.drop_off_id == DropOff.id)
        .outerjoin(DropOffVoid, DropOffVoid.drop_off_id == DropOff.id)
        .where(DropOff.day == day, DropOffVoid.id.is_(None), *within(actor, None, DropOff.depot_id))
    )
    return DayWeighed(*session.execute(sums).one())


def months(session: Session, actor: Actor, last: date) -> list[Month]:
    """The twelve up to the one of ``last``, the oldest first."""
    first = last.replace(year=last.year - 1, day=1)
    keys = period.months_of(Days(first, last))[-MONTHS:]
    moved = _moved(session, actor, period.month(keys[0]).first)
    held = held_now(session, actor)
    return [
        _month(
            key,
            [row for row in moved if row.month == key],
            held - sum(row.grams for row in moved if row.month > key),
        )
        for key in keys
    ]


@dataclass(frozen=True, slots=True)
class _Moved:
    month: str
    kind: MovementKind
    grams: int
    estimated_grams: int


def _moved(session: Session, actor: Actor, first: date) -> list[_Moved]:
    """Month by month and kind by kind, from ``first`` to the last that was written."""
    year, month = (sa.cast(sa.extract(part, StockMovement.day), sa.Integer) for part in ("year", "month"))
    estimated = sa.case((StockMovement.estimated, StockMovement.grams), else_=0)
    sums = (
        sa.select(year, month, StockMovement.kind, total(StockMovement.grams), total(estimated))
        .where(StockMovement.day >= first, *within(actor, None, StockMovement.depot_id))
        .group_by(year, month, StockMovement.kind)
    )
    return [
        _Moved(period.month_key(date(year, month, 1)), kind, grams, nobody_weighed)
        for year, month, kind, grams, nobody_weighed in session.execute(sums)
    ]


def _month(key: str, rows: Sequence[_Moved], held: int) -> Month:
    received = [row for row in rows if row.kind is MovementKind.DROP_OFF]
    return Month(
        key=key,
        received_grams=sum(row.grams for row in received),
        estimated_grams=sum(row.estimated_grams for row in received),
        shipped_grams=-sum(row.grams for row in rows if row.kind is MovementKind.SHIPMENT),
        held_grams=held,
    )


def held_now(session: Session, actor: Actor) -> int:
    """Grams in stock."""
    return session.scalars(
        sa.select(total(StockBalance.grams)).where(*within(actor, None, StockBalance.depot_id))
    ).one()


def under_way(session: Session, actor: Actor) -> Counted:
    """Shipments that were sent and not received, in grams."""
    sums = (
        sa.select(sa.func.count(sa.distinct(Shipment.id)), total(ShipmentLine.net_grams))
        .select_from(Shipment)
        .join(ShipmentLine, ShipmentLine.shipment_id == Shipment.id)
        .where(Shipment.state == ShipmentState.SENT, *within(actor, None, Shipment.depot_id))
    )
    return Counted(*session.execute(sums).one())


def to_hand_over(session: Session, actor: Actor) -> Counted:
    """Payouts that were approved and not paid, in francs."""
    sums = sa.select(sa.func.count(), total(Payout.francs)).where(
        Payout.state == PayoutState.APPROVED, *within(actor, None, Payout.depot_id)
    )
    return Counted(*session.execute(sums).one())
