"""What leaves: sorting what must be sorted, filling a container, and what the consignee weighs."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from tracker.demo.rules.days import next_open

Grams = Mapping[str, int]
"""By category."""

RECIPES: Mapping[str, Mapping[str, int]] = {
    "MIX": {"MOB": 44, "SMA": 7, "CHG": 12, "ACC": 10, "PLA": 12, "CAB": 7, "BOX": 5},
    "NCL": {"ACC": 30, "PLA": 25, "CAB": 20, "CHG": 15},
    "LAP": {"PLA": 32, "CIO": 21, "BAL": 13, "CAB": 4},
}
"""Percent of what goes in; what no category takes is the loss."""
SHARE_SORTED = {"MIX": 100, "NCL": 100, "LAP": 50}
"""Percent: what is mixed may not be exported, and half the laptops are worth opening."""
NOT_EXPORTED = ("MIX", "NCL")
LEAST = 8_500_000
"""Grams that the depot must hold before it orders a container."""
LIGHTEST, HEAVIEST = (8_100_000, 8_600_000), (10_800_000, 11_900_000)
"""Grams that go into one."""
PERCENT_TAKEN = (55, 76)
SMALLEST_LINE = 10_000
STEP = 100
BETWEEN = timedelta(days=61)
CLOSEST = timedelta(days=30)
LAST_BEFORE_TODAY = timedelta(days=15)
"""So recent that the consignee has not had it yet."""
FIRST_AFTER = timedelta(days=10)
AT_SEA = (36, 44)
LOST = 37_400
"""Grams that one consignee did not find."""
PER_PACKAGE = 420_000
DESTINATIONS = (("Affinage du Ponant", "FR"), ("Affinage du Ponant", "FR"), ("Métaux de l’Escaut", "BE"))
"""Two in three go to France."""
OWNER = "DEM"
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


@dataclass(frozen=True, slots=True)
class Container:
    consignee: str
    country: str
    number: str
    packages: int
    grams: Grams


def sorted_out(store: Counter[str]) -> list[tuple[str, int, Grams, int]]:
    """Each category to sort, the grams that go in, what comes out, and the loss. Changes ``store``."""
    done: list[tuple[str, int, Grams, int]] = []
    for category, share in SHARE_SORTED.items():
        grams = store[category] * share // 100
        out = {code: grams * percent // 100 for code, percent in RECIPES[category].items()}
        if grams and all(out.values()):
            store.subtract({category: grams})
            store.update(out)
            done.append((category, grams, out, grams - sum(out.values())))
    return done


def due_days(first: date, last: date) -> list[date]:
    """When a container is wanted, if there is enough to fill it; the last is still at sea today."""
    due, day = [], last - LAST_BEFORE_TODAY
    while day >= first + FIRST_AFTER:
        due.append(day)
        day -= BETWEEN
    return due[::-1]


def filled(rng: Random, store: Counter[str], ordinal: int) -> Container:
    """A container's load, a share of every category. Changes ``store``."""
    held = {code: grams for code, grams in store.items() if code not in NOT_EXPORTED}
    asked = sum(held.values()) * rng.randint(*PERCENT_TAKEN) // 100
    wanted = min(max(asked, rng.randint(*LIGHTEST)), rng.randint(*HEAVIEST), sum(held.values()))
    shares = {code: grams * wanted // sum(held.values()) // STEP * STEP for code, grams in held.items()}
    grams = {code: share for code, share in sorted(shares.items()) if share >= SMALLEST_LINE}
    store.subtract(grams)
    consignee, country = DESTINATIONS[ordinal % len(DESTINATIONS)]
    number = container_number(rng.randrange(1_000_000))
    return Container(consignee, country, number, -(-sum(grams.values()) // PER_PACKAGE), grams)


def half(store: Counter[str]) -> Container:
    """What a manager has begun to put together."""
    grams = {code: held // 2 // STEP * STEP for code, held in sorted(store.items()) if code not in NOT_EXPORTED}
    lines = {code: share for code, share in grams.items() if share >= SMALLEST_LINE}
    consignee, country = DESTINATIONS[0]
    return Container(consignee, country, "", -(-sum(lines.values()) // PER_PACKAGE), lines)


def arrival(rng: Random, days: Sequence[date], departed: date) -> date | None:
    """The opening day on which the consignee's weighing is written down, if it has come."""
    return next_open(days, departed + timedelta(days=rng.randint(*AT_SEA)))


def with_a_gap(grams: Grams) -> Grams:
    """As received where something is missing from the heaviest line."""
    heaviest = max(grams, key=lambda code: grams[code])
    return {**grams, heaviest: grams[heaviest] - LOST}


def container_number(serial: int) -> str:
    """``DEMU`` and six digits, with the check digit of ISO 6346."""
    text = f"{OWNER}U{serial:06d}"
    return f"{text}{check_digit(text)}"


def check_digit(text: str) -> int:
    """Of four letters and six digits."""
    total = sum(_value(character) << place for place, character in enumerate(text))
    return total % 11 % 10


def _value(character: str) -> int:
    """Digits as they are; letters from 10, multiples of 11 left out."""
    if character.isdigit():
        return int(character)
    return [number for number in range(10, 39) if number % 11][LETTERS.index(character)]
