from collections import Counter
from datetime import date, timedelta
from typing import cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.errors import Conflict
from tracker.imports.rules.departures import Consignment, Move, Supply, consignments, plan, supply
from tracker.imports.rules.rows import Departure

NEW_YEAR = date(2013, 1, 1)
CODES = ("BAT", "CHG", "MIX", "MOB", "NCL", "TAB")


def on(day: int) -> date:
    return NEW_YEAR + timedelta(days=day)


def sent(day: int, **grams: int) -> Consignment:
    return Consignment(on(day), "FR", None, None, grams, ())


def test_what_is_held_is_not_sorted() -> None:
    assert supply({"MOB": 10, "MIX": 10}, {"MOB": 10}) == (Supply({}, {}), 0)


def test_unsorted_loads_are_sorted_first_then_unclassified_ones() -> None:
    held = {"TAB": 100, "NCL": 3, "MIX": 4, "MOB": 1}
    assert supply(held, {"MOB": 10}) == (Supply({"MIX": 4, "NCL": 3, "TAB": 2}, {"MOB": 9}), 0)


def test_the_largest_surplus_is_sorted_next_and_ties_go_by_code() -> None:
    held = {"TAB": 5, "BAT": 5, "CHG": 7}
    found, _ = supply(held, {"MOB": 13})
    assert list(found.inputs.items()) == [("CHG", 7), ("BAT", 5), ("TAB", 1)]


def test_what_the_shipment_itself_needs_is_no_surplus() -> None:
    held = {"CHG": 9, "BAT": 5, "MIX": 2}
    assert supply(held, {"CHG": 8, "MIX": 2, "MOB": 4}) == (Supply({"BAT": 4}, {"MOB": 4}), 0)


def test_what_cannot_be_supplied_is_counted() -> None:
    assert supply({"MIX": 4}, {"MOB": 10})[1] == 6


grams = st.dictionaries(st.sampled_from(CODES), st.integers(0, 50))


@given(held=grams, needed=st.dictionaries(st.sampled_from(CODES), st.integers(1, 50), min_size=1))
def test_sorting_neither_makes_nor_loses_a_gram(held: dict[str, int], needed: dict[str, int]) -> None:
    found, short = supply(held, needed)
    assert sum(found.inputs.values()) + short == found.grams
    assert short == max(0, sum(needed.values()) - sum(held.values()))
    assert not found.inputs.keys() & found.outputs.keys()
    for code, taken in found.inputs.items():
        assert 0 < taken <= held[code] - needed.get(code, 0)
    for code, lacking in found.outputs.items():
        assert lacking == needed[code] - held.get(code, 0) > 0


moves = st.lists(st.builds(Move, st.integers(0, 9).map(on), st.sampled_from(CODES), st.integers(1, 50)), max_size=20)
wanted = st.lists(
    st.tuples(st.integers(0, 9), st.dictionaries(st.sampled_from(CODES), st.integers(1, 60), min_size=1, max_size=3)),
    max_size=5,
)


@given(brought=moves, before=wanted, wanted=wanted)
def test_a_plan_leaves_no_day_below_zero(
    brought: list[Move], before: list[tuple[int, dict[str, int]]], wanted: list[tuple[int, dict[str, int]]]
) -> None:
    ledger = [*brought, *_possible(brought, before)]
    sending = [sent(day, **grams) for day, grams in sorted(wanted, key=lambda each: each[0])]
    for each, found in zip(sending, _planned(ledger, sending), strict=True):
        ledger += _posted(each, found)
    assert min(_balances(ledger), default=0) >= 0


def _planned(ledger: list[Move], sending: list[Consignment]) -> list[Supply]:
    """The plan for as many of ``sending`` as can be supplied; the others fall away."""
    try:
        return plan(ledger, sending)
    except Conflict as short:
        del sending[[each.day for each in sending].index(cast(date, short.facts["day"])) :]
        return plan(ledger, sending)


def _possible(brought: list[Move], before: list[tuple[int, dict[str, int]]]) -> list[Move]:
    """Departures that the ledger would have let through."""
    gone: list[Move] = []
    for day, needed in before:
        more = [Move(on(day), code, -taken) for code, taken in needed.items()]
        if min(_balances([*brought, *gone, *more])) >= 0:
            gone += more
    return gone


def _posted(each: Consignment, found: Supply) -> list[Move]:
    taken = [found.inputs, each.grams]
    out = [Move(each.day, code, -grams) for side in taken for code, grams in side.items()]
    return [*out, *(Move(each.day, code, grams) for code, grams in found.outputs.items())]


def _balances(ledger: list[Move]) -> list[int]:
    """Of every category at the end of every day."""
    found = []
    for day in sorted({move.day for move in ledger}):
        held: Counter[str] = Counter()
        for move in ledger:
            held[move.category] += move.grams if move.day <= day else 0
        found += list(held.values())
    return found


def test_what_is_brought_the_same_day_counts_and_what_comes_later_does_not() -> None:
    assert plan([Move(on(3), "MOB", 10)], [sent(3, MOB=10)]) == [Supply({}, {})]
    with pytest.raises(Conflict, match="book_stock_short") as refused:
        plan([Move(on(4), "MOB", 10)], [sent(3, MOB=10)])
    assert (refused.value.facts["day"], refused.value.facts["short_grams"]) == (on(3), 10)


def test_what_a_later_day_needs_is_not_sorted() -> None:
    ledger = [Move(on(0), "MIX", 10), Move(on(0), "TAB", 10), Move(on(8), "MIX", -10)]
    assert plan(ledger, [sent(3, MOB=10)]) == [Supply({"TAB": 10}, {"MOB": 10})]


def test_what_was_sent_is_gone_for_the_next() -> None:
    ledger = [Move(on(0), "MOB", 10), Move(on(0), "MIX", 5)]
    assert plan(ledger, [sent(1, MOB=8), sent(2, MOB=7)])[1] == Supply({"MIX": 5}, {"MOB": 5})


def departure(day: int, category: str, grams: int, **more: str) -> Departure:
    return Departure(on(day), category, grams, more.get("country", "FR"), more.get("to"), more.get("container"))


def test_the_same_day_and_container_are_one_shipment() -> None:
    first, *others = consignments(
        [
            departure(9, "MOB", 5, container="A"),
            departure(2, "MOB", 5, container="A", to="Le Pin"),
            departure(2, "CHG", 7, container="A"),
            departure(2, "MOB", 1, container="A"),
            departure(2, "BAT", 1, container="B"),
        ]
    )
    assert (first.grams, first.consignee, first.rows) == ({"MOB": 6, "CHG": 7}, "Le Pin", [1, 2, 3])
    assert [(each.day, each.container) for each in others] == [(on(2), "B"), (on(9), "A")]


def test_without_a_container_the_destination_tells_shipments_apart() -> None:
    rows = [departure(2, "MOB", 5), departure(2, "BAT", 5, country="BE"), departure(2, "CHG", 5)]
    assert [each.rows for each in consignments(rows)] == [[0, 2], [1]]
