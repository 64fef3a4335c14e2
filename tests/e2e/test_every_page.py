"""Every page that is opened from the navigation, on both screens and in both languages: nothing sticks out."""

import pytest

from tests.e2e.conftest import Visit

pytestmark = pytest.mark.browser

PAGES = (
    "/drop-offs/",
    "/drop-offs/new",
    "/depositors/",
    "/depositors/new",
    "/stock/",
    "/stock/movements",
    "/shipments/",
    "/shipments/new",
    "/premiums/",
    "/premiums/schemes",
    "/reports/",
    "/depots",
    "/categories",
    "/nowhere",
)


@pytest.mark.parametrize("language", ["fr", "en"])
def test_nothing_sticks_out(screen: Visit, language: str) -> None:
    screen.open("/sign-in")
    switch = screen.page.locator(f"button[value={language}]:visible")
    if switch.count():
        switch.first.click()
    screen.sign_in("moussa")
    for path in PAGES:
        screen.open(path)
        assert screen.page.locator("html").get_attribute("lang") == language
        assert screen.overflow() == 0, path
