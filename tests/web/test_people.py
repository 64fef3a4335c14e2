"""Depositors' pages: found as one types, added, and shown with what they are owed."""

import re
from urllib.parse import urlencode

import pytest
from flask import Flask

from tests.support.browser import Browser, Page
from tests.support.people import DES, IBRAHIM, MOUSSA, bring, oumar
from tests.support.queries import count_queries
from tests.web.conftest import PASSWORD
from tracker.accounts.service import NewAccount, add_account
from tracker.catalogue.service import DepotDetails, add_depot
from tracker.db import Database, Session
from tracker.intake.rules import Entered
from tracker.intake.service import void_drop_off
from tracker.paging import PAGE
from tracker.people.models import Kind
from tracker.people.service import NewDepositor, add_depositor
from tracker.values.actor import CONSOLE, Role


def known(session: Session, name: str, phone: str = "", depot_id: int = DES) -> int:
    return add_depositor(session, CONSOLE, NewDepositor(depot_id, Kind.INDIVIDUAL, name, phone))


def find(browser: Browser, **typed: object) -> Page:
    return browser.open("/depositors/find?" + urlencode(typed))


@pytest.fixture
def sikasso(books: Database) -> int:
    """Another depot."""
    with books.writing() as session:
        return add_depot(session, IBRAHIM, DepotDetails("SIK", "Sikasso", "Wayerma, Sikasso"))


@pytest.fixture
def sira(app: Flask, books: Database) -> Browser:
    """A manager of every depot."""
    with books.writing() as session:
        add_account(session, IBRAHIM, NewAccount("sira", PASSWORD, Role.MANAGER))
    browser = Browser(app)
    browser.send("/sign-in", login="sira", password=PASSWORD)
    return browser


@pytest.fixture
def oumar_id(books: Database) -> int:
    with books.writing() as session:
        return oumar(session)


@pytest.mark.parametrize(
    "typed",
    ["70 00 18 03", "+22370001803", "0022370001803", "+223 70-00", "1803", "7", "oumar", "SIDIBE", "sid oum", "é oum"],
)
def test_any_spelling_finds_a_depositor(books: Database, awa: Browser, oumar_id: int, typed: str) -> None:
    with books.writing() as session:
        known(session, "Coulibaly Mariam", "+223 66 55 44 22")
    found = find(awa, q=typed)
    assert f'<li><button type="button" data-id="{oumar_id}">' in found.source
    assert found.text == "Sidibé Oumar · 70 00 18 03"


def test_nobody_found_says_what_to_do(awa: Browser, oumar_id: int) -> None:
    assert "Nobody found. Check the spelling" in find(awa, q="personne")


def test_the_newest_ten_are_suggested_before_anything_is_typed(books: Database, awa: Browser) -> None:
    with books.writing() as session:
        ids = [known(session, f"Traoré Awa {number}") for number in range(12)]
    offered = find(awa, q=" ").source
    assert [f'data-id="{key}"' in offered for key in ids] == [False] * 2 + [True] * 10


def test_a_neighbour_depots_depositors_are_not_suggested(
    books: Database, awa: Browser, ibrahim: Browser, sikasso: int, oumar_id: int
) -> None:
    with books.writing() as session:
        known(session, "Sidibé Salif", depot_id=sikasso)
    assert find(awa, q="sidibe").text == "Sidibé Oumar · 70 00 18 03"
    assert find(awa, q="sidibe", depot=sikasso).text.startswith("Nobody found.")
    assert find(ibrahim, q="sidibe", depot=sikasso).text == "Sidibé Salif"


def test_an_address_that_cannot_be_read_is_refused(awa: Browser) -> None:
    assert find(awa, depot="DES").status == 422


def test_the_list_shows_what_each_is_owed(awa: Browser, moussa: Browser, oumar_id: int, books: Database) -> None:
    with books.writing() as session:
        bring(session, oumar_id, Entered("MOB", pieces=50, gross_grams=6_000))
        known(session, "Coulibaly Mariam")
    page = awa.open("/depositors/")
    assert "2 depositors" in page
    assert "Sidibé Oumar 70 00 18 03 1,250 XOF Repairer" in page
    assert "Coulibaly Mariam – 0 XOF Individual" in page
    assert page.text.index("Coulibaly") < page.text.index("Sidibé")


def test_the_list_is_searched_without_a_script_and_with_one(awa: Browser, oumar_id: int, books: Database) -> None:
    with books.writing() as session:
        known(session, "Coulibaly Mariam")
    for address in ("/depositors/?q=mariam", "/depositors/rows?q=mariam"):
        page = awa.open(address)
        assert ("1 depositor " in page, "Coulibaly" in page, "Sidibé" in page) == (True, True, False)


@pytest.mark.parametrize(("typed", "filled_in"), [("Diarra", "name=Diarra"), ("66 77", "phone=66+77")])
def test_whoever_is_not_found_can_be_added(awa: Browser, fanta: Browser, typed: str, filled_in: str) -> None:
    nobody = awa.open("/depositors/?" + urlencode({"q": typed}))
    assert "Nobody found" in nobody
    assert f'href="/depositors/new?{filled_in}"' in nobody.source
    assert f'value="{typed}"' in awa.open(f"/depositors/new?{filled_in}").source
    assert "/depositors/new" not in fanta.open("/depositors/?q=Diarra").source


def test_an_empty_list_says_what_to_do_next(awa: Browser) -> None:
    assert "No depositors yet" in awa.open("/depositors/")


def test_the_list_goes_on_with_what_was_looked_for(awa: Browser, books: Database) -> None:
    with books.writing() as session:
        for number in range(PAGE + 1):
            known(session, f"Traoré {number:02}")
    address = re.search(r'rel="next" href="([^"]+)"', awa.open("/depositors/rows?q=traore").source)
    assert address is not None
    last = awa.open(address[1].replace("&amp;", "&"))
    assert "51 depositors" in last
    assert "Traoré 00" in last
    assert "Traoré 01" not in last


def test_the_list_asks_as_much_for_many_as_for_one(awa: Browser, books: Database, oumar_id: int) -> None:
    def asked() -> int:
        with count_queries(books.engine) as sent:
            awa.open("/depositors/")
        return len(sent)

    for_one = asked()
    with books.writing() as session:
        for number in range(20):
            bring(session, known(session, f"Traoré {number}"), Entered("MOB", pieces=60))
    assert asked() == for_one


def test_a_depositor_is_added_and_shown(awa: Browser) -> None:
    added = awa.send("/depositors/new", name=" Keïta  Fatou", phone="0022366778899", kind="collector")
    assert added.status == 303
    page = awa.open(added.goes_to)
    assert "The depositor is added." in page
    assert "Keïta Fatou" in page
    assert "Collector · 66 77 88 99 · Dar-es-salam" in page
    assert "Nothing brought yet" in page


def test_whoever_is_added_at_the_counter_can_weigh_at_once(awa: Browser) -> None:
    added = awa.send("/depositors/new", name="Keïta Fatou", kind="individual", weigh="1")
    assert added.goes_to.startswith("/drop-offs/new?depositor=")


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"name": ""}, "Enter the depositor's name."),
        ({"name": "\t"}, "Enter a name."),
        ({"name": "a" * 121}, "A name has at most 120 characters."),
        ({"phone": "70 00"}, "Enter a telephone number that exists, for example 70 00 18 03."),
        ({"kind": "thief"}, "Choose one of the list."),
    ],
)
def test_a_refusal_stands_beside_its_field(awa: Browser, fields: dict[str, object], sentence: str) -> None:
    page = awa.send_fields("/depositors/new", {"name": "Keïta", "kind": "individual", **fields})
    assert page.status == 422
    name = next(iter(fields))
    assert re.search(rf'id="{name}-error"><span[^>]*>Error:</span> {re.escape(sentence)}</p>', page.source)


def test_a_shared_telephone_is_asked_about(awa: Browser, oumar_id: int) -> None:
    sent: dict[str, object] = {"name": "Keïta Fatou", "phone": "+223 70001803", "kind": "individual"}
    asked = awa.send_fields("/depositors/new", sent)
    assert asked.status == 422
    assert "Is it the same depositor?" in asked
    assert f'<a href="/depositors/{oumar_id}">Sidibé Oumar · 70 00 18 03</a>' in asked.source.replace("\xa0", " ")
    assert awa.open("/depositors/find?q=keita").text.startswith("Nobody found")
    assert awa.send_fields("/depositors/new", {**sent, "confirmed": "1"}).status == 303


def test_one_depot_is_no_choice_and_several_are(awa: Browser, sira: Browser, sikasso: int) -> None:
    assert 'name="depot"' not in awa.open("/depositors/new").source
    assert "Choose the depot." in sira.send("/depositors/new", name="Keïta Fatou", kind="individual")
    added = sira.send("/depositors/new", name="Keïta Fatou", kind="individual", depot=sikasso)
    assert "Sikasso" in sira.open(added.goes_to)
    assert awa.open(added.goes_to).status == 404


def test_a_depositors_page_leads_to_what_its_figures_sum(
    awa: Browser, moussa: Browser, oumar_id: int, books: Database
) -> None:
    with books.writing() as session:
        bring(session, oumar_id, Entered("MOB", pieces=50, gross_grams=6_000))
        voided = bring(session, oumar_id, Entered("MOB", pieces=50, gross_grams=5_000))
        void_drop_off(session, MOUSSA, voided, "deux fois")
    page = moussa.open(f"/depositors/{oumar_id}")
    for figure in ("Owed now 1,250 XOF", "Drop-offs 1", "Brought 6.000 kg", "Pieces 50", "DES-R2026-00002 Void"):
        assert figure in page
    assert f'href="/premiums/?depositor={oumar_id}"' in page.source
    assert f'href="/drop-offs/?depositor={oumar_id}"' in page.source
    assert f'href="/drop-offs/new?depositor={oumar_id}"' in page.source
    assert "/premiums/" not in awa.open(f"/depositors/{oumar_id}").source


def test_an_auditor_reads_and_adds_nothing(fanta: Browser, oumar_id: int) -> None:
    assert "New drop-off" not in fanta.open(f"/depositors/{oumar_id}")
    assert fanta.open("/depositors/new").status == 403
    assert fanta.send("/depositors/new", name="Keïta", kind="individual").status == 403


def test_a_stranger_finds_nobody(visitor: Browser) -> None:
    assert visitor.open("/depositors/find?q=o").goes_to.startswith("/sign-in")
