"""Lists cut by key: on both databases, in every order, forwards and backwards, also where days and names are equal."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from tests.support.people import AWA, DES, bring, oumar
from tracker.db import Database, Session
from tracker.intake import queries as intake
from tracker.intake.queries import DropOffFilter, DropOffRow
from tracker.intake.rules import Entered
from tracker.paging import Cut, Slice, walk
from tracker.people import queries as people
from tracker.people.models import Kind
from tracker.people.service import NewDepositor, add_depositor

SMALL = 3
Read = Callable[[Cut], Slice[DropOffRow]]


@pytest.fixture
def brought(books: Database) -> Database:
    """Ten drop-offs on four days, the days out of the order of entry."""
    with books.writing() as session:
        who = oumar(session)
        for days_ago in (3, 0, 2, 2, 1, 3, 0, 2, 1, 2):
            weighed_at = session.clock.now() - timedelta(days=days_ago)
            bring(session, who, Entered("MOB", gross_grams=1_000), at=weighed_at)
    return books


def drop_offs(session: Session) -> Read:
    return lambda cut: intake.drop_off_rows(session, AWA, DropOffFilter(), cut)


def forwards(read: Read, order: str) -> list[list[int]]:
    pages = [read(Cut(order=order, size=SMALL))]
    while pages[-1].after is not None:
        pages.append(read(Cut(after=pages[-1].after, order=order, size=SMALL)))
    return [[row.id for row in page.rows] for page in pages]


def backwards(read: Read, order: str, last_page: int) -> list[list[int]]:
    pages = [read(Cut(before=last_page, order=order, size=SMALL))]
    while pages[-1].before is not None:
        pages.append(read(Cut(before=pages[-1].before, order=order, size=SMALL)))
    return [[row.id for row in page.rows] for page in reversed(pages)]


@pytest.mark.parametrize("order", ["number", "-number", "day", "-day"])
def test_every_row_is_on_one_page_and_the_way_back_is_the_same(brought: Database, order: str) -> None:
    with brought.reading() as session:
        read = drop_offs(session)
        pages = forwards(read, order)
        whole = [row for page in pages for row in page]
        by = {row.id: (row.day, row.id) if "day" in order else row.id for row in read(Cut(size=99)).rows}
        assert whole == sorted(by, key=by.__getitem__, reverse=order.startswith("-"))
        assert [len(page) for page in pages] == [3, 3, 3, 1]
        assert backwards(read, order, pages[-1][0]) == pages[:-1]


def test_the_list_stands_its_own_way_unless_it_is_asked_otherwise(brought: Database) -> None:
    with brought.reading() as session:
        read = drop_offs(session)
        assert [row.id for row in read(Cut()).rows] == list(range(10, 0, -1))


def test_the_ends_of_a_list_lead_nowhere(brought: Database) -> None:
    with brought.reading() as session:
        read = drop_offs(session)
        first, last = read(Cut(size=SMALL)), read(Cut(after=2, size=SMALL))
        assert (first.before, first.after) == (None, 8)
        assert (last.before, last.after) == (1, None)
        assert read(Cut(before=10, size=SMALL)) == Slice([], None, None)


def test_what_is_added_meanwhile_shifts_no_page(brought: Database) -> None:
    with brought.writing() as session:
        read = drop_offs(session)
        first = read(Cut(size=SMALL))
        bring(session, 1, Entered("MOB", gross_grams=1_000))
        assert [row.id for row in read(Cut(after=first.after, size=SMALL)).rows] == [7, 6, 5]


def test_after_a_row_that_is_not_there_stands_nothing(brought: Database) -> None:
    with brought.reading() as session:
        assert drop_offs(session)(Cut(after=999, order="day")).rows == []


def test_a_walk_meets_every_row_once(brought: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tracker.paging.WALKED", SMALL)
    with brought.reading() as session:
        walked = [row.id for row in walk(drop_offs(session), "-day")]
        assert walked == [row.id for row in drop_offs(session)(Cut(order="-day")).rows]


def test_people_of_one_name_are_told_apart(books: Database) -> None:
    with books.writing() as session:
        for name in ("Traoré", "Keïta", "Traoré", "Traoré", "Keïta"):
            add_depositor(session, AWA, NewDepositor(DES, Kind.INDIVIDUAL, name, "", confirmed=True))
        first = people.depositor_rows(session, AWA, "", Cut(order="name", size=SMALL))
        rest = people.depositor_rows(session, AWA, "", Cut(after=first.after, order="name", size=SMALL))
    assert [row.id for row in [*first.rows, *rest.rows]] == [2, 5, 1, 3, 4]
