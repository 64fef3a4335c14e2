"""Depots and categories: retired, never deleted."""

from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from tracker.db import Base, Grams, Instant, Key, coded


class CountedBy(StrEnum):
    PIECE = "piece"
    KILOGRAM = "kg"


class Hazard(StrEnum):
    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


class Depot(Base):
    """A place that holds stock."""

    __tablename__ = "depots"
    __table_args__ = (sa.UniqueConstraint("code"),)

    id: Mapped[Key]
    code: Mapped[str] = mapped_column(sa.String(8))
    """Starts every receipt number."""
    name: Mapped[str] = mapped_column(sa.String(80))
    place: Mapped[str] = mapped_column(sa.String(120))
    retired_at: Mapped[Instant | None]


class Category(Base):
    """What a line is made of, with the mass of one piece that is believable."""

    __tablename__ = "categories"
    __table_args__ = (
        sa.UniqueConstraint("code"),
        sa.CheckConstraint("typical_unit_grams > 0", name="typical_positive"),
        sa.CheckConstraint(
            "(min_unit_grams IS NULL) = (max_unit_grams IS NULL)"
            " AND (min_unit_grams IS NULL OR 0 < min_unit_grams AND min_unit_grams <= max_unit_grams)",
            name="unit_range",
        ),
    )

    id: Mapped[Key]
    code: Mapped[str] = mapped_column(sa.String(8))
    name_fr: Mapped[str] = mapped_column(sa.String(80))
    name_en: Mapped[str] = mapped_column(sa.String(80))
    counted_by: Mapped[CountedBy] = mapped_column(coded(CountedBy, "counted_by"))
    typical_unit_grams: Mapped[Grams | None]
    """Grams of one ordinary piece, for estimates; empty where the category must be weighed."""
    min_unit_grams: Mapped[Grams | None]
    max_unit_grams: Mapped[Grams | None]
    hazardous: Mapped[Hazard] = mapped_column(coded(Hazard, "hazardous"))
    unu_key: Mapped[str | None] = mapped_column(sa.String(8))
    """The United Nations University's product key, for international statistics."""
    retired_at: Mapped[Instant | None]
