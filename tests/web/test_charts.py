import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.web.charts import (
    LONGEST,
    MOST_STEPS,
    SHEET,
    Bar,
    Columns,
    Label,
    Rows,
    Sheet,
    Tick,
    columns,
    line,
    rows,
    steps,
)

LEFT, RIGHT, TOP, BOTTOM = SHEET.left, SHEET.width, SHEET.top, SHEET.ground
HUGE = 10**15
AMOUNTS = st.lists(st.integers(0, HUGE), min_size=1, max_size=24)


def named(count: int) -> list[Label]:
    return [Label(f"month {number}", str(number)) for number in range(count)]


def bars(chart: Columns) -> list[Bar]:
    return [bar for group in chart.groups for bar in group.bars]


@given(AMOUNTS)
def test_every_bar_stands_on_the_ground_within_the_frame(values: list[int]) -> None:
    for bar in bars(columns(named(len(values)), values, values)):
        assert LEFT <= bar.x < bar.x + bar.width <= RIGHT
        assert TOP <= bar.y <= BOTTOM
        assert bar.y + bar.height == BOTTOM


@given(AMOUNTS)
def test_a_bar_is_as_high_as_its_share_of_the_highest_tick(values: list[int]) -> None:
    chart = columns(named(len(values)), values)
    top = chart.ticks[-1].value
    for bar in bars(chart):
        assert abs(bar.height * top - bar.value * (BOTTOM - TOP)) <= top, "to the nearest unit, or one for a trace"


@given(AMOUNTS)
def test_bars_never_overlap(values: list[int]) -> None:
    in_order = bars(columns(named(len(values)), values, values))
    for left, right in itertools.pairwise(in_order):
        assert left.x + left.width <= right.x


@given(st.integers(0, HUGE))
def test_steps_rise_evenly_from_nought_to_just_over_the_top(top: int) -> None:
    scale = steps(top)
    step = scale[1]
    assert scale == list(range(0, scale[-1] + 1, step))
    assert scale[-1] >= top
    assert scale[-1] - step < max(top, 1)
    assert len(scale) - 1 <= MOST_STEPS
    assert str(step).rstrip("0") in {"1", "2", "5"}


@pytest.mark.parametrize(
    ("top", "scale"),
    [
        (0, [0, 1]),
        (1, [0, 1]),
        (5, [0, 1, 2, 3, 4, 5]),
        (6, [0, 2, 4, 6]),
        (11, [0, 5, 10, 15]),
        (95_000, [0, 20_000, 40_000, 60_000, 80_000, 100_000]),
    ],
)
def test_steps_that_a_person_would_choose(top: int, scale: list[int]) -> None:
    assert steps(top) == scale


def test_nothing_but_noughts_lies_on_the_ground() -> None:
    chart = columns(named(3), [0, 0, 0])
    assert [bar.height for bar in bars(chart)] == [0, 0, 0]
    assert chart.ticks == [Tick(0, BOTTOM), Tick(1, TOP)]
    assert [point.y for point in line(named(3), [0, 0, 0]).points] == [BOTTOM] * 3
    assert [row.bar.width for row in rows(["MOB"], [0]).rows] == [0]


def test_a_trace_beside_a_mountain_is_still_seen() -> None:
    assert [bar.height for bar in bars(columns(named(2), [1, HUGE]))] == [1, BOTTOM - TOP]
    assert [row.bar.width for row in rows(["a", "b"], [1, HUGE]).rows] == [1, LONGEST]


def test_without_labels_there_is_an_empty_sheet() -> None:
    assert columns([], []).groups == []
    assert rows([], []) == Rows([], Sheet(height=0))
    assert line([], []).path == ""


@given(AMOUNTS)
def test_lying_bars_fit_the_sheet_one_under_the_other(values: list[int]) -> None:
    chart = rows([str(number) for number in range(len(values))], values)
    ends = [0, *(row.bar.y + row.bar.height for row in chart.rows)]
    assert all(end < row.bar.y for end, row in zip(ends, chart.rows, strict=False))
    assert ends[-1] <= chart.sheet.height
    assert max(row.bar.width for row in chart.rows) == (LONGEST if any(values) else 0)


@given(AMOUNTS)
def test_a_line_goes_from_left_to_right_within_the_frame(values: list[int]) -> None:
    drawn = line(named(len(values)), values)
    assert all(LEFT <= point.x <= RIGHT and TOP <= point.y <= BOTTOM for point in drawn.points)
    across = [point.x for point in drawn.points]
    assert across == sorted(set(across))
    assert drawn.path.count(",") == len(values)


@given(AMOUNTS)
def test_the_more_the_higher(values: list[int]) -> None:
    by_value = sorted(line(named(len(values)), values).points, key=lambda point: point.value)
    assert [point.y for point in by_value] == sorted((point.y for point in by_value), reverse=True)


@pytest.mark.parametrize("values", [[-1], [1, 2]])
def test_what_cannot_be_drawn_is_refused(values: list[int]) -> None:
    for draw in (columns, line):
        with pytest.raises(ValueError, match="chart"):
            draw(named(1), values)
    with pytest.raises(ValueError, match="chart"):
        rows(["MOB"], values)
