"""kill -9 at random instants: what was confirmed is there, what was not is wholly absent, and the books agree."""

import os
import random
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest
import sqlalchemy as sa

from tests.crash.writer import write
from tests.support.people import FANTA, oumar
from tracker.db import Database
from tracker.intake.models import DropOff, DropOffLine
from tracker.reports.queries.verification import verify

ROOT = Path(__file__).parents[2]
WRITERS = 3
PATIENCE_SECONDS = 60
"""For a crowded machine: each waits no longer than it must."""


class Counter:
    """A writer in a process of its own; what it confirmed stands in a file."""

    def __init__(self, books: Database, depositor_id: int, said: Path) -> None:
        self._said = said
        url = books.engine.url.render_as_string(hide_password=False)
        with said.open("w", encoding="utf-8") as out:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "tests.crash.writer", url, str(depositor_id)],
                cwd=ROOT,
                stdout=out,
                stderr=subprocess.DEVNULL,
            )

    def confirmed(self) -> list[int]:
        """What was said to the end: a number cut short confirms nothing."""
        return [int(line) for line in re.findall(r"(\d+)\n", self._said.read_text(encoding="utf-8"))]

    def wait_for(self, count: int) -> None:
        deadline = time.monotonic() + PATIENCE_SECONDS
        while len(self.confirmed()) < count:
            assert self.process.poll() is None, "the counter ended by itself"
            assert time.monotonic() < deadline
            time.sleep(0.01)

    def kill(self) -> None:
        """At an instant that nobody chose: before, within or after a unit of work."""
        time.sleep(random.uniform(0, 0.05))  # noqa: S311 - no secret
        self.process.kill()
        self.process.wait()


@pytest.fixture
def depositor_id(books: Database) -> int:
    with books.writing() as session:
        return oumar(session)


@contextmanager
def counters(books: Database, depositor_id: int, folder: Path) -> Iterator[list[Counter]]:
    """Several at once; none outlives the test."""
    with ExitStack() as stack:
        started = [Counter(books, depositor_id, folder / f"{number}") for number in range(WRITERS)]
        for counter in started:
            stack.callback(counter.kill)
        yield started


def receipts(books: Database) -> list[int]:
    with books.reading() as session:
        return sorted(int(str(receipt).rpartition("-")[2]) for receipt in session.scalars(sa.select(DropOff.receipt)))


def the_books_are_whole(books: Database, confirmed: list[int]) -> None:
    with books.reading() as session:
        kept = set(session.scalars(sa.select(DropOff.id)))
        lines = session.scalar(sa.select(sa.func.count()).select_from(DropOffLine))
        assert set(confirmed) <= kept, "confirmed, and not there"
        assert lines == 2 * len(kept), "half a drop-off"
        assert verify(session, FANTA).disagreements == ()
    assert receipts(books) == list(range(1, len(kept) + 1)), "a receipt is missing"


def test_killed_counters_leave_whole_books(books: Database, depositor_id: int, tmp_path: Path) -> None:
    with counters(books, depositor_id, tmp_path) as started:
        for counter in started:
            counter.wait_for(5)
            counter.kill()
    confirmed = [each for counter in started for each in counter.confirmed()]
    the_books_are_whole(books, confirmed)
    write(books, depositor_id)
    the_books_are_whole(books, confirmed)


@pytest.mark.postgresql
@pytest.mark.parametrize("databases", ["postgresql"], indirect=True)
def test_a_killed_server_process_leaves_whole_books(books: Database, depositor_id: int, tmp_path: Path) -> None:
    """The server then throws out everybody and recovers from its log."""
    confirm_only_what_is_logged(books)
    with counters(books, depositor_id, tmp_path) as started:
        for counter in started:
            counter.wait_for(3)
        with books.engine.connect() as connection:
            others = sa.text("SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND pid <> :own")
            own = connection.scalar(sa.text("SELECT pg_backend_pid()"))
            victim = connection.scalars(others, {"own": own}).first()
        assert victim is not None
        os.kill(victim, signal.SIGKILL)
        for counter in started:
            counter.process.wait(PATIENCE_SECONDS)
    wait_until_it_answers(books)
    the_books_are_whole(books, [each for counter in started for each in counter.confirmed()])


def confirm_only_what_is_logged(books: Database) -> None:
    """As servers do that were not hurried for tests (tests/support/postgresql.py)."""
    with books.engine.begin() as connection:
        name = connection.scalar(sa.text("SELECT current_database()"))
        connection.execute(sa.text(f"ALTER DATABASE {name} SET synchronous_commit = on"))


def wait_until_it_answers(books: Database) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while True:
        try:
            receipts(books)
        except sa.exc.DBAPIError:
            assert time.monotonic() < deadline
            time.sleep(0.05)
        else:
            return
