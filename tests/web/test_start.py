"""The start page: what matters to each role, and where its figures lead."""

import re
from datetime import date, timedelta
from html import unescape

import pytest

from tests.reports.scenario import live_a_year
from tests.support.browser import Browser
from tests.support.people import AWA, FANTA, IBRAHIM, MOUSSA, bring, oumar
from tests.support.queries import count_queries
from tests.web.conftest import As
from tests.web.test_reports import figures, sums
from tracker.catalogue.queries import categories_by_code
from tracker.catalogue.service import DepotDetails, add_depot
from tracker.db import Database
from tracker.intake.rules import Entered
from tracker.intake.service import void_drop_off
from tracker.reports.queries import dashboard
from tracker.reports.queries.year import year_report
from tracker.reports.queries.years import held_before
from tracker.stock.service import post_opening
from tracker.values import period
from tracker.values.actor import CONSOLE

ROLES = ("awa", "moussa", "fanta", "ibrahim")


@pytest.fixture
def a_year(books: Database) -> Database:
    live_a_year(books)
    return books


def weigh(books: Database, *grams: int) -> None:
    with books.writing() as session:
        who = oumar(session)
        for each in grams:
            bring(session, who, Entered("MOB", gross_grams=each, pieces=60))


def test_a_clerk_sees_the_day(awa: Browser, books: Database) -> None:
    page = awa.open("/")
    assert "Weighed today 0.000 kg The first drop-off of the day stands here." in page
    weigh(books, 9_000, 3_500)
    page = awa.open("/")
    for said in ("Weighed today 12.500 kg", "Drop-offs today 2", "Pieces today 120", "Premiums to hand over 0 XOF"):
        assert said in page
    assert 'href="/drop-offs/new"' in page.source
    assert "<figure" not in page.source, "a counter's page opens at once"


def test_a_manager_sees_the_year_and_what_waits(moussa: Browser, a_year: Database) -> None:
    page = moussa.open("/")
    for said in (
        "Received in 2026 0.012 t",
        "Premiums waiting 1,500 XOF",
        "Shipped in 2026 0.023 t",
        "In stock 0.049 t",
        "Under way 0.003 t",
        "1 shipment not received yet",
        "Review premiums of 1 depositor",
    ):
        assert said in page


def test_an_auditor_sees_the_year_and_its_report(fanta: Browser, a_year: Database) -> None:
    page = fanta.open("/")
    assert "Weighed share 90.90%" in page
    assert 'href="/reports/2026"' in page.source
    assert "Premiums waiting" not in page


def test_an_administrator_sees_the_house_and_begins_it(ibrahim: Browser, signed_in: As, books: Database) -> None:
    page = ibrahim.open("/")
    assert "Active accounts 1" in page
    assert "Depots in use 1" in page
    assert "Nobody else can sign in yet." in page
    signed_in("awa")
    assert "Nobody else can sign in yet." not in ibrahim.open("/")


@pytest.mark.parametrize("login", ["moussa", "fanta", "ibrahim"])
def test_a_book_without_a_recent_entry_says_what_to_do(signed_in: As, login: str) -> None:
    page = signed_in(login).open("/")
    assert "Nothing has moved in twelve months." in page
    assert "<figure" not in page.source


@pytest.mark.parametrize("login", ROLES)
def test_every_figure_leads_to_the_rows_it_sums(signed_in: As, a_year: Database, login: str) -> None:
    weigh(a_year, 9_000)
    browser = signed_in(login)
    found = figures(browser.open("/"))
    assert found
    for target, figure in found:
        assert figure in sums(browser.open(target)), f"{figure} is not the sum of {target}"


@pytest.mark.parametrize("login", ROLES)
def test_every_link_of_the_page_opens(signed_in: As, a_year: Database, login: str) -> None:
    weigh(a_year, 9_000)
    browser = signed_in(login)
    main = browser.open("/").source.partition("<main")[2]
    addresses = {unescape(address) for address in re.findall(r'href="(/[^"]*)"', main)}
    assert {address: browser.open(address).status for address in addresses} == dict.fromkeys(addresses, 200)


@pytest.mark.parametrize("login", ROLES)
def test_a_fuller_book_asks_no_more_of_the_database(signed_in: As, a_year: Database, login: str) -> None:
    browser = signed_in(login)
    asked = []
    for _ in range(2):
        with count_queries(a_year.engine) as sent:
            browser.open("/")
        asked.append(len(sent))
        weigh(a_year, *range(1_000, 9_000, 1_000))
    assert asked[0] == asked[1]
    assert asked[0] <= 9


def test_the_months_agree_with_the_year_s_report(a_year: Database) -> None:
    with a_year.reading() as session:
        months = dashboard.months(session, FANTA, date(2026, 12, 31))
        report = year_report(session, FANTA, 2026)
        assert [each.key for each in months] == period.months_of(period.year(2026))
        received = {each.key: each.received_grams for each in months if each.received_grams}
        shipped = {each.key: each.shipped_grams for each in months if each.shipped_grams}
        assert (received, shipped) == (report.received_by_month, report.shipped_by_month)
        assert sum(each.estimated_grams for each in months) == report.estimated_grams
        for each in months:
            eve = period.month(each.key).last + timedelta(days=1)
            assert each.held_grams == sum(held_before(session, FANTA, eve).values()), each.key


def test_a_void_drop_off_weighs_nothing_today(books: Database) -> None:
    with books.writing() as session:
        void_drop_off(session, MOUSSA, bring(session, oumar(session), Entered("MOB", gross_grams=7_000)), "deux fois")
        assert dashboard.weighed_on(session, AWA, session.clock.today()) == dashboard.DayWeighed(0, 0, 0, 0)


def test_another_depot_is_not_counted(books: Database) -> None:
    with books.writing() as session:
        segou = add_depot(session, IBRAHIM, DepotDetails("SEG", "Ségou", "Ségou"))
        post_opening(session, CONSOLE, segou, categories_by_code(session)["MIX"].id, 77_000, date(2026, 1, 1))
        assert (dashboard.held_now(session, MOUSSA), dashboard.held_now(session, FANTA)) == (0, 77_000)
        assert dashboard.months(session, MOUSSA, session.clock.today())[-1].held_grams == 0
