"""The start page, and the choice of language."""

from http import HTTPStatus

from flask import redirect, request, session, url_for
from werkzeug.wrappers import Response

from config import LOCALES
from tracker.accounts.policy import Permission
from tracker.db import Session
from tracker.values.actor import Actor
from tracker.web.door import Pages, local_address

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
