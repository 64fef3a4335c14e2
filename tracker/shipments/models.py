"""Shipments and what they carry. Once sent, only what was received is added; a mistake is reversed."""

from datetime import date
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from tracker.db import Base, Grams, Instant, Key, coded


class State(StrEnum):
    DRAFT = "draft"
    SENT = "sent"
    RECEIVED = "received"
    CANCELLED = "cancelled"
    """A draft that never left."""
    REVERSED = "reversed"
    """Sent by mistake: its grams are back in the stock."""


class Shipment(Base):
    """Categories sent to a consignee in a country."""

    __tablename__ = "shipments"
    __table_args__ = (
        sa.UniqueConstraint("reference"),
        sa.CheckConstraint("packages > 0", name="packages_positive"),
        sa.CheckConstraint("departed_on IS NOT NULL OR state IN ('draft', 'cancelled')", name="sent_has_departed"),
        sa.CheckConstraint("received_on IS NULL OR received_on >= departed_on", name="received_after_departed"),
        sa.Index("ix_shipments_depot_id_departed_on", "depot_id", "departed_on"),
    )

    id: Mapped[Key]
    reference: Mapped[str] = mapped_column(sa.String(40))
    depot_id: Mapped[int] = mapped_column(sa.ForeignKey("depots.id"))
    consignee_id: Mapped[int | None] = mapped_column(sa.ForeignKey("consignees.id"))
    """Empty where an old book names a country only."""
    country: Mapped[str] = mapped_column(sa.String(2))
    """Of destination, ISO 3166-1 alpha-2."""
    container: Mapped[str | None] = mapped_column(sa.String(20))
    packages: Mapped[int | None]
    state: Mapped[State] = mapped_column(coded(State, "state"))
    departed_on: Mapped[date | None]
    received_on: Mapped[date | None]
    drafted_at: Mapped[Instant]
    drafted_by: Mapped[int | None] = mapped_column(sa.ForeignKey("accounts.id"))
    sent_at: Mapped[Instant | None]
    sent_by: Mapped[int | None] = mapped_column(sa.ForeignKey("accounts.id"))
    end_reason: Mapped[str | None] = mapped_column(sa.Text)
    """Why it was cancelled or reversed."""


class ShipmentLine(Base):
    """Grams of a category, as sent and as received."""

    __tablename__ = "shipment_lines"
    __table_args__ = (
        sa.UniqueConstraint("shipment_id", "category_id"),
        sa.CheckConstraint("net_grams > 0", name="net_positive"),
        sa.CheckConstraint("received_grams >= 0", name="received_not_negative"),
    )

    id: Mapped[Key]
    shipment_id: Mapped[int] = mapped_column(sa.ForeignKey("shipments.id"))
    category_id: Mapped[int] = mapped_column(sa.ForeignKey("categories.id"))
    net_grams: Mapped[Grams]
    received_grams: Mapped[Grams | None]
