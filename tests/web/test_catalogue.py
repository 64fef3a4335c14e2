"""Depots and categories: read by everybody, kept by administrators."""

import re

import pytest
from flask import Flask

from tests.support.browser import Browser, Page
from tests.support.people import DES, IBRAHIM
from tests.support.queries import count_queries
from tests.web.conftest import PASSWORD
from tracker.accounts.service import NewAccount, add_account
from tracker.catalogue.queries import categories_by_code
from tracker.catalogue.service import DepotDetails, add_depot
from tracker.db import Database
from tracker.values.actor import Role

CAMERA: dict[str, object] = {
    "code": "cam",
    "name_fr": "Appareil photo",
    "name_en": "Camera",
    "counted_by": "piece",
    "typical_unit_grams": "1 300",
    "min_unit_grams": "100",
    "max_unit_grams": "2000",
    "hazardous": "no",
    "unu_key": "0406",
}
SIKASSO: dict[str, object] = {"code": "SIK", "name": "Sikasso", "place": "Wayerma, Sikasso"}


@pytest.fixture
def phone_id(books: Database) -> int:
    """The category MOB."""
    with books.reading() as session:
        return categories_by_code(session)["MOB"].id


@pytest.fixture
def sira(app: Flask, books: Database) -> Browser:
    """An administrator of one depot only."""
    with books.writing() as session:
        add_account(session, IBRAHIM, NewAccount("sira", PASSWORD, Role.ADMIN, DES))
    browser = Browser(app)
    browser.send("/sign-in", login="sira", password=PASSWORD)
    return browser


def beside(page: Page, name: str) -> str:
    """What stands beside the field of that name."""
    found = re.search(rf'id="{name}-error">(.*?)</p>', page.source)
    return re.sub(r"<[^>]+>", "", found[1]) if found else ""


def test_everybody_reads_the_catalogue_and_only_administrators_see_how_to_change_it(
    awa: Browser, moussa: Browser, fanta: Browser, ibrahim: Browser
) -> None:
    for browser in (awa, moussa, fanta, ibrahim):
        categories = browser.open("/categories")
        assert "MOB Feature phone (with battery) By the piece 110 g 60 to 250 g Hazardous 0306" in categories
        assert "CIO Computer circuit board By the kilogram must be weighed – Not hazardous –" in categories
        assert "DES Dar-es-salam Dar-es-salam, Commune III, Bamako In use" in browser.open("/depots")
        assert ("Add a category" in categories) == (browser is ibrahim)
        assert ('<a href="/categories/1">' in categories.source) == (browser is ibrahim)


@pytest.mark.parametrize("address", ["/depots/new", "/depots/1", "/categories/new", "/categories/1"])
def test_only_administrators_open_the_forms(moussa: Browser, ibrahim: Browser, address: str) -> None:
    assert moussa.open(address).status == 403
    assert moussa.send(address).status == 403
    assert ibrahim.open(address).status == 200


@pytest.mark.parametrize("kind", ["depots", "categories"])
@pytest.mark.parametrize("act", ["retire", "restore"])
def test_only_administrators_retire_and_never_by_a_link(moussa: Browser, ibrahim: Browser, kind: str, act: str) -> None:
    assert moussa.send(f"/{kind}/1/{act}").status == 403
    assert ibrahim.open(f"/{kind}/1/{act}").status == 405


def test_a_category_is_added_in_grams(ibrahim: Browser, awa: Browser) -> None:
    assert ibrahim.send_fields("/categories/new", CAMERA).goes_to == "/categories"
    assert "The category is added." in ibrahim.open("/categories")
    assert "CAM Camera By the piece 1,300 g 100 to 2,000 g Not hazardous 0406" in awa.open("/categories")


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"code": ""}, "Enter a code, for example MOB."),
        ({"code": "1"}, "A code has two to eight capitals or digits"),
        ({"code": "MOB"}, "The code MOB is taken. Choose another."),
        ({"name_fr": ""}, "Enter the name in French."),
        ({"name_en": "x" * 81}, "A name has at most 80 characters."),
        ({"counted_by": "dozen"}, "Choose one of the list."),
        ({"typical_unit_grams": "0,11"}, "Enter a whole number, for example 25."),
        ({"typical_unit_grams": "0"}, "Give both the lightest and the heaviest piece"),
        ({"min_unit_grams": ""}, "Give both the lightest and the heaviest piece"),
        ({"min_unit_grams": "3000"}, "Give both the lightest and the heaviest piece"),
        ({"unu_key": "406"}, "A UNU key has four digits, for example 0306."),
    ],
)
def test_what_is_wrong_with_a_category_stands_beside_its_field(
    ibrahim: Browser, changed: dict[str, object], sentence: str
) -> None:
    page = ibrahim.send_fields("/categories/new", {**CAMERA, **changed})
    assert page.status == 422
    assert beside(page, next(iter(changed))).startswith(f"Error: {sentence}")
    assert 'value="Appareil photo"' in page.source or "name_fr" in changed
    assert "CAM" not in ibrahim.open("/categories")


def test_a_category_is_changed_but_its_code_stays(ibrahim: Browser, phone_id: int) -> None:
    form = ibrahim.open(f"/categories/{phone_id}")
    assert 'value="110"' in form.source
    assert 'name="code"' not in form.source
    changed = ibrahim.send_fields(f"/categories/{phone_id}", {**CAMERA, "name_en": "Phone", "typical_unit_grams": ""})
    assert changed.goes_to == "/categories"
    assert "MOB Phone By the piece must be weighed 100 to 2,000 g" in ibrahim.open("/categories")
    assert ibrahim.send_fields(f"/categories/{phone_id}", {**CAMERA, "unu_key": "x"}).status == 422


def test_a_retired_category_is_marked_and_last_and_can_be_brought_back(ibrahim: Browser, phone_id: int) -> None:
    assert ibrahim.send(f"/categories/{phone_id}/retire").goes_to == "/categories"
    assert "Feature phone" not in ibrahim.open("/categories")
    shown = ibrahim.open("/categories?retired=y").text
    assert "Feature phone (with battery) Retired" in shown
    assert shown.index("Unclassified") < shown.index("Feature phone")
    assert "Bring back" in ibrahim.open(f"/categories/{phone_id}")
    ibrahim.send(f"/categories/{phone_id}/restore")
    assert "Feature phone (with battery) By" in ibrahim.open("/categories")


def test_a_depot_is_added_changed_retired_and_brought_back(ibrahim: Browser) -> None:
    assert ibrahim.send_fields("/depots/new", SIKASSO).goes_to == "/depots"
    address = re.search(r'href="(/depots/\d+)">SIK', ibrahim.open("/depots").source)
    assert address is not None
    ibrahim.send(address[1], name="Sikasso-ville", place="Wayerma")
    assert "SIK Sikasso-ville Wayerma In use" in ibrahim.open("/depots")
    ibrahim.send(f"{address[1]}/retire")
    assert "Sikasso" not in ibrahim.open("/depots")
    assert "SIK Sikasso-ville Wayerma Retired" in ibrahim.open("/depots?retired=y")
    ibrahim.send(f"{address[1]}/restore")
    assert "SIK Sikasso-ville Wayerma In use" in ibrahim.open("/depots")


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"code": "DES"}, "The code DES is taken. Choose another."),
        ({"name": ""}, "Enter the depot's name."),
        ({"place": " "}, "Enter a name."),
        ({"place": "x" * 121}, "A name has at most 120 characters."),
    ],
)
def test_what_is_wrong_with_a_depot_stands_beside_its_field(
    ibrahim: Browser, changed: dict[str, object], sentence: str
) -> None:
    page = ibrahim.send_fields("/depots/new", {**SIKASSO, **changed})
    assert page.status == 422
    assert beside(page, next(iter(changed))) == f"Error: {sentence}"


def test_a_name_that_is_missing_is_told_when_a_depot_is_changed(ibrahim: Browser) -> None:
    page = ibrahim.send("/depots/1", name="", place="Bamako")
    assert page.status == 422
    assert beside(page, "name") == "Error: Enter the depot's name."


def test_an_administrator_of_one_depot_keeps_that_one_only(sira: Browser, books: Database) -> None:
    with books.writing() as session:
        other = add_depot(session, IBRAHIM, DepotDetails("SIK", "Sikasso", "Wayerma"))
    assert "Sikasso" not in (page := sira.open("/depots"))
    assert "Add a depot" not in page
    assert sira.open(f"/depots/{other}").status == 404
    assert sira.send(f"/depots/{other}", name="Mien", place="Bamako").status == 404
    assert sira.send(f"/depots/{other}/retire").status == 404
    assert sira.send_fields("/depots/new", {**SIKASSO, "code": "KAY"}).status == 403
    assert sira.send(f"/depots/{DES}", name="Dar", place="Bamako").goes_to == "/depots"


def test_an_empty_list_says_where_the_rest_is(ibrahim: Browser) -> None:
    ibrahim.send("/depots/1/retire")
    assert "No depot in use" in ibrahim.open("/depots")


def test_the_list_asks_as_much_for_many_as_for_one(fanta: Browser, books: Database) -> None:
    def asked() -> int:
        with count_queries(books.engine) as sent:
            fanta.open("/depots")
        return len(sent)

    for_one = asked()
    with books.writing() as session:
        for number in range(10):
            add_depot(session, IBRAHIM, DepotDetails(f"P{number}", f"Point {number}", "Bamako"))
    assert asked() == for_one
