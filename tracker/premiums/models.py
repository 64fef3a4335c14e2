"""Schemes with their dated versions, and the ledger of francs owed."""

from datetime import date
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from tracker.db import BIG_KEY, Base, Francs, Instant, Key, coded


class EntryKind(StrEnum):
    ENGINE = "engine"
    """What the engine says a drop-off earns, or the difference to what it said before."""
    RECORDED = "recorded"
    """Written in an old book: owed as written, outside the engine, caps and approval."""
    RECORDED_PAYMENT = "recorded_payment"
    """The same, handed over: an old book writes a premium down when it is paid."""
    REFUSAL = "refusal"
    """The opposite of what the engine says a refused drop-off earns: together they owe nothing."""
    PAYMENT = "payment"
    """A payout, handed over: of a depositor, not of one drop-off."""


class PremiumScheme(Base):
    """A named rule of what is owed; its versions say when."""

    __tablename__ = "premium_schemes"
    __table_args__ = (sa.UniqueConstraint("code"),)

    id: Mapped[Key]
    code: Mapped[str] = mapped_column(sa.String(40))
    name_fr: Mapped[str] = mapped_column(sa.String(120))
    name_en: Mapped[str] = mapped_column(sa.String(120))


class PremiumSchemeVersion(Base):
    """A scheme's rule between two days, both inclusive."""

    __tablename__ = "premium_scheme_versions"
    __table_args__ = (
        sa.UniqueConstraint("scheme_id", "valid_from"),
        sa.CheckConstraint("valid_to IS NULL OR valid_from <= valid_to", name="days_in_order"),
    )

    id: Mapped[Key]
    scheme_id: Mapped[int] = mapped_column(sa.ForeignKey("premium_schemes.id"))
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
    definition: Mapped[dict[str, Any]] = mapped_column(sa.JSON)
    """The whole version in the scheme grammar, as the engine reads it."""


class PremiumEntry(Base):
    """Signed francs owed to a depositor for one drop-off, or handed over; never changed once posted."""

    __tablename__ = "premium_entries"
    __table_args__ = (
        sa.UniqueConstraint("payout_id"),
        sa.CheckConstraint("(kind = 'payment') = (drop_off_id IS NULL)", name="payment_has_no_drop_off"),
        sa.CheckConstraint("(kind = 'payment') = (payout_id IS NOT NULL)", name="payment_has_its_payout"),
        sa.CheckConstraint("kind <> 'payment' OR francs < 0", name="payment_hands_over"),
        sa.Index("ix_premium_entries_drop_off_id", "drop_off_id"),
        sa.Index("ix_premium_entries_depositor_id", "depositor_id", "day"),
        sa.Index("ix_premium_entries_day", "day"),
    )

    id: Mapped[Key]
    depot_id: Mapped[int] = mapped_column(sa.ForeignKey("depots.id"))
    depositor_id: Mapped[int] = mapped_column(sa.ForeignKey("depositors.id"))
    drop_off_id: Mapped[int | None] = mapped_column(BIG_KEY)
    """Empty for a payment, which covers several."""
    payout_id: Mapped[int | None] = mapped_column(BIG_KEY)
    """The payout that a payment hands over: once, or the database refuses it."""
    day: Mapped[date]
    """The weighing's day, of later differences too; of a payment, the day it was handed over."""
    kind: Mapped[EntryKind] = mapped_column(coded(EntryKind, "kind"))
    version_id: Mapped[int | None] = mapped_column(sa.ForeignKey("premium_scheme_versions.id"))
    """The version that priced it; empty outside the engine, or where none was in force."""
    francs: Mapped[Francs]
    """Owed when positive; taken back, or handed over, when negative."""
    entitlement: Mapped[Francs]
    """What the drop-off earns in all, once this entry is counted; 0 for a payment."""
    steps: Mapped[list[dict[str, Any]]] = mapped_column(sa.JSON)
    """The arithmetic behind ``entitlement``, line by line; its francs add up to it."""
    posted_at: Mapped[Instant]
    account_id: Mapped[int | None] = mapped_column(sa.ForeignKey("accounts.id"))


class PremiumRefusal(Base):
    """A drop-off whose premium a manager refused: whatever the engine makes of it, it is owed nothing."""

    __tablename__ = "premium_refusals"
    __table_args__ = (sa.UniqueConstraint("drop_off_id"),)

    id: Mapped[Key]
    drop_off_id: Mapped[int] = mapped_column(BIG_KEY)
    reason: Mapped[str] = mapped_column(sa.Text)
    refused_at: Mapped[Instant]
    account_id: Mapped[int | None] = mapped_column(sa.ForeignKey("accounts.id"))


class PremiumBalance(Base):
    """What a depositor is owed in all: the running sum, and what two writers take turns at."""

    __tablename__ = "premium_balances"
    __journalled__ = False

    depositor_id: Mapped[int] = mapped_column(
        BIG_KEY, sa.ForeignKey("depositors.id"), primary_key=True, autoincrement=False
    )
    francs: Mapped[Francs]
