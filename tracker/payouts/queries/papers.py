"""Payouts: one whole, as its receipt shows it, and a list with its sums."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from tracker.accounts.models import Account
from tracker.catalogue.models import Depot
from tracker.db import Session, total
from tracker.errors import NotFound
from tracker.intake.models import DropOff
from tracker.intake.queries import number_of
from tracker.payouts.models import Payout, PayoutLine, State
from tracker.payouts.queries.due import Condition, within
from tracker.people.models import Depositor
from tracker.premiums.models import PremiumEntry
from tracker.values.actor import Actor
from tracker.values.period import Days

PAGE = 50


@dataclass(frozen=True, slots=True)
class Covered:
    """What a payout pays of one drop-off; negative where it repays a debt."""

    drop_off_id: int
    number: str
    day: date
    francs: int


@dataclass(frozen=True, slots=True)
class PayoutView:
    id: int
    number: str
    depot_id: int
    depot_code: str
    depot_name: str
    depot_place: str
    depositor_id: int
    depositor_name: str | None
    depositor_phone: str | None
    francs: int
    state: State
    approved_at: datetime
    approved_by: str | None
    paid_on: date | None
    paid_at: datetime | None
    paid_by: str | None
    reference: str | None
    reason: str | None
    lines: Sequence[Covered] = ()


@dataclass(frozen=True, slots=True)
class PayoutFilter:
    """Only what is given narrows the list; ``days`` are those of the handing over."""

    days: Days | None = None
    depot_id: int | None = None
    depositor_id: int | None = None
    state: State | None = None


@dataclass(frozen=True, slots=True)
class PayoutPage:
    """``count`` and ``francs`` are of every payout that the filter lets through, withdrawn ones left out."""

    rows: Sequence[PayoutView]
    count: int
    francs: int
    after: int | None


def payout(session: Session, actor: Actor, payout_id: int) -> PayoutView:
    """Raises ``NotFound("payout_not_found")``, also for another depot's."""
    found = _views(session, [Payout.id == payout_id])
    if not found or not actor.reaches(found[0].depot_id):
        raise NotFound("payout_not_found", payout=payout_id)
    return replace(found[0], lines=_covered(session, payout_id))


def payouts(session: Session, actor: Actor, wanted: PayoutFilter, *, after: int | None = None) -> PayoutPage:
    """Newest first, a page at a time, without what each covers."""
    conditions = _conditions(actor, wanted)
    standing_ones = [Payout.state != State.WITHDRAWN] if wanted.state is None else []
    sums = sa.select(sa.func.count(), total(Payout.francs)).where(*conditions, *standing_ones)
    count, francs = session.execute(sums).one()
    if after is not None:
        conditions = [*conditions, Payout.id < after]
    rows = _views(session, conditions)
    more = len(rows) > PAGE
    return PayoutPage(rows[:PAGE], count, francs, rows[PAGE - 1].id if more else None)


def _conditions(actor: Actor, wanted: PayoutFilter) -> list[Condition]:
    conditions = within(actor, wanted.depot_id, Payout.depot_id)
    if wanted.days:
        conditions.append(Payout.paid_on.between(wanted.days.first, wanted.days.last))
    if wanted.depositor_id is not None:
        conditions.append(Payout.depositor_id == wanted.depositor_id)
    if wanted.state:
        conditions.append(Payout.state == wanted.state)
    return conditions


def _views(session: Session, conditions: Sequence[Condition]) -> list[PayoutView]:
    approver, payer = aliased(Account), aliased(Account)
    rows = session.execute(
        sa.select(
            *(Payout.id, Payout.number, Payout.depot_id, Depot.code.label("depot_code")),
            *(Depot.name.label("depot_name"), Depot.place.label("depot_place"), Payout.depositor_id),
            *(Depositor.name.label("depositor_name"), Depositor.phone.label("depositor_phone")),
            *(Payout.francs, Payout.state, Payout.approved_at, approver.display_name.label("approved_by")),
            *(Payout.paid_on, Payout.paid_at, payer.display_name.label("paid_by")),
            *(Payout.reference, Payout.end_reason.label("reason")),
        )
        .join(Depot, Depot.id == Payout.depot_id)
        .join(Depositor, Depositor.id == Payout.depositor_id)
        .outerjoin(approver, approver.id == Payout.approved_by)
        .outerjoin(payer, payer.id == Payout.paid_by)
        .where(*conditions)
        .order_by(Payout.id.desc())
        .limit(PAGE + 1)
    )
    return [PayoutView(**row) for row in rows.mappings()]


def _covered(session: Session, payout_id: int) -> list[Covered]:
    """Debts first, as they are repaid first; then by day."""
    francs = total(PremiumEntry.francs)
    sums = (
        sa.select(DropOff, francs)
        .join(PremiumEntry, PremiumEntry.drop_off_id == DropOff.id)
        .join(PayoutLine, PayoutLine.entry_id == PremiumEntry.id)
        .where(PayoutLine.payout_id == payout_id)
        .group_by(DropOff.id)
        .order_by(sa.case((francs < 0, 0), else_=1), DropOff.day, DropOff.id)
    )
    return [Covered(row.id, number_of(row), row.day, paid) for row, paid in session.execute(sums)]
