"""The start page, the choice of language, and what tells a watchman that the program is well."""

from http import HTTPStatus

from flask import redirect, request, session, url_for
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.wrappers import Response

from config import LOCALES
from tracker import installation
from tracker.accounts.policy import Permission
from tracker.db import Session
from tracker.values.actor import Actor
from tracker.web.door import Pages, books, local_address
from tracker.web.log import failed

pages = Pages("start", __name__)


@pages.reads("/", Permission.USE_SESSION)
def index(_session: Session, _actor: Actor) -> Response:
    """Everybody begins with the drop-offs."""
    return redirect(url_for("intake.index"))


@pages.before_sign_in("/language", "POST")
def choose_language() -> Response:
    """Kept in the browser's own session; then back to the page it was chosen on."""
    if (chosen := request.form.get("locale")) in LOCALES:
        session["locale"] = chosen
    return redirect(local_address(request.form.get("next")) or url_for("start.index"), HTTPStatus.SEE_OTHER)


@pages.before_sign_in("/healthz", "GET")
def healthz() -> Response:
    """``ok`` when the database answers and is up to date; nothing else, since anybody may ask."""
    if _database_is_well():
        return Response("ok", mimetype="text/plain")
    return Response("no", HTTPStatus.SERVICE_UNAVAILABLE, mimetype="text/plain")


def _database_is_well() -> bool:
    try:
        return installation.is_current(books())
    except SQLAlchemyError as error:
        failed(error)
        return False
