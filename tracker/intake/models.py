"""Drop-offs as they were brought. A saved one never changes; a void is a row beside it."""

from datetime import date
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from tracker.db import Base, Francs, Grams, Instant, Key


class DropOff(Base):
    """One visit: one depositor, one weighing time, one or more lines."""

    __tablename__ = "drop_offs"
    __table_args__ = (
        sa.UniqueConstraint("client_id"),
        sa.UniqueConstraint("depot_id", "receipt"),
        sa.CheckConstraint("recorded_premium >= 0", name="recorded_premium_not_negative"),
        sa.Index("ix_drop_offs_depositor_id_day", "depositor_id", "day"),
        sa.Index("ix_drop_offs_depot_id_day", "depot_id", "day"),
    )

    id: Mapped[Key]
    client_id: Mapped[UUID] = mapped_column(sa.Uuid)
    """Given by whoever sends it: the same id sent twice is one record."""
    content_hash: Mapped[str] = mapped_column(sa.String(64))
    """What was sent, so that the same id with other content is told apart."""
    depot_id: Mapped[int] = mapped_column(sa.ForeignKey("depots.id"))
    depositor_id: Mapped[int] = mapped_column(sa.ForeignKey("depositors.id"))
    weighed_at: Mapped[Instant]
    day: Mapped[date]
    """The weighing's day at the depot: what months, years and schemes go by."""
    accepted_at: Mapped[Instant]
    account_id: Mapped[int | None] = mapped_column(sa.ForeignKey("accounts.id"))
    """Who logged it, and may therefore never approve its payment."""
    receipt: Mapped[str | None] = mapped_column(sa.String(40))
    """Empty for a drop-off of an old book, which keeps its slip's number."""
    external_reference: Mapped[str | None] = mapped_column(sa.String(60))
    """The slip of an old book; not unique."""
    recorded_premium: Mapped[Francs | None]
    """Owed and paid as an old book says; empty where the engine decides."""
    replaces_id: Mapped[int | None] = mapped_column(sa.ForeignKey("drop_offs.id"))
    """The voided drop-off that this one puts right."""


class DropOffLine(Base):
    """A category, with pieces and/or a weight."""

    __tablename__ = "drop_off_lines"
    __table_args__ = (
        sa.UniqueConstraint("drop_off_id", "position"),
        sa.CheckConstraint("net_grams > 0", name="net_positive"),
        sa.CheckConstraint("pieces > 0", name="pieces_positive"),
        sa.CheckConstraint(
            "gross_grams IS NULL OR (tare_grams >= 0 AND refused_grams >= 0"
            " AND net_grams = gross_grams - tare_grams - refused_grams)",
            name="net_is_gross_less_tare_less_refused",
        ),
        sa.CheckConstraint("NOT estimated OR (gross_grams IS NULL AND pieces IS NOT NULL)", name="estimate"),
        sa.Index("ix_drop_off_lines_category_id", "category_id"),
    )

    id: Mapped[Key]
    drop_off_id: Mapped[int] = mapped_column(sa.ForeignKey("drop_offs.id"))
    position: Mapped[int]
    category_id: Mapped[int] = mapped_column(sa.ForeignKey("categories.id"))
    pieces: Mapped[int | None]
    gross_grams: Mapped[Grams | None]
    """Empty when only a net weight is known (old books), or none (estimates)."""
    tare_grams: Mapped[Grams | None]
    refused_grams: Mapped[Grams | None]
    net_grams: Mapped[Grams]
    estimated: Mapped[bool]
    """Pieces × the category's typical mass: never weighed, never mixed with what was."""


class DropOffVoid(Base):
    """The end of a drop-off that should not have been saved."""

    __tablename__ = "drop_off_voids"
    __table_args__ = (sa.UniqueConstraint("drop_off_id"),)

    id: Mapped[Key]
    drop_off_id: Mapped[int] = mapped_column(sa.ForeignKey("drop_offs.id"))
    reason: Mapped[str] = mapped_column(sa.Text)
    voided_at: Mapped[Instant]
    account_id: Mapped[int | None] = mapped_column(sa.ForeignKey("accounts.id"))
