"""What the charts of the books show: the geometry of ``charts``, with the reader's words on it."""

from collections.abc import Mapping, Sequence

from tracker.i18n import month_initial, month_name
from tracker.values import period
from tracker.web import charts
from tracker.web.charts import Columns, Label, Line, Rows

LARGEST_SHOWN = 12
"""Of a split by category; the table beside it has every one."""


def moved_by_month(months: Sequence[str], *series: Mapping[str, int]) -> Columns:
    """A group of bars for each of the ``months`` (``2013-02``), also where a series has nothing."""
    return charts.columns(_named(months), *([grams.get(month, 0) for month in months] for grams in series))


def held_by_month(held: Mapping[str, int]) -> Line:
    """What was held at the end of each month."""
    return charts.line(_named(list(held)), list(held.values()))


def split(grams: Mapping[str, int], names: Mapping[str, str]) -> Rows:
    """By code, the largest first."""
    largest = sorted(grams, key=lambda code: -grams[code])[:LARGEST_SHOWN]
    return charts.rows([names[code] for code in largest], [grams[code] for code in largest])


def _named(months: Sequence[str]) -> list[Label]:
    days = [period.month(month).first for month in months]
    return [Label(month_name(day), month_initial(day)) for day in days]
