import csv
import io
import json
import re
from datetime import date
from html import unescape

import pytest

from tests.reports.scenario import keep_every_book, live_a_year
from tests.support.browser import Browser, Page
from tests.support.people import FANTA, IBRAHIM, MOUSSA, bring, oumar
from tests.support.queries import count_queries
from tracker.catalogue.queries import categories_by_code
from tracker.catalogue.service import DepotDetails, add_depot
from tracker.db import Database
from tracker.exports import year_csv, year_json
from tracker.intake.rules import Entered
from tracker.reports.queries.year import year_report
from tracker.reports.queries.years import held_before, span
from tracker.stock.service import post_opening
from tracker.values.actor import CONSOLE
from tracker.values.period import Days

CELL = re.compile(r'<a href="([^"]+)"><span class="amount">([^<]+)</span></a>')
CARD = re.compile(r'<div class="metric">.*?</div>', re.DOTALL)
MASS_OR_MONEY = re.compile(r"-?[\d,]+\.\d{3} kg|[\d,]+ XOF")


@pytest.fixture
def a_year(books: Database) -> Database:
    live_a_year(books)
    return books


@pytest.fixture
def every_book(books: Database) -> Database:
    keep_every_book(books)
    return books


def plain(markup: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", markup)).split())


def figures(page: Page) -> set[tuple[str, str]]:
    """Every mass and amount of the page that is a link, with the address it leads to."""
    cells = {(unescape(address), plain(figure)) for address, figure in CELL.findall(page.source)}
    for card in CARD.findall(page.source):
        address, figure = re.search('href="([^"]+)"', card), MASS_OR_MONEY.search(plain(card))
        if address and figure:
            cells.add((unescape(address[1]), figure[0]))
    return cells


def sums(page: Page) -> set[str]:
    """What a page says of all that it lists: in its totals, its cards or its table's foot."""
    parts = re.findall(r'<dl class="totals">.*?</dl>|<tfoot>.*?</tfoot>', page.source, re.DOTALL)
    return set(MASS_OR_MONEY.findall(plain(" ".join([*parts, *CARD.findall(page.source)]))))


@pytest.mark.parametrize("address", ["/reports/2026", "/reports/2025", "/reports/2013", "/reports/2026?depot=DES"])
def test_every_figure_leads_to_the_rows_it_sums(fanta: Browser, every_book: Database, address: str) -> None:
    found = figures(fanta.open(address))
    assert len(found) > 10
    for target, figure in found:
        assert figure in sums(fanta.open(target)), f"{figure} is not the sum of {target}"


def test_the_year_reads_like_a_report(fanta: Browser, a_year: Database) -> None:
    page = fanta.open("/reports/2026")
    for said in (
        "Received 0.012 t",
        "12.100 kg in 2 drop-offs",
        "23.000 kg in 2 shipments",
        "Opening stock 50.000 kg + 10.000 kg",
        "Lost in sorting -0.100 kg",
        "Shipped -23.000 kg",
        "Closing stock 49.000 kg",
        "90.90%",
        "11.000 kg weighed, 1.100 kg estimated",
        "January 2026 9.000 kg 9.000 kg 0",
        "March 2026 3.100 kg 2.000 kg 1.100 kg",
        "Feature phone (with battery) MOB 10.100 kg 9.000 kg 1.100 kg",
        "DES-E2026-00001 10 Feb 2026 Repreneur FR France OMLU1302210 4 20.000 kg 19.990 kg",
        "Belgium 3.000 kg France 20.000 kg Total 23.000 kg",
        "February 2026 20.000 kg March 2026 3.000 kg Total 23.000 kg",
    ):
        assert said in page


def test_the_files_are_those_of_the_command(fanta: Browser, a_year: Database) -> None:
    with a_year.reading() as session:
        report = year_report(session, FANTA, 2026)
        names = {code: category.name_fr for code, category in categories_by_code(session).items()}
    table, document = fanta.open("/reports/2026.csv").response, fanta.open("/reports/2026.json").response
    assert table.data == year_csv(report, names)
    assert document.data == year_json(report)
    assert table.headers["Content-Disposition"] == 'attachment; filename="tracker-2026.csv"'
    assert (table.mimetype, document.mimetype) == ("text/csv", "application/json")


def test_the_page_offers_the_files_of_what_it_shows(fanta: Browser, a_year: Database) -> None:
    page = fanta.open("/reports/2026?depot=DES")
    assert 'href="/reports/2026.csv?depot=DES"' in page.source
    found = fanta.open("/reports/2026.json?depot=DES").response
    assert json.loads(found.data)["depot"] == "DES"
    assert 'filename="tracker-2026-DES.json"' in found.headers["Content-Disposition"]
    rows = csv.reader(
        io.StringIO(fanta.open("/reports/2026.csv?depot=DES").response.data.decode("utf-8-sig")), delimiter=";"
    )
    assert ["Exercice", "2026", "DES"] in [row[:3] for row in rows]


def test_it_begins_with_the_last_year_that_says_something(fanta: Browser, books: Database) -> None:
    assert fanta.open("/reports/").goes_to == "/reports/2026", "nothing yet: this year"
    with books.writing() as session:
        post_opening(session, CONSOLE, 1, categories_by_code(session)["MIX"].id, 5_000, date(2013, 1, 1))
    assert fanta.open("/reports/").goes_to == "/reports/2013"


def test_the_years_before_and_after_are_a_step_away(fanta: Browser, every_book: Database) -> None:
    def steps(year: int) -> list[str]:
        return re.findall(r'rel="(?:prev|next)" href="([^"]+)"', fanta.open(f"/reports/{year}").source)

    assert steps(2013) == ["/reports/2014"]
    assert steps(2020) == ["/reports/2019", "/reports/2021"]
    assert steps(2026) == ["/reports/2025"]


def test_a_year_without_entries_says_so(fanta: Browser) -> None:
    assert "Nothing is written of this year." in fanta.open("/reports/2020")


@pytest.mark.parametrize("address", ["1989", "2201", "20260", "2026?depot=SEG"])
def test_a_year_or_a_depot_that_cannot_be_is_refused(fanta: Browser, address: str) -> None:
    assert fanta.open(f"/reports/{address}").status == 422


def test_who_reaches_several_depots_may_look_at_one(fanta: Browser, moussa: Browser, a_year: Database) -> None:
    with a_year.writing() as session:
        segou = add_depot(session, IBRAHIM, DepotDetails("SEG", "Ségou", "Ségou"))
        post_opening(session, CONSOLE, segou, categories_by_code(session)["MIX"].id, 77_000, date(2026, 1, 1))
    assert "Closing stock 126.000 kg" in fanta.open("/reports/2026")
    one = fanta.open("/reports/2026?depot=SEG")
    assert "Closing stock 77.000 kg" in one
    assert "to=2026-12-31&amp;depot=SEG" in one.source
    assert 'name="depot"' in one.source
    assert 'name="depot"' not in moussa.open("/reports/2026").source
    assert "Closing stock 49.000 kg" in moussa.open("/reports/2026")
    assert moussa.open("/reports/2026?depot=SEG").status == 422


def test_a_clerk_reads_no_report(awa: Browser) -> None:
    addresses = ("", "2026", "2026.csv", "2026.json")
    assert [awa.open(f"/reports/{address}").status for address in addresses] == [403] * len(addresses)


def test_a_fuller_year_asks_no_more_of_the_database(fanta: Browser, a_year: Database) -> None:
    asked = []
    for _ in range(2):
        with count_queries(a_year.engine) as sent:
            fanta.open("/reports/2026")
        asked.append(len(sent))
        with a_year.writing() as session:
            who = oumar(session)
            for code in ("MOB", "TAB", "SMA"):
                bring(session, who, Entered(code, gross_grams=1_000, pieces=1), at=session.clock.now())
    assert asked[0] == asked[1]


def test_the_books_span_what_is_within_reach(a_year: Database) -> None:
    with a_year.writing() as session:
        segou = add_depot(session, IBRAHIM, DepotDetails("SEG", "Ségou", "Ségou"))
        post_opening(session, CONSOLE, segou, categories_by_code(session)["MIX"].id, 77_000, date(2013, 1, 1))
        assert span(session, FANTA) == Days(date(2013, 1, 1), date(2026, 3, 5))
        assert span(session, FANTA, segou) == Days(date(2013, 1, 1), date(2013, 1, 1))
        assert span(session, MOUSSA) == Days(date(2025, 12, 31), date(2026, 3, 5))
        assert held_before(session, MOUSSA, date(2026, 1, 1)) == {"MOB": 50_000}
        assert held_before(session, FANTA, date(2026, 1, 1)) == {"MOB": 50_000, "MIX": 77_000}
