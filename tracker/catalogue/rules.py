"""What a depot or a category may be called and hold."""

import re

from tracker.errors import Invalid
from tracker.values.text import one_line

_CODE = re.compile(r"[A-Z][A-Z0-9]{1,7}")
_UNU_KEY = re.compile(r"[0-9]{4}")
LONGEST_NAME = 80
LONGEST_PLACE = 120


def checked_code(text: str) -> str:
    """Two to eight capitals and digits, a capital first; raises ``Invalid("code_invalid")``."""
    code = text.strip().upper()
    if not _CODE.fullmatch(code):
        raise Invalid("code_invalid", field="code", entered=text)
    return code


def checked_name(text: str, field: str, longest: int) -> str:
    """On one line; raises ``Invalid("name_missing")`` or ``Invalid("name_too_long")``."""
    name = one_line(text)
    if not name:
        raise Invalid("name_missing", field=field)
    if len(name) > longest:
        raise Invalid("name_too_long", field=field, longest=longest)
    return name


def check_unit_range(typical: int | None, lightest: int | None, heaviest: int | None) -> None:
    """Both ends of the range or neither, lightest first, the typical mass inside.

    Raises ``Invalid("range_invalid")``.
    """
    if (lightest is None) != (heaviest is None):
        raise Invalid("range_invalid", field="min_unit_grams")
    if lightest is not None and heaviest is not None and not 0 < lightest <= heaviest:
        raise Invalid("range_invalid", field="min_unit_grams")
    if typical is not None and not (lightest or 1) <= typical <= (heaviest or typical):
        raise Invalid("range_invalid", field="typical_unit_grams")


def checked_unu_key(text: str) -> str | None:
    """Four digits or nothing; raises ``Invalid("unu_key_invalid")``."""
    key = text.strip()
    if key and not _UNU_KEY.fullmatch(key):
        raise Invalid("unu_key_invalid", field="unu_key", entered=text)
    return key or None
