"""Payouts, and the entries of the ledger of francs that each one covers."""

from datetime import date
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from tracker.db import Base, Francs, Instant, Key, coded

STANDING = sa.text("NOT released")


class State(StrEnum):
    APPROVED = "approved"
    """To be handed over."""
    PAID = "paid"
    WITHDRAWN = "withdrawn"
    """Approved, then taken back before it was paid: what it covered waits again."""


class Payout(Base):
    """Francs of one depositor, approved as a whole and handed over as a whole."""

    __tablename__ = "payouts"
    __table_args__ = (
        sa.UniqueConstraint("number"),
        sa.CheckConstraint("francs > 0", name="francs_positive"),
        sa.CheckConstraint("(state = 'paid') = (paid_on IS NOT NULL)", name="paid_has_its_day"),
        sa.CheckConstraint("(state = 'paid') = (paid_at IS NOT NULL)", name="paid_has_its_moment"),
        sa.CheckConstraint("(state = 'paid') = (reference IS NOT NULL)", name="paid_has_its_reference"),
        sa.CheckConstraint("(state = 'withdrawn') = (end_reason IS NOT NULL)", name="withdrawn_has_its_reason"),
        sa.Index("ix_payouts_depositor_id", "depositor_id"),
        sa.Index("ix_payouts_depot_id_state", "depot_id", "state"),
    )

    id: Mapped[Key]
    number: Mapped[str] = mapped_column(sa.String(40))
    depot_id: Mapped[int] = mapped_column(sa.ForeignKey("depots.id"))
    depositor_id: Mapped[int] = mapped_column(sa.ForeignKey("depositors.id"))
    francs: Mapped[Francs]
    """The sum of the entries it covers, debts set off."""
    state: Mapped[State] = mapped_column(coded(State, "state"))
    approved_at: Mapped[Instant]
    approved_by: Mapped[int | None] = mapped_column(sa.ForeignKey("accounts.id"))
    paid_on: Mapped[date | None]
    """The day it was handed over, by the depot's calendar."""
    paid_at: Mapped[Instant | None]
    """When that was written down."""
    paid_by: Mapped[int | None] = mapped_column(sa.ForeignKey("accounts.id"))
    reference: Mapped[str | None] = mapped_column(sa.String(60))
    """The cash voucher's number, or whatever else proves the payment."""
    end_reason: Mapped[str | None] = mapped_column(sa.Text)
    """Why it was withdrawn."""


class PayoutLine(Base):
    """One entry of the ledger that a payout covers."""

    __tablename__ = "payout_lines"
    __table_args__ = (
        sa.UniqueConstraint("payout_id", "entry_id"),
        sa.Index(
            "uq_payout_lines_standing_entry", "entry_id", unique=True, sqlite_where=STANDING, postgresql_where=STANDING
        ),
    )

    id: Mapped[Key]
    payout_id: Mapped[int] = mapped_column(sa.ForeignKey("payouts.id"))
    entry_id: Mapped[int] = mapped_column(sa.ForeignKey("premium_entries.id"))
    released: Mapped[bool] = mapped_column(default=False)
    """Its payout was withdrawn: the entry waits again. Until then no other payout can cover it."""
