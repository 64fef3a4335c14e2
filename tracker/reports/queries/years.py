"""Which years the books speak of, and what was held when one began."""

from datetime import date

import sqlalchemy as sa

from tracker.catalogue.models import Category
from tracker.db import Session, total
from tracker.stock.models import StockMovement
from tracker.values.actor import Actor
from tracker.values.period import Days


def span(session: Session, actor: Actor, depot_id: int | None = None) -> Days | None:
    """From the first to the last day on which stock moved; nothing before anything has."""
    ends = sa.select(sa.func.min(StockMovement.day), sa.func.max(StockMovement.day))
    first, last = session.execute(ends.where(*_within_reach(actor, depot_id))).one()
    return None if first is None else Days(first, last)


def held_before(session: Session, actor: Actor, day: date, depot_id: int | None = None) -> dict[str, int]:
    """Grams by category code at the end of the day before ``day``.

    A year's opening stock is this, and what was entered as opening stock on a day of the year.
    """
    sums = (
        sa.select(Category.code, total(StockMovement.grams))
        .join(Category, Category.id == StockMovement.category_id)
        .where(StockMovement.day < day, *_within_reach(actor, depot_id))
        .group_by(Category.code)
    )
    return dict(session.execute(sums).all())


def _within_reach(actor: Actor, depot_id: int | None) -> list[sa.ColumnElement[bool]]:
    return [StockMovement.depot_id == reach for reach in (actor.depot_id, depot_id) if reach is not None]
