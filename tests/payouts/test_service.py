from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from threading import Barrier
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa

from tests.payouts.scenario import IN_2012, REFERENCE, Depot
from tests.support.people import DES, FANTA, IBRAHIM, bring, hire
from tests.support.time import SteppableTime
from tracker.catalogue.service import DepotDetails, add_depot
from tracker.errors import Conflict, Invalid, NotFound, NotPermitted, Refusal
from tracker.intake.queries import drop_off
from tracker.intake.rules import Entered
from tracker.intake.service import (
    NewDropOff,
    OldDropOff,
    accept_drop_off,
    record_drop_off,
    replace_drop_off,
    void_drop_off,
)
from tracker.payouts.models import PayoutLine, State
from tracker.payouts.queries.due import dues, standing
from tracker.payouts.queries.papers import payout
from tracker.payouts.service import pay, refuse, withdraw
from tracker.premiums.models import EntryKind, PremiumEntry
from tracker.reports.queries.verification import verify
from tracker.values.actor import CONSOLE, Actor, Role


def refused(depot: Depot, key: int, *, by: Actor | None = None, reason: str = "pesé vide") -> None:
    with depot.books.writing() as session:
        refuse(session, by or depot.moussa, key, reason)


def withdrawn(depot: Depot, key: int, reason: str = "trop tôt") -> None:
    with depot.books.writing() as session:
        withdraw(session, depot.moussa, key, reason)


def covered(depot: Depot, key: int) -> tuple[int, dict[int, int]]:
    """The payout's francs, and those of each drop-off."""
    with depot.books.reading() as session:
        seen = payout(session, depot.moussa, key)
    return seen.francs, {line.drop_off_id: line.francs for line in seen.lines}


def books_agree(depot: Depot) -> bool:
    with depot.books.reading() as session:
        return verify(session, FANTA).disagreements == ()


def test_an_approved_premium_is_handed_over_once(depot: Depot) -> None:
    first, second = depot.bring(60), depot.bring(80)
    key = depot.approve(first, second)
    assert covered(depot, key) == (3_500, {first: 1_500, second: 2_000})
    assert depot.francs() == (3_500, 0)
    depot.pay(key)
    assert depot.francs() == (0, 0)
    with pytest.raises(Conflict, match="payout_step_refused"):
        depot.pay(key)
    with depot.books.reading() as session:
        seen = payout(session, depot.awa, key)
        posted = session.scalars(sa.select(PremiumEntry).where(PremiumEntry.kind == EntryKind.PAYMENT)).one()
    assert (seen.number, seen.state, seen.reference) == ("DES-V2026-00001", State.PAID, REFERENCE)
    assert (seen.approved_by, seen.paid_by) == ("moussa", "awa")
    assert (posted.francs, posted.day, posted.drop_off_id) == (-3_500, date(2026, 3, 5), None)
    assert books_agree(depot)


def test_what_is_not_chosen_waits_on(depot: Depot) -> None:
    first, second = depot.bring(60), depot.bring(80)
    depot.pay(depot.approve(second))
    assert depot.francs() == (1_500, 1_500)
    assert covered(depot, depot.approve(first)) == (1_500, {first: 1_500})


def test_nobody_approves_what_they_logged(depot: Depot) -> None:
    with depot.books.writing() as session:
        new = NewDropOff(uuid4(), DES, depot.oumar, session.clock.now(), [Entered("MOB", 60, 9_000)], confirmed=True)
        wrong = bring(session, depot.oumar, Entered("MOB", pieces=90))
        key = replace_drop_off(session, depot.moussa, wrong, "mal compté", new).drop_off_id
    for verb in (depot.approve, lambda key: refused(depot, key)):
        with pytest.raises(NotPermitted, match="logged_by_yourself"):
            verb(key)
    assert depot.approve(key, by=depot.sekou)


def test_the_console_approves_nothing_it_entered(depot: Depot) -> None:
    key = depot.bring(60)
    with pytest.raises(NotPermitted, match="logged_by_yourself"):
        depot.approve(key, by=CONSOLE)


@pytest.mark.parametrize("role", [Role.CLERK, Role.ADMIN, Role.AUDITOR])
def test_only_a_manager_reviews(depot: Depot, role: Role) -> None:
    key = depot.bring(60)
    somebody = Actor(99, "somebody", role, DES)
    for verb in (lambda: depot.approve(key, by=somebody), lambda: refused(depot, key, by=somebody)):
        with pytest.raises(NotPermitted, match="not_permitted"):
            verb()


@pytest.mark.parametrize("role", [Role.ADMIN, Role.AUDITOR])
def test_who_keeps_the_books_hands_nothing_over(depot: Depot, role: Role) -> None:
    key = depot.approve(depot.bring(60))
    with pytest.raises(NotPermitted, match="not_permitted"):
        depot.pay(key, by=Actor(99, "somebody", role))


def test_a_neighbours_payouts_are_nowhere(depot: Depot) -> None:
    drop_off_key = depot.bring(60)
    key = depot.approve(depot.bring(70))
    with depot.books.writing() as session:
        neighbour = Actor(
            99, "koniba", Role.MANAGER, add_depot(session, IBRAHIM, DepotDetails("SEG", "Ségou", "Ségou"))
        )
    tries: tuple[Callable[[], object], ...] = (
        lambda: depot.approve(drop_off_key, by=neighbour),
        lambda: refused(depot, drop_off_key, by=neighbour),
        lambda: depot.pay(key, by=neighbour),
    )
    for attempt in tries:
        with pytest.raises(NotFound):
            attempt()


def test_a_refused_premium_owes_nothing_and_says_why(depot: Depot) -> None:
    key = depot.bring(60)
    refused(depot, key)
    assert depot.francs() == (0, 0)
    with depot.books.reading() as session:
        premium = drop_off(session, depot.awa, key).premium
        refusal = standing(session, key).refusal
    assert premium is not None
    assert premium.francs == 0
    assert [(step["code"], step["francs"]) for step in premium.steps][-2:] == [("whole", 1_500), ("refused", -1_500)]
    assert refusal is not None
    assert (refusal.reason, refusal.by) == ("pesé vide", "moussa")
    for again in (depot.approve, lambda key: refused(depot, key)):
        with pytest.raises(Conflict, match="drop_off_not_waiting"):
            again(key)
    assert books_agree(depot)


def test_a_refusal_has_a_reason(depot: Depot) -> None:
    key = depot.bring(60)
    with pytest.raises(Invalid, match="reason_missing"):
        refused(depot, key, reason=" \n")


def test_what_is_approved_is_withdrawn_before_it_is_refused(depot: Depot) -> None:
    key = depot.bring(60)
    approved = depot.approve(key)
    with pytest.raises(Conflict, match="drop_off_not_waiting"):
        refused(depot, key)
    withdrawn(depot, approved)
    refused(depot, key)
    assert depot.francs() == (0, 0)


def test_refused_then_void(depot: Depot) -> None:
    key = depot.bring(60)
    refused(depot, key)
    depot.void(key)
    assert depot.francs() == (0, 0)
    assert books_agree(depot)


def test_a_refused_drop_off_stays_at_nothing_whatever_becomes_of_its_month(depot: Depot) -> None:
    depot.pay_by_the_month()
    first, second = depot.bring(60, at=IN_2012), depot.bring(60, at=IN_2012 + timedelta(days=1))
    refused(depot, second)
    late = depot.bring(100, at=IN_2012 - timedelta(days=1))
    assert depot.francs() == (1_600, 1_600)
    with depot.books.reading() as session:
        assert {due.drop_off_id: due.francs for due in dues(session, depot.oumar)} == {late: 1_000, first: 600}
    depot.void(late)
    assert depot.francs() == (0, 0)
    assert books_agree(depot)


def test_a_paid_drop_off_that_turns_out_void_is_repaid_by_the_next_payout(depot: Depot) -> None:
    """To the franc: 1 500 paid and taken back, 2 500 earned since, 1 000 handed over."""
    wrong = depot.bring(60)
    depot.pay(depot.approve(wrong))
    depot.void(wrong)
    assert depot.francs() == (-1_500, -1_500)
    small = depot.bring(50)
    with pytest.raises(Conflict, match="nothing_to_pay") as nothing:
        depot.approve(small)
    assert nothing.value.facts == {"earned_francs": 1_250, "debt_francs": 1_500}
    other = depot.bring(50)
    key = depot.approve(small, other)
    assert covered(depot, key) == (1_000, {wrong: -1_500, small: 1_250, other: 1_250})
    depot.pay(key)
    assert depot.francs() == (0, 0)
    assert books_agree(depot)


def test_nothing_chosen_is_nothing_to_pay(depot: Depot) -> None:
    depot.bring(60)
    with pytest.raises(Conflict, match="nothing_to_pay"):
        depot.approve()


def test_approved_then_void_before_it_is_paid(depot: Depot) -> None:
    wrong, right = depot.bring(60), depot.bring(80)
    key = depot.approve(wrong, right)
    depot.void(wrong)
    with pytest.raises(Conflict, match="payout_exceeds_owed") as exceeding:
        depot.pay(key)
    assert exceeding.value.facts == {"payout_francs": 3_500, "owed_francs": 2_000}
    withdrawn(depot, key)
    assert depot.francs() == (2_000, 2_000)
    depot.pay(depot.approve(right))
    assert depot.francs() == (0, 0)
    assert books_agree(depot)


def test_what_was_approved_and_not_paid_is_no_debt_to_set_off(depot: Depot) -> None:
    wrong = depot.bring(60)
    outdated = depot.approve(wrong)
    depot.void(wrong)
    right = depot.bring(80)
    with pytest.raises(Conflict, match="payout_outdated") as refusal:
        depot.approve(right)
    assert refusal.value.facts == {"number": "DES-V2026-00001"}
    withdrawn(depot, outdated)
    assert covered(depot, depot.approve(right)) == (2_000, {right: 2_000})


def test_a_void_that_moves_the_rest_of_its_month(depot: Depot) -> None:
    """120 pieces make 1 200 F; 160 make 1 600; without the first 60, 100 make 1 000."""
    depot.pay_by_the_month()
    first, second, third = (
        depot.bring(pieces, at=IN_2012 + timedelta(days=day)) for day, pieces in enumerate((60, 60, 40))
    )
    depot.pay(depot.approve(second, third))
    depot.void(first)
    with depot.books.reading() as session:
        assert {due.drop_off_id: due.francs for due in dues(session, depot.oumar)} == {second: -1_200, third: 600}
    fourth = depot.bring(100, at=IN_2012 + timedelta(days=9))
    key = depot.approve(third, fourth)
    assert covered(depot, key) == (400, {second: -1_200, third: 600, fourth: 1_000})
    depot.pay(key)
    assert depot.francs() == (0, 0), "1 600 and 400 make the 2 000 that 200 pieces are worth"
    assert books_agree(depot)


def test_a_void_drop_off_of_an_old_book_is_repaid_too(depot: Depot) -> None:
    with depot.books.writing() as session:
        lines = [Entered("MOB", net_grams=4_000)]
        old = OldDropOff(UUID(int=8), DES, depot.oumar, date(2013, 2, 1), lines, "008", 500)
        written = record_drop_off(session, CONSOLE, old)
    assert depot.francs() == (0, 0)
    depot.void(written)
    assert depot.francs() == (-500, -500)
    new = depot.bring(60)
    key = depot.approve(new)
    assert covered(depot, key) == (1_000, {written: -500, new: 1_500})
    depot.pay(key)
    assert books_agree(depot)


def test_a_withdrawn_approval_waits_again_and_its_number_stays_used(depot: Depot) -> None:
    drop_off_key = depot.bring(60)
    key = depot.approve(drop_off_key)
    with pytest.raises(Invalid, match="reason_missing"):
        withdrawn(depot, key, " ")
    withdrawn(depot, key)
    assert depot.francs() == (1_500, 1_500)
    with pytest.raises(Conflict, match="payout_step_refused"):
        depot.pay(key)
    with depot.books.reading() as session:
        again = payout(session, depot.moussa, key)
    assert (again.state, again.reason) == (State.WITHDRAWN, "trop tôt")
    depot.approve(drop_off_key)
    assert books_agree(depot)


def test_what_is_paid_is_not_withdrawn(depot: Depot) -> None:
    key = depot.approve(depot.bring(60))
    depot.pay(key)
    with pytest.raises(Conflict, match="payout_step_refused"):
        withdrawn(depot, key)


@pytest.mark.parametrize(
    ("reference", "days", "code"),
    [
        (" ", 0, "reference_missing"),
        ("x" * 61, 0, "reference_too_long"),
        (REFERENCE, 1, "day_in_future"),
        (REFERENCE, -1, "paid_before_approved"),
    ],
)
def test_a_payment_has_a_reference_and_a_day(depot: Depot, reference: str, days: int, code: str) -> None:
    key = depot.approve(depot.bring(60))
    with pytest.raises(Invalid, match=code), depot.books.writing() as session:
        pay(session, depot.awa, key, reference, session.clock.today() + timedelta(days=days))


def test_a_payment_of_yesterday_stands_on_its_day(depot: Depot, now: SteppableTime) -> None:
    key = depot.approve(depot.bring(60))
    now.step(days=2)
    with depot.books.writing() as session:
        pay(session, depot.awa, key, REFERENCE, date(2026, 3, 6))
        posted = session.scalars(sa.select(PremiumEntry).where(PremiumEntry.payout_id == key)).one()
    assert posted.day == date(2026, 3, 6)
    assert books_agree(depot)


def test_nobody_approves_what_their_own_visit_made_another_earn(depot: Depot) -> None:
    """Under a monthly scheme: the clerk's 60 pieces earn nothing until the manager's 60 make the month a hundred."""
    depot.pay_by_the_month()
    clerks = depot.bring(60, at=IN_2012)
    with depot.books.writing() as session:
        earlier = IN_2012 - timedelta(hours=1)
        new = NewDropOff(uuid4(), DES, depot.oumar, earlier, [Entered("MOB", pieces=60)])
        accept_drop_off(session, depot.moussa, new)
    with pytest.raises(NotPermitted, match="logged_by_yourself"):
        depot.approve(clerks)
    assert depot.approve(clerks, by=depot.sekou)


def test_coins_smaller_than_five_francs_are_not_promised(depot: Depot) -> None:
    with depot.books.writing() as session:
        lines = [Entered("MOB", net_grams=4_000)]
        old = OldDropOff(UUID(int=8), DES, depot.oumar, date(2013, 2, 1), lines, "008", 3)
        void_drop_off(session, depot.moussa, record_drop_off(session, CONSOLE, old), "rayé")
    brought = depot.bring(60)
    with pytest.raises(Conflict, match="not_in_coins") as refusal:
        depot.approve(brought)
    assert refusal.value.facts == {"payout_francs": 1_497, "coin_francs": 5}


def test_the_database_itself_refuses_an_entry_in_two_standing_payouts(depot: Depot) -> None:
    key, other = depot.approve(depot.bring(60)), depot.approve(depot.bring(70))
    with depot.books.session(read_only=False) as session:
        line = session.scalars(sa.select(PayoutLine).where(PayoutLine.payout_id == key)).one()
        session.add(PayoutLine(payout_id=other, entry_id=line.entry_id))
        with pytest.raises(sa.exc.IntegrityError, match=r"uq_payout_lines_standing_entry|payout_lines\.entry_id"):
            session.flush()


def outcome(verb: Callable[[], object]) -> str:
    try:
        verb()
    except Refusal as refusal:
        return refusal.code
    return "done"


def at_once(*verbs: Callable[[], object]) -> list[str]:
    start = Barrier(len(verbs))

    def press(verb: Callable[[], object]) -> str:
        start.wait()
        return outcome(verb)

    with ThreadPoolExecutor(len(verbs)) as presses:
        return list(presses.map(press, verbs))


def test_two_managers_approve_at_once(depot: Depot) -> None:
    key = depot.bring(60)
    pressed = at_once(lambda: depot.approve(key), lambda: depot.approve(key, by=depot.sekou))
    assert sorted(pressed) == ["done", "drop_off_not_waiting"]
    assert depot.francs() == (1_500, 0)
    assert books_agree(depot)


def test_two_clerks_pay_at_once(depot: Depot) -> None:
    key = depot.approve(depot.bring(60))
    with depot.books.writing() as session:
        kadi = hire(session, "kadi", Role.CLERK)
    assert sorted(at_once(lambda: depot.pay(key), lambda: depot.pay(key, by=kadi))) == ["done", "payout_step_refused"]
    assert depot.francs() == (0, 0)
    assert books_agree(depot)


def test_approving_while_a_void_runs(depot: Depot) -> None:
    key = depot.bring(60)
    approved, voided = at_once(lambda: depot.approve(key), lambda: depot.void(key))
    assert voided == "done"
    assert depot.francs() == (0, -1_500 if approved == "done" else 0)
    assert books_agree(depot)


def test_paying_while_a_void_runs(depot: Depot) -> None:
    drop_off_key = depot.bring(60)
    key = depot.approve(drop_off_key)
    paid, voided = at_once(lambda: depot.pay(key), lambda: depot.void(drop_off_key))
    assert (paid, voided) in {("done", "done"), ("payout_exceeds_owed", "done")}
    assert depot.francs()[0] == (-1_500 if paid == "done" else 0)
    assert books_agree(depot)


def test_refusing_while_another_approves(depot: Depot) -> None:
    key = depot.bring(60)
    pressed = at_once(lambda: refused(depot, key), lambda: depot.approve(key, by=depot.sekou))
    assert sorted(pressed) == ["done", "drop_off_not_waiting"]
    assert books_agree(depot)
