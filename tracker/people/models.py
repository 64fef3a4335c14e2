"""Depositors and consignees. What is personal is marked, and can be erased without touching a ledger."""

import secrets
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from tracker.db import Base, Instant, Key, coded

PERSONAL = {"personal": True}


class Kind(StrEnum):
    """Who brings: premiums and statistics tell them apart."""

    INDIVIDUAL = "individual"
    REPAIRER = "repairer"
    COLLECTOR = "collector"
    ORGANISATION = "organisation"


class Depositor(Base):
    """A person or organisation who brings devices to one depot."""

    __tablename__ = "depositors"
    __table_args__ = (
        sa.Index("ix_depositors_depot_id_folded_name", "depot_id", "folded_name"),
        sa.Index("ix_depositors_depot_id_phone", "depot_id", "phone"),
    )

    id: Mapped[Key]
    depot_id: Mapped[int] = mapped_column(sa.ForeignKey("depots.id"))
    kind: Mapped[Kind] = mapped_column(coded(Kind, "kind"))
    name: Mapped[str | None] = mapped_column(sa.String(120), info=PERSONAL)
    """Empty for those whom an old book names no more than by a telephone, or not at all."""
    folded_name: Mapped[str] = mapped_column(sa.String(120), info=PERSONAL)
    """The name as it is searched for: no accents, no capitals."""
    phone: Mapped[str | None] = mapped_column(sa.String(20), info=PERSONAL)
    """E.164."""
    added_at: Mapped[Instant]
    salt: Mapped[str] = mapped_column(sa.String(32), default=lambda: secrets.token_hex(16), info={"salt": True})


class Consignee(Base):
    """Who receives shipments, and in which country."""

    __tablename__ = "consignees"
    __table_args__ = (sa.UniqueConstraint("name", "country"),)

    id: Mapped[Key]
    name: Mapped[str] = mapped_column(sa.String(120))
    country: Mapped[str] = mapped_column(sa.String(2))
    """ISO 3166-1 alpha-2."""
