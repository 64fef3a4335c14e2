"""Whatever happens, in whatever order: what is paid is what was earned, and the books agree."""

from collections.abc import Callable, Sequence
from contextlib import suppress

import sqlalchemy as sa
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.payouts.scenario import REFERENCE, Depot
from tests.support.people import FANTA, bring
from tests.support.time import SteppableTime
from tracker.db import Session
from tracker.errors import Conflict
from tracker.intake.rules import Entered
from tracker.intake.service import void_drop_off
from tracker.payouts.models import Payout, State
from tracker.payouts.queries.due import dues
from tracker.payouts.service import approve, pay, refuse, withdraw
from tracker.premiums.models import PremiumEntry
from tracker.premiums.queries import OWED, balance
from tracker.reports.queries.verification import verify

Verb = Callable[[Session, Depot, int], None]


def weigh(session: Session, depot: Depot, number: int) -> None:
    bring(session, depot.oumar, Entered("MOB", pieces=40 + number))


def void(session: Session, depot: Depot, number: int) -> None:
    standing = "SELECT id FROM drop_offs WHERE id NOT IN (SELECT drop_off_id FROM drop_off_voids) ORDER BY id"
    for key in one_of(session.scalars(sa.text(standing)).all(), number):
        void_drop_off(session, depot.moussa, key, "erreur")


def approve_some(session: Session, depot: Depot, number: int) -> None:
    waiting = [due.drop_off_id for due in dues(session, depot.oumar) if due.francs > 0]
    approve(session, depot.moussa, depot.oumar, waiting[: 1 + number % 3])


def refuse_one(session: Session, depot: Depot, number: int) -> None:
    for key in one_of([due.drop_off_id for due in dues(session, depot.oumar)], number):
        refuse(session, depot.moussa, key, "pesé vide")


def pay_one(session: Session, depot: Depot, number: int) -> None:
    for key in one_of(in_state(session, State.APPROVED), number):
        pay(session, depot.awa, key, REFERENCE, session.clock.today())


def withdraw_one(session: Session, depot: Depot, number: int) -> None:
    for key in one_of(in_state(session, State.APPROVED), number):
        withdraw(session, depot.moussa, key, "trop tôt")


def in_state(session: Session, state: State) -> list[int]:
    return list(session.scalars(sa.select(Payout.id).where(Payout.state == state).order_by(Payout.id)))


def one_of(keys: Sequence[int], number: int) -> list[int]:
    """Any of them, the same for the same number; none of none."""
    return [keys[number % len(keys)]] if keys else []


VERBS: tuple[Verb, ...] = (weigh, void, approve_some, refuse_one, pay_one, withdraw_one)


@settings(max_examples=25)
@given(st.lists(st.tuples(st.sampled_from(VERBS), st.integers(0, 30)), min_size=6, max_size=20))
def test_after_any_history(depot: Depot, now: SteppableTime, history: list[tuple[Verb, int]]) -> None:
    """What one history leaves open, the next takes up."""
    for verb, number in [(weigh, 20), (weigh, 25), *history]:
        now.step(hours=3)
        with suppress(Conflict), depot.books.writing() as session:
            verb(session, depot, number)
    with depot.books.reading() as session:
        owed, approved, paid = sums(session)
        waits = sum(due.francs for due in dues(session, depot.oumar))
        assert owed - paid == balance(session, depot.oumar) == waits + approved
        debts = -sum(due.francs for due in dues(session, depot.oumar) if due.francs < 0)
        assert paid <= owed + debts
        assert verify(session, FANTA).disagreements == ()


def sums(session: Session) -> tuple[int, int, int]:
    """Earned, approved and not paid, paid."""
    owed = sa.select(sa.func.coalesce(sa.func.sum(PremiumEntry.francs), 0)).where(PremiumEntry.kind.in_(OWED))
    by_state = {state: sum(session.scalars(sa.select(Payout.francs).where(Payout.state == state))) for state in State}
    return int(session.scalars(owed).one()), by_state[State.APPROVED], by_state[State.PAID]
