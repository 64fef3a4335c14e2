from typing import Any

from tracker.catalogue.service import shipped_categories
from tracker.premiums.rules.examples import examples
from tracker.premiums.rules.scheme import Version, parse_version

CATALOGUE = [category.code for category in shipped_categories()]
PER_PIECE: dict[str, Any] = {
    "valid_from": "2026-01-01",
    "measure": "pieces",
    "period": "drop_off",
    "eligible": {"MOB": 1},
    "rule": {"kind": "whole", "tiers": [{"from": 0, "rate": 0}, {"from": 50, "rate": 25}]},
}


def version(**changes: Any) -> Version:
    return parse_version({**PER_PIECE, **changes}, frozenset(CATALOGUE))


def shown(**changes: Any) -> list[tuple[str, int, int]]:
    return [(each.category, each.quantity, each.francs) for each in examples(version(**changes), CATALOGUE)]


def test_both_sides_of_a_step_are_shown() -> None:
    assert shown() == [("MOB", 49, 0), ("MOB", 50, 1_250), ("MOB", 100, 2_500)]


def test_a_minimum_and_a_bonus_are_steps_too() -> None:
    bonus = [{"from": 0, "percent": 0}, {"from": 80, "percent": 10}]
    assert [quantity for _, quantity, _ in shown(minimum=60, bonus_percent=bonus)] == [49, 50, 60, 80, 160]


def test_a_category_that_counts_double_reaches_a_step_with_half() -> None:
    assert shown(eligible={"TAB": 2, "MOB": 0}) == [("TAB", 24, 0), ("TAB", 25, 1_250), ("TAB", 50, 2_500)]


def test_a_price_list_has_no_steps() -> None:
    rule = {"kind": "price_list", "rates": {"CIR": 8_000}}
    assert shown(measure="grams", eligible=None, rule=rule) == [("CIR", 1_000, 8_000), ("CIR", 10_000, 80_000)]


def test_the_first_category_of_the_catalogue_that_counts_is_taken() -> None:
    assert shown(eligible={"except": ["MOB", "MOX"]})[0][0] == "SMA"


def test_a_scheme_for_nothing_has_no_example() -> None:
    assert shown(eligible={}) == []
