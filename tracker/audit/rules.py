"""How a journal line is written down and sealed: canonical JSON, a keyed hash, each line holding the one before."""

import hashlib
import hmac
import json
from collections.abc import Mapping
from datetime import UTC, date, datetime
from enum import Enum
from typing import Any
from uuid import UUID

FIRST_LINK = "0" * 64
"""What the first line of a chain points back to."""


def canonical(value: object) -> Any:
    """The one JSON form of a column's value; raises ``TypeError`` for a type the journal cannot hold."""
    if isinstance(value, dict):
        return {str(key): canonical(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [canonical(item) for item in value]
    return _canonical_scalar(value)


def _canonical_scalar(value: object) -> Any:
    match value:
        case Enum():
            return value.value
        case None | bool() | str() | int():
            return value
        case datetime():
            return value.astimezone(UTC).isoformat(timespec="microseconds")
        case date() | UUID():
            return str(value)
    raise TypeError(f"the journal cannot hold {type(value).__name__}")


def dumps(document: object) -> str:
    return json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def veil(key: bytes, *, row: str, column: str, salt: str, value: object) -> str:
    """What the journal keeps of a personal or secret value: a digest that shows a change and says nothing else.

    The salt stands in the row and goes with it when the person is erased; the digest then means nothing.
    """
    message = "\x1f".join((row, column, salt, dumps(canonical(value))))
    return hmac.digest(key, message.encode(), hashlib.sha256).hex()[:32]


def link(key: bytes, *, chain: int, position: int, previous: str, content: Mapping[str, object]) -> str:
    """The keyed hash that chains one line to the line before it."""
    message = dumps([chain, position, previous, canonical(dict(content))])
    return hmac.digest(key, message.encode(), hashlib.sha256).hex()


def seal(key: bytes, *, chain: int, length: int, last: str) -> str:
    """The keyed hash of a chain's end, so that lines cut off its end are missed."""
    return hmac.digest(key, f"end {chain} {length} {last}".encode(), hashlib.sha256).hex()
