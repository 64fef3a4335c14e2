"""Destinations as a book writes them: ``Belgique``, ``France (ADB Le Pin)``, ``Le Havre – Morphosis, France``."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from babel import Locale

from tracker.values.text import fold

LANGUAGES = ("fr", "en")
NO_COUNTRY = frozenset({"EU", "EZ", "QO", "UN", "XA", "XB", "ZZ"})
"""Two-letter codes of unions, of nowhere and of tests."""
_PARTS = re.compile(r"[,;/()]|\s[-–—]\s")
_CODE = re.compile(r"[A-Z]{2}")


@dataclass(frozen=True, slots=True)
class Destination:
    """``country`` is ISO 3166-1 alpha-2; ``consignee`` is who else the label names."""

    country: str
    consignee: str | None


def destination(label: str) -> Destination | None:
    """Nothing when no part of the label, or more than one country, can be recognised."""
    parts = [part.strip() for part in _PARTS.split(label) if fold(part)]
    found = {country for part in parts if (country := country_named(part))}
    if len(found) != 1:
        return None
    others = [part for part in parts if not country_named(part)]
    return Destination(found.pop(), ", ".join(others) or None)


def country_named(text: str) -> str | None:
    """The code of a country by its French or English name, or the code itself."""
    return _names().get(fold(text))


@cache
def _names() -> Mapping[str, str]:
    names: dict[str, str] = {}
    for language in LANGUAGES:
        for code, name in Locale(language).territories.items():
            if _CODE.fullmatch(code) and code not in NO_COUNTRY:
                names |= {fold(name): code, fold(code): code}
    return names
