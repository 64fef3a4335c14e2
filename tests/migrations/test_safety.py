"""Accounts, sessions and the journal go through revision 0004 with what they hold, up and down, on both databases."""

from base64 import b32decode

import pytest
import sqlalchemy as sa

from tests.reports.scenario import live_a_year
from tests.support.people import FANTA, IBRAHIM, hire
from tests.support.time import SteppableTime
from tracker import installation
from tracker.accounts import rules
from tracker.accounts.service import (
    Credentials,
    Proof,
    actor_of,
    add_second_factor,
    offer_second_factor,
    remove_second_factor,
    set_password,
    sign_in,
)
from tracker.db import Database
from tracker.reports.queries.verification import verify
from tracker.values.actor import Actor

PASSWORD = "mangue verte 7"
HOME = Proof(PASSWORD, "192.0.2.7")
KEPT = {
    "accounts": "id, login, display_name, role, depot_id, password_hash, created_at, deactivated_at, salt",
    "web_sessions": "id, token_hash, account_id, created_at, expires_at, ended_at",
    "journal_entries": "id, chain, position, at, account_id, action, subject_kind, subject_id, reason, changes, hash",
    "sign_in_attempts": "key, failures, last_failure_at, locked_until",
}
"""What stands on both sides of the migration."""


@pytest.fixture
def zoumana(books: Database) -> Actor:
    """A manager, in books that have lived."""
    live_a_year(books)
    with books.writing() as session:
        return hire(session, "zoumana")


def rows(books: Database) -> dict[str, list[str]]:
    with books.engine.connect() as connection:
        return {
            table: [str(row) for row in connection.execute(sa.text(f"SELECT {columns} FROM {table} ORDER BY 1"))]
            for table, columns in KEPT.items()
        }


def signed_in(books: Database) -> str:
    return sign_in(books, Credentials("zoumana", PASSWORD, HOME.address), "Firefox, Android")


def begin_code(books: Database, who: Actor, now: SteppableTime) -> str:
    """The secret; time moves on, so that the next code is another one."""
    with books.reading() as session:
        offered = offer_second_factor(session, who, "Tracker")
    add_second_factor(books, who, HOME, offered.seed, code(offered.secret, now))
    now.step(minutes=2)
    return offered.secret


def code(secret: str, now: SteppableTime) -> str:
    return rules.code_at(b32decode(secret), int(now.moment.timestamp()) // rules.CODE_SECONDS)


def test_down_and_up_keep_accounts_sessions_and_the_journal(books: Database, zoumana: Actor) -> None:
    token = signed_in(books)
    kept = rows(books)
    installation.downgrade(books, "0003")
    assert rows(books) == kept
    assert "second_factors" not in sa.inspect(books.engine).get_table_names()
    installation.upgrade(books)
    assert rows(books) == kept
    with books.reading() as session:
        assert verify(session, FANTA).clean
        assert actor_of(session, token) == zoumana
    assert signed_in(books)


def test_a_lent_password_is_not_forgotten(books: Database, zoumana: Actor) -> None:
    with books.writing() as session:
        set_password(session, IBRAHIM, zoumana.account_id or 0, "karité et mil 9")
    with pytest.raises(RuntimeError, match="password_lent_at"):
        installation.downgrade(books, "0003")
    assert installation.is_current(books)


def test_a_second_factor_is_not_thrown_away(books: Database, zoumana: Actor, now: SteppableTime) -> None:
    secret = begin_code(books, zoumana, now)
    with pytest.raises(RuntimeError, match="second_factors"):
        installation.downgrade(books, "0003")
    assert installation.is_current(books)
    remove_second_factor(books, zoumana, HOME, code(secret, now))
    installation.downgrade(books, "0003")
    installation.upgrade(books)
    with books.reading() as session:
        assert verify(session, FANTA).clean
