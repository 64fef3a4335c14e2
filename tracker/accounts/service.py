"""Adding and changing accounts; signing in and out; the first administrator."""

import functools
import hashlib
import hmac
import secrets
from dataclasses import dataclass, replace

import sqlalchemy as sa
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from tracker.accounts import queries, rules
from tracker.accounts.models import Account, SetupLink, SignInAttempt, WebSession
from tracker.accounts.policy import Permission, require
from tracker.audit.service import record
from tracker.db import Database, Session, insert
from tracker.errors import Conflict, Invalid, NotFound, NotPermitted, Refusal
from tracker.values.actor import CONSOLE, Actor, Role

_HASHER = PasswordHasher()
_TOKEN_BYTES = 32


@dataclass(frozen=True, slots=True)
class NewAccount:
    login: str
    password: str
    role: Role
    depot_id: int | None = None
    display_name: str = ""
    """The login when blank."""


@dataclass(frozen=True, slots=True)
class AccountDetails:
    display_name: str
    role: Role
    depot_id: int | None


def add_account(session: Session, actor: Actor, new: NewAccount) -> int:
    """Raises ``Invalid`` for an unusable login, password, role or reach, ``Conflict("login_taken")``."""
    _require_reach(actor, new.depot_id)
    account = _new_account(session, new)
    record(session, actor, "account.added", subject=("account", account.id))
    return account.id


def change_account(session: Session, actor: Actor, account_id: int, details: AccountDetails) -> None:
    """Name, role and depot; another role or depot ends the account's sessions.

    Raises ``Invalid``, ``NotFound("account_not_found")``, ``Conflict("last_admin")``.
    """
    _require_reach(actor, details.depot_id)
    rules.check_reach(details.role, details.depot_id)
    account = _held(session, actor, account_id)
    before = _standing(account)
    account.display_name = rules.checked_name(details.display_name, account.login)
    account.role, account.depot_id = details.role, details.depot_id
    _refuse_leaving_nobody(session, account, before)
    if _standing(account) != before:
        _end_sessions(session, account.id)
    record(session, actor, "account.changed", subject=("account", account.id))


def set_password(session: Session, actor: Actor, account_id: int, password: str) -> None:
    """Ends the account's sessions: whoever knew the old password is out."""
    require(actor, Permission.MANAGE_ACCOUNTS)
    account = _held(session, actor, account_id)
    account.password_hash = _HASHER.hash(rules.checked_password(password, account.login))
    _end_sessions(session, account.id)
    record(session, actor, "account.password_set", subject=("account", account.id))


def deactivate_account(session: Session, actor: Actor, account_id: int) -> None:
    """Ends its sessions at once. Raises ``Conflict("last_admin")``."""
    require(actor, Permission.MANAGE_ACCOUNTS)
    account = _held(session, actor, account_id)
    before = _standing(account)
    account.deactivated_at = account.deactivated_at or session.clock.now()
    _refuse_leaving_nobody(session, account, before)
    _end_sessions(session, account.id)
    record(session, actor, "account.deactivated", subject=("account", account.id))


def reactivate_account(session: Session, actor: Actor, account_id: int) -> None:
    require(actor, Permission.MANAGE_ACCOUNTS)
    account = _held(session, actor, account_id)
    account.deactivated_at = None
    record(session, actor, "account.reactivated", subject=("account", account.id))


def make_setup_link(session: Session) -> str | None:
    """A token good for one hour, in place of any made before; nothing once an administrator is active."""
    if queries.an_admin_is_active(session):
        return None
    token, now = secrets.token_urlsafe(_TOKEN_BYTES), session.clock.now()
    link = {"token_hash": _digest(token), "created_at": now, "expires_at": now + rules.SETUP_LINK_LASTS}
    stored = insert(session, SetupLink).values(id=1, **link)
    session.execute(stored.on_conflict_do_update(index_elements=["id"], set_=link))
    return token


def check_setup_link(session: Session, token: str) -> None:
    """Raises ``NotFound("setup_link_dead")`` for a token unknown, expired, or outlived by an administrator.

    In a writing unit of work the link is held, so that of two who follow it at once one comes first.
    """
    found = sa.select(SetupLink).where(
        SetupLink.token_hash == _digest(token), SetupLink.expires_at > session.clock.now()
    )
    if not session.in_nested_transaction() and _may_lock(session):
        found = found.with_for_update()
    if session.scalars(found).one_or_none() is None or queries.an_admin_is_active(session):
        raise NotFound("setup_link_dead")


def create_first_admin(session: Session, token: str, new: NewAccount) -> int:
    """The administrator of every depot, whatever role and depot ``new`` names.

    Raises ``NotFound("setup_link_dead")``, and ``Invalid`` or ``Conflict`` as ``add_account``.
    """
    check_setup_link(session, token)
    account = _new_account(session, replace(new, role=Role.ADMIN, depot_id=None))
    record(session, CONSOLE, "account.first_admin_added", subject=("account", account.id))
    return account.id
