"""Who brings: invented people, of every kind, a few of whom come all the time."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from random import Random

Names = Mapping[str, Sequence[str]]
"""Surnames, first names, words, places, and one list of patterns for each kind of house."""
UNASSIGNED = (54, 55, 56, 57, 58, 59)
"""First digits of eight that no operator has been given: the right shape, and they ring nobody."""


@dataclass(frozen=True, slots=True)
class Person:
    """``habit`` is the menu that says what they bring, ``often`` how much more often than others, ``size`` percent."""

    kind: str
    name: str
    phone: str
    habit: str
    often: int
    size: int


@dataclass(frozen=True, slots=True)
class Group:
    """So many people alike; the names are of a person where there is no pattern."""

    count: int
    kind: str
    patterns: str | None
    habit: str
    often: int
    sizes: tuple[int, int]


BIG_CITY = (
    Group(8, "collector", "collectors", "collector", 60, (155, 250)),
    Group(26, "collector", None, "collector", 12, (60, 125)),
    Group(30, "repairer", "workshops", "repairer", 6, (70, 160)),
    Group(50, "repairer", None, "repairer", 5, (40, 110)),
    Group(60, "organisation", "organisations", "organisation", 3, (60, 180)),
    Group(200, "individual", None, "individual", 2, (100, 100)),
)
SMALL_TOWN = (
    Group(2, "collector", None, "collector", 12, (20, 45)),
    Group(5, "repairer", None, "repairer", 5, (50, 120)),
    Group(3, "organisation", "organisations", "organisation", 3, (20, 60)),
    Group(8, "individual", None, "individual", 2, (100, 100)),
)


def crowd(rng: Random, names: Names, groups: Sequence[Group]) -> list[Person]:
    """Everybody of these groups; no two of a crowd have one name or one telephone."""
    taken: set[str] = set()
    return [_person(rng, names, group, taken) for group in groups for _ in range(group.count)]


def _person(rng: Random, names: Names, group: Group, taken: set[str]) -> Person:
    name = _new(rng, names, group, taken)
    phone = _phone(rng)
    while phone in taken:
        phone = _phone(rng)
    taken |= {name, phone}
    return Person(group.kind, name, phone, group.habit, group.often, rng.randint(*group.sizes))


def _new(rng: Random, names: Names, group: Group, taken: set[str]) -> str:
    while (name := _name(rng, names, group)) in taken:
        pass
    return name


def _name(rng: Random, names: Names, group: Group) -> str:
    if group.patterns is None:
        return f"{rng.choice(names['surnames'])} {rng.choice(names['first_names'])}"
    return rng.choice(names[group.patterns]).format(word=rng.choice(names["words"]), place=rng.choice(names["places"]))


def _phone(rng: Random) -> str:
    digits = f"{rng.choice(UNASSIGNED)}{rng.randrange(1_000_000):06d}"
    return " ".join(digits[i : i + 2] for i in range(0, 8, 2))
