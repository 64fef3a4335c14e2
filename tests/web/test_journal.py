"""The journal's pages: who, what, before and after; what is broken is said, and what was not checked too."""

import re

import pytest
import sqlalchemy as sa

from tests.support.browser import Browser
from tests.support.neighbours import settle
from tests.support.people import DES, MOUSSA, bring, oumar
from tests.support.queries import count_queries
from tests.support.time import SteppableTime
from tests.web.conftest import PASSWORD
from tracker.accounts.service import NewAccount, add_account
from tracker.db import Database
from tracker.intake.rules import Entered
from tracker.intake.service import void_drop_off
from tracker.people.models import Kind
from tracker.people.service import NewDepositor, add_depositor
from tracker.values.actor import CONSOLE, Role

PHONES = Entered("MOB", pieces=60, gross_grams=9_000)


@pytest.fixture
def drop_off(books: Database, now: SteppableTime) -> int:
    """Logged in the morning by Awa, voided the day after by Moussa."""
    with books.writing() as session:
        drop_off_id = bring(session, oumar(session), PHONES)
    now.step(days=1)
    with books.writing() as session:
        void_drop_off(session, MOUSSA, drop_off_id, "weighed twice")
    return drop_off_id


@pytest.fixture
def segou(books: Database) -> int:
    """The neighbour's depot, with records of its own."""
    return settle(books).depot_id


def tamper(books: Database, statement: str) -> None:
    with books.engine.begin() as connection:
        connection.execute(sa.text(statement))


def headings(source: str) -> list[str]:
    return re.findall(r'<h2><a href="/journal/\d+">([^<]+)</a></h2>', source)


def test_lines_stand_newest_first_with_who_why_and_what(drop_off: int, fanta: Browser) -> None:
    page = fanta.open("/journal/?kind=drop_off")
    assert headings(page.source) == ["Drop-off voided", "Drop-off logged"]
    assert "Reason : weighed twice" in page or "Reason: weighed twice" in page
    assert "6 Mar 2026, 10:00" in page
    assert f'href="/drop-offs/{drop_off}"' in page.source
    assert "Net 9.000 kg" in page
    assert "Francs" in page


def test_a_line_has_a_page_of_its_own_with_before_and_after(ibrahim: Browser) -> None:
    ibrahim.send("/depots/1", form_at="/depots/1", name="Dar-es-salam Nord", place="Bamako")
    listed = ibrahim.open("/journal/?action=depot.changed").source
    found = re.search(r'href="(/journal/\d+)"', listed)
    assert found
    page = ibrahim.open(found[1])
    assert "Name Dar-es-salam Dar-es-salam Nord" in page
    assert "follows the line before it" in page


def test_names_are_not_shown_only_that_they_changed(books: Database, drop_off: int, fanta: Browser) -> None:
    page = fanta.open("/journal/?kind=depositor")
    assert "Name not shown" in page
    assert "Oumar" not in page
    with books.reading() as session:
        veiled = session.scalar(sa.text("SELECT changes FROM journal_entries WHERE action = 'depositor.added'"))
    digest = re.search(r'"veiled":"([0-9a-f]+)"', veiled or "")
    assert digest
    assert digest[1] not in page.source


def test_a_changed_password_says_changed(ibrahim: Browser, awa: Browser) -> None:
    awa.send("/account/password", form_at="/account/", current=PASSWORD, password="le fleuve est haut")
    assert "Password not shown changed" in ibrahim.open("/journal/?action=account.own_password_changed")


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ("action=drop_off.voided", ["Drop-off voided"]),
        ("kind=drop_off&number=DES-R2026-00001", ["Drop-off voided", "Drop-off logged"]),
        ("kind=drop_off&number=des-r2026-00001&from=2026-03-06", ["Drop-off voided"]),
        ("kind=drop_off&to=2026-03-05", ["Drop-off logged"]),
        ("kind=drop_off&number=%231", ["Drop-off voided", "Drop-off logged"]),
        ("kind=drop_off&number=DES-R2026-09999", []),
        ("kind=drop_off&number='%20OR%201=1", []),
        ("kind=drop_off&person=console", ["Drop-off voided", "Drop-off logged"]),
        ("kind=drop_off&person=1", []),
        ("year=2025", []),
    ],
)
def test_filters(drop_off: int, fanta: Browser, asked: str, expected: list[str]) -> None:
    assert headings(fanta.open(f"/journal/?{asked}").source) == expected


@pytest.mark.parametrize("asked", ["from=nonsense", "person=99", "action=x", "kind=x", "after=x"])
def test_an_address_that_cannot_be_read_says_so(fanta: Browser, asked: str) -> None:
    assert fanta.open(f"/journal/?{asked}").status == 422


def test_the_list_goes_on_where_it_ended(fanta: Browser, books: Database) -> None:
    with books.writing() as session:
        for number in range(35):
            add_depositor(session, MOUSSA, NewDepositor(DES, Kind.COLLECTOR, f"Traoré {number}", "", confirmed=True))
    first = fanta.open("/journal/?kind=depositor")
    onward = re.search(r'rel="next" href="([^"]+)"', first.source)
    assert onward
    second = fanta.open("/journal/" + onward[1].replace("&amp;", "&").rpartition("/")[2])
    assert (len(headings(first.source)), len(headings(second.source))) == (30, 5)


def test_a_longer_list_asks_no_more_of_the_database(books: Database, drop_off: int, fanta: Browser) -> None:
    fanta.open("/journal/")
    with count_queries(books.engine) as few:
        fanta.open("/journal/?kind=depositor")
    with books.writing() as session:
        for number in range(20):
            add_depositor(session, MOUSSA, NewDepositor(DES, Kind.COLLECTOR, f"Traoré {number}", "", confirmed=True))
    with count_queries(books.engine) as many:
        fanta.open("/journal/?kind=depositor")
    assert len(many) == len(few)


def test_a_manager_sees_the_own_depots_chain_only(drop_off: int, moussa: Browser, fanta: Browser, segou: int) -> None:
    assert {*headings(moussa.open("/journal/").source)} == {"Drop-off logged", "Drop-off voided", "Depositor added"}
    everything = fanta.open("/journal/")
    assert "Depot added" in headings(everything.source)
    assert "Ségou" in everything
    assert "Ségou" not in moussa.open("/journal/")


def test_another_chains_line_is_no_line(drop_off: int, moussa: Browser, fanta: Browser, segou: int) -> None:
    mine = set(re.findall(r"/journal/(\d+)", moussa.open("/journal/").source))
    every = set(re.findall(r"/journal/(\d+)", fanta.open("/journal/").source))
    assert mine < every
    assert {moussa.open(f"/journal/{number}").status for number in every - mine} == {404}
    assert {moussa.open(f"/journal/{number}").status for number in mine} == {200}


def test_clerks_do_not_read_it(awa: Browser) -> None:
    for path in ("/journal/", "/journal/1", "/journal/check"):
        assert awa.open(path).status == 403
    assert "/journal" not in awa.open("/drop-offs/").source


@pytest.mark.parametrize(
    ("statement", "sentence"),
    [
        ("UPDATE journal_entries SET reason = 'x' WHERE action = 'drop_off.voided'", "A line shown here is broken."),
        ("DELETE FROM journal_entries WHERE action = 'drop_off.accepted'", "A line shown here is broken."),
        ("DELETE FROM journal_entries WHERE action = 'drop_off.voided'", "end broken"),
        ("UPDATE journal_entries SET changes = 'x' WHERE action = 'drop_off.voided'", "A line shown here is broken."),
        ("UPDATE journal_chains SET length = length + 1 WHERE chain = 1", "end broken"),
    ],
)
def test_what_was_tampered_with_is_said(
    books: Database, drop_off: int, fanta: Browser, statement: str, sentence: str
) -> None:
    assert sentence not in fanta.open("/journal/")
    tamper(books, statement)
    assert sentence in fanta.open("/journal/")
    checked = fanta.send("/journal/check", form_at="/journal/check")
    assert "The journal is broken in 1 place" in checked


def test_the_whole_check_says_that_all_is_well(drop_off: int, moussa: Browser, segou: int) -> None:
    assert "Reads every line" in moussa.open("/journal/check")
    page = moussa.send("/journal/check", form_at="/journal/check")
    assert "Every line stands as it was written" in page
    assert "Ségou" not in page


def test_a_broken_neighbour_is_not_the_managers_affair(
    books: Database, drop_off: int, moussa: Browser, fanta: Browser, segou: int
) -> None:
    tamper(books, f"UPDATE journal_entries SET reason = 'x' WHERE chain = {segou} AND position = 1")
    assert "Every line stands" in moussa.send("/journal/check", form_at="/journal/check")
    assert "broken in 1 place" in fanta.send("/journal/check", form_at="/journal/check")


def test_a_line_with_many_rows_leads_to_the_rest(fanta: Browser) -> None:
    page = fanta.open("/journal/?action=catalogue.furnished")
    found = re.search(r'<a href="(/journal/\d+)">8 rows more</a>', page.source)
    assert found
    assert fanta.open(found[1]).source.count("journal-change") == 20


@pytest.mark.parametrize("path", ["/drop-offs/{}", "/depositors/1"])
def test_a_records_page_leads_to_its_lines(drop_off: int, fanta: Browser, awa: Browser, path: str) -> None:
    address = path.format(drop_off)
    found = re.search(r'href="(/journal/\?[^"]+)"', fanta.open(address).source)
    assert found
    assert headings(fanta.open(found[1].replace("&amp;", "&")).source)
    assert "/journal/" not in awa.open(address).source


def test_an_accounts_page_leads_to_its_lines(ibrahim: Browser, books: Database) -> None:
    with books.writing() as session:
        account_id = add_account(session, CONSOLE, NewAccount("kadi", PASSWORD, Role.MANAGER, DES))
    for address in (f"/accounts/{account_id}", "/depots/1", "/categories/1"):
        assert 'href="/journal/?' in ibrahim.open(address).source, address
