import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from tracker.cli.main import main
from tracker.values.clock import utc_now
from tracker.values.mass import GRAMS_PER_TONNE


@pytest.fixture(autouse=True)
def instance(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRACKER_INSTANCE", str(tmp_path / "instance"))


def tracker(*arguments: str) -> Result:
    return CliRunner().invoke(main, list(arguments))


def test_an_empty_folder_becomes_a_depot_once() -> None:
    """The whole two years."""
    told = tracker("demo")
    assert (told.exit_code, told.stderr) == (0, "")
    sign_ins = [line.split() for line in told.stdout.splitlines()]
    assert [words[0] for words in sign_ins if words[1] == "manager"] == ["moussa", "kadiatou", "mariam"]
    assert min(len(words[-1]) for words in sign_ins) >= 12
    assert tracker("verify").exit_code == 0
    last_year = json.loads(tracker("report", "year", str(utc_now().year - 1), "--format", "json").stdout)
    assert 30 < last_year["received_grams"] / GRAMS_PER_TONNE < 90
    assert set(last_year["shipped_by_country"]) == {"BE", "FR"}
    again = tracker("demo")
    assert (again.exit_code, again.stdout) == (2, "")
    assert "not empty" in again.stderr


@pytest.mark.parametrize("months", ["2", "25", "many"])
def test_a_span_that_no_story_has_is_refused(months: str) -> None:
    assert tracker("demo", "--months", months).exit_code == 2
