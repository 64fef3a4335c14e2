"""What a version pays for quantities that show its steps: just below the first, at each, and well above the last."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time

from tracker.premiums.rules.engine import Line, Visit, price
from tracker.premiums.rules.scheme import Version

ROUND_QUANTITIES = {"pieces": (10, 100), "grams": (1_000, 10_000)}
"""For a version without steps: a handful and a sackful."""


@dataclass(frozen=True, slots=True)
class Example:
    """One drop-off of one category, the first of its month."""

    category: str
    quantity: int
    """Pieces or grams, as the version measures."""
    francs: int


def examples(version: Version, categories: Sequence[str]) -> list[Example]:
    """For the first of ``categories`` that counts; none when none does."""
    category = next((code for code in categories if version.weight(code)), None)
    if category is None:
        return []
    quantities = _telling_quantities(version, version.weight(category))
    return [Example(category, quantity, _francs(version, category, quantity)) for quantity in quantities]


def _telling_quantities(version: Version, weight: int) -> list[int]:
    """In units of a category of which one counts for ``weight``."""
    starts = {tier.start for tier in (*version.rule.tiers, *version.bonus)} | {version.minimum}
    steps = sorted({-(-start // weight) for start in starts if start})
    if not steps:
        return list(ROUND_QUANTITIES[version.measure])
    return [quantity for quantity in (steps[0] - 1, *steps, 2 * steps[-1]) if quantity]


def _francs(version: Version, category: str, quantity: int) -> int:
    line = Line(category, **{"pieces" if version.measure == "pieces" else "net_grams": quantity})
    day = version.valid_from
    visit = Visit(category, category, datetime.combine(day, time(), UTC), day, (line,))
    return price([version], [visit])[category].francs
