"""The accounts that an administrator keeps, and the first administrator."""

from dataclasses import dataclass, replace

import sqlalchemy as sa

from tracker.accounts import queries, rules
from tracker.accounts.models import Account, SetupLink
from tracker.accounts.policy import Permission, require, require_everywhere
from tracker.accounts.service import passwords
from tracker.accounts.service.second_factor import forget_second_factor
from tracker.accounts.service.sessions import digest, end_sessions, fresh_token
from tracker.audit.service import record, take_turn
from tracker.db import Session, insert
from tracker.errors import Conflict, NotFound
from tracker.values.actor import CONSOLE, Actor, Role


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
        end_sessions(session, account.id)
    record(session, actor, "account.changed", subject=("account", account.id))


def set_password(session: Session, actor: Actor, account_id: int, password: str) -> None:
    """Lends a password, which the person changes at the next sign-in. Ends the account's sessions.

    Raises ``Invalid``, ``NotFound("account_not_found")``, ``Conflict("own_account")``.
    """
    account = _anothers(session, actor, account_id)
    account.password_hash = passwords.hashed(rules.checked_password(password, account.login))
    account.password_lent_at = session.clock.now()
    end_sessions(session, account.id)
    record(session, actor, "account.password_set", subject=("account", account.id))


def reset_second_factor(session: Session, actor: Actor, account_id: int) -> None:
    """For whoever lost the telephone and the recovery codes: the password alone signs in again.

    Ends the account's sessions. Raises ``NotFound("account_not_found")``, ``Conflict("own_account")``,
    ``Conflict("second_factor_missing")``.
    """
    account = _anothers(session, actor, account_id)
    forget_second_factor(session, account.id)
    end_sessions(session, account.id)
    record(session, actor, "account.second_factor_reset", subject=("account", account.id))


def deactivate_account(session: Session, actor: Actor, account_id: int) -> None:
    """Ends its sessions at once. Raises ``Conflict("last_admin")``."""
    require(actor, Permission.MANAGE_ACCOUNTS)
    account = _held(session, actor, account_id)
    before = _standing(account)
    account.deactivated_at = account.deactivated_at or session.clock.now()
    _refuse_leaving_nobody(session, account, before)
    end_sessions(session, account.id)
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
    token, now = fresh_token(), session.clock.now()
    link = {"token_hash": digest(token), "created_at": now, "expires_at": now + rules.SETUP_LINK_LASTS}
    stored = insert(session, SetupLink).values(id=1, **link)
    session.execute(stored.on_conflict_do_update(index_elements=["id"], set_=link))
    return token


def check_setup_link(session: Session, token: str, *, hold: bool = False) -> None:
    """Raises ``NotFound("setup_link_dead")`` for a token unknown, expired, or outlived by an administrator.

    ``hold``: of two who follow the link at once, one comes first.
    """
    wanted = sa.select(SetupLink).where(
        SetupLink.token_hash == digest(token), SetupLink.expires_at > session.clock.now()
    )
    link = session.scalars(wanted.with_for_update() if hold else wanted).one_or_none()
    if link is None or queries.an_admin_is_active(session):
        raise NotFound("setup_link_dead")


def create_first_admin(session: Session, token: str, new: NewAccount) -> int:
    """The administrator of every depot, whatever role and depot ``new`` names.

    Raises ``NotFound("setup_link_dead")``, and ``Invalid`` or ``Conflict`` as ``add_account``.
    """
    check_setup_link(session, token, hold=True)
    account = _new_account(session, replace(new, role=Role.ADMIN, depot_id=None))
    record(session, CONSOLE, "account.first_admin_added", subject=("account", account.id))
    return account.id


def _new_account(session: Session, new: NewAccount) -> Account:
    login = rules.checked_login(new.login)
    rules.check_reach(new.role, new.depot_id)
    if session.scalars(sa.select(Account.id).where(Account.login == login)).first() is not None:
        raise Conflict("login_taken", field="login", login=login)
    account = Account(
        login=login,
        display_name=rules.checked_name(new.display_name, login),
        role=new.role,
        depot_id=new.depot_id,
        password_hash=passwords.hashed(rules.checked_password(new.password, login)),
        created_at=session.clock.now(),
        deactivated_at=None,
        password_lent_at=None,
    )
    session.add(account)
    session.flush()
    return account


def _require_reach(actor: Actor, depot_id: int | None) -> None:
    """An administrator of one depot gives nobody more reach than that depot."""
    require(actor, Permission.MANAGE_ACCOUNTS, depot_id)
    if depot_id is None:
        require_everywhere(actor, Permission.MANAGE_ACCOUNTS)


def _held(session: Session, actor: Actor, account_id: int) -> Account:
    take_turn(session, None)
    wanted = queries.within_reach(actor).where(Account.id == account_id).with_for_update()
    found = session.scalars(wanted.execution_options(populate_existing=True)).one_or_none()
    if found is None:
        raise NotFound("account_not_found")
    return found


def _anothers(session: Session, actor: Actor, account_id: int) -> Account:
    """What proves who one is, one changes for oneself with the old proof. Raises ``Conflict("own_account")``."""
    require(actor, Permission.MANAGE_ACCOUNTS)
    if actor.account_id == account_id:
        raise Conflict("own_account")
    return _held(session, actor, account_id)


def _standing(account: Account) -> rules.Standing:
    return rules.Standing(account.role, account.depot_id, account.deactivated_at is None)


def _refuse_leaving_nobody(session: Session, account: Account, before: rules.Standing) -> None:
    """Two who leave at once cannot both be the last but one: the house's turn is held."""
    admins = sa.select(Account).where(Account.role == Role.ADMIN)
    others = [_standing(each) for each in session.scalars(admins) if each.id != account.id]
    if rules.leaves_nobody(before, _standing(account), others):
        raise Conflict("last_admin")
