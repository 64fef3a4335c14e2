"""What every list does alike: it sorts, it goes on and comes back, and it is a file."""

import csv
import io
import re
from urllib.parse import urljoin

import pytest

from tests.reports.scenario import live_a_year
from tests.support.browser import Browser, Page
from tests.support.people import AWA, DES, IBRAHIM, bring, oumar
from tests.support.queries import count_queries
from tracker.catalogue.service import DepotDetails, add_depot
from tracker.db import Database
from tracker.intake.rules import Entered
from tracker.paging import PAGE
from tracker.people.models import Kind
from tracker.people.service import NewDepositor, add_depositor
from tracker.values.actor import CONSOLE

LISTS = ("/drop-offs/", "/stock/movements", "/shipments/", "/premiums/", "/depositors/")
FILES = (
    "/drop-offs/list.csv",
    "/stock/movements.csv",
    "/shipments/list.csv",
    "/premiums/list.csv",
    "/depositors/list.csv",
)


@pytest.fixture
def a_year(books: Database) -> Database:
    live_a_year(books)
    return books


def bring_many(books: Database, count: int) -> None:
    with books.writing() as session:
        who = oumar(session)
        for _ in range(count):
            bring(session, who, Entered("MOB", gross_grams=1_000, pieces=8))


def table(page: Page) -> list[list[str]]:
    assert page.status == 200
    text = page.response.data.decode("utf-8")
    assert text.startswith("\ufeff"), "Excel needs the mark"
    return list(csv.reader(io.StringIO(text.removeprefix("\ufeff")), delimiter=";"))


def linked(page: Page, words: str) -> str:
    """The address of the link that begins with these words, read as a browser reads it."""
    found = re.search(rf'<a[^>]*href="([^"]+)"[^>]*>(?:<span[^>]*>.</span> )?{words}', page.source)
    assert found, words
    return found[1].replace("&amp;", "&")


@pytest.mark.parametrize("address", LISTS)
def test_a_heading_sorts_and_says_so_and_turns_round(moussa: Browser, a_year: Database, address: str) -> None:
    heading = "Name" if address == "/depositors/" else "Left on" if "shipments" in address else "(?:Day|Weighed on)"
    page = moussa.open(address)
    once = moussa.open(urljoin(address, linked(page, heading)))
    again = moussa.open(urljoin(address, linked(once, heading)))
    said = [
        re.findall(r'aria-sort="(\w+)"[^>]*>\s*<a[^>]*>(?:Name|Left on|Day|Weighed on)', each.source)
        for each in (once, again)
    ]
    assert sorted(said) == [["ascending"], ["descending"]]


def test_a_filter_keeps_its_order(moussa: Browser, a_year: Database) -> None:
    page = moussa.open("/drop-offs/?category=MOB&sort=day")
    assert '<input type="hidden" name="sort" value="day">' in page.source
    assert linked(page, "Weighed on") == "?category=MOB&sort=-day"


@pytest.mark.parametrize("address", [*LISTS, *FILES])
def test_an_order_or_a_place_that_cannot_be_is_refused(moussa: Browser, address: str) -> None:
    asked = ("sort=mass", "sort=--day", "before=x", "after=-1", "sort=")
    assert [moussa.open(f"{address}?{each}").status for each in asked] == [422, 422, 422, 422, 200]


def test_the_way_back_is_the_way_one_came(moussa: Browser, books: Database) -> None:
    bring_many(books, PAGE + 1)
    first = moussa.open("/drop-offs/?category=MOB")
    assert "Previous" not in first
    assert "First page" not in first
    second = moussa.open("/drop-offs/" + linked(first, "Next"))
    assert "Next" not in second
    back = moussa.open("/drop-offs/" + linked(second, "Previous"))
    numbers = re.compile(r"DES-R2026-\d+")
    assert numbers.findall(back.source) == numbers.findall(first.source)
    assert linked(second, "First page") == "?category=MOB"


@pytest.mark.parametrize(("page", "file"), list(zip(LISTS, FILES, strict=True)))
def test_a_page_offers_the_file_of_what_it_shows(moussa: Browser, a_year: Database, page: str, file: str) -> None:
    narrowed = "?q=sidibe" if page == "/depositors/" else "?from=2026-01-01"
    assert linked(moussa.open(page + narrowed), "Download CSV") == file + narrowed
    answer = moussa.open(file + narrowed).response
    assert answer.mimetype == "text/csv"
    assert re.fullmatch(r'attachment; filename="tracker-[a-z]+\.csv"', answer.headers["Content-Disposition"])


def test_a_file_has_every_row_that_the_filter_lets_through(moussa: Browser, books: Database) -> None:
    bring_many(books, PAGE + 1)
    headings, *rows = table(moussa.open("/drop-offs/list.csv?category=MOB&sort=number"))
    assert headings == [
        *("Numéro", "Pesé le", "Dépôt", "Apporteur", "Téléphone", "Pièces"),
        *("Masse nette (g)", "dont estimée (g)", "Prime (F CFA)", "Annulé"),
    ]
    assert len(rows) == PAGE + 1
    assert rows[0] == [
        *("DES-R2026-00001", "2026-03-05", "DES", "Sidibé Oumar", "70 00 18 03", "8"),
        *("1000", "0", "0", "non"),
    ]
    assert table(moussa.open("/drop-offs/list.csv?category=TAB")) == [headings]


def test_the_files_say_what_the_pages_say(moussa: Browser, a_year: Database) -> None:
    _, *movements = table(moussa.open("/stock/movements.csv"))
    assert sum(int(row[6]) for row in movements) == 49_000
    assert {row[1] for row in movements} == {"Stock de départ", "Apport", "Tri", "Expédition"}
    _, *shipments = table(moussa.open("/shipments/list.csv?departed=1"))
    assert [(row[0], row[6], row[9]) for row in shipments] == [
        ("DES-E2026-00002", "BE", "3000"),
        ("DES-E2026-00001", "FR", "20000"),
    ]
    _, *premiums = table(moussa.open("/premiums/list.csv"))
    assert sum(int(row[-1]) for row in premiums if row[1] == "Prime du barème") == 1_500


def test_a_depositors_name_runs_nothing_in_a_spreadsheet(awa: Browser, books: Database) -> None:
    with books.writing() as session:
        add_depositor(session, AWA, NewDepositor(DES, Kind.REPAIRER, "=HYPERLINK(1)", "", confirmed=True))
    headings, row = table(awa.open("/depositors/list.csv"))
    assert headings == ["Nom", "Téléphone", "Qualité", "Dû (F CFA)"]
    assert row == ["'=HYPERLINK(1)", "", "Réparateur", "0"]


def test_a_file_needs_what_its_page_needs(awa: Browser) -> None:
    assert [awa.open(file).status for file in FILES] == [200, 200, 403, 403, 200]


def test_a_file_shows_one_depot_to_whoever_stands_at_one(moussa: Browser, fanta: Browser, books: Database) -> None:
    with books.writing() as session:
        kayes = add_depot(session, IBRAHIM, DepotDetails("KAY", "Kayes", "Kayes"))
        add_depositor(session, CONSOLE, NewDepositor(kayes, Kind.REPAIRER, "Diarra", "", confirmed=True))
    assert len(table(moussa.open("/depositors/list.csv"))) == 1
    assert len(table(fanta.open("/depositors/list.csv"))) == 2


def test_a_long_file_is_read_in_few_questions_and_sent_in_pieces(
    moussa: Browser, books: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tracker.paging.WALKED", 20)
    monkeypatch.setattr("tracker.exports.PIECE", 1_000)
    bring_many(books, 61)
    with count_queries(books.engine) as sent:
        answer = moussa.open("/drop-offs/list.csv?sort=day").response
    assert "Content-Length" not in answer.headers, "nobody knows how long it will be"
    assert answer.data.count(b"\r\n") == 62
    assert len([question for question in sent if "FROM drop_offs" in question]) < 15
