"""What the ledger of grams may hold: balances on every day, sorting to the gram."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from tracker.errors import Invalid


@dataclass(frozen=True, slots=True)
class Lowest:
    """The first day on which a balance is at its lowest."""

    day: date
    grams: int


def lowest(balance_now: int, by_day: Sequence[tuple[date, int]]) -> Lowest | None:
    """The lowest end-of-day balance over ``by_day``, walked back from what is held now.

    ``by_day`` holds the grams that each day added, in order of days; nothing moved after the last of them.
    """
    found: Lowest | None = None
    held = balance_now
    for day, grams in reversed(by_day):
        if found is None or held <= found.grams:
            found = Lowest(day, held)
        held -= grams
    return found


def first_below_zero(balance_now: int, by_day: Sequence[tuple[date, int]]) -> date | None:
    """The first day that ends below zero."""
    held = balance_now - sum(grams for _, grams in by_day)
    for day, grams in by_day:
        held += grams
        if held < 0:
            return day
    return None


def check_sorting(inputs: Mapping[int, int], outputs: Mapping[int, int], loss: int) -> None:
    """Σ in = Σ out + stated loss, to the gram; no category on both sides.

    Raises ``Invalid("sorting_unbalanced")``, ``Invalid("sorting_line_invalid")``.
    """
    grams = [*inputs.values(), *outputs.values()]
    if not inputs or min(grams) <= 0 or loss < 0 or inputs.keys() & outputs.keys():
        raise Invalid("sorting_line_invalid")
    difference = sum(inputs.values()) - sum(outputs.values()) - loss
    if difference:
        raise Invalid("sorting_unbalanced", difference_grams=difference)
