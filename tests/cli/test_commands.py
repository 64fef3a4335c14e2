import json
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result

from tests.premiums.test_rules import CASES
from tracker.cli.door import Declared
from tracker.cli.main import main


@pytest.fixture(autouse=True)
def instance(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("TRACKER_INSTANCE", str(tmp_path / "instance"))
    return tmp_path / "instance"


def tracker(*arguments: str | Path, typed: str = "") -> Result:
    return CliRunner().invoke(main, [str(each) for each in arguments], input=typed)


def commands(group: click.Group) -> Iterator[click.Command]:
    for each in group.commands.values():
        if isinstance(each, click.Group):
            yield from commands(each)
        else:
            yield each


def test_every_command_declares_its_permission() -> None:
    assert all(isinstance(each, Declared) and each.permission for each in commands(main))


def test_a_command_without_permission_is_refused() -> None:
    assert CliRunner().invoke(Declared("loose", callback=lambda: None)).exit_code == 2


def test_an_empty_folder_becomes_furnished_books(instance: Path) -> None:
    assert tracker("db", "upgrade").exit_code == tracker("db", "upgrade").exit_code == 0
    books = sqlite3.connect(instance / "tracker.sqlite3")
    assert books.execute("SELECT code FROM depots").fetchall() == [("DES",)]
    assert books.execute("SELECT count(*) FROM categories").fetchone() == (20,)
    assert (instance / "secret-key").stat().st_mode & 0o777 == 0o600


def test_quote_answers_every_case(tmp_path: Path) -> None:
    file = tmp_path / "cases.json"
    file.write_text(CASES, encoding="utf-8")
    answer = tracker("premium", "quote", file, "--json")
    assert answer.exit_code == 0
    expected = {case["id"]: case["expected"]["premium_xof"] for case in json.loads(CASES)["cases"]}
    assert {case["id"]: case["premium_xof"] for case in json.loads(answer.stdout)["cases"]} == expected


def test_quote_names_what_is_malformed(tmp_path: Path) -> None:
    file = tmp_path / "cases.json"
    file.write_text(CASES.replace('"rounding_step": 5', '"rounding_step": 0', 1), encoding="utf-8")
    answer = tracker("premium", "quote", file, "--json")
    error = json.loads(answer.stdout)["error"]
    assert (answer.exit_code, error["code"], error["scheme"]) == (2, "rounding_step_invalid", "S1-PALIER-TOTAL")
    assert error["field"] == "versions[0].rounding_step"


def test_an_unusable_setting_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRACKER_TIMEZONE", "Africa/Nowhere")
    answer = tracker("db", "upgrade")
    assert answer.exit_code == 2
    assert "TRACKER_TIMEZONE" in answer.output


def test_a_clerk_is_added_at_the_only_depot(instance: Path) -> None:
    added = tracker("user", "add", "awa", "--role", "clerk", "--password-stdin", typed="mangue verte 7\n")
    assert added.exit_code == 0
    rows = sqlite3.connect(instance / "tracker.sqlite3").execute("SELECT login, role, depot_id FROM accounts")
    assert rows.fetchall() == [("awa", "clerk", 1)]


@pytest.mark.parametrize(
    "call", [("a", "--role", "clerk"), ("awa", "--role", "operator"), ("awa", "--role", "clerk", "--depot", "ZZ")]
)
def test_an_unusable_account_is_refused(call: tuple[str, ...]) -> None:
    assert tracker("user", "add", *call, "--password-stdin", typed="mangue verte 7\n").exit_code == 2


def test_the_password_is_asked_for_twice() -> None:
    typed = "mangue verte 7\nmangue verte 7\n"
    assert tracker("user", "add", "ibrahim", "--role", "admin", typed=typed).exit_code == 0


def test_who_lost_everything_is_lent_a_password(instance: Path) -> None:
    tracker("user", "add", "ibrahim", "--role", "admin", "--password-stdin", typed="mangue verte 7\n")
    again = ("user", "recover", "Ibrahim", "--password-stdin")
    assert tracker(*again, typed="court\n").exit_code == 2
    assert tracker("user", "recover", "nobody", "--password-stdin", typed="le fleuve est haut\n").exit_code == 2
    assert tracker(*again, typed="le fleuve est haut\n").exit_code == 0
    with sqlite3.connect(instance / "tracker.sqlite3") as books:
        lent = books.execute("SELECT password_lent_at IS NOT NULL FROM accounts").fetchall()
        actions = books.execute("SELECT action FROM journal_entries ORDER BY id DESC LIMIT 1").fetchall()
    books.close()
    assert (lent, actions) == ([(1,)], [("account.password_set",)])
