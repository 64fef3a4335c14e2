"""Which books were entered, and each of their rows: what it became, or that it waits for a person."""

import secrets
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from tracker.db import Base, Instant, Key, coded

PERSONAL = {"personal": True}


class RowState(StrEnum):
    ACCEPTED = "accepted"
    WAITING = "waiting"
    """Nothing of it is in the ledgers until a person decides."""


class Import(Base):
    """One file of which something was kept."""

    __tablename__ = "imports"
    __table_args__ = (sa.Index("ix_imports_depot_id", "depot_id"),)

    id: Mapped[Key]
    depot_id: Mapped[int] = mapped_column(sa.ForeignKey("depots.id"))
    file_name: Mapped[str] = mapped_column(sa.String(255))
    sha256: Mapped[str] = mapped_column(sa.String(64))
    """Of the file's bytes."""
    imported_at: Mapped[Instant]
    account_id: Mapped[int | None] = mapped_column(sa.ForeignKey("accounts.id"))


class ImportRow(Base):
    """A row of a book, known again in any other copy of it."""

    __tablename__ = "import_rows"
    __table_args__ = (
        sa.UniqueConstraint("depot_id", "identity"),
        sa.CheckConstraint("drop_off_id IS NULL OR shipment_id IS NULL", name="one_event"),
        sa.CheckConstraint(
            "(state = 'accepted') = (drop_off_id IS NOT NULL OR shipment_id IS NOT NULL)", name="accepted_has_event"
        ),
        sa.Index("ix_import_rows_import_id", "import_id"),
        sa.Index("ix_import_rows_drop_off_id", "drop_off_id"),
        sa.Index("ix_import_rows_shipment_id", "shipment_id"),
    )

    id: Mapped[Key]
    import_id: Mapped[int] = mapped_column(sa.ForeignKey("imports.id"))
    depot_id: Mapped[int] = mapped_column(sa.ForeignKey("depots.id"))
    row: Mapped[int]
    """In the spreadsheet, the header being 1."""
    identity: Mapped[str] = mapped_column(sa.String(64))
    """Keyed digest of the normalised values and the occurrence: no telephone can be guessed back from it."""
    state: Mapped[RowState] = mapped_column(coded(RowState, "state"))
    codes: Mapped[list[str]] = mapped_column(sa.JSON)
    """What was doubtful about it."""
    cells: Mapped[dict[str, str] | None] = mapped_column(sa.JSON(none_as_null=True), info=PERSONAL)
    """What the book says, by heading, while the row waits."""
    drop_off_id: Mapped[int | None] = mapped_column(sa.ForeignKey("drop_offs.id"))
    shipment_id: Mapped[int | None] = mapped_column(sa.ForeignKey("shipments.id"))
    salt: Mapped[str] = mapped_column(sa.String(32), default=lambda: secrets.token_hex(16), info={"salt": True})
