"""Posting to the ledger of grams.

Events post; balances are sums; mistakes are reversed. Whoever posts has the depot's turn (``audit.take_turn``), so
that the second of two writers sees what the first did.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa

from tracker.accounts.policy import Permission, require
from tracker.audit.service import record, take_turn
from tracker.catalogue.models import Category
from tracker.db import Session, add_to_sums, total
from tracker.errors import Conflict, Invalid
from tracker.stock import rules
from tracker.stock.models import (
    MovementKind,
    Sorting,
    SortingLine,
    StockBalance,
    StockMovement,
    StockOpening,
)
from tracker.values.actor import Actor


@dataclass(frozen=True, slots=True)
class Event:
    """What posts: its room, its id, where, on which day, and the number people know it by."""

    kind: MovementKind
    id: int
    depot_id: int
    day: date
    reference: str


@dataclass(frozen=True, slots=True)
class Posting:
    """Signed grams and pieces of one category."""

    category_id: int
    grams: int
    pieces: int = 0
    estimated: bool = False


def post(session: Session, actor: Actor, event: Event, postings: Iterable[Posting]) -> None:
    """Raises ``Conflict("stock_short")`` when any day from the event's onward would end below zero."""
    _write(session, _movements(session, actor, event, postings))


def reverse(session: Session, actor: Actor, kind: MovementKind, event_id: int) -> None:
    """Post the opposite of what the event posted, on the same day. Raises as ``post``."""
    _write(session, _opposites(session, actor, kind, event_id))


def replace(session: Session, actor: Actor, replaced_id: int, event: Event, postings: Iterable[Posting]) -> None:
    """Reverse one event and post its replacement: only the net of both is held against the stock."""
    movements = _opposites(session, actor, event.kind, replaced_id)
    _write(session, [*movements, *_movements(session, actor, event, postings)])


def post_opening(session: Session, actor: Actor, depot_id: int, category_id: int, grams: int, day: date) -> int:
    """What stood in the depot when its books here begin. Raises ``Invalid("mass_invalid")``."""
    require(actor, Permission.POST_OPENING_STOCK, depot_id)
    take_turn(session, depot_id)
    if grams <= 0:
        raise Invalid("mass_invalid", field="opening", entered=grams)
    opening = StockOpening(depot_id=depot_id, category_id=category_id, day=day, grams=grams)
    session.add(opening)
    session.flush()
    event = Event(MovementKind.OPENING, opening.id, depot_id, day, day.isoformat())
    post(session, actor, event, [Posting(category_id, grams)])
    record(session, actor, "stock.opened", subject=("opening", opening.id), depot_id=depot_id)
    return opening.id


@dataclass(frozen=True, slots=True)
class NewSorting:
    """Positive grams by category id: what went in, what came out, what was lost."""

    depot_id: int
    day: date
    inputs: Mapping[int, int]
    outputs: Mapping[int, int]
    loss_grams: int = 0
    inferred: bool = False


def sort(session: Session, actor: Actor, new: NewSorting) -> int:
    """Raises ``Invalid`` unless in = out + loss, ``Conflict("stock_short")`` when an input is not held."""
    require(actor, Permission.SORT_STOCK, new.depot_id)
    take_turn(session, new.depot_id)
    rules.check_sorting(new.inputs, new.outputs, new.loss_grams)
    sorting = Sorting(depot_id=new.depot_id, day=new.day, loss_grams=new.loss_grams, inferred=new.inferred)
    session.add(sorting)
    session.flush()
    signed = {**{key: -grams for key, grams in new.inputs.items()}, **new.outputs}
    session.add_all(SortingLine(sorting_id=sorting.id, category_id=key, grams=grams) for key, grams in signed.items())
    event = Event(MovementKind.SORTING, sorting.id, new.depot_id, new.day, str(sorting.id))
    post(session, actor, event, [Posting(key, grams) for key, grams in signed.items()])
    record(session, actor, "stock.sorted", subject=("sorting", sorting.id), depot_id=new.depot_id)
    return sorting.id


def _movements(session: Session, actor: Actor, event: Event, postings: Iterable[Posting]) -> list[StockMovement]:
    inferred = event.kind is MovementKind.SORTING and _inferred(session, event.id)
    return [
        StockMovement(
            depot_id=event.depot_id,
            category_id=posting.category_id,
            day=event.day,
            kind=event.kind,
            event_id=event.id,
            reference=event.reference,
            grams=posting.grams,
            pieces=posting.pieces,
            estimated=posting.estimated,
            inferred=inferred,
            reverses_id=None,
            posted_at=session.clock.now(),
            account_id=actor.account_id,
        )
        for posting in postings
    ]


def _inferred(session: Session, sorting_id: int) -> bool:
    return session.get_one(Sorting, sorting_id).inferred


def _opposites(session: Session, actor: Actor, kind: MovementKind, event_id: int) -> list[StockMovement]:
    posted = sa.select(StockMovement).where(StockMovement.kind == kind, StockMovement.event_id == event_id)
    rows = session.scalars(posted.order_by(StockMovement.id)).all()
    reversed_ids = {row.reverses_id for row in rows}
    standing = [row for row in rows if row.reverses_id is None and row.id not in reversed_ids]
    return [_opposite(session, actor, row) for row in standing]


def _opposite(session: Session, actor: Actor, row: StockMovement) -> StockMovement:
    return StockMovement(
        depot_id=row.depot_id,
        category_id=row.category_id,
        day=row.day,
        kind=row.kind,
        event_id=row.event_id,
        reference=row.reference,
        grams=-row.grams,
        pieces=-row.pieces,
        estimated=row.estimated,
        inferred=row.inferred,
        reverses_id=row.id,
        posted_at=session.clock.now(),
        account_id=actor.account_id,
    )


def _write(session: Session, movements: Sequence[StockMovement]) -> None:
    session.add_all(movements)
    session.flush()
    touched: dict[tuple[int, int], list[StockMovement]] = {}
    for row in movements:
        touched.setdefault((row.depot_id, row.category_id), []).append(row)
    for key, held in _add_to_balances(session, touched).items():
        if any(row.grams < 0 for row in touched[key]):
            _refuse_below_zero(session, touched[key], held)


def _add_to_balances(
    session: Session, touched: Mapping[tuple[int, int], Sequence[StockMovement]]
) -> dict[tuple[int, int], int]:
    """The grams then held, by depot and category: always in the same order, so that no two writers block each other."""
    rows = [
        {
            "depot_id": depot_id,
            "category_id": category_id,
            "grams": sum(movement.grams for movement in movements),
            "pieces": sum(movement.pieces for movement in movements),
        }
        for (depot_id, category_id), movements in sorted(touched.items())
    ]
    added = add_to_sums(session, StockBalance, rows) if rows else ()
    return {(row.depot_id, row.category_id): row.grams for row in added}


def _refuse_below_zero(session: Session, rows: Sequence[StockMovement], held: int) -> None:
    """Stock is checked on every day from the entry's onward (rule 2)."""
    depot_id, category_id = rows[0].depot_id, rows[0].category_id
    by_day = _by_day(session, depot_id, category_id, min(row.day for row in rows))
    worst = rules.lowest(held, by_day)
    if worst is None or worst.grams >= 0:
        return
    asked = -sum(row.grams for row in rows if row.day <= worst.day)
    day = rules.first_below_zero(held, by_day) or worst.day
    raise Conflict(
        "stock_short",
        category=session.get_one(Category, category_id).code,
        day=day,
        balance_grams=worst.grams + asked,
        asked_grams=asked,
        short_grams=-worst.grams,
        reference=_taken_by(session, depot_id, category_id, day),
    )


def _by_day(session: Session, depot_id: int, category_id: int, first: date) -> list[tuple[date, int]]:
    sums = (
        sa.select(StockMovement.day, total(StockMovement.grams))
        .where(
            StockMovement.depot_id == depot_id,
            StockMovement.category_id == category_id,
            StockMovement.day >= first,
        )
        .group_by(StockMovement.day)
        .order_by(StockMovement.day)
    )
    return [(day, grams) for day, grams in session.execute(sums)]


def _taken_by(session: Session, depot_id: int, category_id: int, day: date) -> str:
    """The number of the last outflow on the day that would fall short: what a person has to look at."""
    outflow = (
        sa.select(StockMovement.reference)
        .where(
            StockMovement.depot_id == depot_id,
            StockMovement.category_id == category_id,
            StockMovement.day == day,
            StockMovement.grams < 0,
            StockMovement.reverses_id.is_(None),
        )
        .order_by(StockMovement.id.desc())
        .limit(1)
    )
    return session.scalars(outflow).first() or ""
