"""An old book entered whole, against bare inserts of its rows."""

import sqlite3
import time
from collections.abc import Iterator
from pathlib import Path

from bench.measure import Figure, furnished
from tracker.imports.service import BookFile, enter, examine
from tracker.values.actor import CONSOLE

ROWS = 2_000
HEADINGS = "row,slip,kind,date,category,pieces,grams,phone_e164,premium_xof,destination,container,flags"


def figures() -> Iterator[Figure]:
    book = BookFile("bench.csv", "\n".join([HEADINGS, *map(_row, range(ROWS))]).encode())
    with furnished() as (database, folder):
        began = time.perf_counter()
        with database.writing() as session:
            enter(session, CONSOLE, examine(session, CONSOLE, 1, book))
        ours = ROWS / (time.perf_counter() - began)
        yield Figure("a row of an old book entered", ours, _bare_rows(folder), "bare inserts in one transaction")


def _row(number: int) -> str:
    day = f"2013-{number % 12 + 1:02d}-{number % 28 + 1:02d}"
    return f"{number + 2},{number:05d},reception,{day},MOB,60,{9_000 + number},+223700{number % 300:05d},1500,,,"


def _bare_rows(folder: Path) -> float:
    connection = sqlite3.connect(folder / "bare.sqlite3")
    connection.execute("CREATE TABLE rows (slip TEXT, day TEXT, category TEXT, pieces INTEGER, grams INTEGER)")
    began = time.perf_counter()
    rows = ((f"{number:05d}", "2013-01-02", "MOB", 60, 9_000) for number in range(ROWS))
    connection.executemany("INSERT INTO rows VALUES (?, ?, ?, ?, ?)", rows)
    connection.commit()
    spent = time.perf_counter() - began
    connection.close()
    return ROWS / spent
