"""Mass in whole grams. Rule 1: never a float, in no step."""

import re
from decimal import Decimal

from tracker.errors import Invalid

GRAMS_PER_KILOGRAM = 1_000
GRAMS_PER_TONNE = 1_000_000
HEAVIEST = 1_000_000 * GRAMS_PER_KILOGRAM
"""One thousand tonnes: beyond it a figure is a slip, not a load."""

_SPACES = re.compile(r"[\s\u00a0\u202f]")
_NUMBER = re.compile(r"\d+([.,]\d{1,3})?")


def grams_from_kilograms(text: str, *, field: str | None = None) -> int:
    """Grams of a weight typed in kilograms, comma or point (``12,5`` → 12500).

    Raises ``Invalid("mass_invalid")`` for anything but a plain non-negative number with at most three
    decimals, ``Invalid("mass_too_large")`` above one thousand tonnes.
    """
    plain = _SPACES.sub("", text)
    if not plain.isascii() or not _NUMBER.fullmatch(plain):
        raise Invalid("mass_invalid", field=field, entered=text)
    if len(plain) > len("1000000,000"):
        raise Invalid("mass_too_large", field=field, entered=text)
    grams = int(Decimal(plain.replace(",", ".")) * GRAMS_PER_KILOGRAM)
    if grams > HEAVIEST:
        raise Invalid("mass_too_large", field=field, entered=text)
    return grams
