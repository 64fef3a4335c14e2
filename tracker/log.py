"""The log: one JSON line for each event, on standard error, that tells nobody's name and nothing of what was typed.

Exceptions quote values and addresses hold tokens. So of an exception stand its kind, its code and where it passed,
never its words; and what a library says is cut where an address begins.
"""

import json
import logging
import traceback
from collections.abc import Iterator
from datetime import UTC, datetime

_FACTS = "tracker_facts"
_TRACKER = logging.getLogger("tracker")


def start() -> None:
    """From now on this process logs: its own events, and what its libraries warn of."""
    handler = logging.StreamHandler()
    handler.setFormatter(Lines())
    logging.getLogger().addHandler(handler)
    _TRACKER.setLevel(logging.INFO)


def tell(event: str, **facts: object) -> None:
    """One line. ``facts`` are numbers, codes and the patterns of addresses; never what a person typed."""
    _TRACKER.info(event, extra={_FACTS: facts})


def tell_failure(error: BaseException, **facts: object) -> None:
    """One line for a defect, with where it passed."""
    _TRACKER.error("failure", exc_info=error, extra={_FACTS: facts})


class Lines(logging.Formatter):
    """A record as one line of JSON."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, object] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "event": _before_any_address(record.getMessage()),
            **getattr(record, _FACTS, {}),
        }
        error = record.exc_info[1] if record.exc_info else None
        if error is not None:
            chain = list(_chain(error))
            line["errors"] = [_kind(each) for each in chain]
            line["trace"] = [place for each in reversed(chain) for place in _places(each)]
        return json.dumps(line, ensure_ascii=False, default=str)


def _before_any_address(said: str) -> str:
    before, slash, _ = said.partition("/")
    return f"{before}…" if slash else said


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    """The error, then what it came from, as far back as it goes."""
    while error is not None:
        yield error
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)


def _kind(error: BaseException) -> str:
    """``sqlite3.OperationalError SQLITE_FULL``: what the database's own code says is said without a value."""
    kind = type(error)
    code = getattr(error, "sqlite_errorname", None) or getattr(error, "sqlstate", None)
    return " ".join(filter(None, (f"{kind.__module__}.{kind.__qualname__}", code)))


def _places(error: BaseException) -> Iterator[str]:
    for frame in traceback.extract_tb(error.__traceback__):
        yield f"{frame.filename}:{frame.lineno} {frame.name}"
