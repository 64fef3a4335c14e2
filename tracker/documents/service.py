"""Drawing numbers."""

from tracker.db import Session, add_to_sums
from tracker.documents.models import NumberSeries, Series


def draw_number(session: Session, depot_id: int, series: Series, year: int) -> int:
    """The next number, held by this unit of work until it ends: a rollback gives it back, so no gap is left."""
    one_more = {"depot_id": depot_id, "series": series, "year": year, "last": 1}
    (drawn,) = add_to_sums(session, NumberSeries, [one_more])
    number: int = drawn.last
    return number
