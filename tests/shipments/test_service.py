from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest

from tests.support.people import AWA, DES, MOUSSA, bring, oumar
from tests.support.time import SteppableTime
from tracker.audit.queries import altered_records, broken_links
from tracker.db import Database
from tracker.errors import Conflict, Invalid, NotPermitted, Refusal
from tracker.intake.rules import Entered
from tracker.intake.service import void_drop_off
from tracker.shipments import queries
from tracker.shipments.models import State
from tracker.shipments.rules import LineEntered
from tracker.shipments.service import (
    NewShipment,
    cancel_shipment,
    draft_shipment,
    receive_shipment,
    reverse_shipment,
    send_shipment,
)
from tracker.stock.queries import held


def prepared(books: Database, grams: int, *, brought: int = 10_000) -> int:
    with books.writing() as session:
        if brought:
            bring(session, oumar(session), Entered("MOB", gross_grams=brought))
        lines = [LineEntered("MOB", grams)]
        return draft_shipment(session, MOUSSA, NewShipment(DES, "Le Pin", "FR", "OMLU 130221 0", 4, lines))


def send(books: Database, shipment_id: int) -> str:
    try:
        with books.writing() as session:
            send_shipment(session, MOUSSA, shipment_id, session.clock.today())
    except Refusal as refusal:
        return refusal.code
    return "sent"


def test_sending_takes_the_grams(books: Database) -> None:
    shipment = prepared(books, 6_000)
    assert send(books, shipment) == "sent"
    with books.reading() as session:
        assert [row.grams for row in held(session, AWA)] == [4_000]
        assert queries.shipment(session, MOUSSA, shipment).reference == "DES-E2026-00001"


def test_one_gram_too_many_is_refused_with_the_balance(books: Database) -> None:
    shipment = prepared(books, 10_001)
    with pytest.raises(Conflict, match="stock_short") as refused, books.writing() as session:
        send_shipment(session, MOUSSA, shipment, session.clock.today())
    facts = refused.value.facts
    assert (facts["balance_grams"], facts["asked_grams"], facts["short_grams"]) == (10_000, 10_001, 1)


def test_grams_brought_later_cannot_leave_earlier(books: Database) -> None:
    shipment = prepared(books, 6_000)
    with pytest.raises(Conflict, match="stock_short"), books.writing() as session:
        send_shipment(session, MOUSSA, shipment, session.clock.today() - timedelta(days=1))


def test_two_drafts_of_the_same_grams_sent_at_once(books: Database) -> None:
    drafts = [prepared(books, 6_000), prepared(books, 6_000, brought=0)]
    assert sorted(at_once(books, drafts)) == ["sent", "stock_short"]


def test_one_draft_sent_by_two_managers_at_once(books: Database) -> None:
    shipment = prepared(books, 4_000)
    assert sorted(at_once(books, [shipment, shipment])) == ["sent", "shipment_step_refused"]
    with books.reading() as session:
        assert [row.grams for row in held(session, AWA)] == [6_000]
        assert list(broken_links(session)) == list(altered_records(session)) == []


def at_once(books: Database, shipments: list[int]) -> list[str]:
    start = Barrier(len(shipments))

    def press(shipment: int) -> str:
        start.wait()
        return send(books, shipment)

    with ThreadPoolExecutor(len(shipments)) as presses:
        return list(presses.map(press, shipments))


def test_a_drop_off_already_shipped_cannot_be_voided(books: Database) -> None:
    with books.writing() as session:
        key = bring(session, oumar(session), Entered("MOB", gross_grams=10_000))
    send(books, prepared(books, 6_000, brought=0))
    with pytest.raises(Conflict, match="stock_short") as refused, books.writing() as session:
        void_drop_off(session, MOUSSA, key, "erreur")
    assert refused.value.facts["reference"] == "DES-E2026-00001"


def test_received_weights_stand_beside_those_sent(books: Database, now: SteppableTime) -> None:
    shipment = prepared(books, 6_000)
    send(books, shipment)
    now.step(days=30)
    with books.writing() as session:
        receive_shipment(session, MOUSSA, shipment, session.clock.today(), {"MOB": 5_990})
        seen = queries.shipment(session, MOUSSA, shipment)
    assert (seen.net_grams, seen.received_grams, seen.state) == (6_000, 5_990, State.RECEIVED)


def test_every_line_is_received(books: Database) -> None:
    shipment = prepared(books, 6_000)
    send(books, shipment)
    with pytest.raises(Invalid, match="received_missing"), books.writing() as session:
        receive_shipment(session, MOUSSA, shipment, session.clock.today(), {})


def test_a_reversal_brings_the_grams_back(books: Database) -> None:
    shipment = prepared(books, 6_000)
    send(books, shipment)
    with books.writing() as session:
        reverse_shipment(session, MOUSSA, shipment, "camion rentré")
        assert [row.grams for row in held(session, AWA)] == [10_000]


def test_a_cancelled_draft_stays_cancelled(books: Database) -> None:
    shipment = prepared(books, 6_000)
    with books.writing() as session:
        cancel_shipment(session, MOUSSA, shipment, "annulée par le transitaire")
    assert send(books, shipment) == "shipment_step_refused"


def test_a_clerk_sends_nothing(books: Database) -> None:
    shipment = prepared(books, 6_000)
    with pytest.raises(NotPermitted), books.writing() as session:
        send_shipment(session, AWA, shipment, session.clock.today())
