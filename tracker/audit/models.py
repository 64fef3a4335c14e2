"""The journal's two tables. Neither is ever changed but by its own writer."""

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from tracker.db import BIG_KEY, Base, Instant, Key


class JournalEntry(Base):
    """One line: one verb of one actor, with every row it wrote, before and after."""

    __tablename__ = "journal_entries"
    __journalled__ = False
    __table_args__ = (
        sa.UniqueConstraint("chain", "position"),
        sa.CheckConstraint("position > 0", name="position_counts_from_one"),
        sa.Index("ix_journal_entries_subject", "subject_kind", "subject_id"),
        sa.Index("ix_journal_entries_account_id", "account_id"),
    )

    id: Mapped[Key]
    chain: Mapped[int] = mapped_column(BIG_KEY)
    """The depot's id; 0 for what belongs to no depot (accounts, catalogue, schemes)."""
    position: Mapped[int] = mapped_column(BIG_KEY)
    at: Mapped[Instant]
    account_id: Mapped[int | None] = mapped_column(sa.ForeignKey("accounts.id"))
    """Empty when the machine's own console acted."""
    action: Mapped[str] = mapped_column(sa.String(64))
    subject_kind: Mapped[str] = mapped_column(sa.String(32))
    subject_id: Mapped[int] = mapped_column(BIG_KEY)
    reason: Mapped[str | None] = mapped_column(sa.Text)
    changes: Mapped[str] = mapped_column(sa.Text)
    previous: Mapped[str] = mapped_column(sa.String(64))
    hash: Mapped[str] = mapped_column(sa.String(64))

    def content(self) -> dict[str, object]:
        """What the hash covers, besides the place in the chain."""
        return {
            "at": self.at,
            "account": self.account_id,
            "action": self.action,
            "subject": [self.subject_kind, self.subject_id],
            "reason": self.reason,
            "changes": self.changes,
        }


class JournalChain(Base):
    """Where each chain ends: the row that one writer at a time holds."""

    __tablename__ = "journal_chains"
    __journalled__ = False

    chain: Mapped[int] = mapped_column(BIG_KEY, primary_key=True, autoincrement=False)
    length: Mapped[int] = mapped_column(BIG_KEY)
    last: Mapped[str] = mapped_column(sa.String(64))
    seal: Mapped[str] = mapped_column(sa.String(64))
