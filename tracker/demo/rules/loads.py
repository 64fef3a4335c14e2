"""What somebody brings: categories, pieces, and what the scale shows."""

from collections.abc import Mapping
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
    counted: bool = True


def _weighed(category: str, percent: int, low: int, high: int) -> Dish:
    return Dish(category, percent, low, high, counted=False)


MENUS: Mapping[str, tuple[Dish, ...]] = {
    "collector": (
        Dish("MOB", 80, 150, 900),
        Dish("SMA", 45, 40, 260),
        Dish("MOX", 20, 40, 260),
        _weighed("MIX", 40, 40, 220),
        _weighed("CHG", 22, 10, 60),
        _weighed("ACC", 18, 6, 50),
        _weighed("CAB", 15, 10, 80),
        _weighed("PLA", 15, 12, 70),
        _weighed("ECR", 8, 5, 30),
        _weighed("CIR", 6, 1, 7),
        Dish("DSK", 8, 3, 16),
        Dish("BAT", 8, 60, 400),
    ),
    "repairer": (
        Dish("MOB", 65, 20, 110),
        Dish("SMA", 60, 15, 90),
        Dish("MOX", 25, 15, 80),
        Dish("BAT", 30, 20, 150),
        _weighed("CIR", 20, 1, 3),
        _weighed("ECR", 20, 1, 9),
        Dish("CHG", 20, 10, 60),
        _weighed("PLA", 12, 2, 10),
        Dish("TAB", 10, 2, 9),
        Dish("BAL", 8, 2, 10),
        _weighed("ACC", 10, 1, 6),
    ),
    "organisation": (
        Dish("DSK", 45, 4, 22),
        Dish("LAP", 40, 3, 20),
        Dish("BOX", 45, 8, 60),
        Dish("FIX", 35, 8, 45),
        _weighed("CAB", 35, 5, 40),
        _weighed("CIO", 20, 2, 14),
        Dish("TAB", 15, 2, 10),
        Dish("SMA", 20, 3, 25),
        Dish("BAL", 15, 3, 15),
        _weighed("NCL", 12, 3, 25),
        Dish("FAX", 10, 1, 3),
    ),
    "individual": (
        Dish("MOB", 55, 1, 6),
        Dish("SMA", 35, 1, 3),
        Dish("CHG", 30, 1, 6),
        Dish("BOX", 12, 1, 1),
        Dish("LAP", 8, 1, 1),
        Dish("TAB", 6, 1, 1),
        Dish("FIX", 8, 1, 2),
        _weighed("NCL", 6, 1, 5),
    ),
    "agencies": (
        Dish("MOB", 100, 30, 80),
        Dish("SMA", 100, 20, 60),
        Dish("CHG", 100, 40, 150),
        Dish("BAT", 100, 30, 120),
        Dish("BOX", 100, 10, 40),
        Dish("FIX", 100, 3, 20),
        Dish("TAB", 100, 1, 6),
        Dish("LAP", 100, 1, 4),
        Dish("DSK", 100, 1, 3),
        Dish("BAL", 100, 1, 6),
        _weighed("ACC", 100, 3, 10),
        _weighed("ECR", 100, 1, 4),
        _weighed("CIR", 100, 1, 2),
        _weighed("CIO", 100, 1, 3),
        _weighed("NCL", 100, 2, 9),
    ),
    "sites": (
        _weighed("RES", 100, 80, 600),
        _weighed("CAB", 60, 20, 90),
        Dish("BOX", 40, 10, 50),
    ),
}
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


def load(rng: Random, person: Person, pieces: Pieces) -> Load:
    """At least one line."""
    menu = [dish for dish in MENUS[person.habit] if dish.category in pieces]
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
