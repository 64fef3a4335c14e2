"""What each recount finds by itself, without the journal: books that were kept wrong from the start."""

from collections.abc import Callable, Iterator
from contextlib import suppress
from uuid import uuid4

import pytest
import sqlalchemy as sa
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.reports.scenario import BAT, MOB, OUMAR, category, draft, keep_every_book, live_a_year
from tests.reports.test_verify import behind_the_books
from tests.support.people import DES, FANTA, MOUSSA, bring, oumar
from tests.support.queries import count_queries
from tests.support.time import SteppableTime
from tracker.audit.queries import Disagreement
from tracker.db import Database, Session
from tracker.errors import Conflict
from tracker.intake.rules import Entered
from tracker.intake.service import NewDropOff, replace_drop_off, void_drop_off
from tracker.reports import rules
from tracker.reports.queries.verification import CHECKS, verify
from tracker.shipments.service import receive_shipment, reverse_shipment, send_shipment
from tracker.stock.service import NewSorting, sort
from tracker.values.actor import CONSOLE

REVERSAL = "id = (SELECT max(id) FROM stock_movements WHERE reverses_id IS NOT NULL)"
WRONG = [
    ("UPDATE stock_balances SET pieces = pieces + 1 WHERE category_id = 1", "stock_balances", "sum_differs"),
    ("UPDATE stock_movements SET day = '2026-03-05' WHERE kind = 'opening'", "stock_openings", "movements_differ"),
    ("UPDATE stock_movements SET event_id = 999 WHERE kind = 'sorting'", "stock_movements", "event_missing"),
    ("UPDATE stock_movements SET day = '2020-01-01' WHERE kind = 'shipment'", "stock_balances", "below_zero"),
    (f"UPDATE stock_movements SET pieces = pieces + 1 WHERE {REVERSAL}", "stock_movements", "reversal_differs"),
    (f"DELETE FROM stock_movements WHERE {REVERSAL}", "drop_offs", "reversals_differ"),
    ("UPDATE shipments SET state = 'reversed' WHERE id = 1", "shipments", "reversals_differ"),
    ("UPDATE shipments SET received_on = NULL, state = 'sent' WHERE id = 1", "shipments", "received_differs"),
    ("UPDATE sortings SET loss_grams = loss_grams + 1", "sortings", "sorting_unbalanced"),
    ("UPDATE sorting_lines SET grams = grams + 1 WHERE grams > 0", "sortings", "movements_differ"),
    ("UPDATE premium_balances SET francs = 1 WHERE depositor_id = 1", "premium_balances", "sum_differs"),
    ("UPDATE premium_entries SET drop_off_id = 999 WHERE kind = 'engine'", "premium_entries", "drop_off_missing"),
    ("UPDATE premium_entries SET depositor_id = 2 WHERE id = 1", "premium_entries", "entry_misplaced"),
    (
        "UPDATE premium_entries SET entitlement = entitlement + 5 WHERE kind = 'engine'",
        "premium_entries",
        "steps_differ",
    ),
    ("UPDATE premium_entries SET francs = francs + 5 WHERE kind = 'engine'", "drop_offs", "premium_differs"),
    ("UPDATE premium_entries SET steps = '[]', entitlement = 0 WHERE id = 1", "premium_entries", "engine_differs"),
    ("UPDATE premium_entries SET francs = -1 WHERE kind = 'recorded_payment'", "drop_offs", "recorded_premium_differs"),
    ("DELETE FROM premium_entries WHERE kind = 'engine'", "drop_offs", "entries_differ"),
    ("UPDATE premium_scheme_versions SET definition = '{}'", "premium_scheme_versions", "definition_unusable"),
    ("UPDATE drop_offs SET day = '2026-01-02' WHERE id = 1", "drop_offs", "day_differs"),
    ("UPDATE drop_off_lines SET position = 9 WHERE id = 1", "drop_offs", "lines_missing"),
    ("UPDATE drop_offs SET receipt = 'DES-R2025-00001' WHERE id = 1", "drop_offs", "number_unusable"),
    ("UPDATE drop_offs SET receipt = NULL WHERE id = 1", "number_series", "numbers_missing"),
    ("UPDATE number_series SET last = last - 1", "number_series", "last_differs"),
    ("UPDATE shipments SET reference = 'sans' WHERE id = 1", "shipments", "number_unusable"),
    ("UPDATE payouts SET number = 'DES-V2027-00001' WHERE id = 1", "payouts", "number_unusable"),
    ("UPDATE payouts SET francs = francs + 5 WHERE id = 2", "payouts", "sum_differs"),
    ("UPDATE payouts SET paid_on = '2026-03-04' WHERE id = 2", "payouts", "payment_differs"),
    ("UPDATE payouts SET approved_by = NULL WHERE id = 3", "payouts", "logged_by_the_same"),
    ("DELETE FROM premium_entries WHERE kind = 'payment'", "payouts", "payment_differs"),
    ("UPDATE premium_entries SET payout_id = 3 WHERE kind = 'payment'", "payouts", "payment_differs"),
    ("DELETE FROM payouts WHERE id = 2", "premium_entries", "payout_missing"),
    ("DELETE FROM payouts WHERE id = 1", "payout_lines", "payout_missing"),
    ("UPDATE payout_lines SET entry_id = 999 WHERE id = 1", "payout_lines", "entry_misplaced"),
    ("UPDATE payouts SET depositor_id = 2 WHERE id = 1", "payout_lines", "entry_misplaced"),
    ("UPDATE payout_lines SET released = true WHERE payout_id = 2", "payout_lines", "released_differs"),
    ("DELETE FROM premium_refusals", "drop_offs", "entries_differ"),
    ("DELETE FROM premium_entries WHERE kind = 'refusal'", "drop_offs", "entries_differ"),
    ("UPDATE premium_entries SET francs = francs + 5 WHERE kind = 'refusal'", "drop_offs", "premium_differs"),
    ("UPDATE premium_entries SET steps = '[]' WHERE kind = 'refusal'", "premium_entries", "engine_differs"),
    ("UPDATE premium_refusals SET drop_off_id = 999", "premium_refusals", "drop_off_missing"),
    ("UPDATE premium_refusals SET account_id = NULL", "premium_refusals", "logged_by_the_same"),
    (
        "DROP INDEX uq_payout_lines_standing_entry; UPDATE payout_lines SET released = false WHERE payout_id = 1",
        "premium_entries",
        "covered_twice",
    ),
]
"""A change behind the books, and which recount finds what in it."""
JOURNAL = {"journal", "records"}


def recounted(session: Session) -> Iterator[Disagreement]:
    for name, check in CHECKS.items():
        if name not in JOURNAL:
            yield from check(session)


@pytest.mark.parametrize(("change", "table", "problem"), WRONG)
def test_the_recount_finds_it_without_the_journal(books: Database, change: str, table: str, problem: str) -> None:
    keep_every_book(books)
    with behind_the_books(books) as session:
        for statement in change.split(";"):
            session.execute(sa.text(statement))
        assert (table, problem) in {(each.table, each.problem) for each in recounted(session)}


def test_gaps_in_a_series_are_found() -> None:
    assert rules.missing_numbers({1, 2, 5}) == [3, 4]
    assert rules.missing_numbers(set()) == []


@pytest.mark.parametrize(
    ("weighing", "net", "estimated", "problem"),
    [
        ((100, 10, 5), 85, False, None),
        ((100, 10, 5), 86, False, "net_differs"),
        ((100, 0, 0), 100, True, "estimate_was_weighed"),
        ((None, None, None), 7, True, None),
    ],
)
def test_a_line_adds_up(
    weighing: tuple[int | None, int | None, int | None], net: int, estimated: bool, problem: str | None
) -> None:
    assert rules.line_problem(1, weighing, net, estimated=estimated) == problem


def test_more_rows_of_the_same_ask_no_more_of_the_database(books: Database) -> None:
    live_a_year(books)
    counts = []
    for _ in range(2):
        with count_queries(books.engine) as sent, books.reading() as session:
            assert verify(session, FANTA).clean
        counts.append(len(sent))
        with books.writing() as session:
            for _ in range(3):
                bring(session, OUMAR, Entered(MOB, gross_grams=1_000))
    assert counts[0] == counts[1]


def weigh(session: Session, grams: int) -> None:
    bring(session, OUMAR, Entered(MOB, pieces=max(1, grams // 100), gross_grams=grams))


def count(session: Session, grams: int) -> None:
    bring(session, OUMAR, Entered(MOB, pieces=grams))


def void(session: Session, grams: int) -> None:
    if key := one_of(session, STANDING, grams):
        void_drop_off(session, MOUSSA, key, "erreur")


def replace(session: Session, grams: int) -> None:
    if key := one_of(session, STANDING, grams):
        new = NewDropOff(uuid4(), DES, OUMAR, session.clock.now(), [Entered(MOB, gross_grams=grams)], confirmed=True)
        replace_drop_off(session, MOUSSA, key, "mal lu", new)


def send(session: Session, grams: int) -> None:
    send_shipment(session, MOUSSA, draft(session, "FR", grams), session.clock.today())


def receive(session: Session, grams: int) -> None:
    if key := one_of(session, "SELECT id FROM shipments WHERE state = 'sent' ORDER BY id", grams):
        receive_shipment(session, MOUSSA, key, session.clock.today(), {MOB: grams})


def reverse(session: Session, grams: int) -> None:
    if key := one_of(session, "SELECT id FROM shipments WHERE state IN ('sent', 'received') ORDER BY id", grams):
        reverse_shipment(session, MOUSSA, key, "camion rentré")


def dismantle(session: Session, grams: int) -> None:
    mob, bat = category(session, MOB), category(session, BAT)
    sort(session, CONSOLE, NewSorting(DES, session.clock.today(), {mob: grams + 1}, {bat: grams}, loss_grams=1))


STANDING = "SELECT id FROM drop_offs WHERE id NOT IN (SELECT drop_off_id FROM drop_off_voids) ORDER BY id"
VERBS = (weigh, count, void, replace, send, receive, reverse, dismantle)


def one_of(session: Session, among: str, number: int) -> int | None:
    """Any of them, the same for the same number."""
    ids = session.scalars(sa.text(among)).all()
    return ids[number % len(ids)] if ids else None


@settings(max_examples=20)
@given(st.lists(st.tuples(st.sampled_from(VERBS), st.integers(1, 4_000), st.integers(0, 400)), min_size=4, max_size=12))
def test_after_any_history_the_books_agree(
    books: Database, now: SteppableTime, history: list[tuple[Callable[[Session, int], None], int, int]]
) -> None:
    with books.writing() as session:
        if one_of(session, "SELECT id FROM depositors", 0) is None:
            oumar(session)
    for verb, grams, hours in history:
        now.step(hours=hours)
        with suppress(Conflict), books.writing() as session:
            verb(session, grams)
    with books.reading() as session:
        assert verify(session, FANTA).disagreements == ()
