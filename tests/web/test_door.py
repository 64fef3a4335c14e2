"""What every page passes through: permission, token, headers, language, one commit."""

import sqlite3

import pytest
from flask import Flask
from sqlalchemy.exc import OperationalError

from tests.support.browser import Browser
from tests.support.queries import watch_writing
from tests.web.conftest import As
from tracker.accounts.policy import Permission
from tracker.catalogue.models import Depot
from tracker.catalogue.service import FIRST_DEPOT, add_depot
from tracker.db import Database, Session
from tracker.values.actor import Actor
from tracker.web.door import NEEDS, Pages, local_address, unprocessable


def test_every_route_declares_what_it_needs(app: Flask) -> None:
    assert set(app.view_functions) == set(app.extensions[NEEDS])


def test_a_route_that_declares_nothing_is_closed(app: Flask, signed_in: As) -> None:
    app.add_url_rule("/loose", "loose", lambda: "in")
    assert signed_in("ibrahim").open("/loose").status == 403


def test_every_page_needs_somebody(app: Flask, visitor: Browser) -> None:
    for rule in app.url_map.iter_rules():
        if isinstance(app.extensions[NEEDS][rule.endpoint], Permission):
            address = rule.rule
            for name in rule.arguments:
                address = address.replace(f"<int:{name}>", "1").replace(f"<{name}>", "1")
            methods = rule.methods or set()
            page = visitor.open(address) if "GET" in methods else visitor.send(address)
            assert page.goes_to is not None, rule
            assert page.goes_to.startswith("/sign-in"), rule


def test_every_post_needs_its_token(app: Flask, ibrahim: Browser) -> None:
    for rule in app.url_map.iter_rules():
        if "POST" in (rule.methods or ()):
            address = rule.rule
            for name in rule.arguments:
                address = address.replace(f"<int:{name}>", "1").replace(f"<{name}>", "1")
            page = ibrahim.send_without_token(address)
            assert page.status == 400, rule
            assert "The form waited too long" in page


def test_no_page_lets_scripts_or_frames_in(ibrahim: Browser) -> None:
    headers = ibrahim.open("/accounts").response.headers
    assert "script-src 'self';" in headers["Content-Security-Policy"]
    assert "unsafe" not in headers["Content-Security-Policy"]
    assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Cache-Control"] == "private, no-cache"


def test_the_cookie_is_kept_from_scripts_and_other_sites(ibrahim: Browser) -> None:
    cookie = ibrahim.send("/language", locale="fr").response.headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie


def test_the_language_is_switched_and_kept(visitor: Browser) -> None:
    assert visitor.send("/language", locale="fr", next="/sign-in").goes_to == "/sign-in"
    assert '<html lang="fr">' in visitor.open("/sign-in").source
    visitor.send("/language", locale="xx")
    assert '<html lang="fr">' in visitor.open("/sign-in").source


def test_a_get_cannot_write(books: Database, awa: Browser) -> None:
    with watch_writing(books.engine) as writing:
        awa.open("/", follow=True)
    assert writing == []


def test_a_page_that_says_no_leaves_nothing_behind(app: Flask, books: Database, signed_in: As) -> None:
    pages = Pages("trial", __name__)

    @pages.writes("/trial", Permission.EDIT_CATALOGUE)
    def trial(session: Session, actor: Actor) -> tuple[str, int]:
        add_depot(session, actor, FIRST_DEPOT.__class__("SEG", "Ségou", "Ségou"))
        return unprocessable("no")

    app.register_blueprint(pages)
    app.extensions[NEEDS]["trial.trial"] = Permission.EDIT_CATALOGUE
    assert signed_in("ibrahim").send("/trial").status == 422
    with books.reading() as session:
        assert [depot.code for depot in session.query(Depot)] == ["DES"]


@pytest.mark.parametrize("cause", ["database is locked", "disk I/O error"])
def test_whoever_had_to_give_way_is_told_to_send_it_again(app: Flask, visitor: Browser, cause: str) -> None:
    def give_way() -> str:
        raise OperationalError("INSERT", {}, sqlite3.OperationalError(cause))

    app.view_functions["accounts.sign_in"] = give_way
    page = visitor.open("/sign-in")
    assert (page.status, "had to give way" in page) == ((409, True) if "locked" in cause else (500, False))


def test_a_page_that_does_not_exist_says_so(visitor: Browser) -> None:
    page = visitor.open("/nowhere")
    assert page.status == 404
    assert "Page not found" in page


def test_a_number_that_no_database_could_hold_names_nothing(ibrahim: Browser) -> None:
    assert ibrahim.open(f"/accounts/{2**63}").status == 404


@pytest.mark.parametrize("kept", ["/", "/drop-offs?after=3"])
def test_addresses_on_this_site(kept: str) -> None:
    assert local_address(kept) == kept


@pytest.mark.parametrize(
    "refused", [None, "", "drop-offs", "//x.example", "/\\x.example", "https://x.example", "/\r\nx"]
)
def test_addresses_elsewhere(refused: str | None) -> None:
    assert local_address(refused) is None
