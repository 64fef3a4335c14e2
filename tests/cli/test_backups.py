import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from tracker.cli.main import main


@pytest.fixture(autouse=True)
def instance(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("TRACKER_LOCALE", "en")
    monkeypatch.setenv("TRACKER_INSTANCE", str(tmp_path / "instance"))
    assert tracker("user", "add", "awa", "--role", "clerk", "--password-stdin").exit_code == 0
    return tmp_path / "instance"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "books.backup"


def tracker(*arguments: str | Path) -> Result:
    return CliRunner().invoke(main, list(map(str, arguments)), input="mangue verte 7\n")


def accounts(instance: Path) -> list[tuple[str]]:
    with closing(sqlite3.connect(instance / "tracker.sqlite3")) as books:
        return books.execute("SELECT login FROM accounts").fetchall()


def test_a_lost_machine_is_replaced_by_another(
    instance: Path, file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert tracker("backup", file).exit_code == 0
    monkeypatch.setenv("TRACKER_INSTANCE", str(tmp_path / "new"))
    restored = tracker("restore", file)
    assert restored.exit_code == 0
    assert "tracker verify" in restored.output
    assert accounts(tmp_path / "new") == [("awa",)]
    assert (tmp_path / "new" / "secret-key").read_text() == (instance / "secret-key").read_text()
    assert tracker("verify").exit_code == 0


def test_books_in_use_are_replaced_only_when_told(instance: Path, file: Path) -> None:
    tracker("backup", file)
    tracker("user", "add", "moussa", "--role", "manager", "--password-stdin")
    refused = tracker("restore", file)
    assert (refused.exit_code, len(accounts(instance))) == (2, 2)
    assert "--force" in refused.output
    assert tracker("restore", file, "--force").exit_code == 0
    assert accounts(instance) == [("awa",)]


def test_a_backup_never_takes_the_place_of_a_file(instance: Path) -> None:
    assert tracker("backup", instance / "tracker.sqlite3").exit_code == 2
    assert accounts(instance) == [("awa",)]


def test_what_is_no_backup_is_refused(instance: Path, file: Path) -> None:
    file.write_text("Les livres", encoding="utf-8")
    refused = tracker("restore", file, "--force")
    assert refused.exit_code == 2
    assert "cannot be read as a backup" in refused.output


def test_books_that_do_not_verify_are_backed_up_and_said_not_to(instance: Path, file: Path) -> None:
    with closing(sqlite3.connect(instance / "tracker.sqlite3")) as books, books:
        books.execute("UPDATE journal_entries SET action = 'x' WHERE id = 1")
    answer = tracker("backup", file)
    assert answer.exit_code == 1
    assert "does not verify" in answer.stderr
    assert file.exists()


def test_a_backup_of_a_newer_program_is_refused(instance: Path, file: Path) -> None:
    tracker("backup", file)
    with closing(sqlite3.connect(file)) as backup, backup:
        backup.execute("UPDATE alembic_version SET version_num = '9999'")
    refused = tracker("restore", file, "--force")
    assert refused.exit_code == 2
    assert "9999" in refused.output
