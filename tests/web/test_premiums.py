"""The ledger of francs, and the schemes in words."""

import re
from datetime import UTC, datetime
from typing import Any

import pytest

from tests.support.browser import Browser
from tests.support.people import DES, IBRAHIM, MOUSSA, bring, oumar
from tests.support.queries import count_queries
from tests.support.time import SteppableTime
from tracker.audit.service import record
from tracker.catalogue.queries import categories_by_code
from tracker.catalogue.service import DepotDetails, add_depot
from tracker.db import Database, Session
from tracker.intake.rules import Entered
from tracker.intake.service import void_drop_off
from tracker.paging import PAGE
from tracker.people.models import Kind
from tracker.people.service import NewDepositor, add_depositor
from tracker.premiums.rules.scheme import parse_scheme
from tracker.premiums.service import PremiumAccount, add_scheme, record_premium
from tracker.values.actor import CONSOLE

FEBRUARY = datetime(2026, 2, 3, 9, tzinfo=UTC)
OLD_SCHEME: dict[str, Any] = {
    "code": "OLD",
    "name_en": "The old way",
    "versions": [
        {
            "valid_from": "2010-01-01",
            "valid_to": "2011-12-31",
            "measure": "grams",
            "period": "month",
            "eligible": {"except": ["RES", "MIX"]},
            "rule": {"kind": "levels", "tiers": [{"from": 0, "amount": 0}, {"from": 25_000, "amount": 2_500}]},
            "minimum": 1_000,
            "bonus_percent": [{"from": 0, "percent": 0}, {"from": 50_000, "percent": 5}],
            "cap_month": 40_000,
        },
        {
            "valid_from": "2012-01-01",
            "valid_to": "2012-12-31",
            "measure": "grams",
            "period": "drop_off",
            "rule": {"kind": "price_list", "rates": {"CIR": 8_000}},
            "cap_drop_off": 10_000,
        },
    ],
}


def phones(count: int) -> Entered:
    return Entered("MOB", pieces=count, gross_grams=count * 120)


def written_down(session: Session, account: PremiumAccount, drop_off_id: int, *amounts: int) -> None:
    """Owed and paid in February, as an old book says."""
    for francs in amounts:
        record_premium(session, CONSOLE, account, (drop_off_id, FEBRUARY.date()), francs)
    record(session, CONSOLE, "books.imported", subject=("depositor", account.depositor_id), depot_id=account.depot_id)


@pytest.fixture
def ledger(books: Database) -> int:
    """Oumar's drop-offs of February and March, one of them void, and a line of an old book; his id."""
    with books.writing() as session:
        who = oumar(session)
        february = bring(session, who, phones(50), at=FEBRUARY)
        bring(session, who, phones(200))
        void_drop_off(session, MOUSSA, bring(session, who, phones(60)), "deux fois")
        written_down(session, PremiumAccount(who, DES), february, 300)
    return who


def test_the_ledger_sums_what_it_lists(moussa: Browser, ledger: int) -> None:
    page = moussa.open("/premiums/")
    for figure in ("Owed 8,550 XOF", "Paid 300 XOF", "Left to pay 8,250 XOF", "Entries 6"):
        assert figure in page
    assert "5 Mar 2026 Sidibé Oumar By the scheme 5 Mar 2026, 10:00 -1,500 XOF" in page
    assert "3 Feb 2026 Sidibé Oumar Paid, as an old book says" in page
    assert f'href="/depositors/{ledger}"' in page.source
    assert 'href="/drop-offs/1"' in page.source


@pytest.mark.parametrize(
    ("asked", "left", "entries"),
    [
        ("from=2026-03-01", "7,000 XOF", 3),
        ("to=2026-02-28", "1,250 XOF", 3),
        ("year=2026", "8,250 XOF", 6),
        ("year=2025", "0 XOF", 0),
        ("month=2026-02", "1,250 XOF", 3),
        ("kind=owed", "8,550 XOF", 5),
        ("kind=paid", "-300 XOF", 1),
        ("kind=recorded", "300 XOF", 1),
        ("kind=engine&from=2026-03-01", "7,000 XOF", 3),
        ("depot=DES", "8,250 XOF", 6),
        ("depositor=999999", None, 0),
    ],
)
def test_each_filter_narrows_rows_and_sums_alike(
    fanta: Browser, ledger: int, asked: str, left: str | None, entries: int
) -> None:
    page = fanta.open(f"/premiums/?{asked}")
    if left is None:
        assert page.status == 404
        return
    assert f"Left to pay {left}" in page
    assert f"Entries {entries}" in page
    assert len(re.findall(r'<th scope="row"', page.source)) == entries


def test_the_list_of_one_depositor_names_them_and_leads_back(moussa: Browser, ledger: int, books: Database) -> None:
    with books.writing() as session:
        other = add_depositor(session, CONSOLE, NewDepositor(DES, Kind.COLLECTOR, "Coulibaly Mariam"))
        bring(session, other, phones(100))
    page = moussa.open(f"/premiums/?depositor={other}&year=2026")
    assert "Only what Coulibaly Mariam earned. The depositor · Everybody" in page
    assert "Left to pay 2,500 XOF" in page
    assert f'href="?depositor={other}&amp;year=2026&amp;kind=owed"' in page.source
    assert 'href="?year=2026&amp;depositor="' in page.source
    assert "Left to pay 10,750 XOF" in moussa.open("/premiums/?year=2026&depositor=")


@pytest.mark.parametrize("asked", ["from=hier", "kind=gift", "depositor=x", "year=1", "depot=SIK", "after=x"])
def test_an_address_that_cannot_be_read_is_refused(moussa: Browser, asked: str) -> None:
    assert moussa.open(f"/premiums/?{asked}").status == 422


def test_a_neighbour_depots_premiums_are_not_shown(moussa: Browser, fanta: Browser, books: Database) -> None:
    with books.writing() as session:
        sikasso = add_depot(session, IBRAHIM, DepotDetails("SIK", "Sikasso", "Wayerma"))
        who = add_depositor(session, CONSOLE, NewDepositor(sikasso, Kind.COLLECTOR, "Coulibaly Mariam"))
        written_down(session, PremiumAccount(who, sikasso), 1, 700)
    assert "No premiums here" in moussa.open("/premiums/")
    assert moussa.open(f"/premiums/?depositor={who}").status == 404
    assert "Paid 700 XOF" in fanta.open("/premiums/?depot=SIK")


def test_the_list_goes_on_with_its_filters(moussa: Browser, books: Database) -> None:
    with books.writing() as session:
        who = oumar(session)
        drop_off = bring(session, who, phones(1), at=FEBRUARY)
        written_down(session, PremiumAccount(who, DES), drop_off, *range(1, PAGE + 1))
    first = moussa.open("/premiums/?kind=owed&month=2026-02")
    address = re.search(r'rel="next" href="([^"]+)"', first.source)
    assert address is not None
    second = moussa.open("/premiums/" + address[1].replace("&amp;", "&"))
    assert f"Entries {PAGE + 1}" in second
    assert len(re.findall(r'<th scope="row"', second.source)) == 1


def test_the_list_asks_as_much_for_many_as_for_one(moussa: Browser, books: Database, ledger: int) -> None:
    def asked() -> int:
        with count_queries(books.engine) as sent:
            moussa.open("/premiums/")
        return len(sent)

    for_some = asked()
    with books.writing() as session:
        written_down(session, PremiumAccount(ledger, DES), 1, *range(1, 10))
    assert asked() == for_some


@pytest.mark.parametrize("address", ["/premiums/", "/premiums/schemes"])
def test_a_clerk_does_not_read_the_ledger(awa: Browser, address: str) -> None:
    assert awa.open(address).status == 403


def test_the_scheme_in_force_is_told_in_words(moussa: Browser) -> None:
    page = moussa.open("/premiums/schemes")
    for sentence in (
        "Per piece, tier rate applied to the whole quantity S1-PALIER-TOTAL",
        "From 1 Jan 2013 on In force today",
        "Counted in pieces",
        "Over each drop-off by itself",
        "Feature phone (with battery) (MOB), Mobile phone without battery (MOX)",
        "from 50 pieces 25 XOF a piece",
        "Rounding to the nearest multiple of 5 XOF, once, on the total",
        "49 pieces: 0 XOF · 50 pieces: 1,250 XOF · 200 pieces: 7,000 XOF · 500 pieces: 25,000 XOF",
    ):
        assert sentence in page
    assert "Minimum" not in page
    assert "Ceiling" not in page


def test_every_part_of_the_grammar_has_its_words(moussa: Browser, books: Database) -> None:
    with books.writing() as session:
        add_scheme(session, IBRAHIM, parse_scheme(OLD_SCHEME, frozenset(categories_by_code(session))))
    page = moussa.open("/premiums/schemes")
    for sentence in (
        "The old way OLD",
        "From 1 Jan 2010 to 31 Dec 2011 Counted by weight, in kg",
        "Over the calendar month, all drop-offs of a depositor together",
        "Categories every category except Unsorted mixed load (MIX), Network and site equipment (RES)",
        "the fixed amount of the highest level reached",
        "Minimum 1.000 kg; below, nothing is owed",
        "from 25.000 kg 2,500 XOF",
        "from 50.000 kg 5.0%",
        "Ceiling of a depositor's month 40,000 XOF",
        "From 1 Jan 2012 to 31 Dec 2012",
        "Phone circuit board (CIR) 8,000 XOF per kg",
        "Ceiling of a drop-off 10,000 XOF",
        "1.000 kg: 8,000 XOF · 10.000 kg: 10,000 XOF",
    ):
        assert sentence in page
    assert page.text.count("In force today") == 1


def test_what_is_in_force_depends_on_the_day(moussa: Browser, books: Database, now: SteppableTime) -> None:
    with books.writing() as session:
        add_scheme(session, IBRAHIM, parse_scheme(OLD_SCHEME, frozenset(categories_by_code(session))))
    now.move_to(datetime(2012, 12, 31, 12, tzinfo=UTC))
    assert "From 1 Jan 2012 to 31 Dec 2012 In force today" in moussa.open("/premiums/schemes")
    now.move_to(datetime(2013, 1, 1, 0, tzinfo=UTC))
    assert "From 1 Jan 2013 on In force today" in moussa.open("/premiums/schemes")
