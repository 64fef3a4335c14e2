"""A form that is sent says so, is sent once, and can be sent again by whoever comes back to it."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.conftest import PHONE, Visit

pytestmark = pytest.mark.browser


@pytest.fixture
def page(chromium: Browser, depot: str) -> Iterator[Page]:
    """Awa about to add a depositor."""
    context = chromium.new_context(viewport=PHONE)
    visit = Visit(context, depot).sign_in("awa")
    visit.open("/depositors/new")
    visit.page.get_by_label("Nom", exact=True).fill("Sidibé Oumar")
    yield visit.page
    context.close()


PRESS_TWICE = """button => {
  let sent = 0;
  window.addEventListener("submit", (event) => { if (!event.defaultPrevented) sent += 1; });
  button.click();
  button.click();
  return [sent, button.textContent, button.ariaDisabled, document.body.dataset.sending];
}"""


def test_the_button_says_that_it_was_heard_and_hears_no_second_press(page: Page) -> None:
    sent, said, disabled, promised = page.locator("main form .button").first.evaluate(PRESS_TWICE)
    assert (sent, said, disabled) == (1, promised, "true")
    expect(page.get_by_role("heading", level=1)).to_have_text("Sidibé Oumar")


def test_whoever_goes_back_may_send_again(page: Page) -> None:
    button = page.locator("main form .button").first
    said = button.inner_text()
    button.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Sidibé Oumar")
    page.go_back()
    expect(button).to_have_text(said)
    expect(button).not_to_have_attribute("aria-disabled", "true")
    page.get_by_label("Nom", exact=True).fill("Keïta Fatou")
    button.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Keïta Fatou")


def test_a_button_with_a_value_still_says_which_it_was(page: Page) -> None:
    page.locator("button[name=weigh]").click()
    page.wait_for_url("**/drop-offs/new?depositor=*")
