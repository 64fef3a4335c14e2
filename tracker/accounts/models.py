"""Accounts, and what signing in keeps about them."""

import secrets

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from tracker.db import BIG_KEY, Base, Instant, Key, coded
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
    password_lent_at: Mapped[Instant | None]
    """When an administrator set the password: until the person sets their own, nothing else is open to them."""
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
    acted_at: Mapped[Instant | None]
    """When it last sent something, to the minute; empty while it only reads, which is written down nowhere."""
    device: Mapped[str | None] = mapped_column(sa.String(40))
    """Browser family and system, no more: ``Firefox, Android``."""


class SecondFactor(Base):
    """The authenticator application of an account. Its secret stands nowhere: a key outside the books is needed too."""

    __tablename__ = "second_factors"
    __table_args__ = (sa.UniqueConstraint("account_id"),)

    id: Mapped[Key]
    account_id: Mapped[int] = mapped_column(sa.ForeignKey("accounts.id"))
    seed: Mapped[str] = mapped_column(sa.String(64), info={"secret": True})
    added_at: Mapped[Instant]
    salt: Mapped[str] = mapped_column(sa.String(32), default=lambda: secrets.token_hex(16), info={"salt": True})


class RecoveryCode(Base):
    """Signs in once in the application's place. Only a keyed digest of it is kept."""

    __tablename__ = "recovery_codes"
    __table_args__ = (sa.UniqueConstraint("digest"), sa.Index("ix_recovery_codes_account_id", "account_id"))

    id: Mapped[Key]
    account_id: Mapped[int] = mapped_column(sa.ForeignKey("accounts.id"))
    digest: Mapped[str] = mapped_column(sa.String(64), info={"secret": True})
    used_at: Mapped[Instant | None]
    salt: Mapped[str] = mapped_column(sa.String(32), default=lambda: secrets.token_hex(16), info={"salt": True})


class CodeStep(Base):
    """The last period whose code an account has used: no code is good twice."""

    __tablename__ = "code_steps"
    __journalled__ = False

    account_id: Mapped[int] = mapped_column(
        BIG_KEY, sa.ForeignKey("accounts.id"), primary_key=True, autoincrement=False
    )
    last: Mapped[int] = mapped_column(sa.BigInteger)


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
