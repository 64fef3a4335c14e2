import pytest
import sqlalchemy as sa

from tests.support.people import bring, oumar
from tracker.audit.queries import altered_records, broken_links
from tracker.audit.service import UnjournalledWriteError
from tracker.catalogue.models import Depot
from tracker.db import Database
from tracker.intake.rules import Entered

TAMPERED = [
    ("UPDATE depositors SET name = 'Autre'", "depositors"),
    ("UPDATE drop_off_lines SET net_grams = net_grams + 1, gross_grams = gross_grams + 1", "drop_off_lines"),
    ("UPDATE stock_movements SET grams = grams + 1", "stock_movements"),
    ("UPDATE premium_entries SET francs = francs + 5", "premium_entries"),
    ("UPDATE categories SET typical_unit_grams = 111 WHERE id = 1", "categories"),
    ("UPDATE drop_offs SET day = '2026-03-04'", "drop_offs"),
    ("DELETE FROM drop_off_lines", "drop_off_lines"),
    ("INSERT INTO consignees (id, name, country) VALUES (7, 'Inconnu', 'FR')", "consignees"),
]


@pytest.fixture
def with_a_drop_off(books: Database) -> Database:
    with books.writing() as session:
        bring(session, oumar(session), Entered("MOB", pieces=60, gross_grams=9_000))
    return books


def tamper(books: Database, statement: str) -> None:
    with books.engine.begin() as connection:
        connection.execute(sa.text(statement))


def test_untouched_books_agree(with_a_drop_off: Database) -> None:
    with with_a_drop_off.reading() as session:
        assert list(broken_links(session)) == list(altered_records(session)) == []


@pytest.mark.parametrize(("statement", "table"), TAMPERED)
def test_a_row_changed_behind_the_journal_is_named(with_a_drop_off: Database, statement: str, table: str) -> None:
    tamper(with_a_drop_off, statement)
    with with_a_drop_off.reading() as session:
        assert {found.table for found in altered_records(session)} == {table}


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE journal_entries SET reason = 'autre' WHERE position = 1 AND chain = 0",
        "DELETE FROM journal_entries WHERE position = 1 AND chain = 0",
        "DELETE FROM journal_entries WHERE id = (SELECT max(id) FROM journal_entries)",
        "UPDATE journal_chains SET length = length - 1",
    ],
)
def test_a_changed_chain_is_noticed(with_a_drop_off: Database, statement: str) -> None:
    tamper(with_a_drop_off, statement)
    with with_a_drop_off.reading() as session:
        assert list(broken_links(session))


def test_no_row_is_written_without_a_line(books: Database) -> None:
    with pytest.raises(UnjournalledWriteError, match="depots 1"), books.writing() as session:
        session.get_one(Depot, 1).name = "Ailleurs"


def test_names_never_enter_the_journal(with_a_drop_off: Database) -> None:
    with with_a_drop_off.reading() as session:
        lines = session.scalars(sa.text("SELECT changes FROM journal_entries")).all()
    assert not any("Oumar" in line or "70001803" in line for line in lines)


def test_a_reading_unit_of_work_cannot_write(books: Database) -> None:
    with pytest.raises(sa.exc.DBAPIError), books.reading() as session:
        session.execute(sa.text("UPDATE depots SET name = 'x'"))
