"""Everything that the journal can hold has its word: actions, subjects, tables, columns and codes."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import sqlalchemy as sa

from tracker.app import create_app
from tracker.db import Base
from tracker.imports import models as imports
from tracker.web.journal_words import ACTIONS, CODES, COLUMNS, PROBLEMS, SUBJECTS, TABLES

TRACKER = Path(__file__).parents[2] / "tracker"
LOADED = (create_app, imports)
"""What defines every table."""
ACTION = re.compile(r"[a-z_]+\.[a-z_]+")
NO_ACTION = re.compile(r"tracker\..+|.+\.(csv|json)")
"""Files that services read look like actions and are none."""


def words(pattern: str) -> Iterator[str]:
    """Every word that stands as such in the code of the files of that name."""
    for module in TRACKER.rglob(pattern):
        for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                yield node.value


def services() -> Iterator[str]:
    yield from words("service.py")
    yield from words("service/*.py")


def subjects() -> Iterator[str]:
    for module in (*TRACKER.rglob("service.py"), *TRACKER.rglob("service/*.py")):
        yield from re.findall(r'\("([a-z_]+)", [a-z_.]*id\)', module.read_text(encoding="utf-8"))


def journalled() -> Iterator[sa.Table]:
    for mapper in Base.registry.mappers:
        if mapper.class_.__journalled__:
            table = mapper.local_table
            assert isinstance(table, sa.Table)
            yield table


def columns() -> Iterator[sa.Column[object]]:
    for table in journalled():
        yield from (column for column in table.columns if not column.info.get("salt"))


def test_every_action_has_its_word() -> None:
    recorded = {word for word in services() if ACTION.fullmatch(word) and not NO_ACTION.fullmatch(word)}
    assert recorded == set(ACTIONS)


def test_every_subject_has_its_word() -> None:
    assert set(subjects()) == set(SUBJECTS)


def test_every_table_has_its_word() -> None:
    assert {table.name for table in journalled()} == set(TABLES)


def test_every_column_has_its_word() -> None:
    assert {column.name for column in columns()} == set(COLUMNS)


def test_every_code_of_a_closed_list_has_its_word() -> None:
    lists = [column.type.enum_class for column in columns() if isinstance(column.type, sa.Enum)]
    assert {each.value for codes in lists if codes for each in codes} == set(CODES)


def test_every_problem_of_a_chain_has_its_word() -> None:
    source = (TRACKER / "audit" / "queries.py").read_text(encoding="utf-8")
    links, _, _ = source.partition("def altered_records")
    found = set(re.findall(r'Disagreement\("journal_[a-z]+", [a-z.]+, "([a-z_]+)"', links))
    assert found == set(PROBLEMS)
