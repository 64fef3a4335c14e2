"""Passwords as they are kept, and proving one."""

import functools
import secrets

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from tracker.accounts import rules
from tracker.accounts.models import Account

HASHER = PasswordHasher()


def hashed(password: str) -> str:
    """Argon2id, with its parameters and a salt of its own."""
    return HASHER.hash(password)


def proves(account: Account | None, password: str) -> bool:
    """An unknown login costs the same time as a known one."""
    known = account.password_hash if account else _nobodys_hash()
    try:
        return HASHER.verify(known, rules.normal_password(password)) and account is not None
    except (VerificationError, InvalidHashError):
        return False


@functools.cache
def _nobodys_hash() -> str:
    return HASHER.hash(secrets.token_hex())
