"""The stock that the books begin with, as it is given with an import."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from tracker.errors import Conflict, Invalid
from tracker.values.mass import grams_from_kilograms
from tracker.values.period import FIRST_YEAR


@dataclass(frozen=True, slots=True)
class Opening:
    """Grams by category that stood in the depot on ``day``."""

    day: date
    grams: Mapping[str, int]


def opening_grams(texts: Iterable[str]) -> dict[str, int]:
    """``MIX=9870`` or ``MIX=9870,5``, kilograms by category; raises ``Invalid("opening_invalid")``."""
    grams: dict[str, int] = {}
    for text in texts:
        code, separator, kilograms = text.partition("=")
        code = code.strip().upper()
        if not separator or not code or code in grams:
            raise Invalid("opening_invalid", field="opening", entered=text)
        grams[code] = _grams(text, kilograms)
    return grams


def _grams(text: str, kilograms: str) -> int:
    try:
        grams = grams_from_kilograms(kilograms)
    except Invalid:
        grams = 0
    if not grams:
        raise Invalid("opening_invalid", field="opening", entered=text)
    return grams


def check_opening(opening: Opening, categories: Collection[str], today: date) -> None:
    """Raises ``Invalid("category_unknown")`` or ``Invalid("opening_day_invalid")``."""
    if unknown := next((code for code in opening.grams if code not in categories), None):
        raise Invalid("category_unknown", field="opening", category=unknown)
    if opening.day > today or opening.day.year < FIRST_YEAR:
        raise Invalid("opening_day_invalid", field="opening_day", day=opening.day)


def missing(opening: Opening, known: Mapping[str, tuple[date, int]]) -> dict[str, int]:
    """The categories still to open; ``known`` are those opened before, with their day and grams.

    The same opening again is there already. Raises ``Conflict("opening_differs")``: books begin once.
    """
    for code, grams in opening.grams.items():
        if code in known and known[code] != (opening.day, grams):
            day, stands = known[code]
            raise Conflict("opening_differs", category=code, day=day, opened_grams=stands)
    return {code: grams for code, grams in opening.grams.items() if code not in known}
