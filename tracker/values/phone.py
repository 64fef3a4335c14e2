"""Telephone numbers: any spelling in, one E.164 form kept."""

import re

import phonenumbers

from tracker.errors import Invalid

HOME_REGION = "ML"
HOME_PREFIX = "223"
LOCAL_LENGTH = 8
_NOT_DIGIT = re.compile(r"\D")


def normalise(text: str, *, field: str | None = None) -> str:
    """``70 00 18 03``, ``+22370001803`` or ``0022370001803`` → ``+22370001803``.

    Raises ``Invalid("phone_invalid")`` when no numbering plan has such a number.
    """
    dialled = text.strip()
    if _NOT_DIGIT.sub("", dialled).startswith("00"):
        dialled = "+" + _NOT_DIGIT.sub("", dialled)[2:]
    try:
        number = phonenumbers.parse(dialled, HOME_REGION)
    except phonenumbers.NumberParseException:
        raise Invalid("phone_invalid", field=field, entered=text) from None
    if not phonenumbers.is_possible_number(number) or not _plausible(number):
        raise Invalid("phone_invalid", field=field, entered=text)
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def _plausible(number: phonenumbers.PhoneNumber) -> bool:
    """Mali: eight digits beginning 2, 4 (landlines) or 5-9 (mobiles); elsewhere the country's own plan.

    Malian ranges are opened faster than numbering tables are updated, so the plan's outline is what counts.
    """
    if str(number.country_code) == HOME_PREFIX:
        national = str(number.national_number)
        return len(national) == LOCAL_LENGTH and national[0] in "2456789"
    return phonenumbers.is_valid_number(number)


def search_digits(text: str) -> str:
    """The digits worth searching for: the prefixes that reach Mali from abroad fall away."""
    digits = _NOT_DIGIT.sub("", text)
    if text.strip().startswith("+"):
        return digits.removeprefix(HOME_PREFIX)
    if digits.startswith("00"):
        return digits.removeprefix("00").removeprefix(HOME_PREFIX)
    return digits.removeprefix(HOME_PREFIX) if len(digits) > LOCAL_LENGTH else digits


def shown(e164: str) -> str:
    """``+22370001803`` → ``70 00 18 03``; a foreign number keeps its international form."""
    if e164.startswith("+" + HOME_PREFIX):
        local = e164.removeprefix("+" + HOME_PREFIX)
        return " ".join(local[i : i + 2] for i in range(0, len(local), 2))
    return phonenumbers.format_number(phonenumbers.parse(e164), phonenumbers.PhoneNumberFormat.INTERNATIONAL)
