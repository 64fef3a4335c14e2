import json
import re
import sqlite3
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from tracker.cli.imports import DOUBTS
from tracker.cli.main import main

BOOK = Path(__file__).parents[1] / "data" / "legacy_2013_normalised.csv"
OPENING = ("--opening", "MIX=9870", "--opening-day", "2013-01-01")
ROOM = Path(__file__).parents[2] / "tracker" / "imports"
HEADINGS = "kind,date,category,grams,destination\n"


@pytest.fixture(autouse=True)
def instance(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("TRACKER_INSTANCE", str(tmp_path / "instance"))
    return tmp_path / "instance"


def tracker_import(*arguments: str | Path) -> Result:
    return CliRunner().invoke(main, ["import", *(str(each) for each in arguments)])


def answer(*arguments: str | Path) -> tuple[int, Any]:
    result = tracker_import(*arguments, "--json")
    return result.exit_code, json.loads(result.stdout)


def rows(instance: Path, question: str) -> list[Any]:
    return sqlite3.connect(instance / "tracker.sqlite3").execute(question).fetchall()


def dump(instance: Path) -> list[str]:
    return list(sqlite3.connect(instance / "tracker.sqlite3").iterdump())


def written(tmp_path: Path, text: str) -> Path:
    file = tmp_path / "book.csv"
    file.write_text(text, encoding="utf-8")
    return file


def test_the_year_2013_from_an_empty_folder(instance: Path) -> None:
    status, said = answer(BOOK, *OPENING)
    assert (status, said["rows"], said["accepted"], said["rejected"]) == (0, 325, 325, [])
    assert said["totals"]["opening_grams"] == 9_870_000
    assert rows(
        instance,
        "SELECT count(DISTINCT drop_off_id), sum(net_grams) FROM drop_off_lines"
        " JOIN drop_offs ON drop_off_id = drop_offs.id WHERE day BETWEEN '2013-01-01' AND '2013-12-31'",
    ) == [(293, 97_003_200)]
    assert rows(
        instance,
        "SELECT country, sum(net_grams), count(DISTINCT container), count(DISTINCT shipments.id) FROM shipments"
        " JOIN shipment_lines ON shipment_id = shipments.id WHERE departed_on LIKE '2013-%' GROUP BY country",
    ) == [("BE", 1_200_000, 0, 1), ("FR", 95_000_000, 8, 8)]
    assert rows(instance, "SELECT kind, sum(francs) FROM premium_entries GROUP BY kind") == [
        ("recorded", 1_734_295),
        ("recorded_payment", -1_734_295),
    ]
    assert rows(instance, "SELECT sum(grams) FROM stock_movements WHERE kind = 'opening'") == [(9_870_000,)]
    assert rows(instance, "SELECT sum(grams) FROM stock_movements") == [(10_673_200,)]
    assert rows(instance, "SELECT sum(grams) FROM stock_balances") == [(10_673_200,)]
    assert rows(instance, "SELECT sum(grams) FROM stock_movements WHERE kind = 'sorting'") == [(0,)]
    assert rows(instance, LOWEST) == [(0,)]


LOWEST = """
SELECT min(held) FROM (
    SELECT sum(sum(grams)) OVER (PARTITION BY category_id ORDER BY day) AS held
    FROM stock_movements GROUP BY category_id, day
)
"""


def test_the_same_file_twice_adds_nothing(instance: Path, tmp_path: Path) -> None:
    tracker_import(BOOK, *OPENING)
    before = dump(instance)
    again = tmp_path / "again.csv"
    again.write_bytes(BOOK.read_text(encoding="utf-8").replace(",", ";").encode("utf-8-sig"))
    for file in (BOOK, again):
        status, said = answer(file, *OPENING)
        assert (status, said["accepted"], said["already_there"]) == (0, 0, 325)
        assert set(said["totals"].values()) == {0}
    assert dump(instance) == before


def test_a_dry_run_says_the_same_and_keeps_nothing(instance: Path) -> None:
    status, said = answer(BOOK, *OPENING, "--dry-run")
    assert rows(instance, "SELECT count(*) FROM drop_offs") == rows(instance, "SELECT count(*) FROM imports") == [(0,)]
    _, done = answer(BOOK, *OPENING)
    assert (status, said) == (0, done | {"dry_run": True})


def test_without_the_opening_the_day_and_the_grams_short_are_named(instance: Path) -> None:
    status, said = answer(BOOK)
    assert (status, said["accepted"], said["totals"]["drop_offs"]) == (1, 0, 0)
    assert said["error"]["code"] == "book_stock_short"
    assert (said["error"]["day"], said["error"]["short_grams"]) == ("2013-11-08", 804_900)
    assert "2013-11-08" in tracker_import(BOOK).output
    assert rows(instance, "SELECT count(*) FROM stock_movements") == [(0,)]


def test_a_questioned_row_waits_and_the_rest_is_entered(instance: Path, tmp_path: Path) -> None:
    file = written(tmp_path, HEADINGS + "reception,2013-02-31,MOB,100,\n,,,,\nreception,2013-02-27,XX,100,\n")
    status, said = answer(file)
    assert (status, said["rows"], said["accepted"]) == (1, 3, 1)
    blocked, told = said["questions"]
    assert (blocked["row"], blocked["codes"], blocked["blocking"]) == (2, ["DATE_IMPOSSIBLE"], True)
    assert blocked["message"] == "no such calendar day (2013-02-31)"
    assert (told["row"], told["blocking"], told["proposed"]) == (4, False, {"category": "NCL"})
    assert said["rejected"] == [{"row": 3, "codes": ["BLANK_ROW"], "message": "blank row"}]
    assert rows(instance, "SELECT row, state FROM import_rows") == [(2, "waiting"), (4, "accepted")]


def test_a_person_reads_what_happened(tmp_path: Path) -> None:
    file = written(tmp_path, HEADINGS.replace("grams", "grams,Observations") + "reception,2013-02-31,MOB,100,vu,\n")
    said = tracker_import(file, "--dry-run").output
    assert "row 2: waits: DATE_IMPOSSIBLE: no such calendar day (2013-02-31)" in said
    assert "columns left aside: observations" in said
    assert "Dry run: nothing was kept." in said


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("--opening", "MIX=9870"), "opening_day_missing"),
        (("--opening-day", "2013-01-01"), "opening_day_missing"),
        (("--opening", "MIX=9870", "--opening-day", "hier"), "opening_day_invalid"),
        (("--opening", "MIX", "--opening-day", "2013-01-01"), "opening_invalid"),
        (("--opening", "ZZZ=1", "--opening-day", "2013-01-01"), "category_unknown"),
        (("--depot", "ZZ"), "depot_not_found"),
    ],
)
def test_an_unusable_call_is_named(arguments: tuple[str, ...], code: str) -> None:
    status, said = answer(BOOK, *arguments)
    assert (status, said["error"]["code"]) == (2, code)
    assert code not in said["error"]["message"]


def test_an_unusable_file_is_named(tmp_path: Path) -> None:
    status, said = answer(tmp_path / "nowhere.csv")
    assert (status, said["error"]["code"]) == (2, "file_unreadable")
    status, said = answer(written(tmp_path, "Date;Poids\n"))
    assert (status, said["error"]["code"], said["error"]["missing"]) == (2, "headings_missing", "kind, category, grams")
    assert "lacks these headings: kind, category, grams" in tracker_import(written(tmp_path, "Date;Poids\n")).stderr


def test_another_opening_than_before_is_refused(tmp_path: Path) -> None:
    file = written(tmp_path, HEADINGS)
    assert answer(file, *OPENING)[0] == 0
    status, said = answer(file, "--opening", "MIX=9871", "--opening-day", "2013-01-01")
    assert (status, said["error"]["code"]) == (2, "opening_differs")


def test_every_doubt_is_worded() -> None:
    code = re.compile(r'"([A-Z]+(?:_[A-Z]+)+)"')
    raised = {each for module in ROOM.rglob("*.py") for each in code.findall(module.read_text(encoding="utf-8"))}
    assert raised == set(DOUBTS)
