"""What somebody brings: categories, pieces, and what the scale shows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from random import Random

from tracker.demo.rules.people import Person


@dataclass(frozen=True, slots=True)
class Piece:
    """Grams of one piece, as the catalogue has them; empty where the category is only weighed."""

    typical: int | None
    lightest: int | None
    heaviest: int | None


Pieces = Mapping[str, Piece]
"""By category."""


@dataclass(frozen=True, slots=True)
class Line:
    """Grams; no gross for what was only counted. ``counted_grams`` is what the books make of it then."""

    category: str
    pieces: int | None
    gross: int | None
    tare: int = 0
    refused: int = 0
    counted_grams: int = 0

    @property
    def net(self) -> int:
        return self.counted_grams if self.gross is None else self.gross - self.tare - self.refused


Load = tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Dish:
    """One entry of a menu: brought in so many of a hundred visits, from ``low`` to ``high`` pieces or kilograms."""

    category: str
    percent: int
    low: int
    high: int
    counted: bool


Menus = Mapping[str, Sequence[Dish]]
"""By habit: what each kind of person may bring."""

AGENCIES = Person("organisation", "Boîtes de collecte des agences", "", "agencies", 1, 100)
"""What customers drop into the boxes of the company's own shops; once a month, a little of everything."""
SITES = Person("organisation", "Maintenance des sites", "", "sites", 1, 100)
"""The company's own equipment; once a month."""

MOBILES = ("MOB", "SMA")
IN_BULK = 20
"""Pieces from which mobiles come with their batteries, covers and dirt, and weigh alike on average."""
BULK_GRAMS = (149, 155)
PERCENT_OF_TYPICAL = (88, 115)
ONLY_COUNTED = {"individual": 55, "repairer": 4}
"""Of a hundred lines, those for which nobody went to the scale."""
HEAVY = 50_000
"""Grams from which the floor scale is used, which shows hundreds."""
BY_HAND = 5_000
"""Grams up to which nothing is needed to hold them."""
HOLDERS = ((20_000, 30_000, 400), (250_000, 20_000, 2_100), (10**9, 400_000, 18_000))
"""Up to so many grams: how much one holds, and its tare. A sack, a crate, a pallet."""

SEARCHED, PERCENT_WITH_REFUSE = 10_000, 7
"""From so many grams, and in so many of a hundred, what does not belong is taken out."""


def load(rng: Random, person: Person, menus: Menus, pieces: Pieces) -> Load:
    """At least one line, of what the depot takes: ``pieces``."""
    menu = [dish for dish in menus[person.habit] if dish.category in pieces]
    chosen = [dish for dish in menu if rng.randrange(100) < dish.percent] or menu[:1]
    return tuple(_line(rng, dish, person, pieces[dish.category]) for dish in chosen)


def _line(rng: Random, dish: Dish, person: Person, piece: Piece) -> Line:
    amount = max(1, rng.randint(dish.low, dish.high) * person.size // 100)
    if not dish.counted:
        return _on_the_scale(rng, dish.category, None, amount * 1000 + rng.randrange(1000))
    if piece.typical is not None and rng.randrange(100) < ONLY_COUNTED.get(person.habit, 0):
        return Line(dish.category, amount, None, counted_grams=amount * piece.typical)
    return counted_line(rng, dish.category, amount, piece)


def counted_line(rng: Random, category: str, count: int, piece: Piece) -> Line:
    """So many pieces of any counted category, on the scale."""
    return _on_the_scale(rng, category, count, count * _grams_each(rng, category, count, piece))


def _grams_each(rng: Random, category: str, count: int, piece: Piece) -> int:
    if category in MOBILES and count >= IN_BULK:
        return rng.randint(*BULK_GRAMS)
    low, high = PERCENT_OF_TYPICAL
    grams = (piece.typical or 0) * rng.randint(low, high) // 100
    return max(piece.lightest or 0, min(grams, piece.heaviest or grams))


def _on_the_scale(rng: Random, category: str, count: int | None, grams: int) -> Line:
    """Gross, tare and refused such that the net is within a scale's step of ``grams``."""
    step = 100 if grams >= HEAVY else 10
    net = max(step, (grams + step // 2) // step * step)
    tare = _tare(net) if net >= BY_HAND else 0
    refused = _refused(rng, net)
    return Line(category, count, net + tare + refused, tare, refused)


def _tare(net: int) -> int:
    holds, each = next((holds, each) for limit, holds, each in HOLDERS if net <= limit)
    return -(-net // holds) * each


def _refused(rng: Random, net: int) -> int:
    """Sand, burnt cable and round batteries, now and then."""
    if net < SEARCHED or rng.randrange(100) >= PERCENT_WITH_REFUSE:
        return 0
    return rng.randint(1, 4) * net // 10_000 * 100
