"""What a line weighs, what is unlikely, who may still void."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta

from tracker.errors import Invalid, NeedsConfirmation
from tracker.values.mass import HEAVIEST

EARLIEST = date(1990, 1, 1)
CLOCK_TOLERANCE = timedelta(minutes=5)
"""A counter's clock may run ahead of the server's by this much."""
MOST_PIECES = 1_000_000
MOST_LINES = 50


@dataclass(frozen=True, slots=True)
class Entered:
    """A line as the clerk gives it: pieces and/or a weighing. ``net_grams`` is for old books, which keep no tare."""

    category: str
    pieces: int | None = None
    gross_grams: int | None = None
    tare_grams: int = 0
    refused_grams: int = 0
    net_grams: int | None = None


@dataclass(frozen=True, slots=True)
class Plausible:
    """What the catalogue says of one piece; empty where the category is only weighed."""

    typical: int | None
    lightest: int | None
    heaviest: int | None


@dataclass(frozen=True, slots=True)
class Weighed:
    """A line with its mass settled."""

    entered: Entered
    net_grams: int
    estimated: bool


def weigh(entered: Entered, plausible: Plausible, position: int) -> Weighed:
    """gross - tare - refused = net; pieces alone count at the typical mass, as an estimate (rule 8).

    Raises ``Invalid``: "line_empty", "pieces_invalid", "net_negative", "line_not_weighable", "mass_too_large".
    """
    field = f"lines-{position}"
    _check_pieces(entered, field)
    if entered.gross_grams is not None or entered.net_grams is not None:
        return Weighed(entered, _net(entered, field), estimated=False)
    if entered.pieces is None:
        raise Invalid("line_empty", field=f"{field}-gross", category=entered.category)
    if plausible.typical is None:
        raise Invalid("line_not_weighable", field=f"{field}-gross", category=entered.category)
    return Weighed(entered, entered.pieces * plausible.typical, estimated=True)


def _check_pieces(entered: Entered, field: str) -> None:
    if entered.pieces is not None and not 0 < entered.pieces <= MOST_PIECES:
        raise Invalid("pieces_invalid", field=f"{field}-pieces", entered=entered.pieces)


def _net(entered: Entered, field: str) -> int:
    grams = (entered.gross_grams or 0, entered.tare_grams, entered.refused_grams, entered.net_grams or 0)
    if min(grams) < 0 or max(grams) > HEAVIEST:
        raise Invalid("mass_too_large", field=f"{field}-gross", entered=max(grams, key=abs))
    if entered.gross_grams is None:
        net = entered.net_grams or 0
    else:
        net = entered.gross_grams - entered.tare_grams - entered.refused_grams
    if net <= 0:
        raise Invalid("net_negative", field=f"{field}-gross", category=entered.category, net_grams=net)
    return net


def doubt(line: Weighed, plausible: Plausible, position: int) -> NeedsConfirmation | None:
    """Grams per piece outside the category's range: a kilogram typed as a gram is the classic slip.

    "unit_weight_implausible", to be raised unless the clerk has confirmed it; nothing for a likely line.
    """
    pieces = line.entered.pieces
    if line.estimated or not pieces or plausible.lightest is None or plausible.heaviest is None:
        return None
    if plausible.lightest * pieces <= line.net_grams <= plausible.heaviest * pieces:
        return None
    return NeedsConfirmation(
        "unit_weight_implausible",
        field=f"lines-{position}-gross",
        category=line.entered.category,
        pieces=pieces,
        net_grams=line.net_grams,
        grams_per_piece=(2 * line.net_grams + pieces) // (2 * pieces),
        min_grams_per_piece=plausible.lightest,
        max_grams_per_piece=plausible.heaviest,
    )


def check_count(lines: Sequence[Entered]) -> None:
    """Raises ``Invalid("drop_off_empty")`` or ``Invalid("too_many_lines")``."""
    if not lines:
        raise Invalid("drop_off_empty", field="lines-0-category")
    if len(lines) > MOST_LINES:
        raise Invalid("too_many_lines", field="lines-0-category", most=MOST_LINES)


def check_moment(weighed_at: datetime, day: date, now: datetime) -> None:
    """Raises ``Invalid("weighed_in_future")`` or ``Invalid("weighed_too_early")``."""
    if weighed_at > now + CLOCK_TOLERANCE:
        raise Invalid("weighed_in_future", field="weighed_at", weighed_at=weighed_at)
    if day < EARLIEST:
        raise Invalid("weighed_too_early", field="weighed_at", day=day)


def content_hash(depot_id: int, depositor_id: int, weighed_at: datetime, lines: Sequence[Entered]) -> str:
    """What makes two sendings of one id the same drop-off (rule 6)."""
    return _hash([depot_id, depositor_id, weighed_at.isoformat(), [asdict(line) for line in lines]])


def lines_hash(lines: Sequence[Entered]) -> str:
    """What a clerk confirms: these lines, and no others."""
    return _hash([asdict(line) for line in lines])


def _hash(content: object) -> str:
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()
