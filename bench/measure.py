"""How often something can be done in a second: the median of short rounds, so that one hiccup counts for little."""

import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from config import from_environment
from tracker import installation
from tracker.cli.door import books
from tracker.db import Database

ROUNDS, ROUND_SECONDS = 5, 0.6


@dataclass(frozen=True, slots=True)
class Figure:
    """``ours`` and ``limit`` are per second; their ratio is what counts."""

    what: str
    ours: float
    limit: float
    against: str

    def __str__(self) -> str:
        share = f"{self.ours / self.limit:>7.1%} of {self.limit:>9,.0f}/s"
        return f"{self.what:<44}{self.ours:>10,.0f}/s  {share}  {self.against}"


def per_second(work: Callable[[], object], each: int = 1) -> float:
    """How many times a second ``work`` is done, where one call does it ``each`` times."""
    work()
    return statistics.median(_round(work) for _ in range(ROUNDS)) * each


def _round(work: Callable[[], object]) -> float:
    done, began = 0, time.perf_counter()
    while (spent := time.perf_counter() - began) < ROUND_SECONDS:
        work()
        done += 1
    return done / spent


@contextmanager
def furnished() -> Iterator[tuple[Database, Path]]:
    """A furnished SQLite database in a folder of its own."""
    with tempfile.TemporaryDirectory(prefix="tracker-bench-") as folder:
        settings = from_environment({"TRACKER_INSTANCE": folder})
        database = books(settings)
        installation.upgrade(database)
        yield database, Path(folder)
        database.engine.dispose()
