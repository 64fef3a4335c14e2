"""Lists cut into pages by key: a page is what follows a row, or what goes before one, whatever is added meanwhile.

No page has a number, which would shift under the reader; and no page costs more than the first.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, Generic, Protocol, TypeVar

import sqlalchemy as sa
from sqlalchemy.orm import InstrumentedAttribute

from tracker.db import Session

PAGE = 50
WALKED = 500
"""Rows at a time where all of them are wanted: few questions, little memory."""
DESCENDING = "-"


class Numbered(Protocol):
    """A row of a list, known by its id."""

    @property
    def id(self) -> int: ...


Shown = TypeVar("Shown")
Row = TypeVar("Row", bound=Numbered)
Selected = TypeVar("Selected", bound=sa.Select[*tuple[Any, ...]])


@dataclass(frozen=True, slots=True)
class Cut:
    """Which page of a list: after a row or before one, by their ids, else the first.

    ``order`` names how the list stands (``day``, ``-day``); empty for the list's own way.
    """

    after: int | None = None
    before: int | None = None
    order: str = ""
    size: int = PAGE


FIRST = Cut()


@dataclass(frozen=True, slots=True)
class Slice(Generic[Shown]):
    """A page's rows, and the ids to go on with in either direction; ``None`` where the list ends."""

    rows: Sequence[Shown]
    before: int | None
    after: int | None


class Orders:
    """The ways in which a list may stand, the first of them, descending, being its own.

    ``key`` is the column of the row's id, which settles what is otherwise equal. No other column may be null.
    """

    def __init__(self, key: InstrumentedAttribute[int], **columns: Any) -> None:
        self._key = key
        self._columns = columns
        self.own = DESCENDING + next(iter(columns))

    def __contains__(self, order: str) -> bool:
        return order.removeprefix(DESCENDING) in self._columns

    def page(self, session: Session, wanted: Selected, cut: Cut) -> Selected:
        """``wanted``, which selects from the key's table, as far as the cut: in order, and one row more.

        Backwards the rows come backwards: ``sliced`` turns them round.
        """
        order = cut.order or self.own
        columns = self._by(order)
        falling = order.startswith(DESCENDING) is (cut.before is None)
        beside = cut.after if cut.before is None else cut.before
        if beside is not None:
            wanted = wanted.where(self._beyond(session, wanted, columns, beside, falling=falling))
        in_order = (column.desc() if falling else column.asc() for column in columns)
        return wanted.order_by(*in_order).limit(cut.size + 1)

    def _by(self, order: str) -> list[Any]:
        column = self._columns[order.removeprefix(DESCENDING)]
        return [self._key] if column is self._key else [column, self._key]

    def _beyond(
        self, session: Session, wanted: Selected, columns: Sequence[Any], beside: int, *, falling: bool
    ) -> sa.ColumnElement[bool]:
        """On the far side of the row ``beside``, wherever that stands now; nothing where the list has no such row.

        The list's own: the place of a neighbour's row would tell what it weighs, or whom it names.
        """
        place = session.execute(wanted.with_only_columns(*columns).where(self._key == beside)).one_or_none()
        if place is None:
            return sa.false()
        here = sa.tuple_(*(sa.literal(value, column.type) for value, column in zip(place, columns, strict=True)))
        return sa.tuple_(*columns) < here if falling else sa.tuple_(*columns) > here


def sliced(rows: Sequence[Row], cut: Cut) -> Slice[Row]:
    """The page out of the rows that ``Orders.page`` found."""
    more, kept = len(rows) > cut.size, list(rows[: cut.size])
    if not kept:
        return Slice(kept, None, None)
    if cut.before is not None:
        kept.reverse()
        return Slice(kept, kept[0].id if more else None, kept[-1].id)
    return Slice(kept, None if cut.after is None else kept[0].id, kept[-1].id if more else None)


def walk(read: Callable[[Cut], Slice[Shown]], order: str = "") -> Iterator[Shown]:
    """Every row, page after page, never many of them at once."""
    cut = Cut(order=order, size=WALKED)
    while True:
        page = read(cut)
        yield from page.rows
        if page.after is None:
            return
        cut = replace(cut, after=page.after)
