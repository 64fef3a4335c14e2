"""The books of one moment in one file, and back from it.

A backup is a SQLite database whatever the books are kept in, so that one way of checking holds for all of them and any
SQLite tool opens it (docs/decisions/0010). Beside the books it holds the key that seals their journal.
"""

import os
import secrets
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import sqlalchemy as sa

from config import Settings, keep_secret_key, keeps_own_key
from tracker import installation
from tracker.accounts.models import SetupLink, WebSession
from tracker.accounts.policy import Permission, require
from tracker.audit.queries import broken_links
from tracker.audit.service import HOUSE_CHAIN
from tracker.db import Base, Database, Session
from tracker.reports.queries.reading import DAMAGED
from tracker.values.actor import Actor

STREAMED = 1_000
SIDE_FILES = ("", "-journal", "-wal", "-shm")
"""What SQLite may leave beside a database, and the database."""


class BackupError(Exception):
    """A backup that cannot be taken, or that cannot be trusted or restored; the message says why."""


@dataclass(frozen=True, slots=True)
class Label:
    """What a backup says of itself. ``secret_key`` is the one its journal is sealed with."""

    taken_at: str
    secret_key: str


def back_up(database: Database, actor: Actor, secret_key: str, file: Path) -> bool:
    """Write the books as they are now to a new ``file``, while others go on writing; whole or not at all.

    The answer is whether the journal verifies with ``secret_key``: a backup of books that do not is a backup still.
    Raises ``BackupError`` when there is such a file, when it cannot be written, or when the books are out of date.
    """
    require(actor, Permission.BACK_UP_BOOKS)
    if not installation.is_current(database):
        raise BackupError("The database is not at this program's revision: run `tracker db upgrade`.")
    with _written_whole(file) as fresh, _opened(fresh, database, secret_key) as copy:
        _copy(database, copy)
        sealed = _is_sealed(copy)
        copy.engine.dispose()
        _stick(Label(database.clock.now().isoformat(timespec="seconds"), secret_key), fresh)
    return sealed


def restore(database: Database, actor: Actor, settings: Settings, file: Path, *, force: bool) -> Label:
    """Put the books of ``file`` in the place of what ``database`` holds, and their key where the settings find it.

    Everything is checked on a copy before anything is replaced. Nobody is signed in afterwards.
    Raises ``BackupError``, and ``NewerDatabaseError`` for the backup of a newer program.
    """
    require(actor, Permission.RESTORE_BOOKS)
    if not (force or _is_empty(database)):
        raise BackupError("The database is not empty: what it holds would be lost. --force replaces it.")
    with TemporaryDirectory(prefix="restore-", dir=settings.instance) as folder:
        checked = Path(folder) / "books.sqlite3"
        label = _unpack(file, checked)
        if label.secret_key != settings.secret_key and not keeps_own_key(settings):
            raise BackupError("TRACKER_SECRET_KEY is not the key of this backup: set it to that key, or not at all.")
        with _opened(checked, database, label.secret_key) as copy:
            _make_ready(copy, file)
            _copy(copy, database)
    keep_secret_key(settings, label.secret_key)
    return label


@contextmanager
def _written_whole(file: Path) -> Iterator[Path]:
    """Another name to write under, for the owner's eyes only; it becomes ``file`` when all of it is on the disk."""
    fresh = file.with_name(f".{file.name}.{secrets.token_hex(4)}")
    try:
        if file.exists():
            raise BackupError(f"{file} is there already: give another name.")
        os.close(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
        yield fresh
        _flush_to_disk(fresh)
        fresh.rename(file)
        _flush_to_disk(file.parent)
    except (OSError, sqlite3.Error, sa.exc.DBAPIError) as error:
        raise BackupError(f"{file} cannot be written: {error}.") from error
    finally:
        for ending in SIDE_FILES:
            fresh.with_name(fresh.name + ending).unlink(missing_ok=True)


def _flush_to_disk(path: Path) -> None:
    """A power cut later finds it. Windows keeps no door to a folder."""
    if path.is_dir() and os.name == "nt":
        return
    descriptor = os.open(path, os.O_RDONLY if path.is_dir() else os.O_RDWR)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextmanager
def _opened(file: Path, like: Database, secret_key: str) -> Iterator[Database]:
    """The SQLite database in ``file``, by the clock of another."""
    opened = Database.open(f"sqlite:///{file}", like.clock, secret_key)
    try:
        yield opened
    finally:
        opened.engine.dispose()


def _copy(source: Database, target: Database) -> None:
    """Page by page where both are SQLite, so that even what is damaged is copied as it is; else row by row."""
    if source.engine.dialect.name == target.engine.dialect.name == "sqlite":
        with closing(_connected(source)) as here, closing(_connected(target)) as there:
            here.backup(there)
    else:
        installation.migrate(target)
        with source.reading() as reading, target.writing() as writing:
            _copy_rows(reading, writing)


def _connected(database: Database) -> sqlite3.Connection:
    return sqlite3.connect(str(database.engine.url.database))


def _copy_rows(reading: Session, writing: Session) -> None:
    """Rows refer to older ones of their table and to tables before it: in that order, none comes too early."""
    tables = Base.metadata.sorted_tables
    for table in reversed(tables):
        writing.execute(table.delete())
    for table in tables:
        rows = sa.select(table).order_by(*table.primary_key.columns)
        for part in reading.execute(rows.execution_options(yield_per=STREAMED)).mappings().partitions():
            writing.execute(table.insert(), [dict(row) for row in part])
        _go_on_counting(writing, table)


def _go_on_counting(writing: Session, table: sa.Table) -> None:
    """PostgreSQL numbers new rows from a sequence of its own, which copied rows do not move."""
    if writing.get_bind().dialect.name != "postgresql" or (column := table.autoincrement_column) is None:
        return
    sequence = sa.func.pg_get_serial_sequence(table.name, column.name)
    last = sa.func.coalesce(sa.func.max(column), 1)
    writing.execute(sa.select(sa.func.setval(sequence, last, sa.func.count() > 0)).select_from(table))


def _is_sealed(database: Database) -> bool:
    """Whether the journal verifies with this database's key."""
    with database.reading() as session:
        try:
            return next(broken_links(session), None) is None
        except DAMAGED:
            return False


def _is_empty(database: Database) -> bool:
    """Furnished at most: nobody has an account, and no depot has a line in the journal."""
    if installation.revision_of(database) is None:
        return True
    with database.reading() as session:
        return not session.execute(
            sa.text("SELECT 1 FROM accounts UNION ALL SELECT 1 FROM journal_chains WHERE chain <> :house LIMIT 1"),
            {"house": HOUSE_CHAIN},
        ).all()


def _stick(label: Label, file: Path) -> None:
    """Also leaves the journal mode of a served database: a backup is one file."""
    with closing(sqlite3.connect(file)) as connection, connection:
        connection.execute("PRAGMA journal_mode = DELETE")
        connection.execute("CREATE TABLE tracker_backup (taken_at TEXT NOT NULL, secret_key TEXT NOT NULL)")
        connection.execute("INSERT INTO tracker_backup VALUES (?, ?)", (label.taken_at, label.secret_key))


def _unpack(file: Path, to: Path) -> Label:
    """Copy the books of a backup, without its label. Raises ``BackupError`` for what is damaged or no backup."""
    try:
        with closing(_read_only(file)) as backup, closing(sqlite3.connect(to)) as books:
            (found,) = backup.execute("PRAGMA integrity_check(1)").fetchone()
            if found != "ok":
                raise BackupError(f"{file} is damaged: {found}.")
            ((taken_at, secret_key),) = backup.execute("SELECT taken_at, secret_key FROM tracker_backup").fetchall()
            backup.backup(books)
            books.execute("DROP TABLE tracker_backup")
    except (OSError, ValueError, sqlite3.Error) as error:
        raise BackupError(f"{file} cannot be read as a backup: {error}.") from error
    return Label(taken_at, secret_key)


def _read_only(file: Path) -> sqlite3.Connection:
    return sqlite3.connect(f"{file.absolute().as_uri()}?mode=ro&immutable=1", uri=True)


def _make_ready(copy: Database, file: Path) -> None:
    """Brought up to date, proven, and with nobody signed in: whoever left since the backup stays out."""
    installation.migrate(copy)
    if not _is_sealed(copy):
        raise BackupError(f"{file}: its journal does not verify with its key. Lines were altered, or the key was.")
    with copy.writing() as session:
        for table in (WebSession, SetupLink):
            session.execute(sa.delete(table))
