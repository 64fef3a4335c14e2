"""The start page, the choice of language, and what tells a watchman that the program is well."""

from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Any

from flask import redirect, render_template, request, session, url_for
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.wrappers import Response

from config import LOCALES
from tracker import installation
from tracker.accounts.policy import Permission
from tracker.accounts.queries import accounts
from tracker.catalogue.queries import depots
from tracker.db import Session
from tracker.payouts.queries.queue import liability
from tracker.premiums.queries import priced_versions
from tracker.reports.queries import dashboard
from tracker.reports.rules import weighed_share
from tracker.values import period
from tracker.values.actor import Actor, Role
from tracker.web.door import Pages, books, local_address
from tracker.web.log import failed
from tracker.web.pictures import held_by_month, moved_by_month

pages = Pages("start", __name__)


@pages.reads("/", Permission.USE_SESSION)
def index(reading: Session, actor: Actor) -> str:
    """What matters to this role, and what waits for it."""
    today = reading.clock.today()
    shown = _SHOWN[actor.role](reading, actor)
    return render_template("start/index.html", today=today, year=today.year, month=period.month, **shown)


def _for_clerk(reading: Session, actor: Actor) -> dict[str, Any]:
    return {
        "weighed": dashboard.weighed_on(reading, actor, reading.clock.today()),
        "to_hand_over": dashboard.to_hand_over(reading, actor),
    }


def _for_manager(reading: Session, actor: Actor) -> dict[str, Any]:
    return {
        **_year(reading, actor),
        "left": liability(reading, actor),
        "under_way": dashboard.under_way(reading, actor),
    }


def _year(reading: Session, actor: Actor) -> dict[str, Any]:
    """The months behind, what they say of this year, and their charts."""
    months = dashboard.months(reading, actor, reading.clock.today())
    this_year = [each for each in months if each.key.startswith(f"{reading.clock.today().year}-")]
    received, estimated, shipped = (
        sum(getattr(each, what) for each in this_year)
        for what in ("received_grams", "estimated_grams", "shipped_grams")
    )
    return {
        "months": months,
        "received": received,
        "estimated": estimated,
        "shipped": shipped,
        "held": months[-1].held_grams,
        "weighed_share": weighed_share(received - estimated, estimated),
        "moved_chart": moved_by_month(
            [each.key for each in months],
            {each.key: each.received_grams for each in months},
            {each.key: each.shipped_grams for each in months},
        ),
        "held_chart": held_by_month({each.key: each.held_grams for each in months}),
    }


def _for_admin(reading: Session, actor: Actor) -> dict[str, Any]:
    today = reading.clock.today()
    covering = [version for version in priced_versions(reading) if version.version.covers(today)]
    return {
        **_year(reading, actor),
        "accounts": [account for account in accounts(reading, actor) if account.active],
        "depots": depots(reading, actor),
        "in_force": covering,
    }


_SHOWN: Mapping[Role, Callable[[Session, Actor], dict[str, Any]]] = {
    Role.CLERK: _for_clerk,
    Role.MANAGER: _for_manager,
    Role.AUDITOR: _year,
    Role.ADMIN: _for_admin,
}


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
