from datetime import timedelta
from uuid import uuid4

import pytest

from tests.support.people import AWA, DES, FANTA, MOUSSA, bring, oumar
from tests.support.time import SteppableTime
from tracker.audit.queries import altered_records, broken_links
from tracker.db import Database
from tracker.errors import Conflict, Invalid, NeedsConfirmation, NotFound, NotPermitted
from tracker.intake import queries
from tracker.intake.rules import Entered
from tracker.intake.service import (
    NewDropOff,
    accept_drop_off,
    preview,
    replace_drop_off,
    void_drop_off,
)
from tracker.stock.queries import held
from tracker.values.actor import Actor, Role

PHONES = Entered("MOB", pieces=220, gross_grams=34_000, tare_grams=1_000)


def test_a_drop_off_adds_grams_and_francs(books: Database) -> None:
    with books.writing() as session:
        key = bring(session, oumar(session), PHONES)
    with books.reading() as session:
        seen = queries.drop_off(session, AWA, key)
        assert seen.receipt == "DES-R2026-00001"
        assert [(row.category_code, row.grams, row.pieces) for row in held(session, AWA)] == [("MOB", 33_000, 220)]
        assert seen.premium is not None
        assert seen.premium.francs == 220 * 35 == sum(step["francs"] for step in seen.premium.steps)


def test_the_preview_is_what_saving_gives(books: Database) -> None:
    with books.writing() as session:
        who = oumar(session)
    new = NewDropOff(uuid4(), DES, who, books.clock.now(), [PHONES])
    with books.reading() as session:
        shown = preview(session, AWA, new)
    with books.writing() as session:
        key = accept_drop_off(session, AWA, new).drop_off_id
        saved = queries.drop_off(session, AWA, key)
    assert saved.premium is not None
    assert (shown.premium.francs, shown.net_grams) == (saved.premium.francs, saved.net_grams)


def test_the_same_id_twice_is_one_record(books: Database) -> None:
    with books.writing() as session:
        who = oumar(session)
    new = NewDropOff(uuid4(), DES, who, books.clock.now(), [PHONES])
    with books.writing() as session:
        first = accept_drop_off(session, AWA, new)
    with books.writing() as session:
        again = accept_drop_off(session, AWA, new)
        assert (again.drop_off_id, again.repeated) == (first.drop_off_id, True)
    other = NewDropOff(new.client_id, DES, who, new.weighed_at, [Entered("SMA", 60, 9_000)])
    with pytest.raises(Conflict, match="client_id_reused"), books.writing() as session:
        accept_drop_off(session, AWA, other)
    with books.reading() as session:
        assert queries.drop_offs(session, AWA, queries.DropOffFilter()).count == 1


@pytest.mark.parametrize(
    ("line", "code"),
    [
        (Entered("MOB"), "line_empty"),
        (Entered("CIO", pieces=3), "line_not_weighable"),
        (Entered("MOB", pieces=0), "pieces_invalid"),
        (Entered("MOB", gross_grams=500, tare_grams=500), "net_negative"),
        (Entered("ZZZ", gross_grams=500), "category_unknown"),
    ],
)
def test_what_cannot_be_is_refused(books: Database, line: Entered, code: str) -> None:
    with books.writing() as session:
        who = oumar(session)
    with pytest.raises(Invalid, match=code), books.writing() as session:
        accept_drop_off(session, AWA, NewDropOff(uuid4(), DES, who, books.clock.now(), [line]))


def test_kilograms_typed_as_grams_are_asked_about(books: Database) -> None:
    with books.writing() as session:
        who = oumar(session)
    slip = NewDropOff(uuid4(), DES, who, books.clock.now(), [Entered("MOB", 100, 15_000_000)])
    with pytest.raises(NeedsConfirmation, match="unit_weight_implausible"), books.writing() as session:
        accept_drop_off(session, AWA, slip)


def test_pieces_alone_are_an_estimate(books: Database) -> None:
    with books.writing() as session:
        key = bring(session, oumar(session), Entered("CHG", pieces=10))
        (line,) = queries.drop_off(session, AWA, key).lines
    assert (line.net_grams, line.estimated) == (600, True)


def test_tomorrow_is_refused(books: Database) -> None:
    late = books.clock.now() + timedelta(days=1)
    with books.writing() as session:
        who = oumar(session)
    with pytest.raises(Invalid, match="weighed_in_future"), books.writing() as session:
        bring(session, who, PHONES, at=late)


def test_a_void_takes_both_ledgers_back(books: Database) -> None:
    with books.writing() as session:
        key = bring(session, oumar(session), PHONES)
    with books.writing() as session:
        void_drop_off(session, AWA, key, "compté deux fois")
    with books.reading() as session:
        assert held(session, AWA) == []
        seen = queries.drop_off(session, AWA, key)
        assert seen.void is not None
        assert seen.premium is not None
        assert seen.premium.francs == 0
        assert list(broken_links(session)) == list(altered_records(session)) == []
    with pytest.raises(Conflict, match="already_void"), books.writing() as session:
        void_drop_off(session, MOUSSA, key, "encore")


def test_a_clerk_voids_on_the_same_day_only(books: Database, now: SteppableTime) -> None:
    with books.writing() as session:
        key = bring(session, oumar(session), PHONES)
    now.step(days=1)
    with pytest.raises(NotPermitted, match="void_not_yours"), books.writing() as session:
        void_drop_off(session, AWA, key, "trop tard")
    with books.writing() as session:
        void_drop_off(session, MOUSSA, key, "erreur du comptoir")


def test_a_replacement_takes_the_place_of_the_old(books: Database) -> None:
    with books.writing() as session:
        who = oumar(session)
        key = bring(session, who, PHONES)
        right = NewDropOff(uuid4(), DES, who, books.clock.now(), [Entered("MOB", 50, 7_000)])
        new = replace_drop_off(session, AWA, key, "mal pesé", right).drop_off_id
    with books.reading() as session:
        void = queries.drop_off(session, AWA, key).void
        assert void is not None
        assert void.replaced_by == new
        assert queries.drop_offs(session, AWA, queries.DropOffFilter()).net_grams == 7_000


def test_an_auditor_logs_nothing(books: Database) -> None:
    with books.writing() as session:
        who = oumar(session)
    with pytest.raises(NotPermitted), books.writing() as session:
        accept_drop_off(session, FANTA, NewDropOff(uuid4(), DES, who, books.clock.now(), [PHONES]))


def test_a_neighbour_sees_nothing(books: Database) -> None:
    with books.writing() as session:
        key = bring(session, oumar(session), PHONES)
    with pytest.raises(NotFound), books.reading() as session:
        queries.drop_off(session, Actor(None, "voisin", Role.MANAGER, 2), key)
