"""What no payout covers yet, drop-off by drop-off: what every verb of this room goes by."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import InstrumentedAttribute

from tracker.db import Session, total
from tracker.intake.models import DropOff, DropOffVoid
from tracker.intake.queries import number_of
from tracker.payouts.models import Payout, PayoutLine, State
from tracker.premiums.models import PremiumEntry
from tracker.premiums.queries import TO_PAY, RefusalView, refused
from tracker.values.actor import Actor

Condition = sa.ColumnElement[bool]


@dataclass(frozen=True, slots=True)
class Due:
    """What no standing payout covers of one drop-off: it waits when positive, is owed back when negative."""

    drop_off_id: int
    number: str
    day: date
    account_id: int | None
    """Who logged it, and may therefore not approve it."""
    voided: bool
    francs: int
    entry_ids: Sequence[int]


def dues(session: Session, depositor_id: int) -> list[Due]:
    """The depositor's drop-offs of which something waits or is owed back, the oldest first."""
    entries = (
        sa.select(PremiumEntry.drop_off_id, PremiumEntry.id, PremiumEntry.francs)
        .where(PremiumEntry.depositor_id == depositor_id, *uncovered())
        .order_by(PremiumEntry.id)
    )
    found: dict[int | None, list[tuple[int, int]]] = {}
    for drop_off_id, entry_id, francs in session.execute(entries):
        found.setdefault(drop_off_id, []).append((entry_id, francs))
    sums = {key: sum(francs for _, francs in posted) for key, posted in found.items()}
    drop_offs = (
        sa.select(DropOff, DropOffVoid.id)
        .outerjoin(DropOffVoid, DropOffVoid.drop_off_id == DropOff.id)
        .where(DropOff.id.in_([key for key, francs in sums.items() if francs]))
        .order_by(DropOff.day, DropOff.id)
    )
    return [
        Due(
            drop_off_id=row.id,
            number=number_of(row),
            day=row.day,
            account_id=row.account_id,
            voided=void_id is not None,
            francs=sums[row.id],
            entry_ids=[entry_id for entry_id, _ in found[row.id]],
        )
        for row, void_id in session.execute(drop_offs)
    ]


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
