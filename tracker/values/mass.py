"""Mass in whole grams. Rule 1: never a float, in no step."""

from decimal import Decimal

from tracker.errors import Invalid
from tracker.values import number

GRAMS_PER_KILOGRAM = 1_000
GRAMS_PER_TONNE = 1_000_000
DECIMALS = 3
"""Of a kilogram: the gram."""
HEAVIEST = 1_000_000 * GRAMS_PER_KILOGRAM
"""One thousand tonnes: beyond it a figure is a slip, not a load."""


def grams_from_kilograms(text: str, *, field: str | None = None) -> int:
    """Grams of a weight typed in kilograms, comma or point (``12,5`` → 12500).

    Raises ``Invalid("mass_invalid")`` for anything but a plain non-negative number with at most three
    decimals, ``Invalid("mass_too_large")`` above one thousand tonnes.
    """
    plain = number.plain(text)
    if plain is None or len(plain.partition(".")[2]) > DECIMALS:
        raise Invalid("mass_invalid", field=field, entered=text)
    if len(plain) > len("1000000.000"):
        raise Invalid("mass_too_large", field=field, entered=text)
    grams = int(Decimal(plain) * GRAMS_PER_KILOGRAM)
    if grams > HEAVIEST:
        raise Invalid("mass_too_large", field=field, entered=text)
    return grams
