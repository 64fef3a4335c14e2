from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from enum import Enum
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa

from tests.reports.scenario import MOB, OUMAR, ask_for_a_code, keep_every_book
from tests.support.people import AWA, FANTA, MOUSSA, bring, hire
from tracker.audit.queries import Disagreement
from tracker.db import Base, Database, Session
from tracker.errors import NotPermitted
from tracker.intake.rules import Entered
from tracker.reports.queries.verification import verify
from tracker.values.actor import Actor

NO_BOOKS = {"code_steps", "web_sessions", "sign_in_attempts", "setup_links"}
"""Who is signed in, and who failed to: nothing that a figure rests on."""
TABLES = [table for name, table in sorted(Base.metadata.tables.items()) if name not in NO_BOOKS]


@pytest.fixture
def kept(books: Database) -> Database:
    keep_every_book(books)
    with books.writing() as session:
        ask_for_a_code(session, hire(session, "sekou"))
    return books


@contextmanager
def behind_the_books(books: Database) -> Iterator[Session]:
    """As someone with the database's own tools would; all of it is undone at the end."""
    with books.session(read_only=False) as session:
        lift_constraints(session)
        yield session
        session.rollback()


def lift_constraints(session: Session) -> None:
    if session.get_bind().dialect.name == "postgresql":
        session.execute(sa.text("SET LOCAL session_replication_role = replica"))
    else:
        session.execute(sa.text("PRAGMA defer_foreign_keys = ON"))
        session.execute(sa.text("PRAGMA ignore_check_constraints = ON"))


def named(session: Session) -> set[tuple[str, int]]:
    return {(each.table, each.id) for each in disagreements(session)}


def disagreements(session: Session) -> tuple[Disagreement, ...]:
    return verify(session, FANTA).disagreements


def last_row(session: Session, table: sa.Table) -> tuple[Any, sa.ColumnElement[bool]]:
    """The row of the greatest key, and what finds it again."""
    key = list(table.primary_key.columns)
    row = session.execute(sa.select(table).order_by(*[column.desc() for column in key]).limit(1)).one()
    return row, sa.and_(*[column == getattr(row, column.name) for column in key])


def row_id(row: Any, table: sa.Table) -> tuple[str, int]:
    """What ``verify`` names a row by: its id, or the first of what is its key."""
    return table.name, getattr(row, next(iter(table.primary_key.columns)).name)


CHANGES: tuple[tuple[Any, Callable[[Any], Any]], ...] = (
    (bool, lambda value: not value),
    (Enum, lambda value: next(other for other in type(value) if other is not value)),
    (int, lambda value: value + 1_000),
    (datetime, lambda value: value + timedelta(hours=1)),
    (date, lambda value: value + timedelta(days=1)),
    (str, lambda value: value[:-1] + ("y" if value.endswith("x") else "x")),
    (UUID, lambda _value: UUID(int=99)),
    ((dict, list), lambda _value: {"autre": 1}),
)
EMPTIES: tuple[tuple[type, Any], ...] = (
    (sa.Integer, 1_000),
    (sa.DateTime, datetime(2026, 1, 9, tzinfo=UTC)),
    (sa.Date, date(2026, 1, 9)),
    (sa.types.TypeEngine, "x"),
)


def another(column: sa.Column[Any], value: Any) -> Any:
    """Something else that the column could hold."""
    if value is None:
        kept_as = column.type.impl_instance if isinstance(column.type, sa.TypeDecorator) else column.type
        return next(filled for kind, filled in EMPTIES if isinstance(kept_as, kind))
    return next(change(value) for kind, change in CHANGES if isinstance(value, kind))


def test_untampered_books_are_clean_and_every_table_holds_something(kept: Database) -> None:
    with kept.reading() as session:
        verification = verify(session, FANTA)
        assert verification.disagreements == ()
        assert all(session.execute(sa.select(table).limit(1)).all() for table in TABLES)
    assert all(verification.checked.values())


def test_whatever_is_changed_is_refused_or_named(kept: Database) -> None:
    unnoticed = []
    for table in TABLES:
        for column in (column for column in table.columns if column.name != "id"):
            with behind_the_books(kept) as session:
                row, here = last_row(session, table)
                value = another(column, getattr(row, column.name))
                if changed(session, table.update().where(here).values({column: value})):
                    unnoticed += [column] if row_id(row, table) not in named(session) else []
    assert unnoticed == []


def changed(session: Session, statement: sa.Update) -> bool:
    """Whether the database let it happen."""
    try:
        with session.begin_nested():
            session.execute(statement)
    except sa.exc.IntegrityError:
        return False
    return True


def test_whatever_is_deleted_is_missed(kept: Database) -> None:
    unnoticed = []
    for table in TABLES:
        with behind_the_books(kept) as session:
            row, here = last_row(session, table)
            session.execute(table.delete().where(here))
            expected = ("journal_chains", row.chain) if table.name == "journal_entries" else row_id(row, table)
            unnoticed += [table.name] if expected not in named(session) else []
    assert unnoticed == []


def can_be_damaged(books: Database) -> bool:
    """SQLite keeps anything anywhere; PostgreSQL keeps what its column means."""
    if books.engine.dialect.name == "sqlite":
        return True
    with behind_the_books(books) as session, pytest.raises(sa.exc.DataError):
        session.execute(sa.text("UPDATE stock_movements SET grams = 'abîmé'"))
    return False


@pytest.mark.parametrize(
    ("damage", "where"),
    [
        ("'abîmé'", sa.types.TypeEngine),
        ("1.5", sa.types.TypeEngine),
        ("'[0.5]'", sa.JSON),
    ],
)
def test_a_value_that_nothing_can_read_is_named(kept: Database, damage: str, where: type) -> None:
    columns = [column for table in TABLES for column in table.columns if isinstance(column.type, where)]
    unnoticed = []
    for column in columns if can_be_damaged(kept) else []:
        with behind_the_books(kept) as session:
            row, here = last_row(session, column.table)
            damaged = changed(session, sa.update(column.table).where(here).values({column: sa.text(damage)}))
            unnoticed += [column] if damaged and row_id(row, column.table) not in named(session) else []
    assert unnoticed == []


def test_a_sum_that_is_not_even_text_ends_no_recount(kept: Database) -> None:
    if can_be_damaged(kept):
        with behind_the_books(kept) as session:
            session.execute(sa.text("UPDATE stock_balances SET grams = CAST(x'ff' AS TEXT)"))
            session.execute(sa.text("UPDATE drop_offs SET day = '2026-01-02' WHERE id = 1"))
            assert {("stock_balances", 0), ("drop_offs", 1)} <= named(session)


def test_what_is_written_meanwhile_is_no_disagreement(kept: Database) -> None:
    """A drop-off saved between the reading of the movements and that of their sums."""
    saved: list[int] = []

    @sa.event.listens_for(kept.engine, "before_cursor_execute")
    def save(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        if "FROM stock_balances" in statement and not saved:
            saved.append(0)
            with kept.writing() as writer:
                saved.append(bring(writer, OUMAR, Entered(MOB, gross_grams=1_000)))

    with kept.reading() as session:
        assert verify(session, FANTA).disagreements == ()
    assert len(saved) == 2


@pytest.mark.parametrize("actor", [AWA, MOUSSA])
def test_who_reaches_one_depot_does_not_see_the_whole(books: Database, actor: Actor) -> None:
    with pytest.raises(NotPermitted), books.reading() as session:
        verify(session, actor)
