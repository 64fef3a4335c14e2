"""Drawing numbers."""

from tracker.db import Session, insert
from tracker.documents.models import NumberSeries, Series


def draw_number(session: Session, depot_id: int, series: Series, year: int) -> int:
    """The next number, held by this unit of work until it ends: a rollback gives it back, so no gap is left."""
    first = insert(session, NumberSeries).values(depot_id=depot_id, series=series, year=year, last=1)
    drawn = first.on_conflict_do_update(
        index_elements=["depot_id", "series", "year"], set_={"last": NumberSeries.last + 1}
    ).returning(NumberSeries.last)
    number: int = session.execute(drawn).scalar_one()
    return number
