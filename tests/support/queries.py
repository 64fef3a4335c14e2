"""What a piece of code asks of the database."""

from collections.abc import Iterator
from contextlib import contextmanager

import sqlalchemy as sa

HOUSEKEEPING = ("PRAGMA", "BEGIN", "SET TRANSACTION", "SAVEPOINT", "RELEASE")


@contextmanager
def count_queries(engine: sa.Engine) -> Iterator[list[str]]:
    """The statements sent to ``engine`` within the block, in order; ``len`` of them is the count."""
    sent: list[str] = []

    @sa.event.listens_for(engine, "before_cursor_execute")
    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        if not statement.startswith(HOUSEKEEPING):
            sent.append(statement)

    try:
        yield sent
    finally:
        sa.event.remove(engine, "before_cursor_execute", note)


@contextmanager
def watch_writing(engine: sa.Engine) -> Iterator[list[sa.Connection]]:
    """The transactions begun within the block that were allowed to write."""
    begun: list[sa.Connection] = []

    @sa.event.listens_for(engine, "begin")
    def note(connection: sa.Connection) -> None:
        if not connection.get_execution_options().get("tracker_read_only", False):
            begun.append(connection)

    try:
        yield begun
    finally:
        sa.event.remove(engine, "begin", note)
