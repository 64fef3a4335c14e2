"""Signing in: a password, then a code where the account asks for one. Each try is counted before it is looked at."""

import hashlib
import hmac
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from tracker.accounts import rules
from tracker.accounts.models import Account, SignInAttempt
from tracker.accounts.service import passwords
from tracker.accounts.service.second_factor import asks_for_code, prove_code
from tracker.accounts.service.sessions import begin_session
from tracker.db import Database, Session, insert
from tracker.errors import NotPermitted, Refusal


@dataclass(frozen=True, slots=True)
class Credentials:
    login: str
    password: str
    address: str
    """Where it is tried from: counted, never kept."""


class Ticket(str):
    """What a right password gets where a code is asked too: no session, only the leave to say the code, for a while."""

    __slots__ = ()


def sign_in(database: Database, given: Credentials, device: str | None = None) -> str | Ticket:
    """The token of a new session, or a ``Ticket`` for ``sign_in_with_code``.

    Raises ``NotPermitted("sign_in_locked")`` with the seconds to wait, ``NotPermitted("sign_in_failed")``.
    """
    with proving(database, given, NotPermitted("sign_in_failed")) as (session, account):
        if asks_for_code(session, account.id):
            return _ticket(session, account, session.clock.now())
        return begin_session(session, account, device)


def sign_in_with_code(database: Database, ticket: str, code: str, address: str, device: str | None = None) -> str:
    """The token of a new session.

    Raises ``NotPermitted``: "ticket_dead" (too late, or another password since), "sign_in_locked", "code_wrong".
    """
    with database.writing() as session:
        login = _holder(session, ticket).login
        _charge_all(session, login, address)
    with database.writing() as session:
        account = _holder(session, ticket)
        prove_code(session, account, code)
        _give_back_all(session, login, address)
        return begin_session(session, account, device)


@contextmanager
def proving(database: Database, given: Credentials, wrong: Refusal) -> Iterator[tuple[Session, Account]]:
    """A unit of work for whoever knows the password; raises ``wrong``, or ``NotPermitted("sign_in_locked")``.

    The failure is charged, and committed, before the password is looked at: guesses made side by side cannot outrun
    the count. It is given back with what the block writes, or stays when the block refuses.
    """
    with database.writing() as session:
        _charge_all(session, given.login, given.address)
    with database.writing() as session:
        account = _account_named(session, given.login)
        if not passwords.proves(account, given.password) or account is None:
            raise wrong
        yield session, account
        _give_back_all(session, given.login, given.address)


def _account_named(session: Session, login: str) -> Account | None:
    wanted = sa.select(Account).where(Account.login == rules.folded_login(login), Account.deactivated_at.is_(None))
    return session.scalars(wanted).one_or_none()


def _ticket(session: Session, account: Account, at: datetime) -> Ticket:
    """Signed with the password's hash in it: another password, and it is worth nothing."""
    issued = int(at.timestamp())
    message = f"ticket {account.id} {issued} {account.password_hash}"
    seal = hmac.digest(session.journal_key, message.encode(), hashlib.sha256).hex()
    return Ticket(f"{account.id}.{issued}.{seal}")


def _holder(session: Session, ticket: str) -> Account:
    """Raises ``NotPermitted("ticket_dead")``."""
    number, _, rest = ticket.partition(".")
    wanted = sa.select(Account).where(Account.id == rules.account_number(number), Account.deactivated_at.is_(None))
    account = session.scalars(wanted).one_or_none()
    issued = rules.ticket_moment(rest.partition(".")[0], session.clock.now())
    if account is None or issued is None or not hmac.compare_digest(_ticket(session, account, issued), ticket):
        raise NotPermitted("ticket_dead")
    return account


def _charge_all(session: Session, login: str, address: str) -> None:
    for key, limit in _counted(session, login, address):
        _charge(session, key, limit)


def _give_back_all(session: Session, login: str, address: str) -> None:
    for key, limit in _counted(session, login, address):
        _give_back(session, key, limit)


def _counted(session: Session, login: str, address: str) -> list[tuple[str, int]]:
    """The keys that failures are counted under, always in the same order; neither stands in clear."""
    named = [
        (f"login {rules.folded_login(login)}", rules.LOGIN_LIMIT),
        (f"address {rules.counted_address(address)}", rules.ADDRESS_LIMIT),
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
    """What was proven takes its charge back; earlier failures stay until they are a day old."""
    attempt = session.get_one(SignInAttempt, key, with_for_update=True, populate_existing=True)
    tally = rules.Tally(attempt.failures, attempt.last_failure_at, attempt.locked_until)
    _write_tally(attempt, rules.given_back(tally, limit))


def _write_tally(attempt: SignInAttempt, tally: rules.Tally) -> None:
    attempt.failures = tally.failures
    attempt.last_failure_at = tally.last_failure_at
    attempt.locked_until = tally.locked_until
