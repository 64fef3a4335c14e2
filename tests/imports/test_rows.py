from datetime import date

import pytest

from tracker.imports.rules import rows
from tracker.imports.rules.book import Line
from tracker.imports.rules.places import Destination, destination
from tracker.imports.rules.rows import Departure, Known, Reading, Reception, UnitRange, identity, read_row
from tracker.intake import rules as intake
from tracker.people import rules as people
from tracker.shipments import rules as shipments

KNOWN = Known(date(2026, 3, 5), {"MOB": UnitRange(60, 250), "MIX": None, "NCL": None})
BROUGHT = {
    "slip": "0005",
    "kind": "reception",
    "date": "2013-01-05",
    "category": "MOB",
    "pieces": "439",
    "grams": "63200",
    "phone_e164": "+22370003246",
    "premium_xof": "15365",
}
SENT = {
    "slip": "E-001",
    "kind": "shipment",
    "date": "2013-02-21",
    "category": "MOB",
    "grams": "6200000",
    "destination": "France",
    "container": "OMLU 130221 0",
}


def read(cells: dict[str, str], **changed: str) -> Reading:
    kept = {column: text for column, text in (cells | changed).items() if text}
    return read_row(Line(2, kept), KNOWN)


def codes(reading: Reading) -> list[str]:
    return [doubt.code for doubt in reading.doubts]


def test_a_reception_is_read() -> None:
    reading = read(BROUGHT)
    entry = Reception("0005", date(2013, 1, 5), "MOB", 439, 63_200, "+22370003246", 15_365)
    assert (reading.entry, codes(reading)) == (entry, [])


def test_a_departure_is_read() -> None:
    reading = read(SENT)
    entry = Departure(date(2013, 2, 21), "MOB", 6_200_000, "FR", None, "OMLU1302210")
    assert (reading.entry, codes(reading)) == (entry, [])


@pytest.mark.parametrize(
    ("column", "text", "code"),
    [
        ("kind", "", "MOVEMENT_MISSING"),
        ("kind", "Transfert", "MOVEMENT_UNKNOWN"),
        ("slip", "0" * 61, "SLIP_TOO_LONG"),
        ("date", "", "DATE_MISSING"),
        ("date", "2013-02-31", "DATE_IMPOSSIBLE"),
        ("date", "idem", "DATE_IMPOSSIBLE"),
        ("date", "2026-03-06", "DATE_FUTURE"),
        ("date", "1913-02-21", "DATE_TOO_EARLY"),
        ("pieces", "0", "COUNT_IMPOSSIBLE"),
        ("pieces", "-3", "COUNT_IMPOSSIBLE"),
        ("grams", "", "WEIGHT_MISSING"),
        ("grams", "environ 20", "WEIGHT_NOT_A_NUMBER"),
        ("grams", "63200,5", "WEIGHT_NOT_A_NUMBER"),
        ("grams", "6" * 40, "WEIGHT_NOT_A_NUMBER"),
        ("grams", "-63200", "WEIGHT_NEGATIVE"),
        ("grams", "0", "WEIGHT_ZERO"),
        ("grams", "1000000001", "WEIGHT_TOO_LARGE"),
        ("grams", "63200000", "UNIT_IMPLAUSIBLE"),
    ],
)
def test_what_blocks_a_reception(column: str, text: str, code: str) -> None:
    reading = read(BROUGHT, **{column: text})
    assert reading.entry is None
    assert code in codes(reading)


@pytest.mark.parametrize(
    ("column", "text", "code"),
    [
        ("category", "", "CATEGORY_MISSING"),
        ("category", "ZZZ", "CATEGORY_UNKNOWN"),
        ("destination", "", "DESTINATION_MISSING"),
        ("destination", "Le Havre", "DESTINATION_UNKNOWN"),
        ("destination", f"France ({'x' * 121})", "DESTINATION_TOO_LONG"),
        ("container", "OMLU" * 6, "CONTAINER_INVALID"),
        ("container", "conteneur n°3", "CONTAINER_INVALID"),
    ],
)
def test_what_blocks_a_departure(column: str, text: str, code: str) -> None:
    reading = read(SENT, **{column: text})
    assert reading.entry is None
    assert codes(reading) == [code]


@pytest.mark.parametrize(
    ("column", "text", "code", "left"),
    [
        ("category", "divers", "CATEGORY_UNKNOWN", {"category": "NCL"}),
        ("category", "", "CATEGORY_MISSING", {"category": "NCL"}),
        ("pieces", "50-60", "COUNT_NOT_A_NUMBER", {"pieces": None}),
        ("phone_e164", "70 00 18", "PHONE_INVALID", {"phone": None}),
        ("premium_xof", "payé", "PREMIUM_UNREADABLE", {"premium_francs": 0}),
        ("premium_xof", "-5", "PREMIUM_UNREADABLE", {"premium_francs": 0}),
        ("flags", "NAME_MISSING", "NAME_MISSING", {"grams": 63_200}),
    ],
)
def test_what_is_told_and_let_in(column: str, text: str, code: str, left: dict[str, object]) -> None:
    reading = read(BROUGHT, **{column: text})
    assert codes(reading) == [code]
    assert {name: getattr(reading.entry, name) for name in left} == left


def test_every_doubt_of_a_row_is_told() -> None:
    reading = read(BROUGHT, date="", grams="", phone_e164="12", flags="PHONE_INVALID NAME_MISSING")
    assert codes(reading) == ["DATE_MISSING", "WEIGHT_MISSING", "PHONE_INVALID", "NAME_MISSING"]


def test_text_under_no_heading_blocks() -> None:
    assert codes(read_row(Line(2, BROUGHT, overflows=True), KNOWN)) == ["ROW_TOO_LONG"]


def test_a_premium_for_what_was_sent_is_told() -> None:
    assert codes(read(SENT, premium_xof="500")) == ["PREMIUM_ON_SHIPMENT"]


@pytest.mark.parametrize(
    ("changed", "proposed"),
    [
        ({"grams": "63200000"}, {"grams": 63_200}),
        ({"grams": "63"}, {"grams": 63_000}),
        ({"grams": "400000"}, None),
        ({"kind": ""}, {"kind": "reception"}),
        ({"category": "?"}, {"category": "NCL"}),
    ],
)
def test_what_is_likely_meant_is_proposed(changed: dict[str, str], proposed: object) -> None:
    assert [doubt.proposed for doubt in read(BROUGHT, **changed).doubts] == [proposed]


@pytest.mark.parametrize(
    "changed",
    [
        {"grams": "63 200"},
        {"pieces": "0439"},
        {"kind": "RECEPTION"},
        {"date": "20130105"},
        {"category": "mob"},
        {"phone_e164": "70 00 32 46"},
        {"phone_e164": "0022370003246"},
        {"flags": "NAME_MISSING"},
        {"row": "8"},
    ],
)
def test_another_spelling_is_the_same_row(changed: dict[str, str]) -> None:
    assert identity(BROUGHT | changed) == identity(BROUGHT)


@pytest.mark.parametrize("column", sorted(BROUGHT))
def test_another_value_is_another_row(column: str) -> None:
    assert identity(BROUGHT | {column: "1"}) != identity(BROUGHT)


@pytest.mark.parametrize(
    ("label", "country", "consignee"),
    [
        ("France", "FR", None),
        ("FRANCE", "FR", None),
        ("fr", "FR", None),
        ("Belgique", "BE", None),
        ("Belgium", "BE", None),
        ("cote d'ivoire", "CI", None),
        ("France (ADB Le Pin)", "FR", "ADB Le Pin"),
        ("Le Havre – Morphosis, France", "FR", "Le Havre, Morphosis"),
        ("FRANCE / Le Havre", "FR", "Le Havre"),
    ],
)
def test_a_label_names_a_country_and_perhaps_a_consignee(label: str, country: str, consignee: str | None) -> None:
    assert destination(label) == Destination(country, consignee)


@pytest.mark.parametrize("label", ["", "Le Havre", "France ou Belgique", "France / Belgique", "ZZ", "UE", "EU"])
def test_a_label_without_one_country_is_not_guessed(label: str) -> None:
    assert destination(label) is None


def test_the_limits_are_those_of_the_rooms_below() -> None:
    assert rows.MOST_PIECES == intake.MOST_PIECES
    assert rows.LONGEST_CONTAINER == shipments.LONGEST_CONTAINER
    assert rows.LONGEST_CONSIGNEE == people.LONGEST_NAME
