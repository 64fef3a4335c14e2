"""A counter that hardly rests: logs one drop-off after the other and says the id of each once it is saved.

``python -m tests.crash.writer DATABASE_URL DEPOSITOR_ID``, until somebody kills it.
"""

import sys
import time
from uuid import uuid4

from tests.conftest import KEY
from tests.support.people import AWA, DES, MOUSSA
from tests.support.time import BAMAKO, SteppableTime
from tracker.db import Database
from tracker.intake.rules import Entered
from tracker.intake.service import NewDropOff, accept_drop_off, void_drop_off
from tracker.values.clock import Clock

LINES = (Entered("MOB", pieces=60, gross_grams=9_000), Entered("TAB", pieces=10, gross_grams=5_000))
EVERY_THIRD = 3
BREATH_SECONDS = 0.01
"""SQLite queues nobody: a writer that came straight back would keep the others out for good."""


def write(books: Database, depositor_id: int) -> int:
    """One unit of work."""
    with books.writing() as session:
        now = session.clock.now()
        new = NewDropOff(uuid4(), DES, depositor_id, now, LINES, confirmed=True)
        return accept_drop_off(session, AWA, new).drop_off_id


def write_for_ever(books: Database, depositor_id: int) -> None:
    while True:
        saved = write(books, depositor_id)
        print(saved, flush=True)  # noqa: T201 - how it confirms
        time.sleep(BREATH_SECONDS)
        if saved % EVERY_THIRD == 0:
            with books.writing() as session:
                void_drop_off(session, MOUSSA, saved, "counted twice")


if __name__ == "__main__":
    write_for_ever(Database.open(sys.argv[1], Clock(BAMAKO, SteppableTime()), KEY), int(sys.argv[2]))
