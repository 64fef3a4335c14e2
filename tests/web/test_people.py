"""Depositors' pages: found as one types, added, and shown with what they are owed."""

from urllib.parse import urlencode

import pytest

from tests.support.browser import Browser, Page
from tests.support.people import DES, IBRAHIM, oumar
from tracker.catalogue.service import DepotDetails, add_depot
from tracker.db import Database, Session
from tracker.people.models import Kind
from tracker.people.service import NewDepositor, add_depositor
from tracker.values.actor import CONSOLE


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
