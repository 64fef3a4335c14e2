"""One's own account: password, sessions, a code at sign-in."""

import re
from base64 import b32decode
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from tests.support.browser import Browser, Page
from tests.support.time import SteppableTime
from tests.web.conftest import PASSWORD, As
from tracker.accounts import rules
from tracker.audit.queries import altered_records, broken_links
from tracker.db import Database

OTHER = "karité et mil 9"
FIREFOX = "Mozilla/5.0 (Android 14; Mobile; rv:128.0) Gecko/128.0 Firefox/128.0"
_KEY = re.compile(r'<code class="key">([A-Z2-7]+)</code>')
_SEED = re.compile(r'name="seed"[^>]*value="([0-9a-f]{64})"')
_RECOVERY = re.compile(r"<li><code>([a-z0-9]{5}-[a-z0-9]{5})</code></li>")


class Telephone:
    """An authenticator application: it knows the key it was shown, and the time."""

    def __init__(self, key: str, now: SteppableTime) -> None:
        self._secret = b32decode(key)
        self._now = now

    def code(self, *, late: int = 0) -> str:
        return rules.code_at(self._secret, int(self._now.moment.timestamp()) // rules.CODE_SECONDS - late)


def enrol(browser: Browser, now: SteppableTime) -> tuple[Telephone, list[str]]:
    """From the next sign-in on a code is asked; the recovery codes are those on the page."""
    page = browser.open("/account/second-factor")
    key, seed = _KEY.search(page.source), _SEED.search(page.source)
    assert key
    assert seed
    telephone = Telephone(key[1], now)
    page = browser.send("/account/second-factor", form_at="/account/", **proof(telephone.code()), seed=seed[1])
    assert page.status == 200
    assert page.response.headers["Cache-Control"] == "no-store"
    now.step(minutes=2)
    return telephone, _RECOVERY.findall(page.source)


def proof(code: str) -> dict[str, str]:
    return {"current": PASSWORD, "code": code}


def half_way(app: Flask, login: str) -> Browser:
    """A browser that has said the right password, and is asked for the code."""
    browser = Browser(app)
    assert browser.send("/sign-in", login=login, password=PASSWORD).goes_to == "/sign-in/code"
    return browser


def say(browser: Browser, code: str) -> Page:
    return browser.send("/sign-in/code", form_at="/sign-in/code", code=code)


def test_the_password_is_changed_with_the_present_one(signed_in: As, visitor: Browser) -> None:
    here, elsewhere = signed_in("awa"), signed_in("awa")
    page = here.send("/account/password", form_at="/account/", current=PASSWORD, password=OTHER)
    assert page.goes_to == "/account/"
    assert "Your password is changed" in here.open("/account/")
    assert elsewhere.open("/drop-offs/").goes_to == "/sign-in?next=/drop-offs/"
    assert visitor.send("/sign-in", login="awa", password=PASSWORD).status == 422
    assert visitor.send("/sign-in", login="awa", password=OTHER).goes_to == "/"


@pytest.mark.parametrize(
    ("current", "password", "field", "sentence"),
    [
        ("faux", OTHER, "current", "This is not your present password."),
        ("", OTHER, "current", "Enter your present password."),
        (PASSWORD, PASSWORD, "password", "Choose a password that differs"),
        (PASSWORD, "azertyuiop", "password", "too easy to guess"),
        (PASSWORD, "court", "password", "at least 10 characters"),
    ],
)
def test_what_is_wrong_is_told_beside_its_field(
    awa: Browser, current: str, password: str, field: str, sentence: str
) -> None:
    page = awa.send("/account/password", form_at="/account/", current=current, password=password)
    assert page.status == 422
    assert sentence in page
    assert f'id="{field}-error"' in page.source


def test_a_wrong_password_counts_as_a_failed_sign_in(awa: Browser, visitor: Browser) -> None:
    for _ in range(5):
        awa.send("/account/password", form_at="/account/", current="faux mot de passe", password=OTHER)
    page = awa.send("/account/password", form_at="/account/", current=PASSWORD, password=OTHER)
    assert "Too many attempts" in page
    assert "Too many attempts" in visitor.send("/sign-in", login="awa", password=PASSWORD)


def test_a_lent_password_opens_nothing_until_it_is_changed(ibrahim: Browser, awa: Browser, app: Flask) -> None:
    assert ibrahim.send("/accounts/2/password", form_at="/accounts", password=OTHER).goes_to == "/accounts"
    assert awa.open("/drop-offs/").goes_to == "/sign-in?next=/drop-offs/"
    back = Browser(app)
    back.send("/sign-in", login="awa", password=OTHER)
    for path in ("/drop-offs/", "/depositors/", "/stock/"):
        assert back.open(path).goes_to == "/account/"
    assert back.send("/depositors/new", form_at="/account/", name="X").goes_to == "/account/"
    assert "An administrator set your password" in back.open("/account/")
    changed = back.send("/account/password", form_at="/account/", current=OTHER, password="le fleuve est haut")
    assert changed.goes_to == "/account/"
    assert back.open("/drop-offs/").status == 200


def test_an_administrator_changes_their_own_with_the_old_one_only(ibrahim: Browser) -> None:
    page = ibrahim.send("/accounts/1/password", form_at="/accounts", password=OTHER)
    assert page.status == 422
    assert "This is your own account" in page
    assert ibrahim.send("/accounts/1/second-factor/reset", form_at="/accounts").status == 409


def test_sessions_are_listed_by_browser_and_system_only(app: Flask, awa: Browser, books: Database) -> None:
    telephone = Browser(app)
    telephone.calls_itself(FIREFOX)
    telephone.send("/sign-in", login="awa", password=PASSWORD)
    page = awa.open("/account/")
    assert "Firefox, Android" in page
    assert "Unknown device" in page
    with books.reading() as session:
        kept = session.execute(sa.text("SELECT * FROM web_sessions")).all()
    assert "Gecko" not in str(kept)
    assert "127.0.0.1" not in str(kept)


def test_a_session_is_ended_from_elsewhere(signed_in: As) -> None:
    lost, here = signed_in("awa"), signed_in("awa")
    found = re.search(r"/account/sessions/(\d+)/end", here.open("/account/").source)
    assert found
    assert here.send(found[0], form_at="/account/").goes_to == "/account/"
    assert lost.open("/account/").goes_to == "/sign-in?next=/account/"
    assert here.open("/account/").status == 200
    assert here.send(found[0], form_at="/account/").status == 404


def test_every_other_session_is_ended_at_once(signed_in: As) -> None:
    lost, here, also = signed_in("awa"), signed_in("awa"), signed_in("awa")
    assert here.send("/account/sessions/end-others", form_at="/account/").goes_to == "/account/"
    assert {each.open("/account/").goes_to for each in (lost, also)} == {"/sign-in?next=/account/"}
    assert here.open("/account/").status == 200


def test_nobody_ends_a_session_of_another_account(awa: Browser, moussa: Browser) -> None:
    found = [moussa.send(f"/account/sessions/{number}/end", form_at="/account/").status for number in (1, 2)]
    assert found == [404, 303]
    assert awa.open("/account/").status == 200


def test_entries_are_noted_to_the_minute(awa: Browser, now: SteppableTime) -> None:
    assert "–" in awa.open("/account/")
    now.step(minutes=5)
    awa.send("/account/sessions/end-others", form_at="/account/")
    assert "10:05" in awa.open("/account/")


def test_a_code_is_asked_after_the_password(app: Flask, moussa: Browser, now: SteppableTime) -> None:
    telephone, codes = enrol(moussa, now)
    assert len(set(codes)) == 10
    browser = half_way(app, "moussa")
    assert browser.open("/drop-offs/").goes_to == "/sign-in?next=/drop-offs/"
    assert "This code is not right" in say(browser, "000000")
    assert say(browser, telephone.code()).goes_to == "/"
    assert browser.open("/drop-offs/").status == 200


def test_a_code_is_good_once(app: Flask, moussa: Browser, now: SteppableTime) -> None:
    telephone, _ = enrol(moussa, now)
    assert say(half_way(app, "moussa"), telephone.code()).goes_to == "/"
    assert say(half_way(app, "moussa"), telephone.code()).status == 422
    assert say(half_way(app, "moussa"), telephone.code(late=1)).status == 422
    now.step(seconds=30)
    assert say(half_way(app, "moussa"), telephone.code()).goes_to == "/"


def test_a_clock_half_a_minute_off_does_no_harm_and_two_minutes_do(
    app: Flask, moussa: Browser, now: SteppableTime
) -> None:
    telephone, _ = enrol(moussa, now)
    assert say(half_way(app, "moussa"), telephone.code(late=4)).status == 422
    assert say(half_way(app, "moussa"), telephone.code(late=1)).goes_to == "/"


def test_a_recovery_code_signs_in_once(app: Flask, moussa: Browser, now: SteppableTime) -> None:
    _, codes = enrol(moussa, now)
    assert say(half_way(app, "moussa"), codes[3].upper().replace("-", " ")).goes_to == "/"
    assert say(half_way(app, "moussa"), codes[3]).status == 422
    assert "9 recovery codes are left" in moussa.open("/account/")


def test_wrong_codes_are_counted_as_wrong_passwords_are(app: Flask, moussa: Browser, now: SteppableTime) -> None:
    telephone, _ = enrol(moussa, now)
    browser = half_way(app, "moussa")
    for _ in range(5):
        assert "This code is not right" in say(browser, "000000")
    assert "Too many attempts" in say(browser, telephone.code())


def test_the_way_between_password_and_code_closes(app: Flask, moussa: Browser, now: SteppableTime) -> None:
    telephone, _ = enrol(moussa, now)
    browser = half_way(app, "moussa")
    now.step(minutes=6)
    assert say(browser, telephone.code()).goes_to == "/sign-in"
    assert Browser(app).open("/sign-in/code").goes_to == "/sign-in"


def test_a_password_changed_meanwhile_closes_it_too(app: Flask, moussa: Browser, now: SteppableTime) -> None:
    telephone, _ = enrol(moussa, now)
    browser = half_way(app, "moussa")
    moussa.send("/account/password", form_at="/account/", current=PASSWORD, password=OTHER)
    assert say(browser, telephone.code()).goes_to == "/sign-in"


def test_leaving_it_off_again_needs_password_and_code(
    app: Flask, moussa: Browser, now: SteppableTime, books: Database
) -> None:
    telephone, _ = enrol(moussa, now)
    address = "/account/second-factor/remove"
    wrong = moussa.send(address, form_at="/account/", current=PASSWORD, code="000000")
    assert "This code is not right" in wrong
    wrong = moussa.send(address, form_at="/account/", current="faux", code=telephone.code())
    assert "This is not your present password" in wrong
    assert moussa.send(address, form_at="/account/", **proof(telephone.code())).goes_to == "/account/"
    assert Browser(app).send("/sign-in", login="moussa", password=PASSWORD).goes_to == "/"
    with books.reading() as session:
        assert [*altered_records(session), *broken_links(session)] == []


def test_an_administrator_resets_it_for_whoever_lost_everything(
    app: Flask, ibrahim: Browser, moussa: Browser, now: SteppableTime, books: Database
) -> None:
    enrol(moussa, now)
    assert "Ask for no code any more" in ibrahim.open("/accounts/2")
    assert ibrahim.send("/accounts/2/second-factor/reset", form_at="/accounts").goes_to == "/accounts"
    assert moussa.open("/account/").goes_to == "/sign-in?next=/account/"
    assert Browser(app).send("/sign-in", login="moussa", password=PASSWORD).goes_to == "/"
    assert ibrahim.send("/accounts/2/second-factor/reset", form_at="/accounts").status == 409
    with books.reading() as session:
        actions = session.scalars(sa.text("SELECT action FROM journal_entries ORDER BY id DESC")).all()
    assert actions[:2] == ["account.second_factor_reset", "account.second_factor_added"]


def test_an_application_that_holds_another_key_is_told(moussa: Browser) -> None:
    page = moussa.open("/account/second-factor")
    key, seed = _KEY.search(page.source), _SEED.search(page.source)
    assert key
    assert seed
    again = moussa.send("/account/second-factor", form_at="/account/", **proof("123 456"), seed=seed[1])
    assert again.status == 422
    assert "This code is not right" in again
    assert key[1] in again, "the key that the application may hold by now"
    damaged = moussa.send("/account/second-factor", form_at="/account/", **proof("123456"), seed="x" * 64)
    assert "Begin again" in damaged


def test_clerks_and_auditors_are_not_asked(awa: Browser, fanta: Browser) -> None:
    for person in (awa, fanta):
        assert person.open("/account/second-factor").status == 403
        assert "Code at sign-in" not in person.open("/account/")


def test_neither_key_nor_codes_stand_in_the_books(moussa: Browser, now: SteppableTime, books: Database) -> None:
    page = moussa.open("/account/second-factor")
    _, codes = enrol(moussa, now)
    with books.reading() as session:
        tables = ("second_factors", "recovery_codes", "journal_entries")
        kept = str([session.execute(sa.text(f"SELECT * FROM {table}")).all() for table in tables])
    key = _KEY.search(page.source)
    assert key
    assert key[1] not in kept
    assert not any(code in kept or code.replace("-", "") in kept for code in codes)


def test_a_ticket_lasts_five_minutes() -> None:
    moment = SteppableTime().moment
    text = str(int(moment.timestamp()))
    assert rules.ticket_moment(text, moment + timedelta(minutes=4)) == moment
    assert rules.ticket_moment(text, moment + timedelta(minutes=5)) is None
    assert rules.ticket_moment(text, moment - timedelta(seconds=1)) is None
    assert rules.ticket_moment("x", moment) is None
