"""What people change of their own account, each time with the password they have: a browser left open is not enough."""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import sqlalchemy as sa

from tracker.accounts import rules
from tracker.accounts.models import Account
from tracker.accounts.policy import Permission, require
from tracker.accounts.service import passwords
from tracker.accounts.service.second_factor import begin_second_factor, forget_second_factor, prove_code, secret_of
from tracker.accounts.service.sessions import end_other_sessions
from tracker.accounts.service.signing_in import Credentials, proving
from tracker.audit.service import record
from tracker.db import Database, Session
from tracker.errors import Invalid
from tracker.values.actor import Actor


@dataclass(frozen=True, slots=True)
class Proof:
    """The actor's own password, and where it is tried from: a wrong one counts as a failed sign-in."""

    password: str
    address: str


@dataclass(frozen=True, slots=True)
class Enrolment:
    """What an authenticator application is told, and the seed to come back with. Nothing is written down yet."""

    seed: str
    secret: str
    """Base32, as applications take it."""
    address: str
    """``otpauth://…``, as the QR code says it."""


def change_own_password(database: Database, actor: Actor, proof: Proof, password: str, token: str) -> None:
    """Ends every session but the one of ``token``.

    Raises ``Invalid`` for an unusable password, ``Invalid("password_wrong")``, ``NotPermitted("sign_in_locked")``.
    """
    require(actor, Permission.USE_SESSION)
    fresh = rules.checked_password(password, actor.login)
    if fresh == rules.normal_password(proof.password):
        raise Invalid("password_unchanged", field="password")
    with _proven(database, actor, proof) as (session, account):
        account.password_hash, account.password_lent_at = passwords.hashed(fresh), None
        end_other_sessions(session, actor, token)
        record(session, actor, "account.own_password_changed", subject=("account", account.id))


def offer_second_factor(session: Session, actor: Actor, issuer: str, seed: str | None = None) -> Enrolment:
    """A fresh secret, or again the one of ``seed``. ``issuer`` is how the application names this program."""
    require(actor, Permission.USE_SECOND_FACTOR)
    if seed is None or not rules.is_seed(seed):
        seed = secrets.token_hex(rules.SEED_BYTES)
    secret = rules.secret_text(secret_of(session, actor.account_id, seed))
    return Enrolment(seed, secret, rules.enrolment_address(secret, issuer, actor.login))


def add_second_factor(database: Database, actor: Actor, proof: Proof, seed: str, code: str) -> list[str]:
    """The recovery codes, to be shown once. From the next sign-in on a code is asked.

    Raises ``Invalid``: "password_wrong", "code_wrong", "seed_invalid"; ``Conflict("second_factor_there")``,
    ``NotPermitted("sign_in_locked")``.
    """
    require(actor, Permission.USE_SECOND_FACTOR)
    if not rules.is_seed(seed):
        raise Invalid("seed_invalid")
    with _proven(database, actor, proof) as (session, account):
        return begin_second_factor(session, actor, account, seed, code)


def remove_second_factor(database: Database, actor: Actor, proof: Proof, code: str) -> None:
    """Raises ``Invalid("password_wrong")``, ``NotPermitted("code_wrong")``, ``Conflict("second_factor_missing")``."""
    require(actor, Permission.USE_SESSION)
    with _proven(database, actor, proof) as (session, account):
        prove_code(session, account, code)
        forget_second_factor(session, account.id)
        record(session, actor, "account.second_factor_removed", subject=("account", account.id))


@contextmanager
def _proven(database: Database, actor: Actor, proof: Proof) -> Iterator[tuple[Session, Account]]:
    """The actor's account, held; of two changes at once, the second sees the first."""
    given = Credentials(actor.login, proof.password, proof.address)
    with proving(database, given, Invalid("password_wrong", field="current")) as (session, account):
        held = sa.select(Account).where(Account.id == account.id).with_for_update()
        yield session, session.scalars(held.execution_options(populate_existing=True)).one()
