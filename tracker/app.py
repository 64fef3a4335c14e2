"""Wires rooms to doors: the only file that knows everything."""

import hashlib
import hmac

from flask import Flask
from flask_bootstrap import Bootstrap5
from flask_wtf import CSRFProtect
from werkzeug.middleware.proxy_fix import ProxyFix

from config import Settings
from tracker.accounts.rules import IDLE_LASTS
from tracker.cli.main import main as commands
from tracker.db import Database
from tracker.i18n import init_i18n
from tracker.installation import shipped
from tracker.web import (
    account,
    accounts,
    catalogue,
    intake,
    journal,
    payouts,
    people,
    premiums,
    refusals,
    reports,
    shipments,
    start,
    stock,
)
from tracker.web.door import BOOKS, NEEDS, OPEN, RecordNumber, refuse_undeclared
from tracker.web.log import init_log
from tracker.web.safety import init_safety

ROOMS = (
    start.pages,
    accounts.pages,
    account.pages,
    intake.pages,
    people.pages,
    catalogue.pages,
    premiums.pages,
    payouts.pages,
    stock.pages,
    shipments.pages,
    reports.pages,
    journal.pages,
)
"""Every room's pages."""
STATIC = {"static": OPEN, "bootstrap.static": OPEN}
LARGEST_REQUEST = 1024 * 1024
"""Bytes: a drop-off of fifty lines is a hundredth of it."""


def create_app(settings: Settings, database: Database) -> Flask:
    """The web application over these books."""
    app = Flask("tracker", template_folder=str(shipped("templates")), static_folder="static")
    app.config.update(_configured(settings))
    app.extensions[BOOKS] = database
    app.extensions[NEEDS] = {
        **STATIC,
        **{f"{pages.name}.{view}": need for pages in ROOMS for view, need in pages.needs.items()},
    }
    init_log(app)
    app.url_map.converters["int"] = RecordNumber
    init_i18n(app, settings)
    CSRFProtect(app)
    Bootstrap5(app)
    accounts.init_sign_in(app)
    app.before_request(refuse_undeclared)
    init_safety(app)
    refusals.init_refusals(app)
    for pages in ROOMS:
        app.register_blueprint(pages)
    if count := settings.trusted_proxies:
        app.wsgi_app = ProxyFix(  # type: ignore[method-assign]
            app.wsgi_app, x_for=count, x_proto=count, x_host=count, x_prefix=count
        )
    return app


def _configured(settings: Settings) -> dict[str, object]:
    cookie_key = hmac.digest(settings.secret_key.encode(), b"tracker cookies", hashlib.sha256)
    return {
        "SECRET_KEY": cookie_key,
        "SESSION_COOKIE_NAME": "tracker",
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "SESSION_COOKIE_SECURE": settings.public_url.startswith("https://"),
        "SESSION_PROTECTION": None,  # the cookie is signed, and telephones change address all day
        "PERMANENT_SESSION_LIFETIME": IDLE_LASTS,
        "MAX_CONTENT_LENGTH": LARGEST_REQUEST,
        "MAX_FORM_MEMORY_SIZE": LARGEST_REQUEST,
        "WTF_CSRF_TIME_LIMIT": None,  # as long as the session it belongs to
    }


def main() -> None:
    """The ``tracker`` command: the doors of cli, given the application that ``tracker serve`` serves."""
    commands(obj=create_app)
