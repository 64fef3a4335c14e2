"""Recounting the ledger of grams: every movement against the event behind it, every sum against its movements."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import sqlalchemy as sa

from tracker.audit.queries import Disagreement
from tracker.db import Base, Session
from tracker.intake.models import DropOff, DropOffLine, DropOffVoid
from tracker.reports import rules
from tracker.reports.queries.reading import Rows, as_stored, chunks, sound, table_of
from tracker.reports.rules import Posting
from tracker.shipments.models import Shipment, ShipmentLine, State
from tracker.shipments.queries import DEPARTED
from tracker.stock.models import MovementKind, Sorting, SortingLine, StockBalance, StockMovement, StockOpening
from tracker.stock.rules import first_below_zero

MOVEMENTS = table_of(StockMovement)
Key = tuple[int, int]
"""Depot and category."""


def grams_recounted(session: Session) -> Iterator[Disagreement]:
    """Movements without their event, reversals that reverse something else, sums that differ, days below zero."""
    sums = _Sums()
    for movements in chunks(session, MOVEMENTS):
        sums.add(movements)
        yield from _orphans(session, movements)
        yield from _unlike_originals(session, movements)
    yield from _balances(session, sums)
    yield from _below_zero(sums)
    for kind in EVENTS:
        yield from _events(session, kind)


@dataclass(slots=True)
class _Sums:
    """What the movements add up to, by depot and category: in all, and day by day."""

    grams: dict[Key, int] = field(default_factory=lambda: defaultdict(int))
    pieces: dict[Key, int] = field(default_factory=lambda: defaultdict(int))
    days: dict[Key, dict[date, int]] = field(default_factory=lambda: defaultdict(lambda: defaultdict(int)))

    def add(self, movements: Rows) -> None:
        for row in movements:
            key = row.depot_id, row.category_id
            self.grams[key] += row.grams
            self.pieces[key] += row.pieces
            self.days[key][row.day] += row.grams


def _orphans(session: Session, movements: Rows) -> Iterator[Disagreement]:
    for kind, event in EVENTS.items():
        posted = [row for row in movements if row.kind is kind]
        ids = {row.event_id for row in posted}
        known = set(session.scalars(sa.select(event.table.c.id).where(event.table.c.id.in_(ids)))) if ids else set()
        for row in posted:
            if row.event_id not in known:
                yield Disagreement(MOVEMENTS.name, row.id, "event_missing", "event_id", event.table.name, row.event_id)


def _unlike_originals(session: Session, movements: Rows) -> Iterator[Disagreement]:
    """A reversal is the opposite of what it reverses, and nothing reverses a reversal."""
    ids = {row.reverses_id for row in movements if row.reverses_id is not None}
    originals = {row.id: row for row in sound(session, MOVEMENTS, MOVEMENTS.c.id.in_(ids))} if ids else {}
    for row in movements:
        if row.reverses_id is None:
            continue
        original = originals.get(row.reverses_id)
        if original is None or original.reverses_id is not None or not _opposite(row, original):
            expected = None if original is None else str(_posting(original).opposite())
            yield Disagreement(MOVEMENTS.name, row.id, "reversal_differs", "reverses_id", expected, str(_posting(row)))


def _opposite(row: sa.Row[Any], original: sa.Row[Any]) -> bool:
    same_event = (row.kind, row.event_id) == (original.kind, original.event_id)
    return same_event and _posting(row) == _posting(original).opposite()


def _posting(row: sa.Row[Any]) -> Posting:
    return Posting(
        depot_id=row.depot_id,
        category_id=row.category_id,
        day=row.day,
        reference=row.reference,
        grams=row.grams,
        pieces=row.pieces,
        estimated=row.estimated,
        inferred=row.inferred,
    )


def _balances(session: Session, sums: _Sums) -> Iterator[Disagreement]:
    """Named by depot; ``column`` says the category. A sum that is wanting differs, and so does one of no movement."""
    table = table_of(StockBalance)
    kept: dict[Any, sa.Row[Any]] = {(row.depot_id, row.category_id): row for row in as_stored(session, table)}
    for key in sums.grams.keys() | kept.keys():
        for column, expected in (("grams", sums.grams.get(key, 0)), ("pieces", sums.pieces.get(key, 0))):
            found = getattr(kept[key], column) if key in kept else None
            if found != expected:
                named = f"{column} of category {key[1]}"
                yield Disagreement(table.name, key[0], "sum_differs", named, expected, found)


def _below_zero(sums: _Sums) -> Iterator[Disagreement]:
    for (depot_id, category_id), days in sums.days.items():
        by_day = sorted(days.items())
        day = first_below_zero(sums.grams[depot_id, category_id], by_day)
        if day is not None:
            found = sum(grams for each, grams in by_day if each <= day)
            named = f"grams of category {category_id} on {day}"
            yield Disagreement("stock_balances", depot_id, "below_zero", named, 0, found)


@dataclass(frozen=True, slots=True)
class _Due:
    """What an event should have posted, and whether that still stands."""

    postings: Sequence[Posting]
    stands: bool = True


@dataclass(frozen=True, slots=True)
class _Event:
    """A kind of event: its table, and what rows of it should have posted, by id."""

    model: type[Base]
    due: Callable[[Session, Rows], Mapping[int, _Due]]

    @property
    def table(self) -> sa.Table:
        return table_of(self.model)


def _events(session: Session, kind: MovementKind) -> Iterator[Disagreement]:
    event = EVENTS[kind]
    for rows in chunks(session, event.table):
        ids = [row.id for row in rows]
        posted = _by(sound(session, MOVEMENTS, MOVEMENTS.c.kind == kind, MOVEMENTS.c.event_id.in_(ids)), "event_id")
        for event_id, due in event.due(session, rows).items():
            yield from _compared(event.table.name, event_id, due, posted[event_id])


def _compared(table: str, event_id: int, due: _Due, movements: Rows) -> Iterator[Disagreement]:
    originals = [row for row in movements if row.reverses_id is None]
    differs = rules.difference(due.postings, map(_posting, originals))
    if differs:
        yield Disagreement(table, event_id, "movements_differ", "stock_movements", differs.missing, differs.surplus)
    reversals = len(movements) - len(originals)
    expected = 0 if due.stands else len(originals)
    if reversals != expected:
        yield Disagreement(table, event_id, "reversals_differ", "stock_movements", expected, reversals)


def _by(rows: Iterable[sa.Row[Any]], column: str) -> dict[int, Rows]:
    grouped: dict[int, Rows] = defaultdict(list)
    for row in rows:
        grouped[getattr(row, column)].append(row)
    return grouped


def _lines(session: Session, model: type[Base], column: str, events: Rows) -> dict[int, Rows]:
    table = table_of(model)
    return _by(sound(session, table, table.c[column].in_([event.id for event in events])), column)


def _drop_offs(session: Session, events: Rows) -> dict[int, _Due]:
    lines = _lines(session, DropOffLine, "drop_off_id", events)
    voids = _lines(session, DropOffVoid, "drop_off_id", events)
    return {row.id: _Due(_brought(row, lines[row.id]), row.id not in voids) for row in events}


def _brought(row: sa.Row[Any], lines: Rows) -> list[Posting]:
    number = row.receipt or row.external_reference or f"#{row.id}"
    return [
        Posting(row.depot_id, line.category_id, row.day, number, line.net_grams, line.pieces or 0, line.estimated)
        for line in lines
    ]


def _shipments(session: Session, events: Rows) -> dict[int, _Due]:
    lines = _lines(session, ShipmentLine, "shipment_id", events)
    return {row.id: _Due(_sent(row, lines[row.id]), row.state in DEPARTED) for row in events}


def _sent(row: sa.Row[Any], lines: Rows) -> list[Posting]:
    if row.state in (State.DRAFT, State.CANCELLED):
        return []
    return [Posting(row.depot_id, line.category_id, row.departed_on, row.reference, -line.net_grams) for line in lines]


def _sortings(session: Session, events: Rows) -> dict[int, _Due]:
    lines = _lines(session, SortingLine, "sorting_id", events)
    return {row.id: _Due(_sorted(row, lines[row.id])) for row in events}


def _sorted(row: sa.Row[Any], lines: Rows) -> list[Posting]:
    return [
        Posting(row.depot_id, line.category_id, row.day, str(row.id), line.grams, inferred=row.inferred)
        for line in lines
    ]


def _openings(_session: Session, events: Rows) -> dict[int, _Due]:
    return {
        row.id: _Due([Posting(row.depot_id, row.category_id, row.day, row.day.isoformat(), row.grams)])
        for row in events
    }


EVENTS: Mapping[MovementKind, _Event] = {
    MovementKind.OPENING: _Event(StockOpening, _openings),
    MovementKind.DROP_OFF: _Event(DropOff, _drop_offs),
    MovementKind.SORTING: _Event(Sorting, _sortings),
    MovementKind.SHIPMENT: _Event(Shipment, _shipments),
}


def sortings_balanced(session: Session) -> Iterator[Disagreement]:
    """What went in is what came out and what was lost, to the gram."""
    for rows in chunks(session, table_of(Sorting)):
        lines = _lines(session, SortingLine, "sorting_id", rows)
        for row in rows:
            lost = -sum(line.grams for line in lines[row.id])
            if lost != row.loss_grams:
                yield Disagreement("sortings", row.id, "sorting_unbalanced", "loss_grams", lost, row.loss_grams)
