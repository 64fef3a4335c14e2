"""Every page, as axe sees it in a real browser: no violation of WCAG 2.2 AA. And what axe cannot see: the keyboard."""

from collections.abc import Iterator, Sequence
from importlib.resources import files
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.conftest import LAPTOP, PASSWORD, PHONE, Served, Visit, served_depot
from tests.reports.scenario import keep_every_book
from tests.support.neighbours import Neighbour, settle
from tests.support.people import IBRAHIM
from tests.support.time import BAMAKO, SteppableTime
from tests.web.test_neighbours import neighbours_address
from tracker.accounts.policy import ROLES
from tracker.accounts.service import NewAccount, add_account
from tracker.values.actor import Role
from tracker.values.clock import Clock
from tracker.web.door import NEEDS

pytestmark = pytest.mark.browser

AXE = files("axe_playwright_python").joinpath("axe.min.js").read_text(encoding="utf-8")
WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
FULL = {"runOnly": {"type": "tag", "values": WCAG}, "rules": {"target-size": {"enabled": True}}}
COLOURS = {"runOnly": {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}}
RUN = "options => axe.run(document, {resultTypes: ['violations'], ...options}).then(found => found.violations)"
NO_PAGES = {"find", "rows", "register", "year_csv", "year_json"}
"""What is opened by GET and is a file, or a piece of a page that a script puts into one."""
SIGN_IN = {"kadi": Role.MANAGER, "root": Role.ADMIN}
ALSO_FOR_ADMIN = {"start.index", "catalogue.depots", "catalogue.categories"}
"""Pages that an administrator finds changed; the rest is as the manager has it."""


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A served depot, Ségou, beside one that has lived a year."""
    with served_depot(tmp_path_factory.mktemp("served"), Clock(BAMAKO, SteppableTime())) as served:
        keep_every_book(served.database)
        with served.database.writing() as session:
            add_account(session, IBRAHIM, NewAccount("root", PASSWORD, Role.ADMIN, None))
        yield served


@pytest.fixture(scope="module")
def segou(served: Served) -> Neighbour:
    return settle(served.database)


def pages_of(served: Served, segou: Neighbour, login: str) -> list[str]:
    """The addresses of every page that opens to ``login`` by GET; of the administrator's only those of their own."""
    may = ROLES[SIGN_IN[login]]
    found = []
    for rule in served.app.url_map.iter_rules():
        need = served.app.extensions[NEEDS][rule.endpoint]
        if "GET" not in (rule.methods or ()) or rule.endpoint.partition(".")[2] in NO_PAGES or need not in may:
            continue
        known = rule.endpoint not in ALSO_FOR_ADMIN and need in ROLES[Role.MANAGER]
        if login == "kadi" or not known:
            found.append(_address(rule, segou))
    return sorted(found)


def _address(rule: Any, segou: Neighbour) -> str:
    address = rule.rule.replace("<int:year>", "2026").replace("<int:category_id>", "1")
    return neighbours_address(rule, segou) if address == rule.rule else address


def violations(page: Page, options: dict[str, Any]) -> list[str]:
    found: Sequence[dict[str, Any]] = page.evaluate(RUN, options)
    return [
        f"{each['id']}: {node['target']} {node['failureSummary'].splitlines()[1].strip()}"
        for each in found
        for node in each["nodes"]
    ]


def look_at(page: Page) -> list[str]:
    """Everything in daylight; in the dark, where nothing but colours differs, the colours."""
    page.evaluate(AXE)
    found = violations(page, FULL)
    page.emulate_media(color_scheme="dark")
    found += [f"dark {each}" for each in violations(page, COLOURS)]
    page.emulate_media(color_scheme="light")
    return found


@pytest.mark.parametrize(("language", "viewport"), [("fr", PHONE), ("en", LAPTOP)], ids=["fr-phone", "en-laptop"])
@pytest.mark.parametrize("login", SIGN_IN)
def test_no_page_violates_the_guidelines(
    chromium: Browser, served: Served, segou: Neighbour, login: str, language: str, viewport: Any
) -> None:
    context = chromium.new_context(viewport=viewport, reduced_motion="reduce")
    visit = Visit(context, served.address)
    found = {}
    for address in ("/sign-in", "/nowhere"):
        found[address] = look_at(speaking(visit, address, language))
    visit.sign_in(login)
    for address in pages_of(served, segou, login):
        answer = visit.page.goto(served.address + address)
        assert answer is not None
        assert answer.status == 200, address
        found[address] = look_at(visit.page)
    context.close()
    assert len(found) > 5
    assert {address: wrong for address, wrong in found.items() if wrong} == {}


def speaking(visit: Visit, address: str, language: str) -> Page:
    page = visit.open(address)
    if page.locator("html").get_attribute("lang") != language:
        page.locator(f"button[value={language}]:visible").first.click()
    return page


@pytest.fixture
def kadi(chromium: Browser, served: Served, segou: Neighbour) -> Iterator[Visit]:
    context = chromium.new_context(viewport=LAPTOP, reduced_motion="reduce")
    yield Visit(context, served.address).sign_in("kadi")
    context.close()


def test_a_form_that_says_no_is_as_good_and_takes_the_focus(kadi: Visit) -> None:
    page = kadi.open("/depositors/new")
    page.locator("main form .button").first.click()
    summary = page.locator(".error-summary")
    expect(summary).to_be_focused()
    assert look_at(page) == []
    summary.locator("a").first.click()
    expect(page.locator("#name")).to_be_focused()


def test_an_empty_list_is_as_good(kadi: Visit) -> None:
    assert look_at(kadi.open("/drop-offs/?year=1999")) == []


def test_the_keyboard_skips_the_navigation_first(kadi: Visit) -> None:
    page = kadi.open("/drop-offs/")
    page.keyboard.press("Tab")
    expect(page.locator(".skip")).to_be_focused()
    expect(page.locator(".skip")).to_be_in_viewport()
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()
    page.keyboard.press("Tab")
    assert page.evaluate("document.querySelector('main').contains(document.activeElement)")


def test_whoever_walks_by_keyboard_sees_where_they_are(kadi: Visit) -> None:
    page = kadi.open("/drop-offs/new")
    for stop in range(20):
        page.keyboard.press("Tab")
        assert page.locator("body :focus").count() == 1, f"stop {stop} is nowhere"
        seen = page.locator(":focus").evaluate(
            "stop => [stop.outerHTML, getComputedStyle(stop).outlineStyle, getComputedStyle(stop).outlineWidth]"
        )
        assert seen[1:] == ["solid", "3px"], seen[0]
