"""``make pictures``: takes the pictures of the README anew, at a depot as ``tracker demo`` makes it up."""

import base64
import re
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

import sqlalchemy as sa
from playwright.sync_api import Browser, Page, ViewportSize, expect, sync_playwright

from tests.e2e.conftest import BARE, Served, served_depot
from tests.support import need
from tests.support.time import BAMAKO
from tracker.db import Database
from tracker.demo.service import fill
from tracker.intake.models import DropOffLine
from tracker.people.models import Depositor, Kind
from tracker.premiums.models import PremiumEntry
from tracker.values.clock import Clock

PICTURES = Path(__file__).parents[2] / "docs" / "pictures"
TWO_YEARS = 24
HAND: ViewportSize = {"width": 360, "height": 800}
SHEET: ViewportSize = {"width": 600, "height": 930}
DESK: ViewportSize = {"width": 1280, "height": 1180}
QUALITY = 70
LARGEST = 60_000
"""Bytes: whoever clones the project carries them."""


def take() -> None:
    with TemporaryDirectory() as folder, served_depot(Path(folder), Clock(BAMAKO)) as served:
        sign_ins = fill(served.database, TWO_YEARS, lambda _month: None)
        passwords = {each.login: each.password for each in sign_ins}
        with sync_playwright() as playwright:
            chromium = playwright.chromium.launch(executable_path=need.chromium(), args=BARE)
            _take_counter(_signed_in(chromium, served, HAND, "awa", passwords), served)
            _take_receipt(_signed_in(chromium, served, SHEET, "awa", passwords), served)
            _take_year(_signed_in(chromium, served, DESK, "fanta", passwords), served)
            chromium.close()


def _signed_in(
    chromium: Browser, served: Served, screen: ViewportSize, login: str, passwords: Mapping[str, str]
) -> Page:
    page = chromium.new_context(viewport=screen).new_page()
    page.goto(f"{served.address}/sign-in")
    page.fill("[name=login]", login)
    page.fill("[name=password]", passwords[login])
    page.locator("main form button").click()
    page.wait_for_url(lambda url: "/sign-in" not in url)
    return page


def _take_counter(page: Page, served: Served) -> None:
    """A visit, just before it is saved."""
    page.goto(f"{served.address}/drop-offs/new")
    name = _a_collector(served.database)
    page.get_by_label("Nom ou téléphone").fill(name)
    page.get_by_role("button", name=re.compile(name)).first.click()
    page.get_by_label("Catégorie").first.select_option("MOB")
    page.get_by_label("Pièces").first.fill("220")
    page.get_by_label(re.compile("^Brut")).first.fill("34")
    page.get_by_label(re.compile("^Tare")).first.fill("0,8")
    expect(page.locator("[data-outcome]")).to_contain_text(re.compile(r"7\s700\sF"))
    page.get_by_label(re.compile("^Tare")).first.blur()
    _scroll_to(page, "[data-lines]")
    _keep(page, "counter")


def _a_collector(database: Database) -> str:
    with database.reading() as session:
        found = sa.select(Depositor.name).where(Depositor.kind == Kind.COLLECTOR).order_by(Depositor.id)
        return session.scalars(found.limit(1)).one() or ""


def _take_receipt(page: Page, served: Served) -> None:
    """A premium and its arithmetic."""
    page.goto(f"{served.address}/drop-offs/{_a_rich_drop_off(served.database)}")
    _scroll_to(page, ".receipt")
    _keep(page, "receipt")


def _a_rich_drop_off(database: Database) -> int:
    """The latest with some lines that earned a good premium."""
    lines = sa.select(sa.func.count()).where(DropOffLine.drop_off_id == PremiumEntry.drop_off_id).scalar_subquery()
    found = sa.select(PremiumEntry.drop_off_id).where(PremiumEntry.francs > 20_000, lines == 3)
    with database.reading() as session:
        return session.scalars(found.order_by(PremiumEntry.day.desc()).limit(1)).one() or 0


def _take_year(page: Page, served: Served) -> None:
    """The last whole year."""
    page.goto(f"{served.address}/reports/{served.database.clock.today().year - 1}")
    _keep(page, "year")


def _scroll_to(page: Page, selector: str) -> None:
    page.evaluate("at => window.scrollTo(0, document.querySelector(at).getBoundingClientRect().top - 12)", selector)


def _keep(page: Page, name: str) -> None:
    """As WebP, which Playwright itself does not write. Raises ``ValueError`` for a picture that is too large."""
    devtools = page.context.new_cdp_session(page)
    shot = devtools.send("Page.captureScreenshot", {"format": "webp", "quality": QUALITY})
    content = base64.b64decode(shot["data"])
    if len(content) > LARGEST:
        raise ValueError(f"{name}: {len(content)} bytes")
    (PICTURES / f"{name}.webp").write_bytes(content)


if __name__ == "__main__":
    take()
