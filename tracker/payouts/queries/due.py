"""What no payout covers yet, drop-off by drop-off: what every verb of this room goes by."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import InstrumentedAttribute

from tracker.db import Session, total
from tracker.intake.models import DropOff, DropOffVoid
from tracker.intake.queries import number_of
from tracker.payouts.models import Payout, PayoutLine, State
from tracker.premiums.models import PremiumEntry
from tracker.premiums.queries import TO_PAY, RefusalView, refused
from tracker.values.actor import Actor
from tracker.values.period import month_key, month_of

Condition = sa.ColumnElement[bool]


@dataclass(frozen=True, slots=True)
class Due:
    """What no standing payout covers of one drop-off: it waits when positive, is owed back when negative."""

    drop_off_id: int
    number: str
    day: date
    account_id: int | None
    """Who logged it."""
    authors: frozenset[int | None]
    """Who logged it, or made it earn by logging another drop-off of its month: they may not approve it."""
    voided: bool
    francs: int
    entry_ids: Sequence[int]


class _Posted(NamedTuple):
    """An entry that no standing payout covers."""

    id: int
    francs: int
    account_id: int | None


def dues(session: Session, depositor_id: int) -> list[Due]:
    """The depositor's drop-offs of which something waits or is owed back, the oldest first."""
    entries = (
        sa.select(PremiumEntry.drop_off_id, PremiumEntry.id, PremiumEntry.francs, PremiumEntry.account_id)
        .where(PremiumEntry.depositor_id == depositor_id, *uncovered())
        .order_by(PremiumEntry.id)
    )
    found: dict[int | None, list[_Posted]] = {}
    for drop_off_id, entry_id, francs, account_id in session.execute(entries):
        found.setdefault(drop_off_id, []).append(_Posted(entry_id, francs, account_id))
    sums = {key: sum(entry.francs for entry in posted) for key, posted in found.items()}
    drop_offs = (
        sa.select(DropOff, DropOffVoid.id)
        .outerjoin(DropOffVoid, DropOffVoid.drop_off_id == DropOff.id)
        .where(DropOff.id.in_([key for key, francs in sums.items() if francs]))
        .order_by(DropOff.day, DropOff.id)
    )
    rows = session.execute(drop_offs).all()
    loggers = _loggers(session, depositor_id, [row.day for row, _ in rows])
    return [
        Due(
            drop_off_id=row.id,
            number=number_of(row),
            day=row.day,
            account_id=row.account_id,
            authors=_authors(row, found[row.id], loggers),
            voided=void_id is not None,
            francs=sums[row.id],
            entry_ids=[entry.id for entry in found[row.id]],
        )
        for row, void_id in rows
    ]


def _loggers(session: Session, depositor_id: int, days: Sequence[date]) -> set[tuple[str, int | None]]:
    """Who logged drop-offs of the depositor, by month; of the months of these days and those between."""
    if not days:
        return set()
    first, last = month_of(min(days)).first, month_of(max(days)).last
    logged = sa.select(DropOff.day, DropOff.account_id).where(
        DropOff.depositor_id == depositor_id, DropOff.day.between(first, last)
    )
    return {(month_key(day), account_id) for day, account_id in session.execute(logged)}


def _authors(
    row: DropOff, posted: Sequence[_Posted], loggers: Collection[tuple[str, int | None]]
) -> frozenset[int | None]:
    """Whoever voids moves francs too, but brings nothing: only loggers of the month are meant."""
    gained = {entry.account_id for entry in posted if entry.francs > 0}
    return frozenset({row.account_id, *(who for who in gained if (month_key(row.day), who) in loggers)})


def uncovered() -> list[Condition]:
    """The entries that wait, or are owed back: those that payouts cover, and none that stands covers."""
    standing = sa.select(PayoutLine.id).where(PayoutLine.entry_id == PremiumEntry.id, ~PayoutLine.released)
    return [TO_PAY, PremiumEntry.francs != 0, ~standing.exists()]


@dataclass(frozen=True, slots=True)
class PayoutMark:
    """A payout, as other pages refer to it."""

    id: int
    number: str
    state: State
    paid_on: date | None


def approved_over(session: Session, drop_off_ids: Collection[int]) -> list[PayoutMark]:
    """The payouts that cover one of these drop-offs and are not paid yet."""
    return _marks(session, PremiumEntry.drop_off_id.in_(drop_off_ids), Payout.state == State.APPROVED)


def payouts_over(session: Session, drop_off_id: int) -> list[PayoutMark]:
    """The payouts that stand and cover the drop-off, oldest first."""
    return _marks(session, PremiumEntry.drop_off_id == drop_off_id, ~PayoutLine.released)


def _marks(session: Session, *conditions: Condition) -> list[PayoutMark]:
    covering = (
        sa.select(Payout.id, Payout.number, Payout.state, Payout.paid_on)
        .join(PayoutLine, PayoutLine.payout_id == Payout.id)
        .join(PremiumEntry, PremiumEntry.id == PayoutLine.entry_id)
        .where(*conditions)
        .distinct()
        .order_by(Payout.id)
    )
    return [PayoutMark(*row) for row in session.execute(covering)]


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a drop-off's premium has got to."""

    francs: int
    """What waits, or is owed back when negative."""
    payouts: Sequence[PayoutMark]
    refusal: RefusalView | None


def standing(session: Session, drop_off_id: int) -> Standing:
    waits = sa.select(total(PremiumEntry.francs)).where(PremiumEntry.drop_off_id == drop_off_id, *uncovered())
    return Standing(
        francs=session.scalars(waits).one(),
        payouts=payouts_over(session, drop_off_id),
        refusal=refused(session, [drop_off_id]).get(drop_off_id),
    )


def within(actor: Actor, depot_id: int | None, column: InstrumentedAttribute[int]) -> list[Condition]:
    """Of the actor's depot, and of the one named, where there is one."""
    return [column == reach for reach in (actor.depot_id, depot_id) if reach is not None]
