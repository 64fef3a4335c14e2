"""What the log says of requests, and everything it must not say."""

import json
import logging
from collections.abc import Iterator
from io import StringIO
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from tests.support.browser import Browser
from tests.web.conftest import PASSWORD
from tracker.accounts.service import make_setup_link
from tracker.db import Database
from tracker.log import Lines


class Heard(StringIO):
    """Everything the process logs, as standard error would hold it."""

    def lines(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.getvalue().splitlines()]

    def only(self, event: str) -> dict[str, Any]:
        (line,) = [line for line in self.lines() if line["event"] == event]
        return line


@pytest.fixture
def heard() -> Iterator[Heard]:
    heard = Heard()
    handler = logging.StreamHandler(heard)
    handler.setFormatter(Lines())
    root, tracker = logging.getLogger(), logging.getLogger("tracker")
    before = tracker.level
    root.addHandler(handler)
    tracker.setLevel(logging.INFO)
    yield heard
    tracker.setLevel(before)
    root.removeHandler(handler)


def test_a_request_is_one_line(heard: Heard, visitor: Browser) -> None:
    visitor.open("/sign-in?next=/people")
    (line,) = heard.lines()
    assert (line["event"], line["method"], line["rule"], line["status"]) == ("request", "GET", "/sign-in", 200)
    assert line["account"] is None
    assert len(line["reference"]) == 8
    assert line["milliseconds"] >= 0
    assert line["time"].endswith("+00:00")


def test_whoever_is_signed_in_is_a_number(heard: Heard, ibrahim: Browser) -> None:
    ibrahim.open("/accounts/1")
    line = heard.lines()[-1]
    assert (line["account"], line["rule"]) == (1, "/accounts/<int:account_id>")


def test_an_address_that_no_page_has_is_not_told(heard: Heard, visitor: Browser) -> None:
    visitor.open("/70001803?name=Oumar")
    (line,) = heard.lines()
    assert (line["rule"], line["status"]) == (None, 404)
    assert "70001803" not in heard.getvalue()


def test_nothing_typed_and_no_token_is_told(heard: Heard, books: Database, visitor: Browser, awa: Browser) -> None:
    with books.writing() as session:
        session.execute(sa.text("DELETE FROM web_sessions"))
        session.execute(sa.text("DELETE FROM accounts"))
        token = make_setup_link(session)
    first = {"login": "kadidia", "display_name": "Kadidia Traoré", "password": PASSWORD, "password_again": PASSWORD}
    visitor.send(f"/setup/{token}", form_at=f"/setup/{token}", **first)
    visitor.send("/sign-in", login="kadidia", password="mangue pourrie")
    visitor.open("/people?q=70001803")
    said = heard.getvalue()
    assert '"/setup/<token>"' in said
    for secret in (
        str(token),
        "kadidia",
        "awa",
        "Traoré",
        "mangue",
        "70001803",
        awa.cookie(),
        visitor.token("/sign-in"),
    ):
        assert secret not in said


def test_a_failure_has_its_reference_and_its_places_but_no_words(app: Flask, heard: Heard, visitor: Browser) -> None:
    def fail() -> str:
        raise RuntimeError("Sidibé Oumar 70 00 18 03")

    app.view_functions["accounts.sign_in"] = fail
    page = visitor.open("/sign-in")
    line = heard.only("failure")
    assert page.status == heard.only("request")["status"] == 500
    assert line["reference"] == heard.only("request")["reference"]
    assert line["reference"] in page
    assert line["errors"] == ["builtins.RuntimeError"]
    assert line["trace"][-1].endswith(" fail")
    assert "Oumar" not in page.source + heard.getvalue()


def test_a_failure_of_the_failure_page_is_told_too(app: Flask, heard: Heard, visitor: Browser) -> None:
    def fail(**_address: object) -> str:
        raise RuntimeError("Sidibé Oumar 70 00 18 03")

    app.testing = False
    app.jinja_env.globals["language"] = fail
    app.view_functions["accounts.set_up"] = fail
    with pytest.raises(RuntimeError):  # waitress answers, and logs it: see the test of what libraries say
        visitor.open("/setup/a-secret-token")
    assert [line["event"] for line in heard.lines()] == ["failure", "failure"]
    assert "secret" not in heard.getvalue()
    assert "Oumar" not in heard.getvalue()


def test_what_the_database_quotes_is_not_told(books: Database, heard: Heard, app: Flask, visitor: Browser) -> None:
    def fail() -> str:
        with books.writing() as session:
            while True:
                session.execute(
                    sa.text("INSERT INTO consignees (name, country) VALUES (:name, 'ML')"), {"name": "Oumar"}
                )

    app.view_functions["accounts.sign_in"] = fail
    visitor.open("/sign-in")
    errors = heard.only("failure")["errors"]
    assert errors[0] == "sqlalchemy.exc.IntegrityError"
    assert errors[1] in {"sqlite3.IntegrityError SQLITE_CONSTRAINT_UNIQUE", "psycopg.errors.UniqueViolation 23505"}
    assert "Oumar" not in heard.getvalue()


def test_what_a_library_says_ends_where_an_address_begins(heard: Heard) -> None:
    logging.getLogger("waitress").error("Exception while serving /setup/a-secret-token")
    logging.getLogger("waitress.queue").warning("Task queue depth is %d", 3)
    assert [line["event"] for line in heard.lines()] == ["Exception while serving …", "Task queue depth is 3"]


def test_a_database_that_answers_is_well(visitor: Browser) -> None:
    page = visitor.open("/healthz")
    assert (page.status, page.source) == (200, "ok")


def test_a_watchman_waits_for_no_writer(books: Database, visitor: Browser) -> None:
    with books.writing() as session:
        session.execute(sa.text("UPDATE depots SET place = 'Dar-es-salam'"))
        assert visitor.open("/healthz").status == 200


def test_a_database_that_is_behind_is_not_well(books: Database, visitor: Browser) -> None:
    with books.engine.begin() as connection:
        connection.execute(sa.text("UPDATE alembic_version SET version_num = '0001'"))
    assert visitor.open("/healthz").status == 503


def test_a_database_that_does_not_answer_is_not_well(
    books: Database, heard: Heard, visitor: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_args: object) -> None:
        raise sa.exc.OperationalError("SELECT", {}, OSError("gone"))

    monkeypatch.setattr(books.engine.dialect, "do_begin", refuse)
    assert visitor.open("/healthz").status == 503
    assert heard.only("failure")["rule"] == "/healthz"
