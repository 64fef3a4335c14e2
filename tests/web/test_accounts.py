import re

import pytest
from flask import Flask

from tests.support.browser import Browser
from tests.support.time import SteppableTime
from tests.web.conftest import PASSWORD, As
from tracker.accounts.service import make_setup_link
from tracker.db import Database

FIRST = {"login": "Ibrahim", "display_name": "Ibrahim Keïta", "password": PASSWORD}


@pytest.fixture
def link(books: Database) -> str:
    with books.writing() as session:
        return f"/setup/{make_setup_link(session)}"


def test_the_first_link_makes_the_administrator_and_dies(visitor: Browser, link: str) -> None:
    assert "The first administrator" in visitor.open(link)
    assert visitor.send(link, form_at=link, **FIRST).goes_to == "/sign-in"
    assert visitor.open(link).status == 404
    assert visitor.send(link, **FIRST).status == 404
    assert visitor.send("/sign-in", login="ibrahim", password=PASSWORD).goes_to == "/"
    assert visitor.open("/accounts").status == 200


def test_a_weak_password_is_told_beside_its_field(visitor: Browser, link: str) -> None:
    page = visitor.send(link, form_at=link, **{**FIRST, "password": "azertyuiop"})
    assert page.status == 422
    assert "too easy to guess" in page
    assert 'id="password-error"' in page.source
    assert visitor.open(link).status == 200, "the link still works"


def test_a_made_up_link_is_no_link(visitor: Browser) -> None:
    assert visitor.open("/setup/abc").status == 404


def test_a_wrong_password_is_told_and_counted(visitor: Browser, signed_in: As) -> None:
    signed_in("awa")
    wrong = [visitor.send("/sign-in", login="awa", password="faux mot de passe") for _ in range(5)]
    assert all("Login or password is wrong" in page and page.status == 422 for page in wrong)
    assert "Too many attempts" in visitor.send("/sign-in", login="awa", password=PASSWORD)


def test_signing_in_leads_to_the_page_that_was_asked_for(visitor: Browser, signed_in: As) -> None:
    signed_in("ibrahim")
    asked = visitor.open("/accounts?x=1")
    assert asked.goes_to == "/sign-in?next=/accounts?x%3D1"
    assert visitor.send(asked.goes_to, login="ibrahim", password=PASSWORD).goes_to == "/accounts?x=1"


@pytest.mark.parametrize("away", ["//elsewhere.example", "https://elsewhere.example", "/\\elsewhere.example", "/a\n"])
def test_signing_in_never_leads_elsewhere(visitor: Browser, signed_in: As, away: str) -> None:
    signed_in("ibrahim")
    visitor_answer = visitor.send_fields(
        f"/sign-in?next={away}".replace("\n", "%0A"), {"login": "ibrahim", "password": PASSWORD}
    )
    assert visitor_answer.goes_to == "/"


def test_signing_out_ends_the_session_itself(ibrahim: Browser, app: Flask) -> None:
    cookie = ibrahim.cookie()
    assert ibrahim.send("/sign-out", form_at="/accounts").goes_to == "/sign-in"
    thief = Browser(app)
    thief.carry(cookie)
    assert thief.open("/accounts").goes_to == "/sign-in?next=/accounts"


def test_an_idle_session_ends(ibrahim: Browser, now: SteppableTime) -> None:
    now.step(hours=13)
    assert ibrahim.open("/accounts").goes_to == "/sign-in?next=/accounts"


def test_an_administrator_keeps_accounts(ibrahim: Browser, visitor: Browser) -> None:
    awa = {"login": "awa", "display_name": "Awa Diallo", "role": "clerk", "depot": "1", "password": PASSWORD}
    assert ibrahim.send("/accounts/new", form_at="/accounts/new", **awa).goes_to == "/accounts"
    listed = ibrahim.open("/accounts")
    assert "Awa Diallo" in listed
    found = re.search(r'href="(/accounts/\d+)">awa<', listed.source)
    assert found
    address = found[1]
    changed = {"display_name": "Awa Diallo", "role": "manager", "depot": ""}
    assert ibrahim.send(address, form_at=address, **changed).goes_to == "/accounts"
    assert "Manager" in ibrahim.open("/accounts")
    other = "karité et mil 9"
    assert ibrahim.send(f"{address}/password", form_at=address, password=other).goes_to == "/accounts"
    assert visitor.send("/sign-in", login="awa", password=PASSWORD).status == 422
    assert visitor.send("/sign-in", login="awa", password=other).goes_to == "/"
    assert ibrahim.send(f"{address}/deactivate", form_at=address).goes_to == "/accounts"
    assert visitor.open("/").goes_to == "/sign-in?next=/"
    assert ibrahim.send(f"{address}/reactivate", form_at=address).goes_to == "/accounts"
    assert visitor.send("/sign-in", login="awa", password=other).goes_to == "/"


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"login": "é"}, "A login has 2 to 32 letters"),
        ({"login": ""}, "Enter a login."),
        ({"login": "ibrahim"}, "The login ibrahim is taken."),
        ({"password": "court"}, "at least 10 characters"),
        ({"role": "clerk", "depot": ""}, "Choose the depot."),
        ({"role": "operator"}, "Choose one of the list."),
        ({"depot": "99"}, "Choose one of the list."),
    ],
)
def test_an_unusable_account_is_told_beside_its_field(ibrahim: Browser, change: dict[str, str], sentence: str) -> None:
    awa = {"login": "awa", "role": "clerk", "depot": "1", "password": PASSWORD}
    page = ibrahim.send("/accounts/new", form_at="/accounts/new", **{**awa, **change})
    assert page.status == 422
    assert sentence in page
    assert 'class="error"' in page.source


def test_the_last_administrator_cannot_leave(ibrahim: Browser) -> None:
    page = ibrahim.send("/accounts/1/deactivate", form_at="/accounts")
    assert page.status == 409
    assert "last administrator" in page


def test_only_administrators_see_accounts(awa: Browser, moussa: Browser, fanta: Browser) -> None:
    for person in (awa, moussa, fanta):
        assert person.open("/accounts").status == 403
        assert person.send("/accounts/new", login="x", role="admin", password=PASSWORD).status == 403
