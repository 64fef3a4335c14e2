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
from tracker.errors import Conflict, NotFound, NotPermitted
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


def check_setup_link(session: Session, token: str, *, hold: bool = False) -> None:
    """Raises ``NotFound("setup_link_dead")`` for a token unknown, expired, or outlived by an administrator.

    ``hold``: of two who follow the link at once, one comes first.
    """
    wanted = sa.select(SetupLink).where(
        SetupLink.token_hash == _digest(token), SetupLink.expires_at > session.clock.now()
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


@dataclass(frozen=True, slots=True)
class Credentials:
    login: str
    password: str
    address: str


def sign_in(database: Database, given: Credentials) -> str:
    """The token of a new session.

    The failure is charged, and committed, before the password is looked at: guesses made side by side cannot outrun
    the count. Raises ``NotPermitted("sign_in_locked")`` with the seconds to wait, ``NotPermitted("sign_in_failed")``.
    """
    with database.writing() as session:
        for key, limit in _counted(session, given):
            _charge(session, key, limit)
    with database.writing() as session:
        account = _account_named(session, given.login)
        if not _proves(account, given.password) or account is None:
            raise NotPermitted("sign_in_failed")
        for key, limit in _counted(session, given):
            _give_back(session, key, limit)
        return _begin_session(session, account)


def sign_out(session: Session, token: str) -> None:
    """Ends this session; its token opens nothing any more."""
    standing = sa.update(WebSession).where(WebSession.token_hash == _digest(token), WebSession.ended_at.is_(None))
    session.execute(standing.values(ended_at=session.clock.now()))


def actor_of(session: Session, token: str) -> Actor | None:
    """Who holds this token; nobody once the session has ended or the account is deactivated."""
    wanted = (
        sa.select(Account)
        .join(WebSession, WebSession.account_id == Account.id)
        .where(
            WebSession.token_hash == _digest(token),
            WebSession.ended_at.is_(None),
            WebSession.expires_at > session.clock.now(),
            Account.deactivated_at.is_(None),
        )
    )
    account = session.scalars(wanted).one_or_none()
    return Actor(account.id, account.login, account.role, account.depot_id) if account else None


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
        password_hash=_HASHER.hash(rules.checked_password(new.password, login)),
        created_at=session.clock.now(),
        deactivated_at=None,
    )
    session.add(account)
    session.flush()
    return account


def _require_reach(actor: Actor, depot_id: int | None) -> None:
    """An administrator of one depot gives nobody more reach than that depot."""
    require(actor, Permission.MANAGE_ACCOUNTS, depot_id)
    if depot_id is None and actor.depot_id is not None:
        raise NotPermitted("not_permitted", permission=Permission.MANAGE_ACCOUNTS.value, role=actor.role.value)


def _held(session: Session, actor: Actor, account_id: int) -> Account:
    wanted = queries.within_reach(actor).where(Account.id == account_id).with_for_update()
    found = session.scalars(wanted.execution_options(populate_existing=True)).one_or_none()
    if found is None:
        raise NotFound("account_not_found")
    return found


def _standing(account: Account) -> rules.Standing:
    return rules.Standing(account.role, account.depot_id, account.deactivated_at is None)


def _refuse_leaving_nobody(session: Session, account: Account, before: rules.Standing) -> None:
    """Every administrator's row is held meanwhile: two who leave at once cannot both be the last but one."""
    admins = sa.select(Account).where(Account.role == Role.ADMIN).order_by(Account.id).with_for_update()
    others = [_standing(each) for each in session.scalars(admins) if each.id != account.id]
    if rules.leaves_nobody(before, _standing(account), others):
        raise Conflict("last_admin")


def _end_sessions(session: Session, account_id: int) -> None:
    standing = sa.update(WebSession).where(WebSession.account_id == account_id, WebSession.ended_at.is_(None))
    session.execute(standing.values(ended_at=session.clock.now()))


def _counted(session: Session, given: Credentials) -> list[tuple[str, int]]:
    """The keys that failures are counted under, always in the same order; neither stands in clear."""
    named = [
        (f"login {rules.folded_login(given.login)}", rules.LOGIN_LIMIT),
        (f"address {rules.counted_address(given.address)}", rules.ADDRESS_LIMIT),
    ]
    return [(hmac.digest(session.journal_key, name.encode(), hashlib.sha256).hex(), limit) for name, limit in named]


def _charge(session: Session, key: str, limit: int) -> None:
    now = session.clock.now()
    first = insert(session, SignInAttempt).values(key=key, failures=0, last_failure_at=now, locked_until=None)
    session.execute(first.on_conflict_do_nothing())
    attempt = session.get_one(SignInAttempt, key, with_for_update=True, populate_existing=True)
    tally = rules.Tally(attempt.failures, attempt.last_failure_at, attempt.locked_until)
    if seconds := rules.seconds_to_wait(tally, now):
        raise NotPermitted("sign_in_locked", seconds=seconds)
    _write_tally(attempt, rules.charged(tally, now, limit))
    session.flush()


def _give_back(session: Session, key: str, limit: int) -> None:
    """A right password takes its charge back, and clears what the login had against it."""
    attempt = session.get_one(SignInAttempt, key, with_for_update=True, populate_existing=True)
    tally = rules.Tally(attempt.failures, attempt.last_failure_at, attempt.locked_until)
    _write_tally(attempt, rules.given_back(tally, limit))


def _write_tally(attempt: SignInAttempt, tally: rules.Tally) -> None:
    attempt.failures = tally.failures
    attempt.last_failure_at = tally.last_failure_at
    attempt.locked_until = tally.locked_until


def _account_named(session: Session, login: str) -> Account | None:
    wanted = sa.select(Account).where(Account.login == rules.folded_login(login), Account.deactivated_at.is_(None))
    return session.scalars(wanted).one_or_none()


@functools.cache
def _nobodys_hash() -> str:
    return _HASHER.hash(secrets.token_hex())


def _proves(account: Account | None, password: str) -> bool:
    """An unknown login costs the same time as a known one."""
    known = account.password_hash if account else _nobodys_hash()
    try:
        return _HASHER.verify(known, rules.normal_password(password)) and account is not None
    except (VerificationError, InvalidHashError):
        return False


def _begin_session(session: Session, account: Account) -> str:
    token, now = secrets.token_urlsafe(_TOKEN_BYTES), session.clock.now()
    session.add(
        WebSession(
            token_hash=_digest(token),
            account_id=account.id,
            created_at=now,
            expires_at=now + rules.SESSION_LASTS,
            ended_at=None,
        )
    )
    session.flush()
    return token


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
