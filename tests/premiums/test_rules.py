import copy
import json
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.time import BAMAKO
from tracker.catalogue.service import shipped_categories
from tracker.premiums.rules.engine import Line, Visit, price
from tracker.premiums.rules.quote import MESSAGES, error_document, quote
from tracker.premiums.rules.scheme import Malformed, Version, as_data, parse_scheme, parse_stored, parse_version

CASES = (Path(__file__).parents[1] / "data" / "premium_cases.json").read_text(encoding="utf-8")
CATEGORIES = frozenset(category.code for category in shipped_categories())
CODES = ["MOB", "SMA", "TAB", "CHG"]
AMOUNT = st.integers(0, 300)


def test_every_case_of_the_file_is_answered() -> None:
    answers = quote(CASES, CATEGORIES, BAMAKO)["cases"]
    for case, answer in zip(json.loads(CASES)["cases"], answers, strict=True):
        assert answer == {"id": case["id"], **case["expected"]}


@st.composite
def tiers(draw: st.DrawFn, name: str, *, may_fall: bool = False) -> list[dict[str, int]]:
    starts = [0, *sorted(draw(st.sets(st.integers(1, 400), max_size=3)))]
    values = draw(st.lists(AMOUNT, min_size=len(starts), max_size=len(starts)))
    values = values if may_fall else sorted(values)
    return [{"from": start, name: value} for start, value in zip(starts, values, strict=True)]


@st.composite
def rules(draw: st.DrawFn) -> dict[str, Any]:
    kind = draw(st.sampled_from(["whole", "slices", "levels", "price_list"]))
    if kind == "price_list":
        return {"kind": kind, "rates": draw(st.dictionaries(st.sampled_from(CODES), AMOUNT, min_size=1))}
    name = "amount" if kind == "levels" else "rate"
    return {"kind": kind, "tiers": draw(tiers(name, may_fall=kind == "slices"))}


@st.composite
def versions(draw: st.DrawFn) -> dict[str, Any]:
    rule, step = draw(rules()), draw(st.sampled_from([1, 5, 25]))
    period = draw(st.sampled_from(["drop_off", "month"]))
    weights = st.dictionaries(st.sampled_from(CODES), st.integers(0, 3), min_size=1)
    excluded = st.lists(st.sampled_from(CODES), unique=True).map(lambda codes: {"except": codes})
    cap = st.none() | st.integers(0, 400).map(lambda times: times * step)
    measured = ["grams"] if rule["kind"] == "price_list" else ["pieces", "grams"]
    return {
        "valid_from": "2026-01-01",
        "valid_to": None,
        "measure": draw(st.sampled_from(measured)),
        "period": period,
        "eligible": draw(weights | excluded),
        "rule": rule,
        "minimum": draw(st.integers(0, 50)),
        "bonus_percent": draw(st.just([]) | tiers("percent")),
        "cap_drop_off": draw(cap) if period == "drop_off" else None,
        "cap_month": draw(cap),
        "rounding_step": step,
    }


@st.composite
def histories(draw: st.DrawFn) -> list[Visit]:
    line = st.builds(Line, st.sampled_from(CODES), st.none() | st.integers(0, 300), st.none() | st.integers(0, 90_000))
    visits = []
    for key in range(draw(st.integers(1, 7))):
        hours = draw(st.integers(0, 24 * 60))
        moment = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(hours=hours)
        lines = tuple(draw(st.lists(line, min_size=1, max_size=3)))
        visits.append(
            Visit(key, draw(st.sampled_from("AB")), moment, moment.date(), lines, draw(st.integers(0, 9)) == 0)
        )
    return visits


def independent(version: dict[str, Any], visits: list[Visit]) -> dict[int, int]:
    """The contract's order of calculation written down a second time, over the raw grammar and whole months at once."""
    earned: dict[Any, int] = {}
    francs: dict[int, int] = {}
    for visit in sorted(visits, key=lambda visit: visit.weighed_at):
        month = (visit.depositor, visit.day.month)
        if visit.voided:
            francs[visit.key] = 0
            continue
        before = [
            other
            for other in visits
            if not other.voided
            and (other.depositor, other.day.month) == month
            and (other.weighed_at, other.key) < (visit.weighed_at, visit.key)
        ]
        if version["period"] == "month":
            due = worth(version, [*before, visit]) - worth(version, before)
        else:
            due = worth(version, [visit])
        if version["cap_drop_off"] is not None:
            due = min(due, version["cap_drop_off"])
        if version["cap_month"] is not None:
            due = min(due, max(0, version["cap_month"] - earned.get(month, 0)))
        earned[month] = earned.get(month, 0) + due
        francs[visit.key] = due
    return francs


def worth(version: dict[str, Any], visits: list[Visit]) -> int:
    rule, eligible = version["rule"], version["eligible"]
    amounts: dict[str, int] = {}
    for line in (line for visit in visits for line in visit.lines):
        if rule["kind"] == "price_list":
            weight = int(line.category in rule["rates"])
        elif "except" in eligible:
            weight = int(line.category not in eligible["except"])
        else:
            weight = eligible.get(line.category, 0)
        measured = line.pieces if version["measure"] == "pieces" else line.net_grams
        amounts[line.category] = amounts.get(line.category, 0) + weight * (measured or 0)
    quantity = sum(amounts.values())
    if quantity < version["minimum"] or not visits:
        return 0
    unit = 1 if version["measure"] == "pieces" else 1000
    rows = rule.get("tiers", [])
    reached = [row for row in rows if row["from"] <= quantity]
    if rule["kind"] == "price_list":
        total = sum((Fraction(grams, 1000) * rule["rates"].get(code, 0) for code, grams in amounts.items()), Fraction())
    elif rule["kind"] == "levels":
        total = Fraction(reached[-1]["amount"])
    elif rule["kind"] == "whole":
        total = Fraction(quantity * reached[-1]["rate"], unit)
    else:
        steps = zip(rows, [*(row["from"] for row in rows[1:]), None], strict=True)
        total = sum(
            (
                Fraction(max(0, min(quantity, quantity if end is None else end) - row["from"]) * row["rate"], unit)
                for row, end in steps
            ),
            Fraction(),
        )
    percent = [row["percent"] for row in version["bonus_percent"] if row["from"] <= quantity]
    total += total * (percent[-1] if percent else 0) / 100
    step = version["rounding_step"]
    low = total // step * step
    return int(low + step if (total - low) * 2 >= step else low)


def parsed(data: dict[str, Any]) -> Version:
    return parse_version(data, CATEGORIES)


@given(versions(), histories())
def test_the_engine_agrees_with_an_independent_one(version: dict[str, Any], visits: list[Visit]) -> None:
    premiums = price([parsed(version)], visits)
    assert {key: premium.francs for key, premium in premiums.items()} == independent(version, visits)


@given(versions(), histories())
def test_steps_add_up_and_amounts_are_payable(version: dict[str, Any], visits: list[Visit]) -> None:
    for premium in price([parsed(version)], visits).values():
        assert sum(step.francs for step in premium.steps) == premium.francs >= 0
        assert premium.francs % version["rounding_step"] == 0


@given(versions(), histories(), st.sampled_from(CODES))
def test_bringing_more_never_earns_less(version: dict[str, Any], visits: list[Visit], code: str) -> None:
    lone = visits[0]
    more = Visit(0, lone.depositor, lone.weighed_at, lone.day, (*lone.lines, Line(code, 1, 1)), lone.voided)
    less = Visit(0, lone.depositor, lone.weighed_at, lone.day, lone.lines, lone.voided)
    assert price([parsed(version)], [more])[0].francs >= price([parsed(version)], [less])[0].francs


@given(versions(), histories(), st.randoms())
def test_a_month_does_not_depend_on_the_order(version: dict[str, Any], visits: list[Visit], random: Any) -> None:
    version = {**version, "period": "month", "cap_drop_off": None}
    times = [visit.weighed_at for visit in visits if visit.day.month == 1 and visit.depositor == "A"]
    first = [visit for visit in visits if visit.weighed_at in times and visit.depositor == "A"]
    moved = list(times)
    random.shuffle(moved)
    second = [
        Visit(visit.key, "A", moment, date(2026, 1, 1), visit.lines, visit.voided)
        for visit, moment in zip(first, moved, strict=True)
    ]
    totals = [sum(each.francs for each in price([parsed(version)], visits).values()) for visits in (first, second)]
    assert totals[0] == totals[1]


@given(versions())
def test_a_version_is_read_back_as_written(version: dict[str, Any]) -> None:
    assert parse_stored(json.loads(json.dumps(as_data(parsed(version)))), CATEGORIES) == parsed(version)


def changed(path: str, value: object) -> dict[str, Any]:
    """The first scheme of the file with one thing wrong."""
    scheme = copy.deepcopy(json.loads(CASES)["schemes"][0])
    place: Any = scheme
    *way, last = [int(part) if part.isdigit() else part for part in path.split(".")]
    for part in way:
        place = place[part]
    place[last] = value
    return dict(scheme)


@pytest.mark.parametrize(
    ("path", "value", "code"),
    [
        ("versions.0.rule.tiers.0.from", 1, "tiers_not_from_zero"),
        ("versions.0.rule.tiers.2.from", 50, "tiers_not_rising"),
        ("versions.0.rule.tiers.1.rate", -1, "negative"),
        ("versions.0.rule.tiers.1.rate", 2.5, "not_whole"),
        ("versions.0.rule.tiers.1.rate", True, "not_whole"),
        ("versions.0.rule.tiers.3.rate", 30, "premium_would_fall"),
        ("versions.0.rule.kind", "steps", "unknown_kind"),
        ("versions.0.measure", "kg", "unknown_measure"),
        ("versions.0.period", "week", "unknown_period"),
        ("versions.0.valid_from", "2013-02-30", "day_invalid"),
        ("versions.0.valid_from", "2013-W01-1", "day_invalid"),
        ("versions.0.bonus_percent", [{"from": 0, "percent": "7.5"}], "not_a_number"),
        ("versions.0.bonus_percent", [{"from": 0, "percent": Decimal("1e99999")}], "percent_too_large"),
        ("versions.0.valid_to", "2012-12-31", "valid_to_before_valid_from"),
        ("versions.0.cap_month", 7, "cap_not_multiple"),
        ("versions.0.cap_month", -5, "negative"),
        ("versions.0.rounding_step", 0, "rounding_step_invalid"),
        ("versions.0.capmonth", 5, "unknown_field"),
        ("versions.0.eligible.ZZZ", 1, "unknown_category"),
        ("versions.0.bonus_percent", [{"from": 0, "percent": 5}, {"from": 9, "percent": 4}], "premium_would_fall"),
    ],
)
def test_a_malformed_scheme_is_refused_by_name(path: str, value: object, code: str) -> None:
    with pytest.raises(Malformed) as refused:
        parse_scheme(changed(path, value), CATEGORIES)
    assert (refused.value.code, refused.value.scheme) == (code, "S1-PALIER-TOTAL")
    assert error_document(refused.value)["error"]["message"].endswith(MESSAGES[code])


@pytest.mark.parametrize("moment", ["9999-12-31T23:59:59-10:00", "0001-01-01T00:00:00+10:00", "demain"])
def test_a_moment_that_no_calendar_holds_is_refused(moment: str) -> None:
    document = json.loads(CASES)
    document["cases"][0]["drop_offs"][0]["weighed_at"] = moment
    with pytest.raises(Malformed, match="moment_invalid"):
        quote(json.dumps(document), CATEGORIES, BAMAKO)


def test_versions_of_one_scheme_never_overlap() -> None:
    scheme = json.loads(CASES)["schemes"][0]
    with pytest.raises(Malformed, match="versions_overlap"):
        parse_scheme({**scheme, "versions": scheme["versions"] * 2}, CATEGORIES)


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ({"category": "MOB", "pieces": -1}, "negative"),
        ({"category": "MOB", "pieces": 1.0}, "not_whole"),
        ({"category": "MOB", "gross_grams": 5, "tare_grams": 6}, "net_negative"),
        ({"category": "ZZZ"}, "unknown_category"),
        ({"category": "MOB", "peices": 1}, "unknown_field"),
    ],
)
def test_a_malformed_line_is_refused(line: dict[str, Any], code: str) -> None:
    document = json.loads(CASES)
    document["cases"][0]["drop_offs"][0]["lines"] = [line]
    with pytest.raises(Malformed, match=code):
        quote(json.dumps(document), CATEGORIES, BAMAKO)
