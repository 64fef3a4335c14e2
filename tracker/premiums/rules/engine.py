"""The premium engine: what each drop-off of a period is worth, and why, line by line.

The premium of a period is a pure function of the drop-offs in it (rule 4). Order of calculation: minimum → rule →
bonus → rounding → cap of the drop-off → cap of the month. Exact rationals inside; rounded once.
"""

from collections import defaultdict
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from fractions import Fraction
from typing import Any

from tracker.premiums.rules.scheme import Tier, Version
from tracker.values.mass import GRAMS_PER_KILOGRAM
from tracker.values.money import round_to_step
from tracker.values.period import month_key

PER_UNIT = {"pieces": 1, "grams": GRAMS_PER_KILOGRAM}
"""A rate is per piece, or per kilogram of a quantity in grams."""


@dataclass(frozen=True, slots=True)
class Line:
    """``net_grams`` is empty where nothing was weighed: an estimate is no measure."""

    category: str
    pieces: int | None = None
    net_grams: int | None = None


@dataclass(frozen=True, slots=True)
class Visit:
    """A drop-off as the engine reads it; ``day`` is the weighing's day at the depot."""

    key: Any
    depositor: Hashable
    weighed_at: datetime
    day: date
    lines: tuple[Line, ...]
    voided: bool = False


@dataclass(frozen=True, slots=True)
class Step:
    """One line of the arithmetic, in whole francs."""

    code: str
    francs: int = 0
    facts: Mapping[str, int | str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Premium:
    """What a drop-off earns; its steps' francs add up to ``francs``."""

    francs: int
    version: Version | None
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class _Part:
    """A step before rounding."""

    code: str
    francs: Fraction
    facts: Mapping[str, int | str]


@dataclass(slots=True)
class _Running:
    """What has come together under one version: of a month, or of a single drop-off."""

    quantity: int = 0
    by_category: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    entitlement: int = 0


def price(versions: Sequence[Version], visits: Sequence[Visit]) -> dict[Any, Premium]:
    """The premium of every drop-off, by its key.

    Give whole calendar months of each depositor: caps and monthly sums look back to the month's first day. Taken in
    order of weighing; equal times in the order given.
    """
    months: dict[tuple[Hashable, str], _Month] = defaultdict(_Month)
    premiums = {}
    for visit in sorted(visits, key=lambda visit: visit.weighed_at):
        month = months[visit.depositor, month_key(visit.day)]
        premiums[visit.key] = month.price(visit, _in_force(versions, visit.day))
    return premiums


def _in_force(versions: Sequence[Version], day: date) -> tuple[int, Version] | None:
    covering = ((i, version) for i, version in enumerate(versions) if version.covers(day))
    return next(covering, None)


class _Month:
    """One depositor's calendar month."""

    def __init__(self) -> None:
        self.earned = 0
        self.running: dict[int, _Running] = defaultdict(_Running)

    def price(self, visit: Visit, found: tuple[int, Version] | None) -> Premium:
        if visit.voided:
            return Premium(0, found[1] if found else None, (Step("voided"),))
        if found is None:
            return Premium(0, None, (Step("no_version", facts={"day": visit.day.isoformat()}),))
        index, version = found
        running = self.running[index] if version.period == "month" else _Running()
        premium = self._capped(version, _earn(version, running, visit.lines))
        self.earned += premium.francs
        return premium

    def _capped(self, version: Version, steps: list[Step]) -> Premium:
        francs = sum(step.francs for step in steps)
        if version.cap_drop_off is not None:
            francs = _cap(steps, francs, "cap_drop_off", version.cap_drop_off, version.cap_drop_off)
        if version.cap_month is not None:
            left = max(0, version.cap_month - self.earned)
            francs = _cap(steps, francs, "cap_month", version.cap_month, left)
        return Premium(francs, version, tuple(steps))


def _cap(steps: list[Step], francs: int, code: str, cap: int, left: int) -> int:
    if francs > left:
        steps.append(Step(code, left - francs, {"cap": cap, "left": left}))
    return min(francs, left)


def _earn(version: Version, running: _Running, lines: Sequence[Line]) -> list[Step]:
    """The arithmetic before the caps: for a monthly scheme, the difference these lines make to the month."""
    held_before = running.quantity
    steps = [_count(version, running, line) for line in lines]
    if held_before:
        steps.append(Step("held_this_month", facts=_measured(version, held_before)))
    steps += _settled(_parts(version, running), version.rounding_step)
    entitlement = sum(step.francs for step in steps)
    if running.entitlement:
        steps.append(Step("earned_this_month", -running.entitlement))
    running.entitlement = entitlement
    return steps


def _count(version: Version, running: _Running, line: Line) -> Step:
    """Add a line to the quantity; one that lacks what is measured counts 0, nothing is converted."""
    weight = version.weight(line.category)
    measured = (line.pieces if version.measure == "pieces" else line.net_grams) or 0
    running.quantity += weight * measured
    running.by_category[line.category] += weight * measured
    facts = {"category": line.category, **_measured(version, measured), "weight": weight}
    return Step("counted" if weight else "not_eligible", facts=facts)


def _measured(version: Version, quantity: int) -> dict[str, int | str]:
    return {"quantity": quantity, "unit": version.measure}


def _parts(version: Version, running: _Running) -> list[_Part]:
    """Minimum, then the rule, then the bonus on the whole amount; exact."""
    quantity = running.quantity
    if quantity < version.minimum:
        facts = {**_measured(version, quantity), "minimum": version.minimum}
        return [_Part("below_minimum", Fraction(0), facts)]
    parts = _RULES[version.rule.kind](version, running)
    amount = sum((part.francs for part in parts), Fraction(0))
    percent = _reached(version.bonus, quantity)
    if percent is not None and percent.value:
        facts = {"percent": str(percent.value), "from": percent.start, "unit": version.measure}
        parts.append(_Part("bonus", amount * percent.value / 100, facts))
    return parts


def _whole(version: Version, running: _Running) -> list[_Part]:
    """The rate of the tier reached, on the whole quantity."""
    tier = version.rule.tiers[0]
    tier = _reached(version.rule.tiers, running.quantity) or tier
    return [_part_at_rate("whole", version, running.quantity, tier)]


def _slices(version: Version, running: _Running) -> list[_Part]:
    """Each slice at its own rate."""
    tiers = version.rule.tiers
    ends = [tier.start for tier in tiers[1:]] + [running.quantity]
    sizes = [min(end, running.quantity) - tier.start for tier, end in zip(tiers, ends, strict=True)]
    return [_part_at_rate("slice", version, size, tier) for tier, size in zip(tiers, sizes, strict=True) if size > 0]


def _levels(version: Version, running: _Running) -> list[_Part]:
    """The flat amount of the highest level reached."""
    tier = _reached(version.rule.tiers, running.quantity) or version.rule.tiers[0]
    return [_Part("level", tier.value, {**_measured(version, running.quantity), "from": tier.start})]


def _price_list(version: Version, running: _Running) -> list[_Part]:
    """Francs per kilogram, category by category."""
    rates = dict(version.rule.rates)
    return [
        _Part(
            "price",
            Fraction(grams * rates[category], GRAMS_PER_KILOGRAM),
            {"category": category, **_measured(version, grams), "rate": rates[category]},
        )
        for category, grams in running.by_category.items()
        if category in rates and grams
    ]


_RULES = {"whole": _whole, "slices": _slices, "levels": _levels, "price_list": _price_list}


def _part_at_rate(code: str, version: Version, quantity: int, tier: Tier) -> _Part:
    facts = {**_measured(version, quantity), "from": tier.start, "rate": int(tier.value)}
    return _Part(code, quantity * tier.value / PER_UNIT[version.measure], facts)


def _reached(tiers: Sequence[Tier], quantity: int) -> Tier | None:
    """The highest tier at or below the quantity: "from 50" means that 50 qualifies."""
    return next((tier for tier in reversed(tiers) if tier.start <= quantity), None)


def _settled(parts: Sequence[_Part], step: int) -> list[Step]:
    """The parts in whole francs that add up, and the one rounding, on the total, ties upwards."""
    steps, exact, shown = [], Fraction(0), 0
    for part in parts:
        exact += part.francs
        francs = int(exact) - shown
        shown += francs
        steps.append(Step(part.code, francs, part.facts))
    if difference := round_to_step(exact, step) - shown:
        steps.append(Step("rounding", difference, {"step": step}))
    return steps
