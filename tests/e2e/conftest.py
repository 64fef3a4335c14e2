"""A real browser on a real server: what a test without a screen cannot see."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page,
    Response,
    ViewportSize,
    sync_playwright,
)
from waitress.server import create_server

from config import Settings
from tests.conftest import KEY
from tests.support import need
from tests.support.people import DES, IBRAHIM
from tests.support.time import BAMAKO
from tracker import installation
from tracker.accounts.service import NewAccount, add_account
from tracker.app import create_app
from tracker.db import Database
from tracker.values.actor import Role
from tracker.values.clock import Clock

PASSWORD = "mangue verte 7"
PHONE: ViewportSize = {"width": 360, "height": 640}
LAPTOP: ViewportSize = {"width": 1280, "height": 800}
BARE = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]
ARTEFACTS = Path("test-artefacts")


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=need.chromium(), args=BARE)
        yield browser
        browser.close()


@pytest.fixture
def depot(tmp_path: Path) -> Iterator[str]:
    """The address of a served depot, with Awa, Moussa, Fanta and Ibrahim."""
    with served_depot(tmp_path, Clock(BAMAKO)) as served:
        with served.database.writing() as session:
            for login, role, depot_id in (
                ("awa", Role.CLERK, DES),
                ("moussa", Role.MANAGER, DES),
                ("fanta", Role.AUDITOR, None),
                ("ibrahim", Role.ADMIN, None),
            ):
                add_account(session, IBRAHIM, NewAccount(login, PASSWORD, role, depot_id))
        yield served.address


@dataclass(frozen=True, slots=True)
class Served:
    app: Flask
    database: Database
    address: str


@contextmanager
def served_depot(folder: Path, clock: Clock) -> Iterator[Served]:
    """Empty books in ``folder``, open to browsers within the block."""
    settings = Settings(
        database_url=f"sqlite:///{folder / 'tracker.sqlite3'}",
        instance=folder,
        secret_key=KEY,
        timezone=ZoneInfo("Africa/Bamako"),
        locale="fr",
        public_url="http://127.0.0.1:8000",
        trusted_proxies=0,
    )
    database = Database.open(settings.database_url, clock, KEY)
    installation.upgrade(database)
    app = create_app(settings, database)
    with _serving(app) as address:
        yield Served(app, database, address)
    database.engine.dispose()


@contextmanager
def _serving(app: object) -> Iterator[str]:
    server = create_server(app, host="127.0.0.1", port=0, threads=4)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.effective_port}"
    finally:
        server.close()
        thread.join(timeout=10)


class Visit:
    """One person at one screen."""

    def __init__(self, context: BrowserContext, address: str) -> None:
        self.page: Page = context.new_page()
        self.address = address
        self.faults: list[str] = []
        self.page.on("pageerror", lambda error: self.faults.append(str(error)))
        self.page.on("console", self._note_complaint)
        self.page.on("response", self._note_missing)

    def _note_complaint(self, said: ConsoleMessage) -> None:
        if said.type == "error" and not said.text.startswith("Failed to load resource"):
            self.faults.append(said.text)

    def _note_missing(self, answer: Response) -> None:
        """A page may say no; what a page is made of may not be missing."""
        if answer.status >= 400 and answer.request.resource_type != "document":
            self.faults.append(f"{answer.status} {answer.url}")

    def open(self, path: str) -> Page:
        self.page.goto(self.address + path)
        return self.page

    def sign_in(self, login: str) -> "Visit":
        self.open("/sign-in")
        self.page.fill("[name=login]", login)
        self.page.fill("[name=password]", PASSWORD)
        self.page.locator("main form button").click()
        self.page.wait_for_url(lambda url: "/sign-in" not in url)
        return self

    def overflow(self) -> int:
        """Pixels by which the page is wider than the screen."""
        wider: int = self.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        return wider

    def keep_picture(self, name: str) -> None:
        ARTEFACTS.mkdir(exist_ok=True)
        self.page.screenshot(path=ARTEFACTS / f"{name}.png", full_page=True)


@pytest.fixture(params=[PHONE, LAPTOP], ids=["phone", "laptop"])
def screen(request: pytest.FixtureRequest, chromium: Browser, depot: str) -> Iterator[Visit]:
    context = chromium.new_context(viewport=request.param)
    context.set_default_timeout(15_000)
    visit = Visit(context, depot)
    yield visit
    context.close()
    assert visit.faults == [], "the browser complained"
