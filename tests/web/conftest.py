"""Browsers signed in as the people of the depot."""

from collections.abc import Callable
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from argon2 import PasswordHasher
from flask import Flask

from config import Settings
from tests.conftest import KEY
from tests.support.browser import Browser
from tests.support.people import DES, IBRAHIM
from tracker.accounts import service as accounts
from tracker.accounts.service import NewAccount, passwords
from tracker.app import create_app
from tracker.db import Database
from tracker.values.actor import Role

PASSWORD = "mangue verte 7"
ROLES = {
    "awa": (Role.CLERK, DES),
    "moussa": (Role.MANAGER, DES),
    "fanta": (Role.AUDITOR, None),
    "ibrahim": (Role.ADMIN, None),
}
As = Callable[[str], Browser]


@pytest.fixture(autouse=True)
def _quick_hashes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Passwords hashed as cheaply as argon2 can: what is tested here is not its cost."""
    monkeypatch.setattr(passwords, "HASHER", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))


@pytest.fixture
def settings(books: Database, tmp_path: Path) -> Settings:
    return Settings(
        database_url=str(books.engine.url),
        instance=tmp_path,
        secret_key=KEY,
        timezone=ZoneInfo("Africa/Bamako"),
        locale="en",
        public_url="http://127.0.0.1:8000",
        trusted_proxies=0,
    )


@pytest.fixture
def app(books: Database, settings: Settings) -> Flask:
    app = create_app(settings, books)
    app.testing = True
    return app


@pytest.fixture
def visitor(app: Flask) -> Browser:
    """A browser that nobody is signed in with."""
    return Browser(app)


@pytest.fixture
def signed_in(app: Flask, books: Database) -> As:
    """``signed_in("awa")``: a browser of hers; her account is made the first time."""
    made: set[str] = set()

    def browser_of(login: str) -> Browser:
        role, depot_id = ROLES[login]
        if login not in made:
            with books.writing() as session:
                accounts.add_account(session, IBRAHIM, NewAccount(login, PASSWORD, role, depot_id))
            made.add(login)
        browser = Browser(app)
        browser.send("/sign-in", login=login, password=PASSWORD)
        return browser

    return browser_of


@pytest.fixture
def awa(signed_in: As) -> Browser:
    return signed_in("awa")


@pytest.fixture
def moussa(signed_in: As) -> Browser:
    return signed_in("moussa")


@pytest.fixture
def fanta(signed_in: As) -> Browser:
    return signed_in("fanta")


@pytest.fixture
def ibrahim(signed_in: As) -> Browser:
    return signed_in("ibrahim")
