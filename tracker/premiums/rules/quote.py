"""Quotes from a file of schemes and cases, without a database."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from tracker.premiums.rules.engine import Line, Visit, price
from tracker.premiums.rules.scheme import Malformed, Scheme, load_json, parse_scheme

ONE_AND_THE_SAME = "the one depositor"
_DROP_OFF = {"id", "depositor", "weighed_at", "voided", "lines", "note"}
_LINE = {"category", "pieces", "net_grams", "gross_grams", "tare_grams", "refused_grams", "note"}
_MASSES = ("net_grams", "gross_grams", "tare_grams", "refused_grams")

MESSAGES = {
    "amount_negative": "must not be negative",
    "cap_drop_off_with_month": "goes with period drop_off only",
    "cap_not_multiple": "must be a multiple of rounding_step",
    "case_repeated": "two cases have this id",
    "day_invalid": "is not a day that exists (YYYY-MM-DD)",
    "json_invalid": "the file is not JSON",
    "key_repeated": "is given twice",
    "list_expected": "must be a list",
    "mass_contradicts": "net_grams differs from gross - tare - refused",
    "missing_field": "is missing",
    "moment_invalid": "is not a moment that exists (ISO 8601)",
    "negative": "must not be negative",
    "net_negative": "tare and refused exceed gross",
    "not_a_number": "must be a number",
    "not_whole": "must be a whole number",
    "object_expected": "must be an object",
    "percent_too_large": "is not a believable percentage",
    "premium_would_fall": "the premium would fall when the quantity grows",
    "price_list_by_mass": "a price list is per kg: measure must be grams",
    "rounding_step_invalid": "must be at least 1",
    "scheme_repeated": "two schemes have this code",
    "text_expected": "must be a text",
    "tiers_not_from_zero": "tiers must start at 0",
    "tiers_not_rising": "tiers must rise strictly",
    "unknown_category": "no such category",
    "unknown_field": "no such field",
    "unknown_kind": "no such kind of rule",
    "unknown_measure": "no such measure",
    "unknown_period": "no such period",
    "unknown_scheme": "no such scheme in the file",
    "valid_to_before_valid_from": "ends before it begins",
    "versions_missing": "a scheme needs a version",
    "versions_overlap": "two versions are in force on the same day",
    "yes_or_no_expected": "must be true or false",
}


@dataclass(frozen=True, slots=True)
class _Terms:
    """What a case is read with."""

    categories: frozenset[str]
    zone: ZoneInfo


def quote(text: str, categories: frozenset[str], zone: ZoneInfo) -> dict[str, Any]:
    """Premiums in francs for every case of the file, in its order. Raises ``Malformed``."""
    document = load_json(text)
    if not isinstance(document, dict):
        raise Malformed("object_expected", "")
    schemes = _schemes(_rows(document, "schemes", ""), categories)
    terms = _Terms(categories, zone)
    seen: set[str] = set()
    return {
        "cases": [
            _case(case, f"cases[{i}]", schemes, terms, seen) for i, case in enumerate(_rows(document, "cases", ""))
        ]
    }


def error_document(error: Malformed) -> dict[str, Any]:
    """The refusal as a program reads it."""
    place = error.field or "the file"
    return {
        "error": {
            "code": error.code,
            "scheme": error.scheme,
            "field": error.field,
            "message": f"{place}: {MESSAGES[error.code]}",
        }
    }


def _schemes(rows: Sequence[Any], categories: frozenset[str]) -> dict[str, Scheme]:
    schemes: dict[str, Scheme] = {}
    for row in rows:
        scheme = parse_scheme(row, categories)
        if scheme.code in schemes:
            raise Malformed("scheme_repeated", "code", scheme=scheme.code)
        schemes[scheme.code] = scheme
    return schemes


def _case(case: Any, at: str, schemes: dict[str, Scheme], terms: _Terms, seen: set[str]) -> dict[str, Any]:
    """Each case is a world of its own."""
    if not isinstance(case, dict):
        raise Malformed("object_expected", at)
    name, code = case.get("id"), case.get("scheme")
    if not isinstance(name, str):
        raise Malformed("missing_field", f"{at}.id")
    if name in seen:
        raise Malformed("case_repeated", f"{at}.id")
    if not isinstance(code, str) or code not in schemes:
        raise Malformed("unknown_scheme", f"{at}.scheme", scheme=str(code))
    seen.add(name)
    try:
        visits = [
            _visit(row, i, f"{at}.drop_offs[{i}]", terms) for i, row in enumerate(_rows(case, "drop_offs", f"{at}."))
        ]
    except Malformed as error:
        error.scheme = code
        raise
    premiums = price(schemes[code].versions, visits)
    francs = [premiums[visit.key].francs for visit in visits]
    return {"id": name, "by_drop_off_xof": francs, "premium_xof": sum(francs)}


def _visit(row: Any, key: int, at: str, terms: _Terms) -> Visit:
    _check_fields(row, _DROP_OFF, at)
    depositor = row.get("depositor")
    depositor = ONE_AND_THE_SAME if depositor is None else depositor
    if not isinstance(depositor, str | int):
        raise Malformed("text_expected", f"{at}.depositor")
    voided = row.get("voided", False)
    if not isinstance(voided, bool):
        raise Malformed("yes_or_no_expected", f"{at}.voided")
    weighed_at = _moment(row.get("weighed_at"), f"{at}.weighed_at", terms.zone)
    lines = [_line(line, f"{at}.lines[{i}]", terms) for i, line in enumerate(_rows(row, "lines", f"{at}."))]
    day = weighed_at.astimezone(terms.zone).date()
    return Visit(key, depositor, weighed_at, day, tuple(lines), voided)


def _moment(value: Any, at: str, zone: ZoneInfo) -> datetime:
    """A moment without a zone is the depot's wall clock."""
    try:
        moment = datetime.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        moment = None
    if moment is None:
        raise Malformed("moment_invalid", at)
    local = moment if moment.tzinfo else moment.replace(tzinfo=zone)
    try:
        local.astimezone(zone)
        return local.astimezone(UTC)
    except OverflowError:  # at the edge of the calendar another zone's day has no date
        raise Malformed("moment_invalid", at) from None


def _line(row: Any, at: str, terms: _Terms) -> Line:
    _check_fields(row, _LINE, at)
    category = row.get("category")
    if not isinstance(category, str) or category not in terms.categories:
        raise Malformed("unknown_category", f"{at}.category")
    pieces = _count(row, "pieces", at)
    return Line(category, pieces, _net(row, at))


def _net(row: dict[str, Any], at: str) -> int | None:
    net, gross, tare, refused = (_count(row, name, at) for name in _MASSES)
    if gross is None:
        if tare or refused:
            raise Malformed("missing_field", f"{at}.gross_grams")
        return net
    weighed = gross - (tare or 0) - (refused or 0)
    if weighed < 0:
        raise Malformed("net_negative", f"{at}.gross_grams")
    if net is not None and net != weighed:
        raise Malformed("mass_contradicts", f"{at}.net_grams")
    return weighed


def _count(row: dict[str, Any], name: str, at: str) -> int | None:
    value = row.get(name)
    if value is None:
        return None
    if type(value) is not int:
        raise Malformed("not_whole", f"{at}.{name}")
    if value < 0:
        raise Malformed("negative", f"{at}.{name}")
    return value


def _check_fields(row: Any, known: set[str], at: str) -> None:
    if not isinstance(row, dict):
        raise Malformed("object_expected", at)
    for name in row:
        if name not in known:
            raise Malformed("unknown_field", f"{at}.{name}")


def _rows(holder: dict[str, Any], name: str, at: str) -> list[Any]:
    if name not in holder:
        raise Malformed("missing_field", f"{at}{name}")
    rows = holder[name]
    if not isinstance(rows, list):
        raise Malformed("list_expected", f"{at}{name}")
    return rows
