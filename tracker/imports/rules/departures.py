"""What leaves the depot: rows gathered into consignments, and the sorting that the book leaves out.

Old books do not tell of dismantling. Where a consignment lacks a category, sorting supplies it from what the
depot holds at the end of that day's receptions: MIX first, then NCL, then whatever there is most of.
"""

from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import accumulate

from tracker.errors import Conflict
from tracker.imports.rules.rows import Departure

SORTED_FIRST = ("MIX", "NCL")
"""Unsorted and unclassified loads are there to be sorted."""


@dataclass(frozen=True, slots=True)
class Move:
    """Signed grams of a category on a day."""

    day: date
    category: str
    grams: int


@dataclass(frozen=True, slots=True)
class Consignment:
    """One shipment of the book; ``rows`` are the places of its departures in the sequence given."""

    day: date
    country: str
    consignee: str | None
    container: str | None
    grams: Mapping[str, int]
    rows: Sequence[int]


@dataclass(frozen=True, slots=True)
class Supply:
    """Grams by category that go into sorting and come out of it: as much as goes in."""

    inputs: Mapping[str, int]
    outputs: Mapping[str, int]

    @property
    def grams(self) -> int:
        return sum(self.outputs.values())


@dataclass(frozen=True, slots=True)
class Load:
    """What makes rows one shipment: the same day and container, or where there is none, the same destination."""

    day: date
    country: str
    container: str | None
    consignee: str | None


def load(departure: Departure) -> Load:
    consignee = None if departure.container else departure.consignee
    return Load(departure.day, departure.country, departure.container, consignee)


def consignments(departures: Sequence[Departure]) -> list[Consignment]:
    """In order of days, those of one day in the book's order."""
    rows: dict[Load, list[int]] = defaultdict(list)
    for row, departure in enumerate(departures):
        rows[load(departure)].append(row)
    found = [_consignment(departures, together) for together in rows.values()]
    return sorted(found, key=lambda each: each.day)


def _consignment(departures: Sequence[Departure], rows: Sequence[int]) -> Consignment:
    together = [departures[row] for row in rows]
    first = together[0]
    grams: Counter[str] = Counter()
    for departure in together:
        grams[departure.category] += departure.grams
    named = (departure.consignee for departure in together if departure.consignee)
    return Consignment(first.day, first.country, next(named, None), first.container, grams, rows)


def plan(moves: Iterable[Move], wanted: Sequence[Consignment]) -> list[Supply]:
    """The sorting that each consignment needs, given in order of days.

    ``moves`` are what the ledger holds and what the book brings. What is sorted or sent on a day must be spare on
    every later day too. Raises ``Conflict("book_stock_short")`` with the first day that cannot be supplied.
    """
    spare = _Spare(moves)
    supplies = []
    for consignment in wanted:
        held = spare.on(consignment.day)
        supplies.append(_supplied(held, consignment))
        spare.take(supplies[-1].inputs, consignment.grams, supplies[-1].outputs)
    return supplies


def supply(held: Mapping[str, int], needed: Mapping[str, int]) -> tuple[Supply, int]:
    """What to sort so that ``held`` covers ``needed``, and the grams that would still be short."""
    lacking = {code: needed[code] - held.get(code, 0) for code in sorted(needed)}
    outputs = {code: grams for code, grams in lacking.items() if grams > 0}
    left = sum(outputs.values())
    inputs = {}
    for code, surplus in _sources(held, needed):
        if not left:
            break
        inputs[code] = min(surplus, left)
        left -= inputs[code]
    return Supply(inputs, outputs), left


def _sources(held: Mapping[str, int], needed: Mapping[str, int]) -> list[tuple[str, int]]:
    """Surpluses over what this consignment needs, in the order in which they are sorted."""
    surpluses = [(code, grams - needed.get(code, 0)) for code, grams in held.items()]
    return sorted((each for each in surpluses if each[1] > 0), key=_turn)


def _turn(source: tuple[str, int]) -> tuple[int, int, str]:
    code, surplus = source
    if code in SORTED_FIRST:
        return SORTED_FIRST.index(code), 0, code
    return len(SORTED_FIRST), -surplus, code


def _supplied(held: Mapping[str, int], consignment: Consignment) -> Supply:
    found, short = supply(held, consignment.grams)
    if short:
        raise Conflict(
            "book_stock_short",
            day=consignment.day,
            short_grams=short,
            category=next(iter(found.outputs)),
            container=consignment.container,
        )
    return found


class _Spare:
    """What may leave on a day without emptying a later one: the lowest balance from that day onward."""

    def __init__(self, moves: Iterable[Move]) -> None:
        self._days: dict[str, list[date]] = {}
        self._lowest: dict[str, list[int]] = {}
        self._taken: Counter[str] = Counter()
        for code, by_day in _by_category(moves).items():
            self._days[code] = sorted(by_day)
            balances = accumulate(by_day[day] for day in self._days[code])
            self._lowest[code] = list(accumulate(reversed(list(balances)), min))[::-1]

    def on(self, day: date) -> dict[str, int]:
        return {code: self._from(code, day) - self._taken[code] for code in self._days}

    def _from(self, code: str, day: date) -> int:
        place = bisect_right(self._days[code], day) - 1
        return self._lowest[code][place] if place >= 0 else 0

    def take(self, sorted_in: Mapping[str, int], sent: Mapping[str, int], sorted_out: Mapping[str, int]) -> None:
        """Days are taken in order, so that what has left is missing on every day still to come."""
        self._taken.update(sorted_in)
        self._taken.update(sent)
        self._taken.subtract(sorted_out)


def _by_category(moves: Iterable[Move]) -> dict[str, dict[date, int]]:
    by_category: dict[str, dict[date, int]] = defaultdict(lambda: defaultdict(int))
    for move in moves:
        by_category[move.category][move.day] += move.grams
    return by_category
