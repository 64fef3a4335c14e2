"""What every test may ask for: a furnished database on SQLite and on PostgreSQL, and the time it lives in."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from types import SimpleNamespace

import pytest
from hypothesis import HealthCheck, settings

from tests.support import need
from tests.support.databases import Databases, PostgresqlDatabases, SqliteDatabases
from tests.support.postgresql import Server, running
from tests.support.time import BAMAKO, SteppableTime
from tracker import installation
from tracker.db import Database
from tracker.values.clock import Clock

IN_MEMORY = "/dev/shm"  # noqa: S108 - the folder's name on Linux
if os.access(IN_MEMORY, os.W_OK):
    tempfile.tempdir = IN_MEMORY  # databases are made by the hundred: none of them needs a disk
KEY = "a key for tests only, long enough"
settings.register_profile(
    "house", deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
settings.load_profile("house")


def furnish(url: str) -> None:
    database = Database.open(url, Clock(BAMAKO, SteppableTime()), KEY)
    installation.upgrade(database)
    database.engine.dispose()


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[Server]:
    with running(need.postgresql_programs()) as server:
        yield server


@pytest.fixture(scope="session")
def made() -> SimpleNamespace:
    """Databases made once a test process."""
    return SimpleNamespace()


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def databases(
    request: pytest.FixtureRequest, made: SimpleNamespace, tmp_path_factory: pytest.TempPathFactory
) -> Databases:
    kind = str(request.param)
    if not hasattr(made, kind):
        folder: Path = tmp_path_factory.mktemp(kind)
        fresh: Databases = (
            SqliteDatabases(folder, furnish)
            if kind == "sqlite"
            else PostgresqlDatabases(request.getfixturevalue("postgresql_server"), furnish)
        )
        setattr(made, kind, fresh)
    found: Databases = getattr(made, kind)
    return found


@pytest.fixture
def now() -> SteppableTime:
    return SteppableTime()


@pytest.fixture
def books(databases: Databases, now: SteppableTime) -> Iterator[Database]:
    """A migrated and furnished database, at a time that stands still until moved."""
    with databases.furnished() as url, closing(_Disposed(Database.open(url, Clock(BAMAKO, now), KEY))) as held:
        yield held.database


class _Disposed:
    """Lets go of every connection before the database is dropped."""

    def __init__(self, database: Database) -> None:
        self.database = database

    def close(self) -> None:
        self.database.engine.dispose()
