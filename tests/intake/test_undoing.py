from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from uuid import uuid4

import pytest

from tests.support.people import AWA, DES, bring, oumar
from tracker.db import Database, Session
from tracker.errors import Conflict
from tracker.intake import queries
from tracker.intake.rules import Entered
from tracker.intake.service import (
    NewDropOff,
    OldDropOff,
    may_correct,
    record_drop_off,
    replace_drop_off,
    void_drop_off,
)
from tracker.people.models import Kind
from tracker.people.service import NewDepositor, add_depositor
from tracker.values.actor import CONSOLE

PHONES = Entered("MOB", pieces=60, gross_grams=9_000)


def test_a_drop_off_of_an_old_book_is_voided_but_never_priced_anew(books: Database) -> None:
    with books.writing() as session:
        who = oumar(session)
        line = Entered("MOB", pieces=60, net_grams=9_000)
        key = record_drop_off(session, CONSOLE, OldDropOff(uuid4(), DES, who, date(2013, 5, 2), [line], "0042", 2_000))
        assert not may_correct(session, AWA, queries.drop_off(session, AWA, key))
    new = NewDropOff(uuid4(), DES, who, books.clock.now(), [PHONES])
    with pytest.raises(Conflict, match="recorded_stays"), books.writing() as session:
        replace_drop_off(session, CONSOLE, key, "mal lu", new)
    with books.writing() as session:
        void_drop_off(session, CONSOLE, key, "jamais venu")


def test_verbs_that_touch_the_same_francs_and_grams_never_wait_for_each_other(books: Database) -> None:
    """Two depositors, one category: logging, voiding and replacing side by side, again and again."""
    with books.writing() as session:
        first = oumar(session)
        second = add_depositor(session, AWA, NewDepositor(DES, Kind.COLLECTOR, "Coulibaly Mariam"))
        saved = [bring(session, each, PHONES) for each in (first, second) * 4]

    def accept(session: Session, place: int) -> None:
        bring(session, (first, second)[place % 2], PHONES)

    def undo(session: Session, place: int) -> None:
        if place % 2:
            void_drop_off(session, AWA, saved[place], "compté deux fois")
        else:
            other = NewDropOff(uuid4(), DES, (second, first)[place % 2], session.clock.now(), [PHONES])
            replace_drop_off(session, AWA, saved[place], "mauvais apporteur", other)

    def run(verb: Callable[[Session, int], None], place: int) -> None:
        with books.writing() as session:
            verb(session, place)

    with ThreadPoolExecutor(8) as counters:
        done = [counters.submit(run, verb, place) for place in range(8) for verb in (accept, undo)]
    assert [each.exception() for each in done] == [None] * 16
    with books.reading() as session:
        assert queries.drop_offs(session, AWA, queries.DropOffFilter()).count == 12


def test_a_newcomers_visit_and_a_known_depositors_never_wait_for_each_other(books: Database) -> None:
    """A newcomer is added, and journalled, before the weighing; the other takes stock first."""
    with books.writing() as session:
        known = oumar(session)

    def visit(place: int) -> None:
        with books.writing() as session:
            newcomer = NewDepositor(DES, Kind.INDIVIDUAL, f"Nouveau {place}")
            bring(session, add_depositor(session, AWA, newcomer) if place % 2 else known, PHONES)

    with ThreadPoolExecutor(4) as counters:
        done = [counters.submit(visit, place) for place in range(24)]
    assert [each.exception() for each in done] == [None] * 24
