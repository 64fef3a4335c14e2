"""Two programs that start at once on the same empty database."""

from pathlib import Path

from tests.conftest import KEY
from tests.support.databases import Databases
from tests.support.program import ended, started
from tests.support.time import BAMAKO
from tracker import installation
from tracker.catalogue.queries import depots
from tracker.db import Database
from tracker.reports.queries.verification import verify
from tracker.values.actor import CONSOLE
from tracker.values.clock import Clock

AT_ONCE = 2


def test_each_waits_for_the_other(databases: Databases, tmp_path: Path) -> None:
    with databases.empty() as url:
        given = {"TRACKER_DATABASE_URL": url, "TRACKER_SECRET_KEY": KEY}
        programs = [started(tmp_path, "db", "upgrade", env=given) for _ in range(AT_ONCE)]
        assert [ended(program) for program in programs] == [(0, "")] * AT_ONCE
        database = Database.open(url, Clock(BAMAKO), KEY)
        assert installation.is_current(database)
        with database.reading() as session:
            assert [depot.code for depot in depots(session, CONSOLE)] == ["DES"]
            assert verify(session, CONSOLE).clean
        database.engine.dispose()
