from datetime import UTC, date, datetime

import pytest

from tests.support.browser import Browser
from tests.support.people import DES, IBRAHIM, MOUSSA, bring, oumar
from tests.support.queries import count_queries
from tracker.catalogue.queries import categories_by_code
from tracker.catalogue.service import DepotDetails, add_depot
from tracker.db import Database, Session
from tracker.intake.rules import Entered
from tracker.intake.service import void_drop_off
from tracker.paging import PAGE
from tracker.shipments.rules import LineEntered
from tracker.shipments.service import NewShipment, draft_shipment, send_shipment
from tracker.stock.service import NewSorting, post_opening, sort
from tracker.values.actor import CONSOLE

FEBRUARY = datetime(2026, 2, 3, 9, tzinfo=UTC)


def kilograms(text: str) -> Entered:
    return Entered("MOB", gross_grams=int(text) * 1_000)


def category(session: Session, code: str) -> int:
    return categories_by_code(session)[code].id


@pytest.fixture
def ledger(books: Database) -> Database:
    """An opening, an inferred sorting, drop-offs weighed, counted and void, a shipment."""
    with books.writing() as session:
        mix, mob = category(session, "MIX"), category(session, "MOB")
        post_opening(session, CONSOLE, DES, mix, 9_000, date(2026, 1, 1))
        sort(session, CONSOLE, NewSorting(DES, date(2026, 1, 2), {mix: 4_000}, {mob: 4_000}, inferred=True))
        who = oumar(session)
        bring(session, who, kilograms("12"), at=FEBRUARY)
        bring(session, who, Entered("MOB", pieces=10))
        void_drop_off(session, MOUSSA, bring(session, who, kilograms("7")), "deux fois")
        new = NewShipment(DES, "Le Pin", "FR", "", None, [LineEntered("MOB", 2_000)])
        send_shipment(session, MOUSSA, draft_shipment(session, MOUSSA, new), date(2026, 3, 1))
    return books


def test_each_balance_leads_to_the_movements_it_sums(awa: Browser, ledger: Database) -> None:
    page = awa.open("/stock/")
    assert "Feature phone (with battery) MOB 15.100 kg" in page
    assert "Unsorted mixed load MIX 5.000 kg" in page
    assert "Total 20.100 kg" in page
    for address, held in (("?depot=DES&category=MOB", "15.100 kg"), ("?depot=DES", "20.100 kg")):
        assert f'href="/stock/movements{address}"'.replace("&", "&amp;") in page.source
        assert f"Together {held}" in awa.open(f"/stock/movements{address}")


def test_an_empty_depot_says_what_to_do_next(awa: Browser, fanta: Browser) -> None:
    assert "Log a drop-off" in awa.open("/stock/")
    assert "Nothing is held" in (page := fanta.open("/stock/"))
    assert "Log a drop-off" not in page
    assert "Nothing has moved yet" in fanta.open("/stock/movements")


def test_what_has_left_whole_is_held_no_more(awa: Browser, books: Database) -> None:
    with books.writing() as session:
        bring(session, oumar(session), Entered("MOB", pieces=10, gross_grams=1_000))
        new = NewShipment(DES, "Le Pin", "FR", "", None, [LineEntered("MOB", 1_000)])
        send_shipment(session, MOUSSA, draft_shipment(session, MOUSSA, new), session.clock.today())
    assert "Nothing is held" in awa.open("/stock/")


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("", "Movements 8 Together 20.100 kg"),
        ("?from=2026-02-01&to=2026-02-28", "Movements 1 Together 12.000 kg"),
        ("?to=2026-01-31", "Movements 3 Together 9.000 kg"),
        ("?from=2026-03-01", "Movements 4 Together -0.900 kg"),
        ("?month=2026-02", "Movements 1 Together 12.000 kg"),
        ("?year=2026", "Movements 8 Together 20.100 kg"),
        ("?year=2025", "No movement matches."),
        ("?depot=DES&category=MIX", "Movements 2 Together 5.000 kg"),
        ("?kind=sorting", "Movements 2 Together 0.000 kg"),
        ("?kind=shipment", "Movements 1 Together -2.000 kg"),
        ("?estimated=1", "Movements 1 Together 1.100 kg"),
        ("?estimated=0", "Movements 7 Together 19.000 kg"),
    ],
)
def test_the_ledger_narrows_and_sums(moussa: Browser, ledger: Database, address: str, said: str) -> None:
    assert said in moussa.open(f"/stock/movements{address}")


def test_a_named_year_shows_as_its_days(awa: Browser) -> None:
    page = awa.open("/stock/movements?year=2013").source
    assert 'name="from" type="date" value="2013-01-01"' in page
    assert 'name="to" type="date" value="2013-12-31"' in page


@pytest.mark.parametrize(
    "address",
    ["from=hier", "year=deux", "year=1800", "month=2013-13", "depot=SEG", "category=XXX", "kind=gift", "after=-1"],
)
def test_an_address_that_cannot_be_read_is_refused(awa: Browser, address: str) -> None:
    assert awa.open(f"/stock/movements?{address}").status == 422


def test_each_movement_leads_to_its_event(moussa: Browser, awa: Browser, ledger: Database) -> None:
    page = moussa.open("/stock/movements")
    assert 'href="/drop-offs/1"' in page.source
    assert 'href="/shipments/1"' in page.source
    assert "Shipment DES-E2026-00001" in (clerks := awa.open("/stock/movements"))
    assert 'href="/shipments/1"' not in clerks.source


def test_estimates_inferences_and_reversals_say_so(awa: Browser, ledger: Database) -> None:
    assert "1.100 kg estimate" in awa.open("/stock/movements?estimated=1")
    assert awa.open("/stock/movements?kind=sorting").text.count("Inferred") == 2
    assert awa.open("/stock/movements?kind=drop_off").text.count("Reversal") == 1


def test_a_long_ledger_is_read_page_by_page_with_its_filters(moussa: Browser, books: Database) -> None:
    with books.writing() as session:
        who = oumar(session)
        for _ in range(PAGE + 1):
            bring(session, who, kilograms("1"))
    first = moussa.open("/stock/movements?category=MOB")
    assert f"Movements {PAGE + 1} Together {PAGE + 1}.000 kg" in first
    assert 'href="?category=MOB&amp;after=2"' in first.source
    last = moussa.open("/stock/movements?category=MOB&after=2")
    assert f"Together {PAGE + 1}.000 kg" in last
    assert last.source.count("<tr") == 2, "the heading and one movement"
    assert 'rel="next"' not in last.source


def test_a_longer_ledger_asks_no_more_of_the_database(moussa: Browser, books: Database) -> None:
    with books.writing() as session:
        who = oumar(session)
        bring(session, who, kilograms("1"))
    asked = []
    for _ in range(2):
        with count_queries(books.engine) as sent:
            moussa.open("/stock/movements")
        asked.append(len(sent))
        with books.writing() as session:
            for _again in range(5):
                bring(session, who, kilograms("1"))
    assert asked[0] == asked[1]


def test_a_neighbours_stock_is_out_of_reach(moussa: Browser, fanta: Browser, ledger: Database) -> None:
    with ledger.writing() as session:
        segou = add_depot(session, IBRAHIM, DepotDetails("SEG", "Ségou", "Ségou"))
        post_opening(session, CONSOLE, segou, category(session, "MIX"), 77_000, date(2026, 1, 1))
    for address in ("/stock/", "/stock/movements"):
        assert "77.000 kg" in fanta.open(address)
        assert "77.000 kg" not in moussa.open(address)
    assert "Together 77.000 kg" in fanta.open("/stock/movements?depot=SEG")


def test_a_visitor_signs_in_first(visitor: Browser) -> None:
    assert visitor.open("/stock/").goes_to == "/sign-in?next=/stock/"
