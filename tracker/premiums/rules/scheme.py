"""The scheme grammar: what a scheme may say, read strictly, and written back the same.

A scheme is a list of dated versions. Anything that could pay less for more, or that two people could read in two
ways, is refused with the field's place.
"""

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from typing import Any, NoReturn

from tracker.errors import Invalid

MEASURES = ("pieces", "grams")
PERIODS = ("drop_off", "month")
KINDS = ("whole", "slices", "levels", "price_list")
DEFAULT_STEP = 5
_DECIMAL = re.compile(r"\d+\.\d+", re.ASCII)
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
LARGEST_PERCENT = 1_000_000
"""Beyond it a bonus is a slip, and a number that no answer could hold."""
_SCHEME = {"code", "versions", "name_fr", "name_en", "note"}
_VERSION = {
    "valid_from",
    "valid_to",
    "measure",
    "period",
    "eligible",
    "rule",
    "minimum",
    "bonus_percent",
    "cap_drop_off",
    "cap_month",
    "rounding_step",
}


class Malformed(Invalid):
    """A scheme, or a file of them, that cannot be used; ``field`` is the place of what is wrong."""

    def __init__(self, code: str, field: str, *, scheme: str | None = None, **facts: object) -> None:
        super().__init__(code, field=field, **facts)
        self.scheme = scheme


@dataclass(frozen=True, slots=True)
class Tier:
    """From ``start`` pieces or grams (inclusive): a rate, an amount or a percentage."""

    start: int
    value: Fraction


@dataclass(frozen=True, slots=True)
class Rule:
    """``tiers`` for whole, slices and levels; ``rates`` (francs per kg by category) for a price list."""

    kind: str
    tiers: tuple[Tier, ...] = ()
    rates: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Version:
    """A scheme's rule from ``valid_from`` to ``valid_to``, both inclusive."""

    valid_from: date
    valid_to: date | None
    measure: str
    period: str
    weights: tuple[tuple[str, int], ...] | None
    """Category → how many pieces one counts for; ``None`` when ``excluded`` says which do not count."""
    excluded: tuple[str, ...]
    rule: Rule
    minimum: int
    bonus: tuple[Tier, ...]
    cap_drop_off: int | None
    cap_month: int | None
    rounding_step: int

    def covers(self, day: date) -> bool:
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)

    def weight(self, category: str) -> int:
        """How much one measured unit of ``category`` counts; 0 when it is not eligible."""
        if self.weights is None:
            return int(category not in self.excluded)
        return dict(self.weights).get(category, 0)


@dataclass(frozen=True, slots=True)
class Scheme:
    code: str
    name_fr: str
    name_en: str
    versions: tuple[Version, ...]


def load_json(text: str) -> Any:
    """JSON with exact numbers; a key given twice, NaN and Infinity are refused as malformed."""
    try:
        return json.loads(text, parse_float=Decimal, parse_constant=_no_constant, object_pairs_hook=_no_repeated_key)
    except (ValueError, RecursionError) as error:
        raise Malformed("json_invalid", "", detail=str(error)) from error


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not a number")


def _no_repeated_key(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    known: dict[str, Any] = {}
    for key, value in pairs:
        if key in known:
            raise Malformed("key_repeated", key)
        known[key] = value
    return known


def parse_scheme(data: object, categories: frozenset[str]) -> Scheme:
    """Raises ``Malformed`` with the scheme's code."""
    code = data.get("code") if isinstance(data, dict) else None
    try:
        return _scheme(data, categories)
    except Malformed as error:
        error.scheme = code if isinstance(code, str) else None
        raise


def _scheme(data: object, categories: frozenset[str]) -> Scheme:
    fields = _object(data, "", _SCHEME, required={"code", "versions"})
    rows = _list(fields["versions"], "versions")
    if not rows:
        raise Malformed("versions_missing", "versions")
    versions = tuple(parse_version(row, categories, f"versions[{i}].") for i, row in enumerate(rows))
    _refuse_overlap(versions)
    return Scheme(
        code=_text(fields["code"], "code"),
        name_fr=_text(fields.get("name_fr", ""), "name_fr", blank=True),
        name_en=_text(fields.get("name_en", ""), "name_en", blank=True),
        versions=versions,
    )


def _refuse_overlap(versions: Sequence[Version]) -> None:
    """Two versions of one scheme are never in force on the same day."""
    order = sorted(range(len(versions)), key=lambda i: versions[i].valid_from)
    for earlier, later in pairwise(order):
        end = versions[earlier].valid_to
        if end is None or versions[later].valid_from <= end:
            raise Malformed("versions_overlap", f"versions[{later}].valid_from")


def parse_version(data: object, categories: frozenset[str], at: str = "") -> Version:
    """Raises ``Malformed``; ``at`` is where the version stands, for the field's place."""
    required = {"valid_from", "measure", "period", "rule"}
    fields = _object(data, at, _VERSION, required=required)
    measure = _one_of(fields["measure"], MEASURES, "unknown_measure", f"{at}measure")
    period = _one_of(fields["period"], PERIODS, "unknown_period", f"{at}period")
    rule = _rule(fields["rule"], categories, f"{at}rule")
    if rule.kind == "price_list" and measure != "grams":
        raise Malformed("price_list_by_mass", f"{at}measure")
    weights, excluded = _eligible(fields, rule, categories, at)
    valid_from, valid_to = _days(fields, at)
    step = _whole(fields.get("rounding_step", DEFAULT_STEP), f"{at}rounding_step")
    if step < 1:
        raise Malformed("rounding_step_invalid", f"{at}rounding_step")
    if fields.get("cap_drop_off") is not None and period == "month":
        raise Malformed("cap_drop_off_with_month", f"{at}cap_drop_off")
    return Version(
        valid_from=valid_from,
        valid_to=valid_to,
        measure=measure,
        period=period,
        weights=weights,
        excluded=excluded,
        rule=rule,
        minimum=_amount(fields.get("minimum", 0), f"{at}minimum"),
        bonus=_bonus(fields.get("bonus_percent", []), f"{at}bonus_percent"),
        cap_drop_off=_cap(fields, "cap_drop_off", step, at),
        cap_month=_cap(fields, "cap_month", step, at),
        rounding_step=step,
    )


def _days(fields: Mapping[str, Any], at: str) -> tuple[date, date | None]:
    first = _day(fields["valid_from"], f"{at}valid_from")
    last = None if fields.get("valid_to") is None else _day(fields["valid_to"], f"{at}valid_to")
    if last is not None and last < first:
        raise Malformed("valid_to_before_valid_from", f"{at}valid_to")
    return first, last


def _cap(fields: Mapping[str, Any], name: str, step: int, at: str) -> int | None:
    if fields.get(name) is None:
        return None
    cap = _amount(fields[name], f"{at}{name}")
    if cap % step:
        raise Malformed("cap_not_multiple", f"{at}{name}", step=step)
    return cap


def _rule(data: object, categories: frozenset[str], at: str) -> Rule:
    if not isinstance(data, dict):
        raise Malformed("object_expected", at)
    kind = _one_of(data.get("kind"), KINDS, "unknown_kind", f"{at}.kind")
    values = "rates" if kind == "price_list" else "tiers"
    fields = _object(data, f"{at}.", {"kind", values}, required={values})
    if kind == "price_list":
        return Rule(kind, rates=_by_category(fields["rates"], categories, f"{at}.rates"))
    name = "amount" if kind == "levels" else "rate"
    tiers = _tiers(fields["tiers"], name, _amount_fraction, f"{at}.tiers")
    if kind != "slices":
        _refuse_fall(tiers, name, f"{at}.tiers")
    return Rule(kind, tiers=tiers)


def _bonus(data: object, at: str) -> tuple[Tier, ...]:
    if data == []:
        return ()
    tiers = _tiers(data, "percent", _percent, at)
    _refuse_fall(tiers, "percent", at)
    return tiers


def _tiers(data: object, name: str, read: Callable[[object, str], Fraction], at: str) -> tuple[Tier, ...]:
    """Tiers start at 0 and rise strictly."""
    tiers: list[Tier] = []
    for i, row in enumerate(_list(data, at)):
        fields = _object(row, f"{at}[{i}].", {"from", name}, required={"from", name})
        start = _amount(fields["from"], f"{at}[{i}].from")
        if tiers and start <= tiers[-1].start:
            raise Malformed("tiers_not_rising", f"{at}[{i}].from")
        tiers.append(Tier(start, read(fields[name], f"{at}[{i}].{name}")))
    if not tiers or tiers[0].start != 0:
        raise Malformed("tiers_not_from_zero", f"{at}[0].from" if tiers else at)
    return tuple(tiers)


def _refuse_fall(tiers: Sequence[Tier], name: str, at: str) -> None:
    """More brought must never earn less."""
    for i in range(1, len(tiers)):
        if tiers[i].value < tiers[i - 1].value:
            raise Malformed("premium_would_fall", f"{at}[{i}].{name}", quantity=tiers[i].start)


def _eligible(
    fields: Mapping[str, Any], rule: Rule, categories: frozenset[str], at: str
) -> tuple[tuple[tuple[str, int], ...] | None, tuple[str, ...]]:
    """Which categories count, and for how much; in a price list the rates name them."""
    place = f"{at}eligible"
    data = fields.get("eligible")
    if data is None and rule.kind != "price_list":
        raise Malformed("missing_field", place)
    weights, excluded = _eligible_as_given(data, categories, place)
    if rule.kind != "price_list":
        return weights, excluded
    return tuple((category, 1) for category, _ in rule.rates), ()


def _eligible_as_given(
    data: object, categories: frozenset[str], place: str
) -> tuple[tuple[tuple[str, int], ...] | None, tuple[str, ...]]:
    if data is None:
        return None, ()
    if isinstance(data, dict) and data.keys() == {"except"}:
        codes = [_category(code, categories, f"{place}.except") for code in _list(data["except"], place)]
        return None, tuple(sorted(set(codes)))
    return _by_category(data, categories, place), ()


def _by_category(data: object, categories: frozenset[str], at: str) -> tuple[tuple[str, int], ...]:
    if not isinstance(data, dict):
        raise Malformed("object_expected", at)
    return tuple(
        (_category(code, categories, f"{at}.{code}"), _amount(value, f"{at}.{code}")) for code, value in data.items()
    )


def _category(code: object, categories: frozenset[str], at: str) -> str:
    if not isinstance(code, str) or code not in categories:
        raise Malformed("unknown_category", at, category=str(code))
    return code


def _object(data: object, at: str, known: set[str], *, required: set[str]) -> dict[str, Any]:
    if not isinstance(data, dict):
        raise Malformed("object_expected", at.rstrip("."))
    for name in data:
        if name not in known:
            raise Malformed("unknown_field", f"{at}{name}")
    for name in sorted(required):
        if data.get(name) is None:
            raise Malformed("missing_field", f"{at}{name}")
    return data


def _list(data: object, at: str) -> list[Any]:
    if not isinstance(data, list):
        raise Malformed("list_expected", at)
    return data


def _text(value: object, at: str, *, blank: bool = False) -> str:
    if not isinstance(value, str) or not (value.strip() or blank):
        raise Malformed("text_expected", at)
    return value


def _one_of(value: object, known: Sequence[str], code: str, at: str) -> str:
    if not isinstance(value, str) or value not in known:
        raise Malformed(code, at)
    return value


def _day(value: object, at: str) -> date:
    try:
        if isinstance(value, str) and _DAY.fullmatch(value):
            return date.fromisoformat(value)
    except ValueError:
        pass  # worded just below: a day that does not exist reads like one that is no day
    raise Malformed("day_invalid", at)


def _whole(value: object, at: str) -> int:
    if type(value) is not int:
        raise Malformed("not_whole", at)
    return value


def _amount(value: object, at: str) -> int:
    amount = _whole(value, at)
    if amount < 0:
        raise Malformed("negative", at)
    return amount


def _amount_fraction(value: object, at: str) -> Fraction:
    return Fraction(_amount(value, at))


def _percent(value: object, at: str) -> Fraction:
    """Whole or an exact decimal."""
    if type(value) is not int and not (isinstance(value, Decimal) and value.is_finite()):
        raise Malformed("not_a_number", at)
    if value < 0:
        raise Malformed("negative", at)
    if value > LARGEST_PERCENT:
        raise Malformed("percent_too_large", at)
    return Fraction(value)


def parse_stored(definition: Mapping[str, Any], categories: frozenset[str]) -> Version:
    """What ``as_data`` wrote: a percentage that is not whole stands there as text. Raises ``Malformed``."""
    bonus = [{**tier, "percent": _exact(tier["percent"])} for tier in definition["bonus_percent"]]
    return parse_version({**definition, "bonus_percent": bonus}, categories)


def _exact(percent: int | str) -> int | Decimal:
    return Decimal(percent) if isinstance(percent, str) and _DECIMAL.fullmatch(percent) else int(percent)


def as_data(version: Version) -> dict[str, Any]:
    """The version in the grammar, as JSON can keep it: ``parse_stored`` reads it back the same."""
    return {
        "valid_from": version.valid_from.isoformat(),
        "valid_to": version.valid_to.isoformat() if version.valid_to else None,
        "measure": version.measure,
        "period": version.period,
        "eligible": {"except": list(version.excluded)} if version.weights is None else dict(version.weights),
        "rule": _rule_data(version.rule),
        "minimum": version.minimum,
        "bonus_percent": [{"from": tier.start, "percent": _number(tier.value)} for tier in version.bonus],
        "cap_drop_off": version.cap_drop_off,
        "cap_month": version.cap_month,
        "rounding_step": version.rounding_step,
    }


def _rule_data(rule: Rule) -> dict[str, Any]:
    if rule.kind == "price_list":
        return {"kind": rule.kind, "rates": dict(rule.rates)}
    name = "amount" if rule.kind == "levels" else "rate"
    return {
        "kind": rule.kind,
        "tiers": [{"from": tier.start, name: int(tier.value)} for tier in rule.tiers],
    }


def _number(value: Fraction) -> int | str:
    """JSON keeps no exact decimals: one that is not whole is written as text, and read back as such."""
    return int(value) if value.denominator == 1 else str(Decimal(value.numerator) / value.denominator)
