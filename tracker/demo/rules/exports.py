"""When containers leave, and what of the stock goes into them: the stock of every day is kept count of."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import count, pairwise
from random import Random

from tracker.demo.rules import containers
from tracker.demo.rules.chance import rng_of
from tracker.demo.rules.containers import Container
from tracker.demo.rules.days import at
from tracker.demo.rules.scenes import BIG, Drafting, Receiving, Scene, Sending, Sorting, Visit

OPENING_GRAMS = 10_840_000
"""Unsorted, from before the books."""
UNSORTED = "MIX"


@dataclass(frozen=True, slots=True)
class _Departure:
    """Sorted and put together on one day, gone on the next opening day."""

    drafted: date
    sent: date
    sortings: Sequence[Sorting]
    container: Container


def exports(visits: Sequence[Visit], days: Sequence[date], managers: Sequence[str]) -> Iterator[Scene]:
    """Sorting, drafting, sending and receiving, and one draft that has not left."""
    rng = rng_of("exports")
    store = Counter({UNSORTED: OPENING_GRAMS})
    departures = list(_departures(rng, store, visits, days))
    for ordinal, departure in enumerate(departures):
        by = managers[ordinal % len(managers)]
        yield from departure.sortings
        yield Drafting(at(departure.drafted, 15), by, departure.container, ordinal)
        yield Sending(at(departure.sent, 11, 30), by, ordinal)
    yield from _arrivals(rng, departures, days, managers)
    yield Drafting(at(days[-2], 15, 20), managers[0], containers.half(store), len(departures))


def _departures(
    rng: Random, store: Counter[str], visits: Sequence[Visit], days: Sequence[date]
) -> Iterator[_Departure]:
    """Changes ``store``: what comes in day by day, less what leaves."""
    brought = _brought(visits)
    due, last, ordinals = containers.due_days(days[0], days[-1]), date.min, count()
    for day, following in pairwise(days):
        if due and day >= due[0] and day >= last + containers.CLOSEST and store.total() >= containers.LEAST:
            sortings = [Sorting(at(day, 8, 30), *sorting) for sorting in containers.sorted_out(store)]
            yield _Departure(day, following, sortings, containers.filled(rng, store, next(ordinals)))
            due.pop(0)
            last = day
        store.update(brought.get(day, Counter()))


def _brought(visits: Sequence[Visit]) -> dict[date, Counter[str]]:
    """Net grams by day and category, where the containers are filled."""
    brought: dict[date, Counter[str]] = {}
    for visit in visits:
        if visit.depot == BIG:
            grams = brought.setdefault(visit.at.date(), Counter())
            for line in visit.load:
                grams[line.category] += line.net
    return brought


def _arrivals(
    rng: Random, departures: Sequence[_Departure], days: Sequence[date], managers: Sequence[str]
) -> Iterator[Receiving]:
    """Those that have come by today; the last of them with a gap."""
    arrived = [(ordinal, containers.arrival(rng, days, each.sent)) for ordinal, each in enumerate(departures)]
    known = [(ordinal, day) for ordinal, day in arrived if day is not None]
    for ordinal, day in known:
        sent = departures[ordinal].container.grams
        received = containers.with_a_gap(sent) if (ordinal, day) == known[-1] else sent
        yield Receiving(at(day, 10, 5), managers[(ordinal + 1) % len(managers)], ordinal, received)
