"""The database: base class, constraint names, column types, engine and unit of work."""

import hashlib
import hmac
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from functools import cache
from typing import Annotated, Any, ClassVar

import sqlalchemy as sa
from sqlalchemy import orm
from sqlalchemy.dialects import postgresql, sqlite

from tracker.values.clock import Clock

NAMING = {
    "pk": "pk_%(table_name)s",
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
}
SQLITE_BUSY_SECONDS = 20
"""How long a writer waits for the one before it: a slow disk at the end of a busy hour, not a hang."""


class Base(orm.DeclarativeBase):
    """Every table. ``__journalled__`` is false only for what is no book: sums, sessions, the journal itself."""

    metadata = sa.MetaData(naming_convention=NAMING)
    __journalled__: ClassVar[bool] = True


class _Whole(sa.TypeDecorator[int]):
    """A whole number in 64 bits. Refuses floats, decimals and booleans at the door (rule 1)."""

    impl = sa.BigInteger
    cache_ok = True

    def process_bind_param(self, value: int | None, dialect: sa.Dialect) -> int | None:
        if value is not None and type(value) is not int:
            raise TypeError(f"{type(self).__name__} takes whole numbers, not {value!r}")
        return value

    def process_result_value(self, value: Any | None, dialect: sa.Dialect) -> int | None:
        """Raises ``ValueError`` for a fraction that somebody wrote behind the program's back."""
        if value is not None and value != int(value):
            raise ValueError(f"{value!r} is no whole number")
        return None if value is None else int(value)


class Mass(_Whole):
    """Grams."""

    cache_ok = True


class Money(_Whole):
    """CFA francs."""

    cache_ok = True


class UTCDateTime(sa.TypeDecorator[datetime]):
    """An instant, stored and returned in UTC. Refuses naive times: Bamako being on UTC would hide them."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise TypeError("an instant needs its zone")
        moment = value.astimezone(UTC)
        return moment.replace(tzinfo=None) if dialect.name == "sqlite" else moment

    def process_result_value(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def coded(codes: type[StrEnum], name: str) -> sa.Enum:
    """A column of one of ``codes``, kept as text; the CHECK ``name`` has the database refuse any other."""
    return sa.Enum(
        codes,
        name=name,
        native_enum=False,
        create_constraint=True,
        validate_strings=True,
        length=32,
        values_callable=lambda members: [member.value for member in members],
    )


BIG_KEY = sa.BigInteger().with_variant(sa.Integer, "sqlite")
Key = Annotated[int, orm.mapped_column(BIG_KEY, primary_key=True)]
Grams = Annotated[int, orm.mapped_column(Mass)]
Francs = Annotated[int, orm.mapped_column(Money)]
Instant = Annotated[datetime, orm.mapped_column(UTCDateTime)]


def total(column: Any) -> sa.ColumnElement[int]:
    """Σ as a whole number: 0 over no rows, and never PostgreSQL's numeric."""
    return sa.cast(sa.func.coalesce(sa.func.sum(column), 0), sa.BigInteger)


class Session(orm.Session):
    """One unit of work: the rows, the depot's clock, and the key that seals the journal."""

    clock: Clock
    journal_key: bytes


def insert(session: Session, table: type[Base]) -> Any:
    """An INSERT that knows ON CONFLICT, in whichever of the two databases this is."""
    make = sqlite.insert if session.get_bind().dialect.name == "sqlite" else postgresql.insert
    return make(table)


def add_to_sums(session: Session, table: type[Base], rows: Sequence[Mapping[str, object]]) -> Sequence[sa.Row[Any]]:
    """Add to running sums, one for each primary key, made when it is new; each of ``rows`` as its sum then stands.

    Each is held until the unit of work ends, in the order given: keep to one order, so that no two writers block
    each other.
    """
    return session.execute(_adding(table, session.get_bind().dialect.name), rows).all()


@cache
def _adding(table: type[Base], dialect: str) -> Any:
    """Put together once: it is what every weighing says several times."""
    columns = table.metadata.tables[table.__tablename__].columns
    first = (sqlite.insert if dialect == "sqlite" else postgresql.insert)(table)
    sums = {column.name: column + first.excluded[column.name] for column in columns if not column.primary_key}
    keys = [column.name for column in columns if column.primary_key]
    return first.on_conflict_do_update(index_elements=keys, set_=sums).returning(*columns)


@dataclass(frozen=True, slots=True)
class Database:
    """Opens units of work: ``reading`` cannot write, ``writing`` commits once, at its end, or not at all."""

    engine: sa.Engine
    clock: Clock
    journal_key: bytes

    @classmethod
    def open(cls, url: str, clock: Clock, secret_key: str) -> "Database":
        journal_key = hmac.digest(secret_key.encode(), b"tracker journal", hashlib.sha256)
        return cls(make_engine(url), clock, journal_key)

    def session(self, *, read_only: bool) -> Session:
        session = Session(
            self.engine.execution_options(tracker_read_only=read_only),
            expire_on_commit=False,
            autoflush=False,
        )
        session.clock = self.clock
        session.journal_key = self.journal_key
        return session

    @contextmanager
    def reading(self) -> Iterator[Session]:
        with self.session(read_only=True) as session:
            yield session

    @contextmanager
    def writing(self) -> Iterator[Session]:
        with self.session(read_only=False) as session, session.begin():
            yield session


def make_engine(url: str) -> sa.Engine:
    """An engine whose errors keep to themselves what was written: it may be a name."""
    engine = sa.create_engine(url, pool_pre_ping=not url.startswith("sqlite"), hide_parameters=True)
    if engine.dialect.name == "sqlite":
        sa.event.listen(engine, "connect", _set_up_sqlite)
    sa.event.listen(engine, "begin", _begin)
    return engine


def _set_up_sqlite(dbapi_connection: Any, _record: object) -> None:
    """WAL with full sync: what was confirmed survives a power cut. Transactions are begun by ``_begin``."""
    dbapi_connection.isolation_level = None
    for pragma in (
        f"busy_timeout = {SQLITE_BUSY_SECONDS * 1000}",
        "journal_mode = WAL",
        "synchronous = FULL",
        "foreign_keys = ON",
    ):
        dbapi_connection.execute(f"PRAGMA {pragma}")


def _begin(connection: sa.Connection) -> None:
    """Begin as the unit of work asks: in a reading one the database refuses writes, and shows one moment throughout."""
    read_only = connection.get_execution_options().get("tracker_read_only", False)
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql(f"PRAGMA query_only = {'ON' if read_only else 'OFF'}")
        connection.exec_driver_sql("BEGIN" if read_only else "BEGIN IMMEDIATE")
    elif read_only:
        connection.exec_driver_sql("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
