"""Time as the books know it: instants in UTC, days as the depot's calendar shows them."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo


def utc_now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Clock:
    """The depot's clock. Rule 5: the day is the weighing's day in Bamako, whatever zone a machine keeps."""

    zone: ZoneInfo
    read: Callable[[], datetime] = utc_now

    def now(self) -> datetime:
        return self.read().astimezone(UTC)

    def today(self) -> date:
        return self.day_of(self.now())

    def day_of(self, moment: datetime) -> date:
        """The depot's calendar day of an aware instant; a naive one is a programming error."""
        if moment.tzinfo is None:
            raise ValueError("a moment without a zone has no day")
        return moment.astimezone(self.zone).date()

    def at(self, local: datetime) -> datetime:
        """The instant at which the depot's wall clock showed ``local`` (a naive local time)."""
        return local.replace(tzinfo=self.zone).astimezone(UTC)

    def local(self, moment: datetime) -> datetime:
        """The depot's wall-clock time of an instant."""
        return moment.astimezone(self.zone)
