"""When the depot is open, and how busy it is: the year in Bamako."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from random import Random

SATURDAY, SUNDAY = 5, 6
HOURS = (8, 17)
SATURDAY_HOURS = (8, 13)
HOLIDAYS = {(1, 1), (1, 20), (3, 26), (5, 1), (5, 25), (9, 22), (12, 25)}
"""Month and day of those that keep their date."""
RAINY = range(6, 10)
END_OF_YEAR = (11, 12)
WHILE_TABASKI_IS_PAID_OFF = range(1, 29)
"""Days after the feast: savings are spent, and drawers are emptied for the premium."""
ORDINAL_OF_DAY_ZERO = 1_721_425
"""From astronomers' day numbers to Python's."""
LUNAR_YEAR = 354.367


def opening_days(first: date, last: date) -> list[date]:
    """Every day from ``first`` to ``last`` but Sundays and holidays."""
    span = (first + timedelta(days=i) for i in range((last - first).days + 1))
    return [day for day in span if is_open(day)]


def is_open(day: date) -> bool:
    return day.weekday() != SUNDAY and (day.month, day.day) not in HOLIDAYS and days_since_tabaski(day) != 0


def days_since_tabaski(day: date) -> int:
    """Days since the last feast of sacrifice, by the tabular calendar: the moon may decide for a day beside it."""
    guess = int((day.year - 622) * 365.2425 / LUNAR_YEAR)
    feasts = (_tabaski(guess + i) for i in range(-1, 2))
    return min((day - feast).days for feast in feasts if feast <= day)


def _tabaski(year: int) -> date:
    """The tenth day of the twelfth month of an Islamic year, whose leap days are spread by the tabular rule."""
    leap_days = (11 * year + 3) // 30
    twelfth_month = 11 * 30 - 5
    day_number = leap_days + 354 * year + twelfth_month + 10 + 1_948_440 - 355
    return date.fromordinal(day_number - ORDINAL_OF_DAY_ZERO)


def busyness(day: date) -> int:
    """Percent of an ordinary day's visits."""
    if days_since_tabaski(day) in WHILE_TABASKI_IS_PAID_OFF:
        return 150
    if day.month in RAINY:
        return 60
    return 140 if day.month in END_OF_YEAR else 100


def moments(rng: Random, day: date, count: int) -> list[datetime]:
    """So many different minutes of the day while the depot is open, in order."""
    opens, closes = SATURDAY_HOURS if day.weekday() == SATURDAY else HOURS
    minutes = sorted(rng.sample(range(15, (closes - opens) * 60 - 75), count))
    return [at(day, opens) + timedelta(minutes=minute) for minute in minutes]


def before_closing(day: date) -> datetime:
    closes = (SATURDAY_HOURS if day.weekday() == SATURDAY else HOURS)[1]
    return at(day, closes - 1)


def at(day: date, hour: int, minute: int = 0) -> datetime:
    """What the depot's wall clock shows: no zone."""
    return datetime.combine(day, time(hour, minute))


def opening_day_after(day: date, count: int) -> date:
    """The ``count``-th opening day after ``day``."""
    for _ in range(count):
        day += timedelta(days=1)
        while not is_open(day):
            day += timedelta(days=1)
    return day


def next_open(days: Sequence[date], wanted: date) -> date | None:
    """The first of ``days`` from ``wanted`` onward."""
    return next((day for day in days if day >= wanted), None)
