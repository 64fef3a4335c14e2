import csv
import io
from datetime import date
from decimal import Decimal

import pytest

from tests.reports.scenario import BAT, MOB, OUMAR, live_a_year, ship
from tests.support.people import AWA, DES, FANTA, IBRAHIM, bring
from tests.support.queries import count_queries
from tracker.catalogue.service import DepotDetails, add_depot
from tracker.db import Database
from tracker.errors import Invalid, NotFound
from tracker.exports import YEAR_HEADINGS, csv_file, harmless, tonnes, year_csv
from tracker.intake.rules import Entered
from tracker.premiums.queries import EntryFilter, entries
from tracker.reports import rules
from tracker.reports.queries.year import YearReport, document, year_report
from tracker.values import period
from tracker.values.actor import Actor, Role

ELSEWHERE = Actor(None, "koniba", Role.MANAGER, 2)


@pytest.fixture
def a_year(books: Database) -> Database:
    live_a_year(books)
    return books


def report(books: Database, year: int = 2026, actor: Actor = FANTA, depot_id: int | None = None) -> YearReport:
    with books.reading() as session:
        return year_report(session, actor, year, depot_id)


def test_what_was_received_leaves_void_drop_offs_out(a_year: Database) -> None:
    year = report(a_year)
    assert (year.drop_offs, year.received_pieces) == (2, 70)
    assert year.received_by_category == {BAT: 2_000, MOB: 9_000 + year.estimated_grams}
    assert year.received_by_month == {"2026-01": 9_000, "2026-03": 2_000 + year.estimated_grams}
    assert 0 < year.estimated_grams < 2_000


def test_what_was_shipped_leaves_drafts_and_reversals_out(a_year: Database) -> None:
    year = document(report(a_year))
    assert year["shipped_by_country"] == {"BE": 3_000, "FR": 20_000}
    assert year["shipped_by_month"] == {"2026-02": 20_000, "2026-03": 3_000}
    assert year["shipped_by_category"] == {MOB: year["shipped_grams"]} == {MOB: 23_000}
    assert year["shipments"][0] == {
        "reference": "DES-E2026-00001",
        "departed_on": "2026-02-10",
        "country": "FR",
        "consignee": "Repreneur FR",
        "container": "OMLU1302210",
        "packages": 4,
        "net_grams": 20_000,
        "received_grams": 19_990,
    }


def test_every_gram_is_accounted_for(a_year: Database) -> None:
    year = report(a_year)
    assert year.opening_stock_grams == 60_000
    assert year.loss_grams == 100
    assert year.closing_stock_grams == 60_000 + year.received_grams - 23_000 - 100
    by_code = {line.category_code: line for line in year.stock}
    assert by_code["MIX"] == rules.StockLine("MIX", 10_000, 0, 0, 6_000, 0)
    assert by_code[MOB].sorted_in_grams == 5_900
    assert sum(line.received_grams for line in year.stock) == year.received_grams
    assert sum(line.shipped_grams for line in year.stock) == year.shipped_grams


def test_a_year_opens_with_what_the_year_before_closed_with(a_year: Database) -> None:
    assert report(a_year, 2025).closing_stock_grams == 50_000
    assert report(a_year, 2027).opening_stock_grams == report(a_year).closing_stock_grams
    assert report(a_year, 2027).loss_grams == 0


def test_premiums_go_by_the_day_of_the_weighing(a_year: Database) -> None:
    year = document(report(a_year))
    with a_year.reading() as session:
        owed = sum(row.francs for row in entries(session, FANTA, EntryFilter(days=period.year(2026))).rows)
    assert year["premiums_xof"] == owed > 0
    assert year["paid_xof"] == 0


def test_an_empty_year_is_all_zeros(books: Database) -> None:
    year = document(report(books, 1999))
    figures = {name: value for name, value in year.items() if name not in {"year", "depot", "status"}}
    assert not any(figures.values())
    assert (year["weighed_share"], year["status"], year["closed_figures"]) == (None, "open", None)


@pytest.mark.parametrize("year", [1989, 2201])
def test_a_year_out_of_the_calendar_is_refused(books: Database, year: int) -> None:
    with pytest.raises(Invalid, match="year_invalid"):
        report(books, year)


def test_another_depot_is_not_found_and_its_figures_stay_out(a_year: Database) -> None:
    with a_year.writing() as session:
        add_depot(session, IBRAHIM, DepotDetails("KAY", "Kayes", "Kayes"))
    assert report(a_year, actor=ELSEWHERE).received_grams == 0
    assert report(a_year, actor=ELSEWHERE).stock == []
    assert report(a_year, depot_id=2).shipments == []
    assert report(a_year, actor=AWA) == report(a_year)
    assert report(a_year, depot_id=DES).depot_code == "DES"
    with pytest.raises(NotFound, match="depot_not_found"):
        report(a_year, actor=ELSEWHERE, depot_id=DES)


def test_a_longer_year_asks_no_more_of_the_database(a_year: Database) -> None:
    counts = []
    for _ in range(2):
        with count_queries(a_year.engine) as sent:
            report(a_year)
        counts.append(len(sent))
        with a_year.writing() as session:
            bring(session, OUMAR, Entered(BAT, gross_grams=1_000))
            ship(session, "FR", 10, date(2026, 3, 4))
    assert counts[0] == counts[1] == 7


@pytest.mark.parametrize(
    ("weighed", "estimated", "share"), [(0, 0, None), (2, 1, "0.6666"), (1, 0, "1"), (0, 1, "0"), (99_999, 1, "0.9999")]
)
def test_only_everything_weighed_is_a_share_of_one(weighed: int, estimated: int, share: str | None) -> None:
    found = rules.weighed_share(weighed, estimated)
    assert found == (None if share is None else Decimal(share))


def test_the_file_says_what_the_report_says(a_year: Database) -> None:
    year = report(a_year)
    file = year_csv(year, {MOB: "Téléphone"})
    assert file.startswith(b"\xef\xbb\xbfRubrique;Code;")
    rows = list(csv.DictReader(io.StringIO(file.decode("utf-8-sig")), delimiter=";"))
    grams = {(row["Rubrique"], row["Code"]): row["Masse (g)"] for row in rows}
    assert grams["Reçu", ""] == str(year.received_grams)
    assert grams["Expédié", ""] == "23000"
    assert grams["Reçu par mois", "2026-01"] == "9000"
    assert grams["Stock de clôture", ""] == str(year.closing_stock_grams)
    sent = next(row for row in rows if row["Rubrique"] == "Expédition")
    assert (sent["Masse (t)"], sent["Masse reçue (g)"], sent["Pays"]) == ("0,020", "19990", "FR")
    assert {len(row) for row in rows} == {len(YEAR_HEADINGS)}


@pytest.mark.parametrize("text", ["=1+1", "+33", "-2", "@SUM(A1)", "\tx", "\r=1", "＝1"])
def test_no_text_runs_in_a_spreadsheet(text: str) -> None:
    assert harmless(text) == f"'{text}"
    assert harmless(f"a{text}") == f"a{text}"


def test_numbers_stay_numbers() -> None:
    assert csv_file(["=x"], [[-5, tonnes(-1_500), None]]).decode("utf-8-sig") == "'=x\r\n-5;-0,002;\r\n"
