from datetime import date

import pytest

from tracker.errors import Conflict, Invalid, Refusal
from tracker.imports.rules.openings import Opening, check_opening, missing, opening_grams

DAY = date(2013, 1, 1)
TODAY = date(2026, 3, 5)


def test_kilograms_with_comma_or_point() -> None:
    assert opening_grams(["MIX=9870", "mob=12,5", "BAT=0.250"]) == {"MIX": 9_870_000, "MOB": 12_500, "BAT": 250}


@pytest.mark.parametrize("text", ["MIX", "=5", "MIX=", "MIX=-5", "MIX=0", "MIX=5t", "MIX=9,8700"])
def test_what_is_no_opening_is_refused(text: str) -> None:
    with pytest.raises(Invalid, match="opening_invalid"):
        opening_grams([text])


def test_a_category_opens_once() -> None:
    with pytest.raises(Invalid, match="opening_invalid"):
        opening_grams(["MIX=5", "mix=6"])


@pytest.mark.parametrize(
    ("opening", "code"),
    [
        (Opening(DAY, {"ZZZ": 5}), "category_unknown"),
        (Opening(date(2026, 3, 6), {"MIX": 5}), "opening_day_invalid"),
        (Opening(date(1913, 1, 1), {"MIX": 5}), "opening_day_invalid"),
    ],
)
def test_an_opening_that_cannot_be_is_refused(opening: Opening, code: str) -> None:
    with pytest.raises(Refusal, match=code):
        check_opening(opening, {"MIX"}, TODAY)


def test_what_is_open_already_is_left_alone() -> None:
    assert missing(Opening(DAY, {"MIX": 5, "MOB": 6}), {"MIX": (DAY, 5)}) == {"MOB": 6}


@pytest.mark.parametrize("known", [(DAY, 6), (date(2013, 1, 2), 5)])
def test_books_begin_once(known: tuple[date, int]) -> None:
    with pytest.raises(Conflict, match="opening_differs"):
        missing(Opening(DAY, {"MIX": 5}), {"MIX": known})
