"""Spans of days: calendar months and years, both ends inclusive."""

from calendar import monthrange
from dataclasses import dataclass
from datetime import date

from tracker.errors import Invalid

FIRST_YEAR, LAST_YEAR = 1990, 2200


@dataclass(frozen=True, slots=True, order=True)
class Days:
    """From ``first`` to ``last``, both inclusive."""

    first: date
    last: date

    def __contains__(self, day: date) -> bool:
        return self.first <= day <= self.last


def month_of(day: date) -> Days:
    """The calendar month that holds ``day``."""
    return Days(day.replace(day=1), day.replace(day=monthrange(day.year, day.month)[1]))


def month_key(day: date) -> str:
    """``2013-02``: how a month is named in files and addresses."""
    return f"{day.year:04d}-{day.month:02d}"


def months_of(days: Days) -> list[str]:
    """The keys of the months that ``days`` touch, in order."""
    first, last = (day.year * 12 + day.month - 1 for day in (days.first, days.last))
    return [f"{number // 12:04d}-{number % 12 + 1:02d}" for number in range(first, last + 1)]


def year(number: int) -> Days:
    """The calendar year; raises ``Invalid("year_invalid")`` outside 1990-2200."""
    if not FIRST_YEAR <= number <= LAST_YEAR:
        raise Invalid("year_invalid", field="year", year=number)
    return Days(date(number, 1, 1), date(number, 12, 31))


def month(key: str) -> Days:
    """The month named ``2013-02``; raises ``Invalid("month_invalid")``."""
    try:
        return month_of(date.fromisoformat(f"{key}-01"))
    except ValueError:
        raise Invalid("month_invalid", field="month", month=key) from None
