"""Time that stands still until a test moves it."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

BAMAKO = ZoneInfo("Africa/Bamako")
MORNING = datetime(2026, 3, 5, 10, tzinfo=UTC)
"""A Thursday, in the middle of a month and of nothing in particular."""


class SteppableTime:
    """What a ``Clock`` reads: ``Clock(zone, SteppableTime())``."""

    def __init__(self, moment: datetime = MORNING) -> None:
        self.moment = moment

    def __call__(self) -> datetime:
        return self.moment

    def move_to(self, moment: datetime) -> None:
        self.moment = moment

    def step(self, *, days: int = 0, hours: int = 0, minutes: int = 0, seconds: int = 0) -> None:
        self.moment += timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds)
