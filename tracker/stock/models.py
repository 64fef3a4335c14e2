"""The ledger of grams. Movements are only ever added; a mistake is reversed by its opposite."""

from datetime import date
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from tracker.db import BIG_KEY, Base, Grams, Instant, Key, coded


class MovementKind(StrEnum):
    OPENING = "opening"
    DROP_OFF = "drop_off"
    SORTING = "sorting"
    SHIPMENT = "shipment"


class StockMovement(Base):
    """Signed grams at a depot in a category, posted by one event."""

    __tablename__ = "stock_movements"
    __table_args__ = (
        sa.CheckConstraint("grams <> 0 OR pieces <> 0", name="moves_something"),
        sa.UniqueConstraint("reverses_id"),
        sa.Index("ix_stock_movements_balance", "depot_id", "category_id", "day"),
        sa.Index("ix_stock_movements_event", "kind", "event_id"),
        sa.Index("ix_stock_movements_day", "day"),
    )

    id: Mapped[Key]
    depot_id: Mapped[int] = mapped_column(sa.ForeignKey("depots.id"))
    category_id: Mapped[int] = mapped_column(sa.ForeignKey("categories.id"))
    day: Mapped[date]
    """The event's day; a reversal takes the original's."""
    kind: Mapped[MovementKind] = mapped_column(coded(MovementKind, "kind"))
    event_id: Mapped[int] = mapped_column(BIG_KEY)
    """The drop-off, shipment, sorting or opening, in the room that ``kind`` names."""
    reference: Mapped[str] = mapped_column(sa.String(60))
    """The number of the paper behind it, for people and refusals."""
    grams: Mapped[Grams]
    pieces: Mapped[int]
    estimated: Mapped[bool]
    """Pieces counted at their typical mass, never weighed."""
    inferred: Mapped[bool]
    """Supplied by the import where an old book does not say."""
    reverses_id: Mapped[int | None] = mapped_column(BIG_KEY, sa.ForeignKey("stock_movements.id"))
    posted_at: Mapped[Instant]
    account_id: Mapped[int | None] = mapped_column(sa.ForeignKey("accounts.id"))


class StockBalance(Base):
    """The running sum of a depot's category: quick to read, and what two writers take turns at."""

    __tablename__ = "stock_balances"
    __journalled__ = False

    depot_id: Mapped[int] = mapped_column(BIG_KEY, sa.ForeignKey("depots.id"), primary_key=True, autoincrement=False)
    category_id: Mapped[int] = mapped_column(
        BIG_KEY, sa.ForeignKey("categories.id"), primary_key=True, autoincrement=False
    )
    grams: Mapped[Grams]
    pieces: Mapped[int]


class StockOpening(Base):
    """What stood in the depot when its books here began."""

    __tablename__ = "stock_openings"
    __table_args__ = (sa.CheckConstraint("grams > 0", name="grams_positive"),)

    id: Mapped[Key]
    depot_id: Mapped[int] = mapped_column(sa.ForeignKey("depots.id"))
    category_id: Mapped[int] = mapped_column(sa.ForeignKey("categories.id"))
    day: Mapped[date]
    grams: Mapped[Grams]


class Sorting(Base):
    """Grams of some categories become grams of others, and a stated loss."""

    __tablename__ = "sortings"
    __table_args__ = (sa.CheckConstraint("loss_grams >= 0", name="loss_not_negative"),)

    id: Mapped[Key]
    depot_id: Mapped[int] = mapped_column(sa.ForeignKey("depots.id"))
    day: Mapped[date]
    loss_grams: Mapped[Grams]
    inferred: Mapped[bool]


class SortingLine(Base):
    """Negative grams went in to be sorted, positive grams came out."""

    __tablename__ = "sorting_lines"
    __table_args__ = (
        sa.UniqueConstraint("sorting_id", "category_id"),
        sa.CheckConstraint("grams <> 0", name="grams_moved"),
    )

    id: Mapped[Key]
    sorting_id: Mapped[int] = mapped_column(sa.ForeignKey("sortings.id"))
    category_id: Mapped[int] = mapped_column(sa.ForeignKey("categories.id"))
    grams: Mapped[Grams]
