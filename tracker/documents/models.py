"""Where each series of numbers stands."""

from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from tracker.db import BIG_KEY, Base, coded


class Series(StrEnum):
    RECEIPT = "receipt"
    SHIPMENT = "shipment"
    PAYOUT = "payout"


class NumberSeries(Base):
    """A sum kept for speed and for its lock: the numbers themselves stand on the records that carry them."""

    __tablename__ = "number_series"
    __journalled__ = False

    depot_id: Mapped[int] = mapped_column(BIG_KEY, sa.ForeignKey("depots.id"), primary_key=True, autoincrement=False)
    series: Mapped[Series] = mapped_column(coded(Series, "series"), primary_key=True)
    year: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    last: Mapped[int]
