"""Reading the journal back: its lines, whether each chain is whole, whether every row says what it last said of it."""

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from tracker.audit import rules
from tracker.audit.models import JournalChain, JournalEntry
from tracker.audit.service import written
from tracker.db import Base, Session
from tracker.errors import NotFound
from tracker.values.actor import Actor
from tracker.values.period import Days

STREAMED = 1_000
PAGE = 30
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


@dataclass(frozen=True, slots=True)
class Change:
    """One row as a verb found it and left it. ``before`` is empty for a row added, ``after`` for one removed."""

    table: str
    id: int
    before: Mapping[str, Any] | None
    after: Mapping[str, Any] | None


@dataclass(frozen=True, slots=True)
class Line:
    """One verb of one actor. ``whole``: it says what it said when it was written, after the line it followed then."""

    id: int
    chain: int
    position: int
    at: datetime
    account_id: int | None
    action: str
    subject: tuple[str, int]
    reason: str | None
    changes: Sequence[Change]
    whole: bool


@dataclass(frozen=True, slots=True)
class LineFilter:
    """Only what is given narrows the journal."""

    account_id: int | None = None
    by_console: bool = False
    """Only what the machine's own console did."""
    action: str | None = None
    subject_kind: str | None = None
    subject_id: int | None = None
    days: Days | None = None


@dataclass(frozen=True, slots=True)
class LinePage:
    rows: Sequence[Line]
    after: int | None


@dataclass(frozen=True, slots=True)
class ChainEnd:
    """How far a chain goes; ``whole`` when its last line is there and nothing stands after it."""

    chain: int
    length: int
    whole: bool


def lines(session: Session, actor: Actor, wanted: LineFilter, *, after: int | None = None) -> LinePage:
    """Newest first, a page at a time. The actor of one depot sees its chain, and nothing of the house's own."""
    conditions = _conditions(session, wanted)
    if after is not None:
        conditions.append(JournalEntry.id < after)
    asked = _with_link_before(actor).where(*conditions).order_by(JournalEntry.id.desc()).limit(PAGE + 1)
    rows = [_line(session, *row) for row in session.execute(asked)]
    return LinePage(rows[:PAGE], rows[PAGE - 1].id if len(rows) > PAGE else None)


def line(session: Session, actor: Actor, line_id: int) -> Line:
    """Raises ``NotFound("journal_line_not_found")``, also for one of another depot's chain."""
    found = session.execute(_with_link_before(actor).where(JournalEntry.id == line_id)).one_or_none()
    if found is None:
        raise NotFound("journal_line_not_found")
    return _line(session, *found)


def chain_ends(session: Session, actor: Actor) -> list[ChainEnd]:
    """Of every chain in the actor's reach, without reading what lies before the end."""
    last = sa.select(JournalEntry.hash).where(
        JournalEntry.chain == JournalChain.chain, JournalEntry.position == JournalChain.length
    )
    most = sa.select(sa.func.max(JournalEntry.position)).where(JournalEntry.chain == JournalChain.chain)
    asked = sa.select(JournalChain, last.scalar_subquery(), most.scalar_subquery()).order_by(JournalChain.chain)
    if (chain := chain_in_reach(actor)) is not None:
        asked = asked.where(JournalChain.chain == chain)
    return [
        ChainEnd(head.chain, head.length, _is_sealed(session, head, (count or 0, end or rules.FIRST_LINK)))
        for head, end, count in session.execute(asked)
    ]


def chain_in_reach(actor: Actor) -> int | None:
    """The one chain that the actor may read: the depot's; every chain when empty."""
    return actor.depot_id


def _conditions(session: Session, wanted: LineFilter) -> list[sa.ColumnElement[bool]]:
    given = (
        (JournalEntry.account_id, wanted.account_id),
        (JournalEntry.action, wanted.action),
        (JournalEntry.subject_kind, wanted.subject_kind),
        (JournalEntry.subject_id, wanted.subject_id),
    )
    conditions = [column == value for column, value in given if value is not None]
    if wanted.by_console:
        conditions.append(JournalEntry.account_id.is_(None))
    if wanted.days:
        first = session.clock.at(datetime.combine(wanted.days.first, time()))
        after_last = session.clock.at(datetime.combine(wanted.days.last + timedelta(days=1), time()))
        conditions += [JournalEntry.at >= first, JournalEntry.at < after_last]
    return conditions


def _with_link_before(actor: Actor) -> sa.Select[JournalEntry, str]:
    before = aliased(JournalEntry)
    follows = sa.and_(before.chain == JournalEntry.chain, before.position == JournalEntry.position - 1)
    asked = sa.select(JournalEntry, before.hash).outerjoin(before, follows)
    chain = chain_in_reach(actor)
    return asked if chain is None else asked.where(JournalEntry.chain == chain)


def _line(session: Session, entry: JournalEntry, link_before: str | None) -> Line:
    before = rules.FIRST_LINK if entry.position == 1 else link_before
    return Line(
        id=entry.id,
        chain=entry.chain,
        position=entry.position,
        at=entry.at,
        account_id=entry.account_id,
        action=entry.action,
        subject=(entry.subject_kind, entry.subject_id),
        reason=entry.reason,
        changes=[Change(i["table"], i["id"], i.get("before"), i["after"]) for i in _images(entry.changes)],
        whole=entry.previous == before and entry.hash == _link_of(session, entry),
    )


def _link_of(session: Session, entry: JournalEntry) -> str:
    """What its hash must be."""
    return rules.link(
        session.journal_key,
        chain=entry.chain,
        position=entry.position,
        previous=entry.previous,
        content=entry.content(),
    )


def _is_sealed(session: Session, head: JournalChain, end: tuple[int, str]) -> bool:
    length, last = end
    seal = rules.seal(session.journal_key, chain=head.chain, length=length, last=last)
    return (head.length, head.last, head.seal) == (length, last, seal)


def broken_links(session: Session, chain: int | None = None) -> Iterator[Disagreement]:
    """Every line that is altered, missing or out of place, and every chain whose end was cut or moved.

    Of one ``chain``, or of all of them.
    """
    ends: dict[int, tuple[int, str]] = {}
    for entry in _entries(session, chain):
        position, previous = ends.get(entry.chain, (0, rules.FIRST_LINK))
        yield from _link_problems(session, entry, position, previous)
        ends[entry.chain] = (entry.position, entry.hash)
    yield from _cut_ends(session, ends, chain)


def _entries(session: Session, chain: int | None) -> Iterator[JournalEntry]:
    asked = sa.select(JournalEntry).order_by(JournalEntry.chain, JournalEntry.position)
    if chain is not None:
        asked = asked.where(JournalEntry.chain == chain)
    yield from session.scalars(asked.execution_options(yield_per=STREAMED))


def _link_problems(session: Session, entry: JournalEntry, position: int, previous: str) -> Iterator[Disagreement]:
    if entry.position != position + 1:
        missing = f"{position + 1}..{entry.position - 1}"
        yield Disagreement("journal_entries", entry.id, "lines_missing_before", "position", missing)
    elif entry.previous != previous:
        yield Disagreement("journal_entries", entry.id, "chain_broken", "previous", previous, entry.previous)
    if entry.hash != _link_of(session, entry):
        yield Disagreement("journal_entries", entry.id, "line_altered", "hash")


def _cut_ends(session: Session, ends: Mapping[int, tuple[int, str]], only: int | None) -> Iterator[Disagreement]:
    asked = sa.select(JournalChain) if only is None else sa.select(JournalChain).where(JournalChain.chain == only)
    heads = {head.chain: head for head in session.scalars(asked)}
    for chain in sorted(heads.keys() | ends.keys()):
        end = ends.get(chain, (0, rules.FIRST_LINK))
        head = heads.get(chain)
        if head is None or not _is_sealed(session, head, end):
            found = head.length if head else None
            yield Disagreement("journal_chains", chain, "end_altered", "length", end[0], found)


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
