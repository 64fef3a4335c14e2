"""Reading accounts."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from tracker.accounts.models import Account, RecoveryCode, SecondFactor, WebSession
from tracker.accounts.rules import folded_login
from tracker.db import Session
from tracker.errors import NotFound
from tracker.values.actor import Actor, Role


@dataclass(frozen=True, slots=True)
class AccountView:
    id: int
    login: str
    display_name: str
    role: Role
    depot_id: int | None
    created_at: datetime
    active: bool


@dataclass(frozen=True, slots=True)
class SessionView:
    """One browser that is signed in."""

    id: int
    began_at: datetime
    acted_at: datetime | None
    device: str | None


@dataclass(frozen=True, slots=True)
class SecondFactorView:
    added_at: datetime
    codes_left: int
    """Recovery codes not used yet."""


def accounts(session: Session, actor: Actor) -> list[AccountView]:
    """Those within the actor's reach: the active first, by login."""
    inactive = sa.case((Account.deactivated_at.is_(None), 0), else_=1)
    wanted = within_reach(actor).order_by(inactive, Account.login)
    return [_view(account) for account in session.scalars(wanted)]


def account(session: Session, actor: Actor, account_id: int) -> AccountView:
    """Raises ``NotFound("account_not_found")``, also for one out of the actor's reach."""
    found = session.scalars(within_reach(actor).where(Account.id == account_id)).one_or_none()
    if found is None:
        raise NotFound("account_not_found")
    return _view(found)


def account_named(session: Session, actor: Actor, login: str) -> AccountView:
    """Raises ``NotFound("account_not_found")``, also for one out of the actor's reach."""
    found = session.scalars(within_reach(actor).where(Account.login == folded_login(login))).one_or_none()
    if found is None:
        raise NotFound("account_not_found")
    return _view(found)


def display_names(session: Session, account_ids: Iterable[int]) -> dict[int, str]:
    """Who acted, by account: for papers and registers, whatever the reader's depot."""
    wanted = sa.select(Account.id, Account.display_name).where(Account.id.in_(set(account_ids)))
    return {row.id: row.display_name for row in session.execute(wanted)}


def may_have_acted(session: Session, actor: Actor) -> dict[int, str]:
    """Names of those who act within the actor's reach, those who reach every depot among them; by name."""
    wanted = sa.select(Account.id, Account.display_name).order_by(Account.display_name, Account.id)
    if actor.depot_id is not None:
        wanted = wanted.where(sa.or_(Account.depot_id == actor.depot_id, Account.depot_id.is_(None)))
    return {row.id: row.display_name for row in session.execute(wanted)}


def sessions(session: Session, actor: Actor) -> list[SessionView]:
    """The actor's own that are open, the newest first."""
    wanted = sa.select(WebSession).where(
        WebSession.account_id == actor.account_id,
        WebSession.ended_at.is_(None),
        WebSession.expires_at > session.clock.now(),
    )
    rows = session.scalars(wanted.order_by(WebSession.id.desc()))
    return [SessionView(row.id, row.created_at, row.acted_at, row.device) for row in rows]


def second_factor(session: Session, account_id: int | None) -> SecondFactorView | None:
    """Nothing while the password alone signs in."""
    left = sa.select(sa.func.count()).where(RecoveryCode.account_id == account_id, RecoveryCode.used_at.is_(None))
    wanted = sa.select(SecondFactor.added_at, left.scalar_subquery()).where(SecondFactor.account_id == account_id)
    found = session.execute(wanted).one_or_none()
    return SecondFactorView(*found) if found else None


def an_admin_is_active(session: Session) -> bool:
    wanted = sa.select(Account.id).where(Account.role == Role.ADMIN, Account.deactivated_at.is_(None))
    return session.scalars(wanted.limit(1)).first() is not None


def within_reach(actor: Actor) -> sa.Select[Account]:
    """An administrator of one depot knows of no account beyond it."""
    wanted = sa.select(Account)
    return wanted if actor.depot_id is None else wanted.where(Account.depot_id == actor.depot_id)


def _view(account: Account) -> AccountView:
    return AccountView(
        id=account.id,
        login=account.login,
        display_name=account.display_name,
        role=account.role,
        depot_id=account.depot_id,
        created_at=account.created_at,
        active=account.deactivated_at is None,
    )
