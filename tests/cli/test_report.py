import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from config import from_environment
from tests.support.people import bring, oumar
from tracker import installation
from tracker.cli.door import books
from tracker.cli.main import main
from tracker.intake.rules import Entered

LAST_YEAR = datetime(2013, 7, 2, 10, tzinfo=UTC)


@pytest.fixture(autouse=True)
def a_drop_off_of_2013(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRACKER_INSTANCE", str(tmp_path / "instance"))
    database = books(from_environment())
    installation.upgrade(database)
    with database.writing() as session:
        bring(session, oumar(session), Entered("MOB", pieces=9_000, gross_grams=1_234_500), at=LAST_YEAR)
    database.engine.dispose()


def year(*arguments: str | Path) -> Result:
    return CliRunner().invoke(main, ["report", "year", *map(str, arguments)])


def test_json_is_one_document_of_whole_numbers() -> None:
    answer = year("2013", "--format", "json", "--depot", "des")
    figures = json.loads(answer.stdout)
    assert (answer.exit_code, answer.stderr) == (0, "")
    assert (figures["received_grams"], figures["received_pieces"], figures["depot"]) == (1_234_500, 9_000, "DES")
    assert type(figures["premiums_xof"]) is int


def test_the_table_is_aligned_and_speaks_the_settings_language(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "1,234" in year("2013").stdout
    monkeypatch.setenv("TRACKER_LOCALE", "en")
    table = year("2013").stdout
    assert "  Received            1.234 t\n  of which estimated  0.000 t\n" in table
    assert "July 2013" in table
    assert not {"\u00a0", "\u202f"} & set(table)


def test_csv_goes_to_a_file(tmp_path: Path) -> None:
    file = tmp_path / "2013.csv"
    assert year("2013", "--format", "csv", "--output", file).stdout == ""
    lines = file.read_bytes().decode("utf-8").split("\r\n")
    assert lines[0].startswith("\ufeffRubrique;Code;Libellé;")
    assert "Reçu;;;;;;;1;9000;1234500;1,234;;;" in lines


def test_an_empty_year_still_has_its_table() -> None:
    answer = year("2012")
    assert answer.exit_code == 0
    assert "2012" in answer.stdout


@pytest.mark.parametrize(
    "call", [("1989",), ("2201",), ("deux mille",), ("2013", "--depot", "ZZ"), ("2013", "--format", "pdf"), ()]
)
def test_an_unusable_call_is_refused(call: tuple[str, ...]) -> None:
    answer = year(*call)
    assert (answer.exit_code, answer.stdout) == (2, "")


def test_a_file_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    answer = year("2013", "--output", tmp_path / "nowhere" / "2013.txt")
    assert answer.exit_code == 2
    assert "nowhere" in answer.stderr
