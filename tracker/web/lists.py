"""Lists, in every room alike: how they are sorted, where they go on, and the file of all that the filter lets through.

``sort=day`` or ``-day``, ``after=7`` or ``before=7`` in the address; the rest of the address is the room's own filter.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TypeVar
from urllib.parse import urlencode

from flask import Response, request

from tracker.db import Database, Session
from tracker.errors import Invalid
from tracker.exports import Register, csv_stream
from tracker.paging import DESCENDING, Cut, Orders, Slice, walk
from tracker.web.door import books, whole

Row = TypeVar("Row")
Read = Callable[[Session, Cut], Slice[Row]]
_PLACE = {"after", "before"}


@dataclass(frozen=True, slots=True)
class Links:
    """Where a list's page leads: its neighbours, its other orders, its file. Each keeps the filter."""

    newer: str
    """The page before; empty on the first."""
    older: str
    """The page after; empty on the last."""
    first: str
    """Empty on the first page."""
    file: str
    order: str
    page: str
    """The address of the list's page, where it is not the page that is being read."""

    def sorted_by(self, order: str) -> str:
        """The list by ``order``; where it stands so already, the other way round."""
        turned = order.removeprefix(DESCENDING) if order.startswith(DESCENDING) else DESCENDING + order
        return self.page + _address(sort=turned if self.order == order else order)

    def direction(self, order: str) -> str:
        """As ``aria-sort`` says it; empty for a column that the list does not stand by."""
        if self.order.removeprefix(DESCENDING) != order.removeprefix(DESCENDING):
            return ""
        return "descending" if self.order.startswith(DESCENDING) else "ascending"


def asked(orders: Orders) -> Cut:
    """The page that the address asks for. Raises ``Invalid("address_invalid")``."""
    order = request.args.get("sort", "")
    if order and order not in orders:
        raise Invalid("address_invalid", field="sort", entered=order)
    return Cut(whole("after"), whole("before"), order)


def links(orders: Orders, found: Slice[Row], file: str, page: str = "") -> Links:
    """``file`` and ``page`` are the addresses of the list's file and of its page, without the filter."""
    return Links(
        newer="" if found.before is None else page + _address(before=found.before),
        older="" if found.after is None else page + _address(after=found.after),
        first=page + _address() if _PLACE & set(request.args) else "",
        file=file + _address(),
        order=request.args.get("sort") or orders.own,
        page=page,
    )


def _address(**changed: object) -> str:
    """The list's own, from its first row unless said otherwise."""
    kept = {name: text for name, text in request.args.items() if name not in _PLACE}
    return "?" + urlencode({**kept, **changed})


def file_of(register: Register[Row], read: Read[Row], order: str) -> Response:
    """Every row that ``read`` finds, page after page, as a file that is sent while it is read.

    It has a unit of work of its own, which lasts as long as the sending.
    """
    written = _written(books(), register, read, order)
    kept = {"Content-Disposition": f'attachment; filename="tracker-{register.name}.csv"'}
    return Response(written, mimetype="text/csv", headers=kept)


def _written(database: Database, register: Register[Row], read: Read[Row], order: str) -> Iterator[bytes]:
    with database.reading() as session:
        rows = walk(lambda cut: read(session, cut), order)
        yield from csv_stream(register.headings, map(register.cells, rows))
