"""What somebody may send who means harm: the answer is a refusal, never a failure, and nothing is written."""

import re
from collections.abc import Iterator
from dataclasses import replace
from urllib.parse import quote

import pytest
import sqlalchemy as sa
from flask import Flask

from config import Settings
from tests.support.browser import Browser
from tests.support.neighbours import Neighbour, settle
from tests.web.conftest import PASSWORD, As
from tests.web.test_neighbours import forms
from tracker.app import create_app
from tracker.db import Database

NASTY = (
    "\x00",
    "a\x00b",
    "'; DROP TABLE drop_offs; --",
    "' OR '1'='1",
    "{{ 7 * 7 }}%(x)s{x}",
    "<script>alert(1)</script>",
    "\u202e\u200b\ufeff",
    "\U0001f4f1" * 300,
    "é" * 5_000,
    "\r\nSet-Cookie: x=y",
    "../../etc/passwd",
    "99999999999999999999999999",
    "-1",
    "1e308",
    "NaN",
    "١٢٣",
    "²",
    "\ud800".encode("utf-8", "surrogatepass").decode("latin-1"),
)

SHOWN = 100
"""Characters of each in an address, which holds less than a form."""


@pytest.fixture
def segou(books: Database) -> Neighbour:
    return settle(books)


@pytest.fixture
def people(signed_in: As) -> dict[str, Browser]:
    return {login: signed_in(login) for login in ("awa", "moussa", "ibrahim")}


@pytest.fixture
def secure(app: Flask, books: Database, settings: Settings) -> Flask:
    """The same depot, reached by HTTPS."""
    return create_app(replace(settings, public_url="https://depot.example"), books)


def posts(app: Flask) -> Iterator[str]:
    """Every address that takes a form, for the records that `settle` makes."""
    for rule in app.url_map.iter_rules():
        if "POST" in (rule.methods or ()) and rule.endpoint not in {"accounts.sign_out", "account.change_password"}:
            yield re.sub(r"<(int:)?\w+>", "1", rule.rule)


def gets(app: Flask) -> Iterator[str]:
    for rule in app.url_map.iter_rules():
        if "GET" in (rule.methods or ()) and "filename" not in rule.arguments:
            yield re.sub(r"<int:year>", "2026", re.sub(r"<(int:)?(?!int:year)\w+>", "1", rule.rule))


def names(segou: Neighbour) -> list[str]:
    more = [
        "q",
        "from",
        "to",
        "action",
        "kind",
        "number",
        "person",
        "locale",
        "next",
        "current",
        "seed",
        "login",
        "phone",
    ]
    return [*forms(segou), *more, "lines-0-tare", "confirmed", "drop_off", "paid_on", "year", "month", "sort", "after"]


@pytest.mark.parametrize("text", NASTY, ids=range(len(NASTY)))
def test_nothing_that_is_typed_breaks_a_form(
    app: Flask, segou: Neighbour, people: dict[str, Browser], text: str
) -> None:
    """In every field of every form at once."""
    for address in posts(app):
        for browser in people.values():
            assert browser.send_fields(address, dict.fromkeys(names(segou), text)).status < 500, address


@pytest.mark.parametrize("text", ["' OR '1'='1", "é" * 5_000, "²"])
def test_nothing_that_is_typed_breaks_one_field_of_a_form_well_filled_in(
    segou: Neighbour, people: dict[str, Browser], text: str
) -> None:
    filled = forms(segou)
    for address in ("/drop-offs/new", "/depositors/new", "/shipments/new?depot=DES", "/payouts/1/pay"):
        for name in filled:
            assert people["moussa"].send_fields(address, {**filled, name: text}).status < 500, (address, name)


@pytest.mark.parametrize("text", NASTY, ids=range(len(NASTY)))
def test_nothing_in_an_address_breaks_a_page(
    app: Flask, segou: Neighbour, people: dict[str, Browser], text: str
) -> None:
    query = "&".join(f"{name}={quote(text[:SHOWN])}" for name in names(segou))
    for address in gets(app):
        assert people["ibrahim"].open(f"{address}?{query}").status < 500, address


@pytest.mark.parametrize("name", ["q", "depot", "kind", "number", "person", "category", "sort", "after", "state"])
def test_a_filter_is_no_sql(app: Flask, segou: Neighbour, people: dict[str, Browser], name: str) -> None:
    """What would be true of every row lets through none that the plain text would not."""
    for path in ("/drop-offs/", "/depositors/", "/shipments/", "/stock/movements", "/journal/", "/payouts/register"):
        page = people["moussa"].open(f"{path}?{name}=x%27%20OR%20%271%27%3D%271")
        assert page.status < 500, path
        assert not set(re.findall(r"SEG-\w+", page.source))


@pytest.mark.parametrize(
    "path", ["../config.py", "..%2f..%2fconfig.py", "%2e%2e/config.py", "/etc/passwd", "css/../../db.py"]
)
def test_files_are_served_from_their_folder_only(visitor: Browser, path: str) -> None:
    for folder in ("/static/", "/bootstrap/static/"):
        assert visitor.open(folder + path, follow=True).status == 404


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "TRACE", "CONNECT", "PROPFIND", "GET"])
def test_other_verbs_do_nothing(app: Flask, ibrahim: Browser, books: Database, method: str) -> None:
    """Not even with a word that asks for another verb than the one sent."""
    overridden = {"X-HTTP-Method-Override": "POST"}
    status = ibrahim.ask(method, "/accounts/1/deactivate", headers=overridden)
    assert status == 405
    with books.reading() as session:
        assert session.scalar(sa.text("SELECT count(*) FROM accounts WHERE deactivated_at IS NOT NULL")) == 0


def test_an_oversized_form_is_refused(visitor: Browser) -> None:
    page = visitor.send("/sign-in", login="x" * 2_000_000, password="x")
    assert page.status == 413
    assert "This cannot be saved as it is" in page
    assert visitor.send_fields("/sign-in", {f"field-{number}": "x" for number in range(2_000)}).status < 500


def test_a_token_of_another_session_is_no_token(awa: Browser, moussa: Browser) -> None:
    page = moussa.send_without_token("/account/sessions/end-others", csrf_token=awa.token("/account/"))
    assert page.status == 400
    assert "The form waited too long" in page
    assert moussa.send_without_token("/account/sessions/end-others", csrf_token="x").status == 400


def test_a_cookie_given_beforehand_is_not_the_one_signed_in(app: Flask, signed_in: As) -> None:
    """Session fixation: whoever planted a cookie holds nothing afterwards."""
    signed_in("awa")
    victim, thief = Browser(app), Browser(app)
    thief.open("/sign-in")
    planted = thief.cookie()
    victim.carry(planted)
    assert victim.send("/sign-in", login="awa", password=PASSWORD).goes_to == "/"
    assert victim.cookie() != planted
    assert thief.open("/drop-offs/").goes_to == "/sign-in?next=/drop-offs/"


def test_a_forged_cookie_signs_nobody_in(app: Flask, awa: Browser) -> None:
    forged = Browser(app)
    head, _dot, tail = awa.cookie().partition(".")
    for cookie in (f"{head}.{tail[:-2]}xx", f"x{head}.{tail}", "x", ""):
        forged.carry(cookie)
        assert forged.open("/drop-offs/").goes_to == "/sign-in?next=/drop-offs/"


@pytest.mark.parametrize(
    "away",
    [
        "//evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "https:evil.example",
        "javascript:alert(1)",
        "/%0d%0aSet-Cookie:%20x=y",
        "/\t/evil.example",
        " //evil.example",
        "///evil.example",
    ],
)
def test_nobody_is_sent_elsewhere(visitor: Browser, signed_in: As, away: str) -> None:
    signed_in("awa")
    page = visitor.send("/language", locale="fr", next=away)
    assert page.goes_to in {"/", away if away.startswith("/%0d") else "/", None}
    assert "x" not in page.response.headers.get("Set-Cookie", "").split("=")[0]
    page = visitor.send(f"/sign-in?next={quote(away)}", login="awa", password=PASSWORD)
    assert page.goes_to in {"/", away if away.startswith("/%0d") else "/", None}


def test_the_host_that_is_asked_for_changes_nothing(visitor: Browser, app: Flask) -> None:
    """No page says an address with the host in it, so a poisoned one poisons nothing."""
    for headers in ({"Host": "evil.example"}, {"X-Forwarded-Host": "evil.example", "X-Forwarded-Proto": "https"}):
        page = app.test_client().get("/drop-offs/", headers=headers)
        assert page.location == "/sign-in?next=/drop-offs/"
        assert "evil.example" not in app.test_client().get("/sign-in", headers=headers).get_data(as_text=True)


def test_behind_https_cookies_and_browsers_take_nothing_less(secure: Flask) -> None:
    answer = secure.test_client().get("/sign-in")
    cookie = answer.headers["Set-Cookie"]
    assert {"Secure", "HttpOnly", "SameSite=Lax"} <= set(cookie.split("; "))
    assert answer.headers["Strict-Transport-Security"] == "max-age=31536000"


def test_without_https_nothing_is_promised(app: Flask) -> None:
    assert "Strict-Transport-Security" not in app.test_client().get("/sign-in").headers


def test_what_stops_a_request_never_speaks_with_the_librarys_voice(app: Flask, awa: Browser, visitor: Browser) -> None:
    """404, 405, 400, 413, 403: each is a page of ours, in the reader's language."""
    awa.send("/language", locale="fr")
    answers = [
        awa.open("/nowhere"),
        awa.open("/sign-out"),
        awa.send_without_token("/sign-out"),
        awa.open("/accounts"),
        awa.open("/drop-offs/999999"),
        awa.open("/drop-offs/?after=x"),
        awa.send("/depositors/new", name="a\x00b"),
    ]
    assert [page.status for page in answers] == [404, 405, 400, 403, 404, 422, 400]
    for page in answers:
        assert '<html lang="fr">' in page.source
        assert "Werkzeug" not in page.source
        assert "The requested URL" not in page.source
        assert "Bad Request" not in page.source
