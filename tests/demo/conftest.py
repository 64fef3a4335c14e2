from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime

import pytest

from tests.conftest import KEY
from tests.support.databases import Databases
from tests.support.time import BAMAKO, SteppableTime
from tracker.db import Database
from tracker.demo.service import SignIn, fill
from tracker.values.clock import Clock

QUARTER = 3
AN_AFTERNOON = datetime(2026, 11, 24, 15, 30, tzinfo=UTC)
"""A Tuesday on which the depot is open."""


def tell_a_quarter(books: Database, now: SteppableTime) -> list[SignIn]:
    now.move_to(AN_AFTERNOON)
    return fill(books, QUARTER, lambda _month: None)


@dataclass(frozen=True)
class Told:
    books: Database
    sign_ins: list[SignIn]


class Shelf:
    """A story on each kind of database, told once for all who only read it."""

    def __init__(self, stack: ExitStack) -> None:
        self._stack = stack
        self._told: dict[type[Databases], Told] = {}

    def told(self, databases: Databases) -> Told:
        kind = type(databases)
        if kind not in self._told:
            now = SteppableTime()
            url = self._stack.enter_context(databases.furnished())
            books = Database.open(url, Clock(BAMAKO, now), KEY)
            self._stack.callback(books.engine.dispose)
            self._told[kind] = Told(books, tell_a_quarter(books, now))
        return self._told[kind]


@pytest.fixture(scope="module")
def shelf() -> Iterator[Shelf]:
    with ExitStack() as stack:
        yield Shelf(stack)


@pytest.fixture
def told(databases: Databases, shelf: Shelf) -> Database:
    """A quarter of the story, up to an afternoon."""
    return shelf.told(databases).books


@pytest.fixture
def sign_ins(databases: Databases, shelf: Shelf) -> list[SignIn]:
    return shelf.told(databases).sign_ins
