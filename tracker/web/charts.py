"""Charts as geometry: labelled whole numbers in, places on a sheet out, in the sheet's own whole units.

Nothing here knows what is counted, nor how a page draws it (``templates/components/chart.html``). There is no float
on the way: a length is the nearest whole unit to value × room ÷ top, and never nothing for something.
"""

from collections.abc import Sequence
from dataclasses import dataclass

MOST_STEPS = 5
"""Between the ground and the highest tick."""
GAP = 3
"""A group of bars leaves half a ``GAP``-th of its room free on each side."""
ROW, LYING = 68, 22
"""How high a lying bar's room is, in which its label stands above it, and how thick the bar."""
FIGURE = 210
"""How much of its room a lying bar leaves to its figure."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """What is drawn on, and the frame in it that values fill; ticks are told at its left, labels below it.

    On a laptop a unit is about a pixel, on a telephone about half of one.
    """

    width: int = 720
    height: int = 300
    left: int = 92
    top: int = 16
    ground: int = 260


SHEET = Sheet()
LONGEST = SHEET.width - FIGURE
"""A lying bar."""


@dataclass(frozen=True, slots=True)
class Label:
    """A word under a column, and what stands for it where there is little room."""

    long: str
    short: str


@dataclass(frozen=True, slots=True)
class Tick:
    value: int
    y: int


@dataclass(frozen=True, slots=True)
class Bar:
    """``series`` counts from 0."""

    series: int
    value: int
    x: int
    y: int
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Group:
    """The bars over one label, whose middle is at ``x``."""

    label: Label
    x: int
    bars: Sequence[Bar]


@dataclass(frozen=True, slots=True)
class Columns:
    """Bars that stand, side by side where there are several series."""

    ticks: Sequence[Tick]
    groups: Sequence[Group]
    sheet: Sheet = SHEET


@dataclass(frozen=True, slots=True)
class Row:
    label: str
    bar: Bar


@dataclass(frozen=True, slots=True)
class Rows:
    """Bars that lie, each under its label: for names too long to stand under a column."""

    rows: Sequence[Row]
    sheet: Sheet


@dataclass(frozen=True, slots=True)
class Point:
    label: Label
    value: int
    x: int
    y: int


@dataclass(frozen=True, slots=True)
class Line:
    ticks: Sequence[Tick]
    points: Sequence[Point]
    sheet: Sheet = SHEET

    @property
    def path(self) -> str:
        """As an SVG polyline takes it."""
        return " ".join(f"{point.x},{point.y}" for point in self.points)


def columns(labels: Sequence[Label], *series: Sequence[int]) -> Columns:
    """One group of bars a label. Raises ``ValueError`` for a value below nought or a series of another length."""
    scale = steps(_highest(labels, series))
    groups = [
        _group(label, at, len(labels), [values[at] for values in series], scale[-1]) for at, label in enumerate(labels)
    ]
    return Columns(_ticks(scale), groups)


def rows(labels: Sequence[str], values: Sequence[int]) -> Rows:
    """One lying bar a label. Raises ``ValueError`` as ``columns``."""
    top = _highest(labels, [values])
    lying = [
        Row(label, Bar(0, value, 0, at * ROW + ROW - LYING - 4, length(value, LONGEST, top), LYING))
        for at, (label, value) in enumerate(zip(labels, values, strict=True))
    ]
    return Rows(lying, Sheet(height=len(lying) * ROW))


def line(labels: Sequence[Label], values: Sequence[int]) -> Line:
    """One point a label, from edge to edge. Raises ``ValueError`` as ``columns``."""
    scale = steps(_highest(labels, [values]))
    points = [
        Point(label, value, _middle(at, len(labels)), _y(value, scale[-1]))
        for at, (label, value) in enumerate(zip(labels, values, strict=True))
    ]
    return Line(_ticks(scale), points)


def steps(top: int) -> list[int]:
    """From 0 to ``top`` or just over it, by the least of 1, 2, 5, 10, 20… that needs no more than ``MOST_STEPS``."""
    step, power = 1, 1
    while step * MOST_STEPS < top:
        step, power = _next_step(step, power)
    return [step * number for number in range(max(-(-top // step), 1) + 1)]


def _next_step(step: int, power: int) -> tuple[int, int]:
    match step // power:
        case 1:
            return 2 * power, power
        case 2:
            return 5 * power, power
        case _:
            return 10 * power, 10 * power


def length(value: int, room: int, top: int) -> int:
    """Of ``value`` where ``top`` fills ``room``: the nearest unit, and at least one for anything at all."""
    if value == 0:
        return 0
    return max((2 * value * room + top) // (2 * top), 1)


def _highest(labels: Sequence[object], series: Sequence[Sequence[int]]) -> int:
    if any(len(values) != len(labels) for values in series):
        raise ValueError("a chart needs one value a label")
    values = [value for each in series for value in each]
    if any(value < 0 for value in values):
        raise ValueError("a chart starts at nought")
    return max(values, default=0)


def _ticks(scale: Sequence[int]) -> list[Tick]:
    return [Tick(value, _y(value, scale[-1])) for value in scale]


def _y(value: int, top: int) -> int:
    return SHEET.ground - length(value, SHEET.ground - SHEET.top, top)


def _edge(at: int, count: int) -> int:
    """Where the room of label number ``at`` begins."""
    return SHEET.left + (SHEET.width - SHEET.left) * at // count


def _middle(at: int, count: int) -> int:
    return (_edge(at, count) + _edge(at + 1, count)) // 2


def _group(label: Label, at: int, count: int, values: Sequence[int], top: int) -> Group:
    first, room = _edge(at, count), _edge(at + 1, count) - _edge(at, count)
    margin = room // (2 * GAP)
    width = (room - 2 * margin) // len(values)
    bars = [
        Bar(
            series=number,
            value=value,
            x=first + margin + number * width,
            y=_y(value, top),
            width=width,
            height=length(value, SHEET.ground - SHEET.top, top),
        )
        for number, value in enumerate(values)
    ]
    return Group(label, _middle(at, count), bars)
