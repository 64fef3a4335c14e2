import json
import sqlite3
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from config import from_environment
from tests.reports.scenario import live_a_year
from tracker import installation
from tracker.cli.door import books
from tracker.cli.main import main

BOOK_OF_2013 = Path(__file__).parents[1] / "data" / "legacy_2013_normalised.csv"


@pytest.fixture(autouse=True)
def instance(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("TRACKER_INSTANCE", str(tmp_path / "instance"))
    monkeypatch.setenv("TRACKER_LOCALE", "en")
    return tmp_path / "instance"


def tracker(*arguments: str | Path) -> Result:
    return CliRunner().invoke(main, list(map(str, arguments)))


def tamper(instance: Path, statement: str) -> None:
    with sqlite3.connect(instance / "tracker.sqlite3") as connection:
        connection.execute(statement)
    connection.close()


@pytest.fixture
def a_year() -> None:
    database = books(from_environment())
    installation.upgrade(database)
    live_a_year(database)
    database.engine.dispose()


@pytest.mark.usefixtures("a_year")
def test_books_that_agree_are_said_to() -> None:
    answer = tracker("verify", "--json")
    document = json.loads(answer.stdout)
    assert (answer.exit_code, answer.stderr, document["clean"], document["disagreements"]) == (0, "", True, [])
    assert document["checked"]["drop_offs"] == 4
    assert "The books agree" in tracker("verify").stdout


@pytest.mark.usefixtures("a_year")
def test_a_row_that_disagrees_is_named(instance: Path) -> None:
    tamper(instance, "UPDATE shipments SET departed_on = '2026-02-09' WHERE id = 1")
    answer = tracker("verify", "--json")
    found = json.loads(answer.stdout)["disagreements"]
    assert answer.exit_code == 1
    assert found[0] == {
        "table": "shipments",
        "id": 1,
        "problem": "row_altered",
        "column": "departed_on",
        "expected": "2026-02-10",
        "found": "2026-02-09",
    }
    said = tracker("verify").stdout
    assert "shipments 1: row_altered, departed_on: expected 2026-02-10, found 2026-02-09\n" in said
    assert f"Disagreements: {len(found)}.\n" in said


def test_the_real_year_from_an_empty_folder(instance: Path) -> None:
    entered = tracker("import", BOOK_OF_2013, "--opening", "MIX=9870", "--opening-day", "2013-01-01")
    assert entered.exit_code == 0
    before = _figures()
    assert (before["received_grams"], before["drop_offs"]) == (97_003_200, 293)
    assert before["shipped_by_country"] == {"BE": 1_200_000, "FR": 95_000_000}
    assert len({each["container"] for each in before["shipments"] if each["country"] == "FR"}) == 8
    assert before["premiums_xof"] == before["paid_xof"] == 1_734_295
    assert (before["opening_stock_grams"], before["closing_stock_grams"]) == (9_870_000, 10_673_200)
    assert tracker("verify").exit_code == 0
    tracker("import", BOOK_OF_2013, "--opening", "MIX=9870", "--opening-day", "2013-01-01")
    assert _figures() == before
    assert tracker("verify").exit_code == 0


def _figures() -> dict[str, Any]:
    figures: dict[str, Any] = json.loads(tracker("report", "year", "2013", "--format", "json").stdout)
    return figures
