"""The manager's queue: depositors of whom something waits, and all that is left to pay."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa

from tracker.catalogue.models import Depot
from tracker.db import Session, total
from tracker.intake.models import DropOffLine
from tracker.payouts.models import Payout, State
from tracker.payouts.queries.due import Condition, uncovered, within
from tracker.people.models import Depositor
from tracker.premiums.models import PremiumEntry
from tracker.values.actor import Actor

PAGE = 50


@dataclass(frozen=True, slots=True)
class Place:
    """Where a page of the queue ended: nobody after it is shown twice, whoever has left meanwhile."""

    day: date
    depositor_id: int


@dataclass(frozen=True, slots=True)
class Brought:
    """The evidence: what the drop-offs that wait weigh and count."""

    pieces: int = 0
    net_grams: int = 0
    estimated_grams: int = 0


@dataclass(frozen=True, slots=True)
class InQueue:
    """A depositor in the queue; ``day`` is that of the oldest of the ``drop_offs``."""

    depositor_id: int
    depositor_name: str | None
    depositor_phone: str | None
    depot_code: str
    day: date
    drop_offs: int
    waiting: int
    debt: int
    brought: Brought

    @property
    def francs(self) -> int:
        """What an approval of everything would hand over; negative when the debt is larger."""
        return self.waiting - self.debt

    def days_waited(self, today: date) -> int:
        return (today - self.day).days


@dataclass(frozen=True, slots=True)
class Queue:
    rows: Sequence[InQueue]
    after: Place | None


@dataclass(frozen=True, slots=True)
class Liability:
    """Everything that is left to pay within reach, in francs, by how far it has got."""

    waiting: int
    depositors_waiting: int
    debt: int
    depositors_indebted: int
    approved: int
    payouts_approved: int

    @property
    def francs(self) -> int:
        return self.waiting + self.approved - self.debt


def queue(
    session: Session, actor: Actor, *, depot_id: int | None = None, debts: bool = False, after: Place | None = None
) -> Queue:
    """Depositors of whom something waits (or who owe something back: ``debts``), the oldest first, a page at a time."""
    due = _by_drop_off(within(actor, depot_id, PremiumEntry.depot_id))
    found = session.execute(_depositors(due, debts=debts, after=after)).all()
    shown = found[:PAGE]
    brought = _brought(session, due, [row[0] for row in shown])
    rows = [InQueue(*row, brought=brought.get(row[0], Brought())) for row in shown]
    return Queue(rows, Place(rows[-1].day, rows[-1].depositor_id) if len(found) > PAGE else None)


def _by_drop_off(conditions: Sequence[Condition]) -> sa.Subquery:
    """What waits, or is owed back, of each drop-off."""
    francs = total(PremiumEntry.francs)
    key = (PremiumEntry.depositor_id, PremiumEntry.depot_id, PremiumEntry.drop_off_id, PremiumEntry.day)
    each = sa.select(*key, francs.label("francs")).where(*uncovered(), *conditions).group_by(*key)
    return each.having(francs != 0).subquery()


def _depositors(
    due: sa.Subquery, *, debts: bool, after: Place | None
) -> sa.Select[int, str | None, str | None, str, date, int, int, int]:
    waits, owed_back = due.c.francs > 0, due.c.francs < 0
    wanted = owed_back if debts else waits
    oldest = sa.func.min(sa.case((wanted, due.c.day)))
    found = (
        sa.select(
            *(due.c.depositor_id, Depositor.name, Depositor.phone, Depot.code, oldest),
            *(sa.func.count(sa.case((wanted, 1))), total(sa.case((waits, due.c.francs)))),
            -total(sa.case((owed_back, due.c.francs))),
        )
        .join(Depositor, Depositor.id == due.c.depositor_id)
        .join(Depot, Depot.id == due.c.depot_id)
        .group_by(due.c.depositor_id, Depositor.name, Depositor.phone, Depot.code)
        .having(oldest.is_not(None))
    )
    if after is not None:
        same_day = sa.and_(oldest == after.day, due.c.depositor_id > after.depositor_id)
        found = found.having(sa.or_(oldest > after.day, same_day))
    return found.order_by(oldest, due.c.depositor_id).limit(PAGE + 1)


def _brought(session: Session, due: sa.Subquery, depositor_ids: Sequence[int]) -> dict[int, Brought]:
    """By depositor, what the drop-offs that wait brought."""
    estimated = sa.case((DropOffLine.estimated, DropOffLine.net_grams), else_=0)
    sums = (
        sa.select(due.c.depositor_id, total(DropOffLine.pieces), total(DropOffLine.net_grams), total(estimated))
        .join(DropOffLine, DropOffLine.drop_off_id == due.c.drop_off_id)
        .where(due.c.depositor_id.in_(depositor_ids), due.c.francs > 0)
        .group_by(due.c.depositor_id)
    )
    return {key: Brought(*amounts) for key, *amounts in session.execute(sums)}


def liability(session: Session, actor: Actor, *, depot_id: int | None = None) -> Liability:
    due = _by_drop_off(within(actor, depot_id, PremiumEntry.depot_id))
    waits, owed_back = due.c.francs > 0, due.c.francs < 0
    open_sums = sa.select(
        *(total(sa.case((waits, due.c.francs))), sa.func.count(sa.distinct(sa.case((waits, due.c.depositor_id))))),
        -total(sa.case((owed_back, due.c.francs))),
        sa.func.count(sa.distinct(sa.case((owed_back, due.c.depositor_id)))),
    )
    approved = sa.select(total(Payout.francs), sa.func.count()).where(
        Payout.state == State.APPROVED, *within(actor, depot_id, Payout.depot_id)
    )
    return Liability(*session.execute(open_sums).one(), *session.execute(approved).one())
