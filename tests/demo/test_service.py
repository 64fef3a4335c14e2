from typing import Any

import pytest
import sqlalchemy as sa

from tests.conftest import KEY
from tests.demo.conftest import AN_AFTERNOON, QUARTER, tell_a_quarter
from tests.support.databases import Databases
from tests.support.people import oumar
from tests.support.time import BAMAKO, SteppableTime
from tracker import installation
from tracker.accounts.models import Account
from tracker.accounts.service import Credentials, sign_in
from tracker.audit.models import JournalEntry
from tracker.catalogue.models import Category, Depot
from tracker.db import Base, Database
from tracker.demo.service import BooksInUseError, SignIn, begun, fill
from tracker.intake.models import DropOff, DropOffVoid
from tracker.payouts.models import Payout
from tracker.payouts.models import State as Paid
from tracker.payouts.queries.due import dues
from tracker.payouts.queries.queue import queue
from tracker.premiums.models import PremiumRefusal
from tracker.reports.queries.verification import verify
from tracker.shipments.models import Shipment, ShipmentLine
from tracker.shipments.models import State as Sent
from tracker.values.actor import CONSOLE
from tracker.values.clock import Clock

NO_STORY = {"web_sessions", "sign_in_attempts", "journal_chains"}
"""Who signs in now, and the seals of the journal."""
WITNESS = ("changes", "previous", "hash")
"""What the journal says of secrets, each under a veil of its own: two tellings differ there."""


def values(books: Database, column: sa.orm.InstrumentedAttribute[Any]) -> set[Any]:
    with books.reading() as session:
        return set(session.scalars(sa.select(column)))


def test_the_books_agree(told: Database) -> None:
    with told.reading() as session:
        assert verify(session, CONSOLE).disagreements == ()


def test_every_state_is_there(told: Database) -> None:
    assert values(told, Payout.state) == set(Paid)
    assert values(told, Shipment.state) == {Sent.DRAFT, Sent.SENT, Sent.RECEIVED}
    assert values(told, PremiumRefusal.reason)
    assert len(values(told, DropOffVoid.reason)) == 3
    assert values(told, DropOff.replaces_id) > {None}
    assert values(told, Depot.code) == {"DES", "SEG"}
    assert len(values(told, DropOff.depot_id)) == 2
    with told.reading() as session:
        retired = sa.select(Category.code).where(Category.retired_at.is_not(None))
        assert session.scalars(retired).all() == ["FAX"]


def test_one_consignee_found_less_than_was_sent(told: Database) -> None:
    with told.reading() as session:
        lines = session.scalars(sa.select(ShipmentLine).where(ShipmentLine.received_grams.is_not(None))).all()
    assert [line.net_grams - (line.received_grams or 0) for line in lines if line.net_grams != line.received_grams] == [
        37_400
    ]


def test_somebody_owes_something_back(told: Database) -> None:
    with told.reading() as session:
        (debtor,) = queue(session, CONSOLE, debts=True).rows
        assert debtor.debt == 340 * 35
        assert [due.voided for due in dues(session, debtor.depositor_id)] == [True]


def test_what_a_manager_took_in_waits_for_another(told: Database) -> None:
    with told.reading() as session:
        waiting = [due for row in queue(session, CONSOLE).rows for due in dues(session, row.depositor_id)]
        moussa = session.scalars(sa.select(Account.id).where(Account.login == "moussa")).one()
    assert {moussa} < {due.account_id for due in waiting}


def test_moments_are_those_of_the_story(told: Database) -> None:
    moments = values(told, DropOff.accepted_at)
    assert max(moments).date() == AN_AFTERNOON.date()
    assert max(moments) <= AN_AFTERNOON
    assert len({moment.date() for moment in moments}) > 50
    assert {moment.hour for moment in moments} <= set(range(8, 17))


def test_whoever_is_named_may_sign_in(told: Database, sign_ins: list[SignIn]) -> None:
    roles = [each.role.value for each in sign_ins if each.depot != "SEG"]
    assert sorted(roles) == ["admin", "auditor", "clerk", "clerk", "manager", "manager"]
    assert len({each.password for each in sign_ins}) == len(sign_ins)
    assert sign_in(told, Credentials(sign_ins[0].login, sign_ins[0].password, "198.51.100.7"))


def test_books_that_hold_something_are_left_alone(books: Database, now: SteppableTime) -> None:
    with books.writing() as session:
        oumar(session)
    with pytest.raises(BooksInUseError):
        tell_a_quarter(books, now)
    assert len(values(books, DropOff.id)) == 0


def test_a_story_is_told_once(told: Database, now: SteppableTime) -> None:
    with pytest.raises(BooksInUseError):
        tell_a_quarter(told, now)


def test_what_fails_leaves_nothing(books: Database, now: SteppableTime) -> None:
    now.move_to(AN_AFTERNOON)

    def pull_the_plug(month: str) -> None:
        if month == "2026-10":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fill(books, QUARTER, pull_the_plug)
    assert values(books, DropOff.id) == values(books, Depot.code) - {"DES"} == set()


def test_two_tellings_are_the_same_books(told: Database, books: Database, now: SteppableTime) -> None:
    tell_a_quarter(books, now)
    assert _without_secrets(told) == _without_secrets(books)


def _without_secrets(books: Database) -> dict[str, list[tuple[Any, ...]]]:
    with books.reading() as session:
        return {
            table.name: _rows(session, table) for table in Base.metadata.sorted_tables if table.name not in NO_STORY
        }


def _rows(session: sa.orm.Session, table: sa.Table) -> list[tuple[Any, ...]]:
    told = [column for column in table.columns if not {"secret", "salt"} & column.info.keys()]
    shown = [column for column in told if table.name != "journal_entries" or column.name not in WITNESS]
    return [tuple(row) for row in session.execute(sa.select(*shown).order_by(*table.primary_key.columns))]


def test_a_new_database_is_furnished_on_the_first_day(databases: Databases, now: SteppableTime) -> None:
    now.move_to(AN_AFTERNOON)
    with databases.empty() as url:
        books = Database.open(url, Clock(BAMAKO, now), KEY)
        installation.upgrade(begun(books, QUARTER))
        assert {moment.date().isoformat() for moment in values(books, JournalEntry.at)} == {"2026-08-25"}
        books.engine.dispose()
