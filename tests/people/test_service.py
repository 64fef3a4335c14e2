import pytest

from tests.support.people import AWA, DES, FANTA, oumar
from tracker.db import Database
from tracker.errors import Invalid, NeedsConfirmation, NotPermitted
from tracker.paging import PAGE, Cut
from tracker.people import queries
from tracker.people.models import Kind
from tracker.people.service import NewDepositor, add_depositor


def someone(name: str = "Keïta Fatou", phone: str = "", *, confirmed: bool = False) -> NewDepositor:
    return NewDepositor(DES, Kind.INDIVIDUAL, name, phone, confirmed)


@pytest.mark.parametrize(
    ("new", "code"),
    [
        (someone(" "), "name_missing"),
        (someone("\x00"), "name_missing"),
        (someone("é" * 121), "name_too_long"),
        (someone("œ" * 61), "name_too_long"),
        (someone(phone="70 00 18"), "phone_invalid"),
        (someone(phone="10 00 18 03"), "phone_invalid"),
    ],
)
def test_an_unusable_depositor_is_refused(books: Database, new: NewDepositor, code: str) -> None:
    with pytest.raises(Invalid, match=code), books.writing() as session:
        add_depositor(session, AWA, new)


def test_a_name_stands_on_one_line_without_control_characters(books: Database) -> None:
    with books.writing() as session:
        key = add_depositor(session, AWA, someone("  Keïta\n\x00 Fatou "))
        assert queries.depositor(session, AWA, key).name == "Keïta Fatou"


def test_a_shared_telephone_is_confirmed_first(books: Database) -> None:
    with books.writing() as session:
        first = oumar(session)
        with pytest.raises(NeedsConfirmation, match="phone_known") as asked:
            add_depositor(session, AWA, someone(phone="+22370001803"))
        assert asked.value.facts == {"depositor": first}
        assert add_depositor(session, AWA, someone(phone="+22370001803", confirmed=True)) != first


def test_an_auditor_adds_nobody(books: Database) -> None:
    with pytest.raises(NotPermitted), books.writing() as session:
        add_depositor(session, FANTA, someone())


def test_pages_go_on_where_the_last_one_ended(books: Database) -> None:
    with books.writing() as session:
        ids = [add_depositor(session, AWA, someone(f"Traoré {number}")) for number in range(PAGE + 2)]
        first = queries.depositors(session, AWA, "traore")
        second = queries.depositors(session, AWA, "traore", Cut(after=first.after))
    assert [row.id for row in [*first.rows, *second.rows]] == ids[::-1]
    assert (first.count, second.count, second.after) == (len(ids), len(ids), None)
