"""The ledger of francs goes through revision 0003 with what it holds, up and down, on both databases."""

import pytest
import sqlalchemy as sa

from tests.reports.scenario import keep_every_book, live_a_year
from tests.support.people import FANTA
from tracker import installation
from tracker.db import Database
from tracker.reports.queries.verification import verify

TABLES = ("premium_entries", "number_series")
"""What the migration changes: on SQLite, by copying it."""


def rows(books: Database) -> list[tuple[object, ...]]:
    columns = "id, depositor_id, drop_off_id, day, kind, version_id, francs, entitlement, steps, posted_at"
    with books.engine.connect() as connection:
        entries = connection.execute(sa.text(f"SELECT {columns} FROM premium_entries ORDER BY id")).all()
        series = connection.execute(sa.text("SELECT depot_id, series, year, last FROM number_series ORDER BY 2")).all()
    return [(str(row),) for row in (*entries, *series)]


def shape(books: Database) -> dict[str, object]:
    """What the migration may change: columns, and the names of constraints and indexes."""
    schema = sa.inspect(books.engine)
    return {
        table: (
            {column["name"]: column["nullable"] for column in schema.get_columns(table)},
            {check["name"]: check["sqltext"] for check in schema.get_check_constraints(table)},
            {index["name"] for index in schema.get_indexes(table)},
            {key["name"] for key in schema.get_foreign_keys(table)},
        )
        for table in TABLES
    }


def test_down_and_up_keep_every_entry(books: Database) -> None:
    live_a_year(books)
    kept, after = rows(books), shape(books)
    installation.downgrade(books, "0002")
    before = shape(books)
    assert rows(books) == kept
    assert before != after
    installation.upgrade(books)
    assert (rows(books), shape(books)) == (kept, after)
    with books.reading() as session:
        assert verify(session, FANTA).clean


def test_the_ledger_before_knows_no_payment(books: Database) -> None:
    live_a_year(books)
    installation.downgrade(books, "0002")
    with books.engine.begin() as connection, pytest.raises(sa.exc.IntegrityError):
        connection.execute(sa.text("UPDATE premium_entries SET kind = 'payment'"))


def test_payouts_are_not_thrown_away(books: Database) -> None:
    keep_every_book(books)
    kept = rows(books)
    with pytest.raises(RuntimeError, match="payouts holds rows"):
        installation.downgrade(books, "0002")
    assert installation.is_current(books)
    assert rows(books) == kept
