"""The whole story, scene by scene, up to the present moment."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import cached_property
from itertools import count
from random import Random

from tracker.demo.rules.chance import rng_of
from tracker.demo.rules.days import at, before_closing, busyness, moments, opening_days
from tracker.demo.rules.exports import exports
from tracker.demo.rules.loads import AGENCIES, SITES, Load, Menus, Pieces, counted_line, load
from tracker.demo.rules.people import BIG_CITY, SMALL_TOWN, Names, Person, crowd
from tracker.demo.rules.scenes import BIG, SMALL, Cashing, PayAtOnce, Retiring, Review, Scene, Slip, Visit

VISITS_A_DAY = {BIG: 140, SMALL: 12}
"""In hundredths, on an ordinary day."""
CLERKS = {BIG: ("awa", "bakary"), SMALL: ("salif",)}
MANAGERS = {BIG: ("moussa", "kadiatou"), SMALL: ("mariam",)}
RETIRED = "FAX"
"""The category that is given up after two thirds of the story."""
SAVED_TWICE, TARE_FORGOTTEN = slice(40, None, 90), slice(20, None, 60)
"""Of all visits, and of those with a tare: where somebody slips."""
COPY = 10**6
"""Added to a visit's tag for what was saved a second time."""
OF_DEBT, OF_A_MANAGER = -1, -2
"""Tags."""
REVIEW_EVERY = {BIG: 6, SMALL: 12}
"""Opening days."""
WAITS = 4
"""Opening days before a drop-off is reviewed."""
REFUSED, WITHDRAWN = range(11, 10**6, 23), range(5, 10**6, 17)
"""Of all premiums that are reviewed, those that the manager refuses; of all approvals, those taken back at once."""
DEBTOR = Person("collector", "Récupération Wassa", "54 18 26 07", "collector", 1, 100)
NEWCOMER = Person("collector", "Ferraille du Pont", "57 40 31 92", "collector", 1, 100)


@dataclass(frozen=True)
class Setting:
    """What the story is made from: the depot's wall clock now, how far back it begins, masses, names and menus."""

    now: datetime
    months: int
    pieces: Pieces
    names: Names
    menus: Menus

    @property
    def first(self) -> date:
        return first_day(self.now, self.months)

    @cached_property
    def days(self) -> list[date]:
        return opening_days(self.first, self.now.date())

    @cached_property
    def retired_on(self) -> date:
        return self.days[len(self.days) * 2 // 3]


def first_day(now: datetime, months: int) -> date:
    return now.date() - timedelta(days=months * 365 // 12)


def story(setting: Setting) -> list[Scene]:
    """In order of time; nothing is still to come."""
    visits = _visits(setting)
    told: list[Scene] = [*_with_slips(visits), *exports(visits, setting.days, MANAGERS[BIG])]
    told += [*_payments(setting.days), *_last_days(setting), Retiring(at(setting.retired_on, 8, 5), RETIRED)]
    return sorted((scene for scene in told if scene.at <= setting.now), key=lambda scene: scene.at)


def _visits(setting: Setting) -> list[Visit]:
    """As they should have been written down."""
    rng, tags = rng_of("visits"), count()
    places = [(BIG, crowd(rng, setting.names, BIG_CITY)), (SMALL, crowd(rng, setting.names, SMALL_TOWN))]
    return [
        Visit(moment, depot, rng.choice(CLERKS[depot]), person, _load(rng, setting, person, day), next(tags))
        for number, day in enumerate(setting.days)
        for depot, people in places
        for moment, person in _callers(rng, setting, number, depot, people)
    ]


def _callers(
    rng: Random, setting: Setting, number: int, depot: str, people: Sequence[Person]
) -> list[tuple[datetime, Person]]:
    day = setting.days[number]
    begins_a_month = number == 0 or setting.days[number - 1].month != day.month
    regulars = [AGENCIES, SITES] if begins_a_month and depot == BIG else []
    hundredths = VISITS_A_DAY[depot] * busyness(day) // 100 + rng.randrange(100)
    chosen = rng.choices(people, [person.often for person in people], k=hundredths // 100)
    callers = [*regulars, *chosen]
    return list(zip(moments(rng, day, len(callers)), callers, strict=True))


def _load(rng: Random, setting: Setting, person: Person, day: date) -> Load:
    """Of what the depot takes on that day."""
    taken = {code: piece for code, piece in setting.pieces.items() if code != RETIRED or day < setting.retired_on}
    return load(rng, person, setting.menus, taken)


def _with_slips(visits: Sequence[Visit]) -> Iterator[Scene]:
    """The visits as they were written down, and the slips that were put right within the hour."""
    with_tare = [visit for visit in visits if any(line.tare for line in visit.load)]
    twice = {visit.tag for visit in visits[SAVED_TWICE]}
    forgotten = {visit.tag for visit in with_tare[TARE_FORGOTTEN]}
    for visit in visits:
        if visit.tag in twice:
            yield from (visit, *_saved_again(visit))
        elif visit.tag in forgotten:
            yield from _without_tare(visit)
        else:
            yield visit


def _saved_again(visit: Visit) -> Iterator[Scene]:
    copy = replace(visit, at=visit.at + timedelta(minutes=4), tag=visit.tag + COPY)
    yield copy
    yield Slip(copy.at + timedelta(minutes=5), visit.by, copy, "Saisi deux fois")


def _without_tare(visit: Visit) -> Iterator[Scene]:
    wrong = replace(visit, load=tuple(replace(line, tare=0) for line in visit.load))
    yield wrong
    yield Slip(visit.at + timedelta(minutes=12), visit.by, wrong, "Tare oubliée", visit.load)


def _payments(days: Sequence[date]) -> Iterator[Scene]:
    """Reviews, counted back from today, and an hour a day for those who come for their money."""
    for number, day in enumerate(days):
        to_come = len(days) - 1 - number
        for depot, every in REVIEW_EVERY.items():
            yield Cashing(before_closing(day), depot, CLERKS[depot][number % len(CLERKS[depot])])
            if to_come % every == 1 and number >= WAITS:
                managers = MANAGERS[depot]
                by = managers[to_come // every % len(managers)]
                yield Review(at(day, 11), depot, by, up_to=days[number - WAITS])


def collected_after(number: int) -> int:
    """Opening days until the depositor of the ``number``-th approval comes for the money."""
    return number * 7 % 9 + 1


def _last_days(setting: Setting) -> Iterator[Scene]:
    """A premium paid for what was then void, and a manager's own drop-off that waits for another manager."""
    rng, days, piece = rng_of("last days"), setting.days, setting.pieces["MOB"]
    clerk, (manager, other) = CLERKS[BIG][0], MANAGERS[BIG]
    paid = Visit(at(days[-9], 9, 20), BIG, clerk, DEBTOR, (counted_line(rng, "MOB", 340, piece),), OF_DEBT)
    yield paid
    yield PayAtOnce(at(days[-8], 10), other, clerk, paid)
    yield Slip(at(days[-6], 9, 10), manager, paid, "Sacs déjà pesés sous un autre nom")
    yield Visit(at(days[-3], 10, 40), BIG, manager, NEWCOMER, (counted_line(rng, "MOB", 130, piece),), OF_A_MANAGER)
