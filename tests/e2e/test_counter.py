"""A clerk's visit to the counter, in a real browser, at a telephone and at a PC."""

import re

import pytest
from playwright.sync_api import Browser, expect

from tests.e2e.conftest import PHONE, Visit

pytestmark = pytest.mark.browser


def test_a_visit_from_the_first_name_to_the_receipt(screen: Visit) -> None:
    page = screen.sign_in("awa").page
    screen.open("/depositors/new")
    page.get_by_label("Nom", exact=True).fill("Sidibé Oumar")
    page.get_by_label(re.compile("^Téléphone")).fill("70 00 18 03")
    page.get_by_role("button", name="Ajouter", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Sidibé Oumar")

    screen.open("/drop-offs/new")
    page.get_by_label("Nom ou téléphone").fill("sidibe")
    page.get_by_role("button", name=re.compile("Sidibé Oumar")).click()
    page.get_by_label("Catégorie").first.select_option("MOB")
    page.get_by_label("Pièces").first.fill("220")
    page.get_by_label(re.compile("^Brut")).first.fill("34")
    page.get_by_label(re.compile("^Tare")).first.fill("1,5")
    expect(page.locator("[data-outcome]")).to_contain_text(re.compile(r"7\s700\sF"))
    screen.keep_picture(f"counter-{page.viewport_size['width'] if page.viewport_size else 0}")
    page.get_by_role("button", name="Enregistrer l’apport").click()

    expect(page.get_by_role("heading", level=1)).to_have_text(re.compile(r"Reçu DES-R\d{4}-00001"))
    expect(page.locator("main")).to_contain_text(re.compile(r"32,500\skg"))
    expect(page.get_by_role("button", name="Imprimer")).to_be_visible()
    assert screen.overflow() == 0


def test_grams_typed_as_kilograms_are_asked_about_before_they_are_saved(screen: Visit) -> None:
    page = screen.sign_in("awa").page
    screen.open("/drop-offs/new")
    page.get_by_text("Ajouter un nouvel apporteur").click()
    page.get_by_label("Nom", exact=True).fill("Coulibaly Mariam")
    page.get_by_label("Catégorie").first.select_option("SMA")
    page.get_by_label("Pièces").first.fill("10")
    page.get_by_label(re.compile("^Brut")).first.fill("1500")
    page.get_by_role("button", name="Enregistrer l’apport").click()
    expect(page.get_by_role("heading", name="Est-ce juste ?")).to_be_visible()
    page.get_by_label(re.compile("^Brut")).first.fill("1,5")
    page.get_by_role("button", name="Enregistrer l’apport").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Reçu")


def test_a_double_press_makes_one_record(screen: Visit) -> None:
    page = screen.sign_in("awa").page
    screen.open("/drop-offs/new")
    page.get_by_text("Ajouter un nouvel apporteur").click()
    page.get_by_label("Nom", exact=True).fill("Traoré Issa")
    page.get_by_label("Catégorie").first.select_option("CAB")
    page.get_by_label(re.compile("^Brut")).first.fill("12,5")
    page.get_by_role("button", name="Enregistrer l’apport").dblclick()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Reçu")
    screen.open("/drop-offs/")
    expect(page.locator(".data tbody tr")).to_have_count(1)


def test_the_counter_works_without_script(chromium: Browser, depot: str) -> None:
    context = chromium.new_context(viewport=PHONE, java_script_enabled=False)
    context.set_default_timeout(15_000)
    page = Visit(context, depot).sign_in("awa").page
    page.goto(f"{depot}/drop-offs/new")
    page.get_by_text("Ajouter un nouvel apporteur").click()
    page.get_by_label("Nom", exact=True).fill("Keïta Fanta")
    page.get_by_label("Catégorie").first.select_option("MOB")
    page.get_by_label("Pièces").first.fill("60")
    page.get_by_role("button", name="Calculer").click()
    expect(page.locator("[data-outcome]")).to_contain_text(re.compile(r"1\s500\sF"))
    page.get_by_role("button", name="Enregistrer l’apport").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Reçu")
    context.close()
