"""What the books say already: rows entered before, openings, and the ledger's days."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa

from tracker.catalogue.models import Category
from tracker.db import Session, total
from tracker.imports.models import ImportRow, RowState
from tracker.imports.rules.departures import Move
from tracker.stock.models import MovementKind, StockMovement


@dataclass(frozen=True, slots=True)
class KnownRow:
    """A row of an earlier import."""

    state: RowState
    codes: Sequence[str]


@dataclass(frozen=True, slots=True)
class OpeningView:
    """What stands in the ledger as the stock that the books began with."""

    category: str
    day: date
    grams: int


def known_rows(session: Session, depot_id: int) -> dict[str, KnownRow]:
    """By identity."""
    wanted = sa.select(ImportRow.identity, ImportRow.state, ImportRow.codes).where(ImportRow.depot_id == depot_id)
    return {identity: KnownRow(state, codes) for identity, state, codes in session.execute(wanted)}


def moves(session: Session, depot_id: int) -> list[Move]:
    """What each day added to each category, or took."""
    sums = (
        sa.select(StockMovement.day, Category.code, total(StockMovement.grams))
        .join(Category, Category.id == StockMovement.category_id)
        .where(StockMovement.depot_id == depot_id)
        .group_by(StockMovement.day, Category.code)
    )
    return [Move(*row) for row in session.execute(sums)]


def openings(session: Session, depot_id: int) -> list[OpeningView]:
    """Those that were not taken back."""
    sums = (
        sa.select(Category.code, StockMovement.day, total(StockMovement.grams))
        .join(Category, Category.id == StockMovement.category_id)
        .where(StockMovement.depot_id == depot_id, StockMovement.kind == MovementKind.OPENING)
        .group_by(Category.code, StockMovement.day)
        .having(total(StockMovement.grams) != 0)
    )
    return [OpeningView(*row) for row in session.execute(sums)]
