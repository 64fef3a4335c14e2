"""How a depositor or a consignee is written down."""

import re

from tracker.errors import Invalid
from tracker.values import phone
from tracker.values.text import fold, one_line

LONGEST_NAME = 120
_COUNTRY = re.compile(r"[A-Z]{2}")
_PHONE_LIKE = re.compile(r"[\d\s().+/-]+")


def checked_name(text: str, field: str = "name") -> str:
    """Raises ``Invalid("name_missing")`` or ``Invalid("name_too_long")``."""
    name = one_line(text)
    if not fold(name):
        raise Invalid("name_missing", field=field)
    if max(len(name), len(fold(name))) > LONGEST_NAME:
        raise Invalid("name_too_long", field=field, longest=LONGEST_NAME)
    return name


def checked_phone(text: str) -> str | None:
    """E.164, or nothing for a blank; raises ``Invalid("phone_invalid")``."""
    return phone.normalise(text, field="phone") if text.strip() else None


def checked_country(text: str) -> str:
    """Two capitals of ISO 3166-1; raises ``Invalid("country_invalid")``."""
    country = text.strip().upper()
    if not _COUNTRY.fullmatch(country):
        raise Invalid("country_invalid", field="country", entered=text)
    return country


def phone_digits_sought(text: str) -> str | None:
    """The digits to look for when ``text`` reads like a telephone number, or the beginning of one; else nothing."""
    if not _PHONE_LIKE.fullmatch(text.strip()):
        return None
    return phone.search_digits(text)
