"""Pages, against a bare Flask page in the same process."""

from collections.abc import Iterator
from functools import partial
from http import HTTPStatus
from uuid import uuid4

from flask import Flask
from flask.testing import FlaskClient

from bench.measure import Figure, furnished, per_second
from config import from_environment
from tracker.accounts.service import Credentials, NewAccount, add_account, sign_in
from tracker.app import create_app
from tracker.db import Database
from tracker.intake.rules import Entered
from tracker.intake.service import NewDropOff, accept_drop_off
from tracker.people.models import Kind
from tracker.people.service import NewDepositor, add_depositor
from tracker.values.actor import CONSOLE, Role

DROP_OFFS = 300
PASSWORD = "mangue verte 7"  # noqa: S105 - of an account that lasts as long as the run
PAGES = {"/drop-offs/": "the list of drop-offs", "/drop-offs/new": "the counter's form", "/stock/": "the stock"}


def figures() -> Iterator[Figure]:
    with furnished() as (database, folder):
        _fill(database)
        limit = per_second(partial(_open, _bare(), "/"))
        browser = _signed_in(create_app(from_environment({"TRACKER_INSTANCE": str(folder)}), database), database)
        for address, name in PAGES.items():
            yield Figure(name, per_second(partial(_open, browser, address)), limit, "a bare Flask page")


def _open(browser: FlaskClient, address: str) -> None:
    assert browser.get(address).status_code == HTTPStatus.OK


def _bare() -> FlaskClient:
    app = Flask("bare")
    app.add_url_rule("/", "page", lambda: "<h1>Bare</h1>")
    return app.test_client()


def _fill(database: Database) -> None:
    with database.writing() as session:
        add_account(session, CONSOLE, NewAccount("moussa", PASSWORD, Role.MANAGER, 1))
        who = [add_depositor(session, CONSOLE, NewDepositor(1, Kind.COLLECTOR, f"Apporteur {n}")) for n in range(30)]
        for number in range(DROP_OFFS):
            lines = [Entered("MOB", pieces=60, gross_grams=9_000)]
            new = NewDropOff(uuid4(), 1, who[number % 30], session.clock.now(), lines)
            accept_drop_off(session, CONSOLE, new)


def _signed_in(app: Flask, database: Database) -> FlaskClient:
    browser = app.test_client()
    with browser.session_transaction() as kept:
        kept["_user_id"] = sign_in(database, Credentials("moussa", PASSWORD, "127.0.0.1"))
    return browser
