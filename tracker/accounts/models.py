"""Accounts, and what signing in keeps about them."""

import secrets

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from tracker.db import Base, Instant, Key, coded
from tracker.values.actor import Role


class Account(Base):
    """A person who signs in. Deactivated, never deleted: the books name who acted."""

    __tablename__ = "accounts"
    __table_args__ = (
        sa.UniqueConstraint("login"),
        sa.CheckConstraint("login = lower(login)", name="login_folded"),
        sa.CheckConstraint("role <> 'operator'", name="role_is_a_persons"),
        sa.CheckConstraint("role <> 'clerk' OR depot_id IS NOT NULL", name="clerk_has_a_depot"),
    )

    id: Mapped[Key]
    login: Mapped[str] = mapped_column(sa.String(32))
    display_name: Mapped[str] = mapped_column(sa.String(80), info={"personal": True})
    role: Mapped[Role] = mapped_column(coded(Role, "role"))
    depot_id: Mapped[int | None] = mapped_column(sa.ForeignKey("depots.id"))
    """The one depot in reach; empty reaches every depot."""
    password_hash: Mapped[str] = mapped_column(sa.String(255), info={"secret": True})
    """Argon2id, with its parameters."""
    created_at: Mapped[Instant]
    deactivated_at: Mapped[Instant | None]
    salt: Mapped[str] = mapped_column(sa.String(32), default=lambda: secrets.token_hex(16), info={"salt": True})


class WebSession(Base):
    """One browser signed in. The browser holds the token; here stands only its digest."""

    __tablename__ = "web_sessions"
    __journalled__ = False
    __table_args__ = (
        sa.UniqueConstraint("token_hash"),
        sa.Index("ix_web_sessions_account_id", "account_id"),
    )

    id: Mapped[Key]
    token_hash: Mapped[str] = mapped_column(sa.String(64))
    account_id: Mapped[int] = mapped_column(sa.ForeignKey("accounts.id"))
    created_at: Mapped[Instant]
    expires_at: Mapped[Instant]
    """However busy the browser is kept; an idle one goes earlier, with its cookie."""
    ended_at: Mapped[Instant | None]


class SignInAttempt(Base):
    """Failures of one login, or from one address: counted under a keyed hash, neither stands here in clear."""

    __tablename__ = "sign_in_attempts"
    __journalled__ = False
    __table_args__ = (sa.CheckConstraint("failures >= 0", name="failures_not_negative"),)

    key: Mapped[str] = mapped_column(sa.String(64), primary_key=True)
    failures: Mapped[int]
    last_failure_at: Mapped[Instant]
    locked_until: Mapped[Instant | None]


class SetupLink(Base):
    """The link that creates the first administrator: one row, so that the last link printed is the one."""

    __tablename__ = "setup_links"
    __journalled__ = False
    __table_args__ = (sa.CheckConstraint("id = 1", name="one_link"),)

    id: Mapped[Key]
    token_hash: Mapped[str] = mapped_column(sa.String(64))
    created_at: Mapped[Instant]
    expires_at: Mapped[Instant]
