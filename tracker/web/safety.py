"""What no browser sends is refused; what every answer tells the browser to refuse in its turn."""

import re
from collections.abc import Iterator
from http import HTTPStatus

from flask import Flask, Response, abort, current_app, request

POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",  # Bootstrap draws its marks as data: images
        "font-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
    )
)


_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
"""No keyboard types these, no page may show them, and PostgreSQL takes no NUL."""
HTTPS_FOR = 365 * 24 * 60 * 60
"""Seconds for which a browser that came by HTTPS takes nothing less."""


def init_safety(app: Flask) -> None:
    app.before_request(_refuse_control_characters)
    app.after_request(_set_headers)


def _refuse_control_characters() -> None:
    if any(map(_CONTROL.search, _texts())):
        abort(HTTPStatus.BAD_REQUEST)


def _texts() -> Iterator[str]:
    """All that the address and the form say, names of fields too."""
    for sent in (request.args, request.form):
        for name, value in sent.items(multi=True):
            yield name
            yield value


def _set_headers(response: Response) -> Response:
    """No script but our own files, no frame, no sniffing; pages with figures or names are not kept by proxies.

    A browser that came by HTTPS, where cookies say so too, comes by nothing else from then on.
    """
    response.headers["Content-Security-Policy"] = POLICY
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Referrer-Policy"] = "same-origin"
    response.headers["Cross-Origin-Opener-Policy"] = "same-origin"
    if current_app.config["SESSION_COOKIE_SECURE"]:
        response.headers["Strict-Transport-Security"] = f"max-age={HTTPS_FOR}"
    if not (request.endpoint or "").endswith("static"):
        response.headers.setdefault("Cache-Control", "private, no-cache")
    return response
