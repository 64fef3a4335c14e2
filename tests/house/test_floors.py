"""Rooms are named by the business, doors by technology, and imports only go down."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TRACKER = ROOT / "tracker"
FLOORS = (
    {"errors", "log"},
    {"values"},
    {"db"},
    {"audit", "paging"},
    {"accounts"},
    {"people", "catalogue", "documents"},
    {"stock", "premiums"},
    {"intake"},
    {"payouts", "shipments"},
    {"reports", "imports", "demo"},
    {"i18n"},
    {"wording", "exports", "installation"},
    {"backups", "registers"},
    {"web", "api", "cli"},
    {"app"},
)
HEIGHT = {room: height for height, rooms in enumerate(FLOORS) for room in rooms}
FILES = {"__init__", "rules", "models", "queries", "service"}
MODULES = sorted(TRACKER.rglob("*.py"))
LONGEST = 400


def room_of(module: Path) -> str:
    return module.relative_to(TRACKER).with_suffix("").parts[0]


def imported(tree: ast.AST) -> Iterator[str]:
    """The rooms that a module imports."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith("tracker."):
            yield node.module.split(".")[1]
        elif isinstance(node, ast.ImportFrom) and node.module == "tracker":
            yield from (alias.name for alias in node.names)


@pytest.mark.parametrize("module", MODULES, ids=str)
def test_imports_only_go_down(module: Path) -> None:
    room = room_of(module)
    if room == "__init__":
        return
    for other in imported(ast.parse(module.read_text(encoding="utf-8"))):
        assert other == room or HEIGHT[other] < HEIGHT[room], f"{room} imports {other}"


@pytest.mark.parametrize("module", MODULES, ids=str)
def test_no_import_hides_in_a_function(module: Path) -> None:
    for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef):
            assert not [each for each in ast.walk(node) if isinstance(each, ast.Import | ast.ImportFrom)], node.name


@pytest.mark.parametrize("module", [each for each in MODULES if each.name == "rules.py"], ids=str)
def test_rules_need_only_values(module: Path) -> None:
    assert set(imported(ast.parse(module.read_text(encoding="utf-8")))) <= {"values", "errors"}


@pytest.mark.parametrize("module", MODULES, ids=str)
def test_no_file_is_longer_than_a_reader_bears(module: Path) -> None:
    assert len(module.read_text(encoding="utf-8").splitlines()) <= LONGEST


def test_rooms_have_the_same_four_files() -> None:
    doors = {"values", "web", "api", "cli", "static", "translations"}
    for room in TRACKER.iterdir():
        if room.is_dir() and room.name not in doors and not room.name.startswith("_"):
            allowed = FILES | ({"policy"} if room.name == "accounts" else set())
            assert {file.stem for file in room.glob("*.py")} <= allowed, room.name


def test_migrations_never_import_the_models() -> None:
    for module in (ROOT / "migrations").rglob("*.py"):
        assert "tracker" not in [name.split(".")[0] for name in _all_imports(module)]


def _all_imports(module: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module or ""


def test_every_setting_is_documented() -> None:
    settings = set(re.findall(r"TRACKER_[A-Z_]+", (ROOT / "config.py").read_text(encoding="utf-8")))
    documented = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
    assert all(f"`{name}`" in documented for name in settings - {"TRACKER_"})
