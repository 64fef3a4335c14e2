"""What the log says of a request: its rule, never its path, which holds tokens; its account's number, never a name."""

import secrets
import time
from types import TracebackType

from flask import Flask, Response, g, request

from tracker.log import tell, tell_failure

Raised = tuple[type, BaseException, TracebackType] | tuple[None, None, None]


def init_log(app: Flask) -> None:
    """Before anything else is hung on ``app``: what is first in is last out."""
    app.before_request(_begin)
    app.after_request(_told)
    app.log_exception = _failed_while_failing  # type: ignore[method-assign]


def reference() -> str:
    """What stands in the log for this request, and on its page when it fails."""
    if "reference" not in g:
        g.reference = secrets.token_hex(4)
    kept: str = g.reference
    return kept


def failed(error: BaseException) -> None:
    tell_failure(error, reference=reference(), rule=_rule())


def _begin() -> None:
    g.began = time.perf_counter()


def _told(response: Response) -> Response:
    tell(
        "request",
        reference=reference(),
        method=request.method,
        rule=_rule(),
        status=response.status_code,
        milliseconds=round((time.perf_counter() - g.began) * 1000),
        account=g.get("account_id"),
    )
    return response


def _rule() -> str | None:
    """``/setup/<token>``; nothing for an address that no page has."""
    return request.url_rule.rule if request.url_rule else None


def _failed_while_failing(exc_info: Raised) -> None:
    """In place of Flask's own line, which would hold the path: for what goes wrong while a failure is told."""
    if exc_info[1] is not None:
        failed(exc_info[1])
