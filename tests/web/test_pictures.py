from datetime import date

import pytest
from flask import Flask, session

from tracker.i18n import round_mass
from tracker.values import period
from tracker.values.period import Days
from tracker.web.charts import Label
from tracker.web.pictures import held_by_month, moved_by_month, split


@pytest.mark.parametrize(
    ("grams", "told"),
    [
        (0, "0"),
        (1, "1 g"),
        (500, "500 g"),
        (20_000, "20 kg"),
        (500_000, "500 kg"),
        (1_500_000, "1.5 t"),
        (100_000_000, "100 t"),
    ],
)
def test_an_axis_tells_round_masses_in_round_units(grams: int, told: str) -> None:
    assert round_mass(grams) == told.replace(" ", "\u00a0")


def test_the_months_between_two_days() -> None:
    assert period.months_of(Days(date(2025, 11, 30), date(2026, 2, 1))) == ["2025-11", "2025-12", "2026-01", "2026-02"]
    assert len(period.months_of(period.year(2013))) == 12


def test_a_month_without_anything_keeps_its_place() -> None:
    months = period.months_of(period.year(2013))
    chart = moved_by_month(months, {"2013-02": 500}, {"2013-02": 200, "2013-12": 900})
    assert [[bar.value for bar in group.bars] for group in chart.groups][1::10] == [[500, 200], [0, 900]]
    assert [group.label for group in chart.groups][:2] == [Label("Jan", "J"), Label("Feb", "F")]


def test_months_are_named_in_the_readers_language(app: Flask) -> None:
    with app.test_request_context():
        session["locale"] = "fr"
        assert [point.label.long for point in held_by_month({"2013-02": 1, "2013-07": 2}).points] == ["févr.", "juil."]


def test_a_split_shows_the_largest_first_and_no_more_than_fit() -> None:
    codes = [f"C{number}" for number in range(20)]
    drawn = split({code: at for at, code in enumerate(codes)}, {code: code.lower() for code in codes})
    assert [row.label for row in drawn.rows][:3] == ["c19", "c18", "c17"]
    assert len(drawn.rows) == 12
