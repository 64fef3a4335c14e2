"""The page for everything that stops a request: one status and one heading for each class of refusal."""

from http import HTTPStatus

from flask import Flask, render_template
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import DBAPIError
from werkzeug.exceptions import HTTPException

from tracker.errors import Conflict, Invalid, NeedsConfirmation, NotFound, NotPermitted, Refusal
from tracker.web.log import failed, reference
from tracker.wording import worded

REFUSED: dict[type[Refusal], tuple[HTTPStatus, str]] = {
    Invalid: (HTTPStatus.UNPROCESSABLE_ENTITY, "invalid"),
    NeedsConfirmation: (HTTPStatus.CONFLICT, "conflict"),
    NotPermitted: (HTTPStatus.FORBIDDEN, "forbidden"),
    NotFound: (HTTPStatus.NOT_FOUND, "missing"),
    Conflict: (HTTPStatus.CONFLICT, "conflict"),
}
STOPPED = {
    HTTPStatus.FORBIDDEN: "forbidden",
    HTTPStatus.NOT_FOUND: "missing",
    HTTPStatus.METHOD_NOT_ALLOWED: "method",
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: "invalid",
}
GAVE_WAY = {"40001", "40P01", "database is locked"}
"""PostgreSQL's serialization failure and deadlock; SQLite's wait that lasted too long."""
Answer = tuple[str, int]


def init_refusals(app: Flask) -> None:
    app.register_error_handler(Refusal, _refused)
    app.register_error_handler(CSRFError, _csrf)
    app.register_error_handler(HTTPException, _stopped)
    app.register_error_handler(DBAPIError, _outrun)
    app.register_error_handler(Exception, _broken)


def _refused(refusal: Refusal) -> Answer:
    status, kind = next(found for known, found in REFUSED.items() if isinstance(refusal, known))
    return render_template("errors/error.html", kind=kind, message=worded(refusal)), status


def _csrf(_error: CSRFError) -> Answer:
    return render_template("errors/error.html", kind="csrf"), HTTPStatus.BAD_REQUEST


def _stopped(error: HTTPException) -> Answer | HTTPException:
    if error.code is None or error.code < HTTPStatus.BAD_REQUEST:
        return error  # a redirect is no refusal
    kind = STOPPED.get(HTTPStatus(error.code), "invalid")
    return render_template("errors/error.html", kind=kind), error.code


def _outrun(error: DBAPIError) -> Answer:
    """Two who save at once may meet in the database: whoever had to give way is told so, and sends it again."""
    code = getattr(error.orig, "sqlstate", None) or str(error.orig)
    return _refused(Conflict("outrun")) if code in GAVE_WAY else _broken(error)


def _broken(error: Exception) -> Answer:
    """The trace goes to the log under a reference; the page says the reference and nothing of the trace."""
    failed(error)
    page = render_template("errors/error.html", kind="broken", reference=reference())
    return page, HTTPStatus.INTERNAL_SERVER_ERROR
