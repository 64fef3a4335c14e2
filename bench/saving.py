"""Logging a drop-off, against the disk: three bare inserts in one durable SQLite transaction."""

import itertools
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from uuid import uuid4

from bench.measure import Figure, furnished, per_second
from tracker.db import Database
from tracker.intake.rules import Entered
from tracker.intake.service import NewDropOff, accept_drop_off
from tracker.people.models import Kind
from tracker.people.service import NewDepositor, add_depositor
from tracker.values.actor import CONSOLE

DEPOSITORS = 200
"""A drop-off is priced with its depositor's month: nobody brings a thousand in one."""


def figures() -> Iterator[Figure]:
    with furnished() as (database, folder), closing(_bare_connection(folder)) as bare:
        limit = per_second(lambda: _bare_insert(bare))
        depositors = itertools.cycle(_depositors(database))
        ours = per_second(lambda: _log(database, next(depositors)))
        yield Figure("a drop-off logged (both ledgers, journal)", ours, limit, "bare transactions")


def _bare_connection(folder: Path) -> sqlite3.Connection:
    """Write-ahead log, full sync: what a confirmed record costs at the least."""
    connection = sqlite3.connect(folder / "bare.sqlite3", isolation_level=None)
    connection.executescript("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;")
    connection.execute("CREATE TABLE rows (id INTEGER PRIMARY KEY, a INTEGER, b TEXT)")
    return connection


def _bare_insert(connection: sqlite3.Connection) -> None:
    connection.execute("BEGIN IMMEDIATE")
    for _ in range(3):
        connection.execute("INSERT INTO rows (a, b) VALUES (?, ?)", (9_000, "MOB"))
    connection.execute("COMMIT")


def _depositors(database: Database) -> list[int]:
    with database.writing() as session:
        names = (f"Apporteur {number}" for number in range(DEPOSITORS))
        return [add_depositor(session, CONSOLE, NewDepositor(1, Kind.COLLECTOR, name)) for name in names]


def _log(database: Database, depositor_id: int) -> None:
    with database.writing() as session:
        lines = [Entered("MOB", pieces=60, gross_grams=9_000)]
        accept_drop_off(session, CONSOLE, NewDropOff(uuid4(), 1, depositor_id, session.clock.now(), lines))
