from dataclasses import replace

import pytest

from tests.support.people import DES, IBRAHIM, MOUSSA
from tests.support.time import SteppableTime
from tracker.catalogue import queries
from tracker.catalogue.models import Category, CountedBy, Depot, Hazard
from tracker.catalogue.service import (
    CategoryDetails,
    DepotDetails,
    add_category,
    add_depot,
    change_depot,
    retire_category,
    retire_depot,
)
from tracker.db import Database
from tracker.errors import Conflict, Invalid, NotFound, NotPermitted
from tracker.values.actor import Actor, Role

SIKASSO = DepotDetails("SIK", "Sikasso", "Wayerma, Sikasso")
CAMERA = CategoryDetails("CAM", "Appareil photo", "Camera", CountedBy.PIECE, 300, 100, 900, Hazard.NO, "0406")


@pytest.mark.parametrize(
    ("details", "code"),
    [
        (replace(SIKASSO, code="1"), "code_invalid"),
        (replace(SIKASSO, name=" "), "name_missing"),
        (replace(SIKASSO, name="a" * 81), "name_too_long"),
        (replace(SIKASSO, place="a" * 121), "name_too_long"),
        (replace(SIKASSO, place="\x00"), "name_missing"),
    ],
)
def test_an_unusable_depot_is_refused(books: Database, details: DepotDetails, code: str) -> None:
    with pytest.raises(Invalid, match=code), books.writing() as session:
        add_depot(session, IBRAHIM, details)


@pytest.mark.parametrize(
    ("details", "code", "field"),
    [
        (replace(CAMERA, name_en=""), "name_missing", "name_en"),
        (replace(CAMERA, name_fr="é" * 81), "name_too_long", "name_fr"),
        (replace(CAMERA, max_unit_grams=None), "range_invalid", "min_unit_grams"),
        (replace(CAMERA, min_unit_grams=901), "range_invalid", "min_unit_grams"),
        (replace(CAMERA, typical_unit_grams=99), "range_invalid", "typical_unit_grams"),
        (replace(CAMERA, unu_key="٠٤٠٦"), "unu_key_invalid", "unu_key"),
    ],
)
def test_an_unusable_category_is_refused(books: Database, details: CategoryDetails, code: str, field: str) -> None:
    with pytest.raises(Invalid, match=code) as refused, books.writing() as session:
        add_category(session, IBRAHIM, details)
    assert refused.value.field == field


def test_a_code_is_given_once(books: Database) -> None:
    with pytest.raises(Conflict, match="code_taken"), books.writing() as session:
        add_category(session, IBRAHIM, replace(CAMERA, code="mob"))


def test_only_administrators_keep_the_catalogue(books: Database) -> None:
    with pytest.raises(NotPermitted), books.writing() as session:
        add_depot(session, MOUSSA, SIKASSO)


def test_an_administrator_of_one_depot_keeps_that_one_only(books: Database) -> None:
    with books.writing() as session:
        sikasso = add_depot(session, IBRAHIM, SIKASSO)
        bound = Actor(None, "sira", Role.ADMIN, DES)
        change_depot(session, bound, DES, replace(SIKASSO, name="Dar"))
        assert queries.depot(session, bound, DES).name == "Dar"
        with pytest.raises(NotFound):
            change_depot(session, bound, sikasso, SIKASSO)
        with pytest.raises(NotFound):
            retire_depot(session, bound, sikasso)
        with pytest.raises(NotPermitted):
            add_depot(session, bound, replace(SIKASSO, code="KAY"))


def test_what_is_retired_twice_was_retired_the_first_time(books: Database, now: SteppableTime) -> None:
    first = now.moment
    with books.writing() as session:
        retire_depot(session, IBRAHIM, DES)
        retire_category(session, IBRAHIM, 1)
        now.step(days=1)
        retire_depot(session, IBRAHIM, DES)
        retire_category(session, IBRAHIM, 1)
        assert session.get_one(Depot, DES).retired_at == first == session.get_one(Category, 1).retired_at


def test_what_was_retired_can_be_brought_back(books: Database) -> None:
    with books.writing() as session:
        retire_depot(session, IBRAHIM, DES)
        assert queries.depots(session, IBRAHIM) == []
        retire_depot(session, IBRAHIM, DES, retired=False)
        assert [depot.code for depot in queries.depots(session, IBRAHIM)] == ["DES"]
