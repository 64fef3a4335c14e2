"""What a shipment may carry, and which step may follow which."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from tracker.errors import Conflict, Invalid
from tracker.values.mass import HEAVIEST

LONGEST_CONTAINER = 20
MOST_PACKAGES = 100_000

STEPS: dict[str, frozenset[str]] = {
    "draft": frozenset({"sent", "cancelled"}),
    "sent": frozenset({"received", "reversed"}),
    "received": frozenset({"reversed"}),
    "cancelled": frozenset(),
    "reversed": frozenset(),
}
"""From each state, those that may follow."""


@dataclass(frozen=True, slots=True)
class LineEntered:
    """Grams of one category to send."""

    category: str
    net_grams: int


def check_step(state: str, following: str) -> None:
    """Raises ``Conflict("shipment_step_refused")``: somebody was quicker, or the step is not for this state."""
    if following not in STEPS[state]:
        raise Conflict("shipment_step_refused", state=state, following=following)


def check_lines(lines: Sequence[LineEntered]) -> None:
    """One line a category, each with mass.

    Raises ``Invalid``: "shipment_empty", "mass_invalid", "category_repeated".
    """
    if not lines:
        raise Invalid("shipment_empty", field="lines-0-category")
    for position, line in enumerate(lines):
        if not 0 < line.net_grams <= HEAVIEST:
            raise Invalid("mass_invalid", field=f"lines-{position}-net", entered=line.net_grams)
    code, times = Counter(line.category for line in lines).most_common(1)[0]
    if times > 1:
        raise Invalid("category_repeated", field="lines-0-category", category=code)


def checked_container(text: str | None) -> str | None:
    """Capitals without spaces, or nothing; raises ``Invalid("container_invalid")`` when it cannot be a number."""
    container = "".join((text or "").split()).upper()
    if len(container) > LONGEST_CONTAINER or not (container.isascii() and container.isprintable()):
        raise Invalid("container_invalid", field="container", entered=text)
    return container or None


def check_packages(packages: int | None) -> None:
    """Raises ``Invalid("packages_invalid")``."""
    if packages is not None and not 0 < packages <= MOST_PACKAGES:
        raise Invalid("packages_invalid", field="packages", entered=packages)


def check_departure(day: date, today: date) -> None:
    """Raises ``Invalid("day_in_future")``: what is sent has left."""
    if day > today:
        raise Invalid("day_in_future", field="departed_on", day=day)


def check_arrival(day: date, departed_on: date, today: date) -> None:
    """Raises ``Invalid("day_in_future")`` or ``Invalid("received_before_departure")``."""
    if day > today:
        raise Invalid("day_in_future", field="received_on", day=day)
    if day < departed_on:
        raise Invalid("received_before_departure", field="received_on", day=departed_on)
