"""The codes of an authenticator application (RFC 6238), and the recovery codes for when the telephone is lost.

The application's secret is kept nowhere: it is worked out from a random seed in the books and a key that is not in
them. Whoever has only the database can say no code (docs/decisions/0013).
"""

import hashlib
import hmac
import secrets

import sqlalchemy as sa

from tracker.accounts import rules
from tracker.accounts.models import Account, CodeStep, RecoveryCode, SecondFactor
from tracker.audit.service import record
from tracker.db import Session, insert
from tracker.errors import Conflict, Invalid, NotPermitted
from tracker.values.actor import Actor

SECRET_BYTES = 20
"""As long as the hash that RFC 4226 is made of."""
RECOVERY_CODES = 10


def asks_for_code(session: Session, account_id: int) -> bool:
    return _factor(session, account_id) is not None


def secret_of(session: Session, account_id: int | None, seed: str) -> bytes:
    """What the application is told once, and works its codes out from."""
    return _keyed(session, f"secret {account_id} {seed}")[:SECRET_BYTES]


def begin_second_factor(session: Session, actor: Actor, account: Account, seed: str, code: str) -> list[str]:
    """The recovery codes, to be shown once.

    Raises ``Conflict("second_factor_there")``, ``Invalid("code_wrong")``: the application does not hold this secret.
    """
    if asks_for_code(session, account.id):
        raise Conflict("second_factor_there")
    if not _is_new_code(session, account.id, seed, code):
        raise Invalid("code_wrong", field="code")
    session.add(SecondFactor(account_id=account.id, seed=seed, added_at=session.clock.now()))
    codes = [rules.recovery_code(secrets.randbits) for _ in range(RECOVERY_CODES)]
    digests = [_recovery_digest(session, account.id, code) for code in codes]
    session.add_all(RecoveryCode(account_id=account.id, digest=each, used_at=None) for each in digests)
    record(session, actor, "account.second_factor_added", subject=("account", account.id))
    return codes


def prove_code(session: Session, account: Account, code: str) -> None:
    """By the application's code, each good once, or by a recovery code. Raises ``NotPermitted("code_wrong")``."""
    factor = _factor(session, account.id)
    if factor is None or _is_new_code(session, account.id, factor.seed, code):
        return
    if not _use_recovery_code(session, account, code):
        raise NotPermitted("code_wrong")


def forget_second_factor(session: Session, account_id: int) -> None:
    """Raises ``Conflict("second_factor_missing")``. The caller journals."""
    if (factor := _factor(session, account_id)) is None:
        raise Conflict("second_factor_missing")
    session.delete(factor)
    for code in session.scalars(sa.select(RecoveryCode).where(RecoveryCode.account_id == account_id)):
        session.delete(code)


def _factor(session: Session, account_id: int) -> SecondFactor | None:
    return session.scalars(sa.select(SecondFactor).where(SecondFactor.account_id == account_id)).one_or_none()


def _is_new_code(session: Session, account_id: int, seed: str, code: str) -> bool:
    """Right now, and not said before: of two who say the same code at once, one comes second."""
    session.execute(insert(session, CodeStep).values(account_id=account_id, last=0).on_conflict_do_nothing())
    used = session.get_one(CodeStep, account_id, with_for_update=True, populate_existing=True)
    step = rules.matching_step(secret_of(session, account_id, seed), code, session.clock.now(), used.last)
    if step is None:
        return False
    used.last = step
    return True


def _use_recovery_code(session: Session, account: Account, code: str) -> bool:
    wanted = sa.select(RecoveryCode).where(
        RecoveryCode.digest == _recovery_digest(session, account.id, code), RecoveryCode.used_at.is_(None)
    )
    found = session.scalars(wanted.with_for_update()).one_or_none()
    if found is None:
        return False
    found.used_at = session.clock.now()
    who = Actor(account.id, account.login, account.role, account.depot_id)
    record(session, who, "account.recovery_code_used", subject=("account", account.id))
    return True


def _recovery_digest(session: Session, account_id: int, code: str) -> str:
    return _keyed(session, f"recovery {account_id} {rules.plain_recovery_code(code)}").hex()


def _keyed(session: Session, message: str) -> bytes:
    key = hmac.digest(session.journal_key, b"second factors", hashlib.sha256)
    return hmac.digest(key, message.encode(), hashlib.sha256)
