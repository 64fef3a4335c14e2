"""Reading tables that may be damaged: what is sound is read on, what is not is named and left out.

SQLite keeps whatever it is given in whatever column, so a row may hold what its column cannot mean. The recounts go
by sound rows only: none of them stops at a damaged one, and none needs to look for it.
"""

from collections.abc import Callable, Iterator, Sequence
from functools import cache
from typing import Any

import sqlalchemy as sa

from tracker.audit.queries import Disagreement
from tracker.audit.rules import canonical
from tracker.db import Base, Session

CHUNK = 1_000
DAMAGED = (TypeError, ValueError, LookupError, sa.exc.DBAPIError)
"""What comes of reading a value that its column cannot mean: no number, no date, none of the codes, no text at all."""
Rows = list[sa.Row[Any]]
Condition = sa.ColumnElement[bool]


def table_of(model: type[Base]) -> sa.Table:
    return Base.metadata.tables[model.__tablename__]


def chunks(session: Session, table: sa.Table, *conditions: Condition, size: int = CHUNK) -> Iterator[Rows]:
    """The sound rows by id, ``size`` at a time: never the whole books at once."""
    after: list[Condition] = []
    while ids := _ids(session, table, *conditions, *after, limit=size):
        yield sound(session, table, table.c.id.in_(ids))
        after = [table.c.id > ids[-1]]


def sound(session: Session, table: sa.Table, *conditions: Condition) -> Rows:
    """Rows whose values fit their columns, by id."""
    return [row for _, row in _read(session, table, *conditions) if row is not None]


def unreadable(session: Session, table: sa.Table) -> Iterator[Disagreement]:
    """The rows that ``sound`` leaves out."""
    after: list[Condition] = []
    while ids := _ids(session, table, *after, limit=CHUNK):
        for row_id, row in _read(session, table, table.c.id.in_(ids)):
            if row is None:
                yield Disagreement(table.name, row_id, "row_unreadable")
        after = [table.c.id > ids[-1]]


def _ids(session: Session, table: sa.Table, *conditions: Condition, limit: int | None = None) -> list[int]:
    return list(session.scalars(sa.select(table.c.id).where(*conditions).order_by(table.c.id).limit(limit)))


def _read(session: Session, table: sa.Table, *conditions: Condition) -> Iterator[tuple[int, sa.Row[Any] | None]]:
    """All at once when that goes well, else one by one."""
    try:
        rows = session.execute(sa.select(table).where(*conditions).order_by(table.c.id)).all()
    except DAMAGED:
        for row_id in _ids(session, table, *conditions):
            yield row_id, _one(session, table, row_id)
    else:
        yield from ((row.id, row if _fits(table, row) else None) for row in rows)


def _one(session: Session, table: sa.Table, row_id: int) -> sa.Row[Any] | None:
    try:
        row = session.execute(sa.select(table).where(table.c.id == row_id)).one()
    except DAMAGED:
        return None
    return row if _fits(table, row) else None


def _fits(table: sa.Table, row: sa.Row[Any]) -> bool:
    """A column that gives back what it was given (a whole number, a text) does not notice what does not fit."""
    return all(value is None or holds(value) for value, holds in zip(row, _holders(table), strict=True))


@cache
def _holders(table: sa.Table) -> tuple[Callable[[Any], bool], ...]:
    return tuple(_holder(column.type) for column in table.columns)


def _holder(column_type: sa.types.TypeEngine[Any]) -> Callable[[Any], bool]:
    inner = column_type.impl_instance if isinstance(column_type, sa.TypeDecorator) else column_type
    if isinstance(inner, sa.JSON):
        return _is_document
    kind = inner.python_type
    return lambda value: isinstance(value, kind)


def _is_document(value: object) -> bool:
    """A list or an object that the journal could hold: no float stands anywhere in it."""
    try:
        canonical(value)
    except TypeError:
        return False
    return isinstance(value, dict | list)


class UnreadableTableError(Exception):
    """A table of sums holds what is not even text."""


def as_stored(session: Session, table: sa.Table) -> Sequence[sa.Row[Any]]:
    """The rows of a table of sums, which has no id of its own: values as the database keeps them, fit or not.

    Raises ``UnreadableTableError`` with the table's name.
    """
    plain: list[sa.ColumnElement[Any]] = [sa.literal_column(column.name).label(column.name) for column in table.columns]
    try:
        return session.execute(sa.select(*plain).select_from(table)).all()
    except sa.exc.DBAPIError as error:
        raise UnreadableTableError(table.name) from error
