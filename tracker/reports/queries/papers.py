"""Recounting what stands on paper: weighings that add up, days by the depot's clock, numbers without a gap."""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Any

from tracker.audit.queries import Disagreement
from tracker.catalogue.models import Depot
from tracker.db import Session
from tracker.documents.models import NumberSeries, Series
from tracker.documents.rules import reference
from tracker.intake.models import DropOff, DropOffLine
from tracker.payouts.models import Payout
from tracker.reports import rules
from tracker.reports.queries.reading import Rows, as_stored, chunks, sound, table_of
from tracker.shipments.models import Shipment, ShipmentLine, State

_NUMBER = re.compile(r".+-[A-Z](\d{4})-(\d{5,})")
SHOWN = 20
"""Gaps named one by one; a longer list says nothing more."""


def drop_offs_recounted(session: Session) -> Iterator[Disagreement]:
    """Drop-offs on the wrong day, without lines, or with lines that do not add up."""
    table = table_of(DropOffLine)
    for drop_offs in chunks(session, table_of(DropOff)):
        ids = [row.id for row in drop_offs]
        lines = sound(session, table, table.c.drop_off_id.in_(ids))
        yield from _lines(lines)
        yield from _whole(drop_offs, lines)
        for row in drop_offs:
            if (day := session.clock.day_of(row.weighed_at)) != row.day:
                yield Disagreement("drop_offs", row.id, "day_differs", "day", day, row.day)


def _lines(lines: Rows) -> Iterator[Disagreement]:
    for row in lines:
        weighing = row.gross_grams, row.tare_grams, row.refused_grams
        problem = rules.line_problem(row.pieces, weighing, row.net_grams, estimated=row.estimated)
        if problem:
            yield Disagreement("drop_off_lines", row.id, problem, "net_grams", None, row.net_grams)


def _whole(drop_offs: Rows, lines: Rows) -> Iterator[Disagreement]:
    """Lines count from one: a drop-off lacks none of them."""
    positions: dict[int, list[int]] = defaultdict(list)
    for line in lines:
        positions[line.drop_off_id].append(line.position)
    for row in drop_offs:
        found = sorted(positions[row.id])
        expected = list(range(1, max(1, len(found)) + 1))
        if found != expected:
            yield Disagreement("drop_offs", row.id, "lines_missing", "drop_off_lines", expected, found)


def shipments_recounted(session: Session) -> Iterator[Disagreement]:
    """Shipments said to be received without a weight for every line, or the other way round."""
    table = table_of(ShipmentLine)
    for shipments in chunks(session, table_of(Shipment)):
        lines = sound(session, table, table.c.shipment_id.in_([row.id for row in shipments]))
        without = {line.shipment_id for line in lines if line.received_grams is None}
        having = {line.shipment_id for line in lines if line.received_grams is not None}
        for row in shipments:
            wrong = without if row.received_on else having
            if row.id in wrong or (row.state is State.RECEIVED and row.received_on is None):
                yield Disagreement("shipments", row.id, "received_differs", "received_on", None, row.received_on)


def numbers_recounted(session: Session) -> Iterator[Disagreement]:
    """Numbers that are no number of their depot, or were never drawn; series that stand elsewhere.

    The same number twice needs no search: the database refuses it, and another spelling of it is no number.
    """
    drawn = _Drawn(session)
    for drop_offs in chunks(session, table_of(DropOff)):
        for row in drop_offs:
            if row.receipt is not None:
                year = session.clock.day_of(row.accepted_at).year
                yield from drawn.add(("drop_offs", row.id, "receipt"), row.depot_id, Series.RECEIPT, row.receipt, year)
    for shipments in chunks(session, table_of(Shipment)):
        for row in shipments:
            yield from drawn.add(("shipments", row.id, "reference"), row.depot_id, Series.SHIPMENT, row.reference)
    for payouts in chunks(session, table_of(Payout)):
        for row in payouts:
            year = session.clock.day_of(row.approved_at).year
            yield from drawn.add(("payouts", row.id, "number"), row.depot_id, Series.PAYOUT, row.number, year)
    yield from drawn.gaps()
    yield from drawn.unlike_series(session)


class _Drawn:
    """The numbers that records carry, by depot, series and year."""

    def __init__(self, session: Session) -> None:
        self.codes: Mapping[int, str] = {row.id: row.code for row in sound(session, table_of(Depot))}
        self.numbers: dict[tuple[Any, str, Any], set[int]] = defaultdict(set)

    def add(
        self, record: tuple[str, int, str], depot_id: int, series: Series, text: str, year: int | None = None
    ) -> Iterator[Disagreement]:
        """``record`` is where the number stands: table, id, column. ``year``, where known, is the number's too."""
        table, row_id, column = record
        found = _NUMBER.fullmatch(text)
        if found is None or self._written(depot_id, series, found, year) != text:
            yield Disagreement(table, row_id, "number_unusable", column, year, text)
            return
        self.numbers[depot_id, series.value, int(found[1])].add(int(found[2]))

    def _written(self, depot_id: int, series: Series, found: re.Match[str], year: int | None) -> str:
        return reference(self.codes.get(depot_id, ""), series, year or int(found[1]), int(found[2]))

    def gaps(self) -> Iterator[Disagreement]:
        for (depot_id, series, year), numbers in self.numbers.items():
            if missing := rules.missing_numbers(numbers):
                named = f"{series} {year}"
                yield Disagreement("number_series", depot_id, "numbers_missing", named, missing[:SHOWN])

    def unlike_series(self, session: Session) -> Iterator[Disagreement]:
        """Named by depot; ``column`` says the series and year."""
        kept = {(row.depot_id, row.series, row.year): row.last for row in as_stored(session, table_of(NumberSeries))}
        for key in self.numbers.keys() | kept.keys():
            expected, found = max(self.numbers.get(key, set()), default=0), kept.get(key)
            if found != expected:
                named = f"last {key[1]} {key[2]}"
                yield Disagreement("number_series", key[0], "last_differs", named, expected, found)
