"""Reading the journal back: is each chain whole, and does every row still say what the journal last said?"""

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from tracker.audit import rules
from tracker.audit.models import JournalChain, JournalEntry
from tracker.audit.service import written
from tracker.db import Base, Session

STREAMED = 1_000
_IMAGE = {"table", "id", "after"}
Record = dict[str, Any]
Rows = list[tuple[int, Mapping[str, Any] | None]]
Records = dict[str, dict[int, Record]]
"""Table → id → column → value as the journal holds it."""


@dataclass(frozen=True, slots=True)
class Disagreement:
    """A row that does not say what the books say it should."""

    table: str
    id: int
    problem: str
    column: str | None = None
    expected: object = None
    found: object = None


def broken_links(session: Session) -> Iterator[Disagreement]:
    """Every line that is altered, missing or out of place, and every chain whose end was cut or moved."""
    ends: dict[int, tuple[int, str]] = {}
    for entry in _entries(session):
        position, previous = ends.get(entry.chain, (0, rules.FIRST_LINK))
        yield from _link_problems(session, entry, position, previous)
        ends[entry.chain] = (entry.position, entry.hash)
    yield from _cut_ends(session, ends)


def _entries(session: Session) -> Iterator[JournalEntry]:
    lines = sa.select(JournalEntry).order_by(JournalEntry.chain, JournalEntry.position)
    yield from session.scalars(lines.execution_options(yield_per=STREAMED))


def _link_problems(session: Session, entry: JournalEntry, position: int, previous: str) -> Iterator[Disagreement]:
    if entry.position != position + 1:
        missing = f"{position + 1}..{entry.position - 1}"
        yield Disagreement("journal_entries", entry.id, "lines_missing_before", "position", missing)
    elif entry.previous != previous:
        yield Disagreement("journal_entries", entry.id, "chain_broken", "previous", previous, entry.previous)
    expected = rules.link(
        session.journal_key,
        chain=entry.chain,
        position=entry.position,
        previous=entry.previous,
        content=entry.content(),
    )
    if entry.hash != expected:
        yield Disagreement("journal_entries", entry.id, "line_altered", "hash")


def _cut_ends(session: Session, ends: Mapping[int, tuple[int, str]]) -> Iterator[Disagreement]:
    heads = {head.chain: head for head in session.scalars(sa.select(JournalChain))}
    for chain in sorted(heads.keys() | ends.keys()):
        length, last = ends.get(chain, (0, rules.FIRST_LINK))
        seal = rules.seal(session.journal_key, chain=chain, length=length, last=last)
        head = heads.get(chain)
        if head is None or (head.length, head.last, head.seal) != (length, last, seal):
            found = head.length if head else None
            yield Disagreement("journal_chains", chain, "end_altered", "length", length, found)


def altered_records(session: Session) -> Iterator[Disagreement]:
    """Rows changed, removed or slipped in behind the journal's back, each named."""
    expected = _last_said(session)
    for mapper in sorted(Base.registry.mappers, key=lambda each: each.class_.__tablename__):
        if mapper.class_.__journalled__:
            table = mapper.local_table
            assert isinstance(table, sa.Table)  # noqa: S101 - the house maps classes to plain tables only
            yield from _compare(session, table, expected.pop(table.name, {}))
    for name, records in expected.items():
        yield from (Disagreement(name, row_id, "table_unknown") for row_id in records)


def _last_said(session: Session) -> Records:
    """Every row as the journal last left it."""
    records: Records = defaultdict(dict)
    lines = sa.select(JournalEntry.changes).order_by(JournalEntry.id)
    for changes in session.scalars(lines.execution_options(yield_per=STREAMED)):
        for image in _images(changes):
            _apply(records[image["table"]], image)
    return records


def _images(changes: str) -> list[Record]:
    """A line too damaged to be read is named by ``broken_links``; it says nothing of any row."""
    try:
        images = json.loads(changes)
    except ValueError:
        return []
    shaped = images if isinstance(images, list) else []
    return [image for image in shaped if isinstance(image, dict) and image.keys() >= _IMAGE]


def _apply(records: dict[int, Record], image: Record) -> None:
    if image["after"] is None:
        records.pop(image["id"], None)
    else:
        records.setdefault(image["id"], {}).update(image["after"])


def _compare(session: Session, table: sa.Table, expected: dict[int, Record]) -> Iterator[Disagreement]:
    for row_id, row in _rows(session, table):
        said = expected.pop(row_id, None)
        if row is None:
            yield Disagreement(table.name, row_id, "row_unreadable")
        elif said is None:
            yield Disagreement(table.name, row_id, "row_not_in_journal")
        else:
            yield from _differences(session, table, row, said)
    yield from (Disagreement(table.name, row_id, "row_missing") for row_id in expected)


def _rows(session: Session, table: sa.Table) -> Iterator[tuple[int, Mapping[str, Any] | None]]:
    """Each row by its id; ``None`` in place of one whose values no longer fit their columns."""
    ids = session.scalars(sa.select(table.c.id).order_by(table.c.id)).all()
    for start in range(0, len(ids), STREAMED):
        yield from _read(session, table, ids[start : start + STREAMED])


def _read(session: Session, table: sa.Table, ids: Any) -> Iterator[tuple[int, Mapping[str, Any] | None]]:
    rows = sa.select(table).where(table.c.id.in_(ids)).order_by(table.c.id)
    try:
        found: Rows = [(row["id"], dict(row)) for row in session.execute(rows).mappings()]
    except (TypeError, ValueError, LookupError):
        if len(ids) == 1:
            yield ids[0], None
            return
        found = [pair for one in ids for pair in _read(session, table, [one])]
    yield from found


def _differences(session: Session, table: sa.Table, row: Mapping[str, Any], said: Record) -> Iterator[Disagreement]:
    for column in table.columns:
        if column.info.get("salt"):
            continue
        found = _as_written(session, column, row)
        if found != said.get(column.name):
            yield Disagreement(table.name, row["id"], "row_altered", column.name, said.get(column.name), found)


def _as_written(session: Session, column: sa.Column[Any], row: Mapping[str, Any]) -> Any:
    """A value of a type that the journal cannot hold (a fraction, bytes) was never written by a verb: it differs."""
    try:
        return written(session, column, row, row[column.name])
    except TypeError as error:
        return {"unreadable": str(error)}
