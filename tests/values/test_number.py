import pytest

from tracker.errors import Invalid
from tracker.values.mass import grams_from_kilograms
from tracker.values.number import plain


@pytest.mark.parametrize(
    ("typed", "read"),
    [("12,5", "12.5"), ("12.5", "12.5"), (" 1 200 ", "1200"), ("1\u202f234\u00a0567,5", "1234567.5"), ("007", "007")],
)
def test_numbers_as_people_type_them(typed: str, read: str) -> None:
    assert plain(typed) == read


@pytest.mark.parametrize("typed", ["", "12 5", "1 2,5", "1,2,3", "-5", "+5", "1e3", "½", "٣", "12 kg", "1 0000", "5,"])
def test_what_is_no_number(typed: str) -> None:
    assert plain(typed) is None


def test_a_missed_comma_is_not_ten_times_the_weight() -> None:
    with pytest.raises(Invalid, match="mass_invalid"):
        grams_from_kilograms("12 5")
