"""Drop-offs at the counter: the form, the premium before saving, the receipt, void and correction, the list."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from flask import Flask

from config import Settings
from tests.conftest import KEY
from tests.support.browser import Browser, Page
from tests.support.people import AWA, DES, IBRAHIM, MOUSSA, bring, oumar
from tests.support.queries import count_queries, watch_writing
from tests.support.time import SteppableTime
from tests.web.conftest import PASSWORD, As
from tracker.accounts.service import NewAccount, add_account
from tracker.app import create_app
from tracker.catalogue.queries import categories_by_code
from tracker.catalogue.service import DepotDetails, add_depot, retire_category
from tracker.db import Database
from tracker.intake.queries import DropOffFilter, DropOffView, drop_off, drop_offs
from tracker.intake.rules import Entered
from tracker.intake.service import NewDropOff, OldDropOff, accept_drop_off, record_drop_off, void_drop_off
from tracker.people.models import Kind
from tracker.people.queries import find_depositors
from tracker.people.service import NewDepositor, add_depositor
from tracker.shipments.rules import LineEntered
from tracker.shipments.service import NewShipment, draft_shipment, send_shipment
from tracker.values.actor import CONSOLE, Actor, Role
from tracker.values.clock import Clock

PHONES = Entered("MOB", pieces=220, gross_grams=34_000, tare_grams=1_000)
CHOSEN = re.compile(r'name="depositor"[^>]*value="(\d*)" checked')
HIDDEN = re.compile(r'<button class="button secondary" name="confirmed" value="(\w+)"')


@pytest.fixture
def who(books: Database) -> int:
    with books.writing() as session:
        return oumar(session)


@pytest.fixture
def saved(books: Database, who: int) -> int:
    """220 telephones, 33 kg, 7 700 F."""
    with books.writing() as session:
        return bring(session, who, PHONES)


@pytest.fixture
def foreign(books: Database) -> tuple[int, int, int]:
    """A depot at Ségou, a depositor and a drop-off there."""
    with books.writing() as session:
        depot_id = add_depot(session, IBRAHIM, DepotDetails("SEG", "Ségou", "Ségou"))
        clerk = Actor(None, "binta", Role.CLERK, depot_id)
        ali = add_depositor(session, clerk, NewDepositor(depot_id, Kind.COLLECTOR, "Traoré Ali"))
        new = NewDropOff(uuid4(), depot_id, ali, session.clock.now(), [PHONES])
        return depot_id, ali, accept_drop_off(session, clerk, new).drop_off_id


def entry(depositor_id: int | str = "", **more: object) -> dict[str, object]:
    """What a browser sends for 220 telephones of 33 kg net; ``lines_0_gross`` names ``lines-0-gross``."""
    fields: dict[str, object] = {
        "client_id": str(uuid4()),
        "depositor": depositor_id,
        "kind": "individual",
        "weighed_at": "2026-03-05T09:30",
        "lines-0-category": "MOB",
        "lines-0-pieces": "220",
        "lines-0-gross": "34,5",
        "lines-0-tare": "1.5",
        "lines-0-refused": "",
    }
    return fields | {re.sub(r"^lines_(\d+)_", r"lines-\1-", name): value for name, value in more.items()}


def everything(books: Database) -> list[DropOffView]:
    with books.reading() as session:
        return [drop_off(session, IBRAHIM, row.id) for row in drop_offs(session, IBRAHIM, DropOffFilter()).rows]


def log(browser: Browser, fields: dict[str, object]) -> Page:
    return browser.send_fields("/drop-offs/new", fields)


def beside(page: Page, field: str) -> str:
    """The message beside a field."""
    found = re.search(rf'id="{field}-error">(.*?)</p>', page.source)
    assert found, f"nothing is said beside {field}"
    return found[1].rsplit("</span> ", 1)[-1]


# The form


def test_a_clerk_logs_a_drop_off_and_gets_its_receipt(awa: Browser, books: Database, who: int) -> None:
    sent = log(awa, entry(who))
    (made,) = everything(books)
    assert (sent.status, sent.goes_to) == (303, f"/drop-offs/{made.id}")
    assert (made.receipt, made.net_grams, made.pieces) == ("DES-R2026-00001", 33_000, 220)
    assert made.weighed_at == datetime(2026, 3, 5, 9, 30, tzinfo=UTC)
    assert made.accepted_by == "awa"
    page = awa.open(f"/drop-offs/{made.id}")
    for sentence in (
        "Receipt DES-R2026-00001",
        "Dar-es-salam",
        "Sidibé Oumar · 70 00 18 03",
        "5 Mar 2026, 09:30",
        "Feature phone (with battery) MOB",
        "34.500 kg",
        "1.500 kg",
        "33.000 kg",
        "220 pieces at 35 XOF a piece",
        "Premium of this drop-off 7,700 XOF",
        "awa · 5 Mar 2026, 10:00",
    ):
        assert sentence in page, sentence


def test_the_form_opens_with_now_by_the_depots_clock(awa: Browser) -> None:
    page = awa.open("/drop-offs/new")
    assert 'value="2026-03-05T10:00"' in page.source
    assert re.search(r'name="client_id"[^>]*value="[0-9a-f-]{36}"', page.source)
    assert page.source.count("data-line>") == 3


def test_two_forms_have_two_numbers(awa: Browser) -> None:
    numbers = {re.findall(r'name="client_id"[^>]*value="(\S+)"', awa.open("/drop-offs/new").source)[0] for _ in "ab"}
    assert len(numbers) == 2


@pytest.mark.parametrize(
    ("typed", "grams"), [("12,5", 12_500), ("12.5", 12_500), ("12", 12_000), ("1 012,25", 1_012_250)]
)
def test_comma_and_point_are_both_read(awa: Browser, books: Database, who: int, typed: str, grams: int) -> None:
    log(awa, entry(who, lines_0_pieces="", lines_0_gross=typed, lines_0_tare=""))
    assert [made.net_grams for made in everything(books)] == [grams]


def test_a_double_press_makes_one_record(awa: Browser, books: Database, who: int) -> None:
    fields = entry(who)
    first, second = log(awa, fields), log(awa, fields)
    assert first.goes_to == second.goes_to
    assert len(everything(books)) == 1


def test_a_double_press_with_a_new_depositor_makes_one_of_each(awa: Browser, books: Database) -> None:
    fields = entry(name="Koné Fatou", phone="66 12 34 56", kind="collector")
    first, second = log(awa, fields), log(awa, fields)
    assert first.status == second.status == 303
    assert first.goes_to == second.goes_to
    with books.reading() as session:
        assert [(each.name, each.kind) for each in find_depositors(session, AWA, "Koné")] == [
            ("Koné Fatou", Kind.COLLECTOR)
        ]


def test_the_same_form_with_other_content_leads_to_what_was_saved(awa: Browser, books: Database, who: int) -> None:
    fields = entry(who)
    log(awa, fields)
    page = log(awa, fields | {"lines-0-pieces": "221"})
    assert page.status == 422
    assert "This entry was already saved with other content." in page
    assert "See DES-R2026-00001, the drop-off that was saved" in page
    assert len(everything(books)) == 1


def test_blank_lines_are_no_lines(awa: Browser, books: Database, who: int) -> None:
    blank = {f"lines-{at}-{name}": "" for at in (0, 2) for name in ("category", "pieces", "gross", "tare", "refused")}
    filled = {"lines-1-category": "CIO", "lines-1-pieces": "", "lines-1-gross": "3", "lines-1-tare": ""}
    assert log(awa, entry(who) | blank | filled).status == 303
    assert [made.net_grams for made in everything(books)] == [3_000]


def test_pieces_alone_are_an_estimate_everywhere(awa: Browser, who: int) -> None:
    sent = log(awa, entry(who, lines_0_category="CHG", lines_0_pieces="10", lines_0_gross="", lines_0_tare=""))
    assert "0.600 kg estimate" in awa.open(sent.goes_to or "")
    assert "Estimated from the pieces 0.600 kg estimate" in awa.open(sent.goes_to or "")
    assert "0.600 kg estimate" in awa.open("/drop-offs/")


@pytest.mark.parametrize(
    ("changed", "field", "sentence"),
    [
        ({"depositor": ""}, "depositor", "Choose the depositor, or add a new one."),
        ({"depositor": "999"}, "depositor", "Choose a depositor of this depot."),
        ({"name": "Koné Fatou"}, "depositor", "Choose a depositor or add a new one, not both."),
        ({"weighed_at": ""}, "weighed_at", "Enter the day and the time of weighing."),
        ({"weighed_at": "yesterday"}, "weighed_at", "Enter a day and a time that exist."),
        ({"weighed_at": "2026-03-05T10:30"}, "weighed_at", "The weighing is in the future."),
        ({"weighed_at": "1989-03-05T10:30"}, "weighed_at", "The books begin in 1990."),
        ({"lines_0_category": ""}, "lines-0-category", "Choose the category."),
        ({"lines_0_category": "ZZZ"}, "lines-0-category", "Choose one of the list."),
        ({"lines_0_pieces": "many"}, "lines-0-pieces", "Enter a whole number, for example 25."),
        ({"lines_0_pieces": "0"}, "lines-0-pieces", "Enter how many pieces, from 1 to 1,000,000."),
        ({"lines_0_gross": "12,5 kg"}, "lines-0-gross", "Enter a weight in kilograms, for example 12.5."),
        ({"lines_0_gross": ""}, "lines-0-gross", "Enter the gross weight that tare and refused weight are taken from."),
        ({"lines_0_gross": "1,5"}, "lines-0-gross", "Nothing is left of Feature phone"),
        ({"lines_0_pieces": "", "lines_0_gross": "", "lines_0_tare": ""}, "lines-0-gross", "Enter pieces or a weight"),
    ],
)
def test_a_refused_entry_is_told_beside_its_field_and_kept(
    awa: Browser, books: Database, who: int, changed: dict[str, object], field: str, sentence: str
) -> None:
    page = log(awa, entry(who, **changed))
    assert page.status == 422
    assert sentence in beside(page, field)
    for name, value in entry(who, **changed).items():
        if value and name.startswith(("lines-", "weighed")) and name != "lines-0-category":
            assert re.search(rf'name="{name}"[^>]*value="{value}"', page.source), name
    assert everything(books) == []


def test_an_entry_without_lines_is_told_so(awa: Browser, who: int) -> None:
    fields = {name: value for name, value in entry(who).items() if not name.startswith("lines-")}
    assert "Enter at least one line" in beside(log(awa, fields), "lines-0-category")


def test_many_mistakes_are_told_at_once(awa: Browser) -> None:
    page = log(awa, entry(lines_0_gross="x", lines_0_pieces="y", weighed_at="z", lines_1_pieces="4"))
    assert {beside(page, f"lines-{field}") for field in ("0-gross", "0-pieces", "1-category")} | {
        beside(page, "weighed_at"),
        beside(page, "depositor"),
    } == {
        "Enter a weight in kilograms, for example 12.5.",
        "Enter a whole number, for example 25.",
        "Choose the category.",
        "Enter a day and a time that exist.",
        "Choose the depositor, or add a new one.",
    }


def test_a_mistake_after_a_blank_line_stands_beside_its_own_line(awa: Browser, who: int) -> None:
    blank = {f"lines-0-{name}": "" for name in ("category", "pieces", "gross", "tare")}
    page = log(awa, entry(who) | blank | {"lines-1-category": "MOB", "lines-1-pieces": "0", "lines-1-gross": "2"})
    assert "Enter how many pieces" in beside(page, "lines-1-pieces")


def test_a_form_without_its_number_is_refused(awa: Browser, books: Database, who: int) -> None:
    assert log(awa, entry(who, client_id="7")).status == 422
    assert everything(books) == []


def test_a_retired_category_is_not_offered(awa: Browser, books: Database, who: int) -> None:
    with books.writing() as session:
        retire_category(session, IBRAHIM, categories_by_code(session)["MOB"].id)
    assert "Feature phone" not in awa.open("/drop-offs/new")
    assert beside(log(awa, entry(who)), "lines-0-category") == "Choose one of the list."


# Who brings


def test_whom_the_address_names_is_chosen(awa: Browser, who: int) -> None:
    assert CHOSEN.findall(awa.open(f"/drop-offs/new?depositor={who}").source) == [str(who)]


def test_a_depositor_is_found_without_script(awa: Browser, who: int) -> None:
    page = awa.send_fields("/drop-offs/new/look", entry(find="+22370001803", action="search"))
    assert page.status == 200
    assert f'id="depositor-{who}" value="{who}"' in page.source
    assert 'value="34,5"' in page.source
    assert "There is a problem" not in page


def test_nobody_found_is_said(awa: Browser) -> None:
    assert "Nobody found." in awa.send_fields("/drop-offs/new/look", entry(find="Zoumana", action="search"))


def test_a_new_depositor_is_refused_with_the_drop_off(awa: Browser, books: Database) -> None:
    page = log(awa, entry(name="Koné Fatou", phone="12"))
    assert "Enter a telephone number that exists" in beside(page, "phone")
    assert "Enter a name." in beside(log(awa, entry(phone="66 12 34 56")), "name")
    page = log(awa, entry(name="Koné Fatou", lines_0_pieces="0"))
    assert "Enter how many pieces" in beside(page, "lines-0-pieces")
    with books.reading() as session:
        assert find_depositors(session, AWA, "Koné") == []


def test_a_known_telephone_is_asked_about(awa: Browser, books: Database, who: int) -> None:
    fields = entry(name="Sidibé O.", phone="70001803")
    page = log(awa, fields)
    assert page.status == 422
    assert "This telephone is already known at this depot: Sidibé Oumar · 70 00 18 03" in page
    assert log(awa, fields | {"instead": who}).status == 303
    assert log(awa, fields | {"client_id": str(uuid4()), "shared": "70001803"}).status == 303
    assert [made.depositor_name for made in everything(books)] == ["Sidibé O.", "Sidibé Oumar"]


def test_sharing_a_telephone_stays_confirmed_while_the_weight_is_asked_about(awa: Browser, who: int) -> None:
    fields = entry(name="Sidibé O.", phone="70001803", shared="70001803", lines_0_gross="345")
    page = log(awa, fields)
    assert "Is this right?" in page
    assert 'name="shared" value="70001803"' in page.source
    assert log(awa, fields | {"confirmed": HIDDEN.findall(page.source)[0]}).status == 303


# The premium before saving


def test_the_premium_is_shown_as_one_types(awa: Browser, books: Database, who: int) -> None:
    with watch_writing(books.engine) as writing:
        page = awa.send_fields("/drop-offs/preview", entry(who), form_at="/drop-offs/")
    assert "<html" not in page.source
    assert "1 line · 33.000 kg" in page
    assert "220 pieces at 35 XOF a piece (tier from 200 pieces) 7,700 XOF Premium 7,700 XOF" in page
    assert writing == []


def test_before_a_depositor_is_chosen_the_month_begins(awa: Browser) -> None:
    page = awa.send_fields("/drop-offs/preview", entry())
    assert "7,700 XOF" in page
    assert "No depositor chosen yet" in page


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"lines_0_gross": "12,"}, "It appears here, with its arithmetic, once the lines are filled in."),
        ({"lines_0_gross": "0,5"}, "Nothing is left of Feature phone"),
        ({"depositor": "999"}, "Choose a depositor of this depot."),
        ({"depot": "999"}, "7,700 XOF"),
        ({"client_id": ""}, "It appears here"),
    ],
)
def test_what_cannot_be_calculated_yet_is_said_quietly(
    awa: Browser, who: int, changed: dict[str, object], sentence: str
) -> None:
    page = awa.send_fields("/drop-offs/preview", entry(who, **changed))
    assert (page.status, sentence in page) == (200, True)


def test_without_script_the_premium_is_calculated_on_the_page(awa: Browser, who: int) -> None:
    page = awa.send_fields("/drop-offs/new/look", entry(who, action="calculate"))
    assert page.status == 200
    assert "Premium 7,700 XOF" in page
    assert "Net 33.000 kg" in page
    assert CHOSEN.findall(page.source) == [str(who)]


def test_without_script_a_mistake_is_told_when_calculating(awa: Browser, who: int) -> None:
    page = awa.send_fields("/drop-offs/new/look", entry(who, action="calculate", lines_0_gross="1"))
    assert "Nothing is left of Feature phone" in beside(page, "lines-0-gross")


def test_without_script_a_line_is_added_and_everything_kept(awa: Browser, who: int) -> None:
    three = {f"lines-{at}-{name}": "7" for at in (1, 2) for name in ("pieces", "gross")}
    page = awa.send_fields("/drop-offs/new/look", entry(who, action="add_line") | three)
    assert page.source.count("data-line>") == 4
    assert page.source.count('value="7"') == 4
    assert "There is a problem" not in page


def test_the_address_of_a_form_that_was_shown_again_leads_to_a_new_one(moussa: Browser) -> None:
    assert moussa.open("/drop-offs/new/look").goes_to == "/drop-offs/new"
    assert moussa.open("/drop-offs/7/correct/look").goes_to == "/drop-offs/7/correct"


def test_an_entry_of_blank_lines_is_told_so(awa: Browser, who: int) -> None:
    blank = {f"lines-{at}-{name}": "" for at in range(3) for name in ("category", "pieces", "gross", "tare")}
    assert "Enter at least one line" in beside(log(awa, entry(who) | blank), "lines-0-category")


# What is unlikely


def slip(depositor_id: int, **more: object) -> dict[str, object]:
    """Two lines of kilograms typed for grams, around one that is right."""
    fields = entry(depositor_id, lines_0_pieces="10", lines_0_gross="1500", lines_0_tare="")
    for at, (code, pieces, gross) in enumerate([("CHG", "10", "0,6"), ("SMA", "10", "1600")], start=1):
        fields |= {f"lines-{at}-category": code, f"lines-{at}-pieces": pieces, f"lines-{at}-gross": gross}
    return fields | more


def test_every_unlikely_line_is_asked_about_at_once(awa: Browser, books: Database, who: int) -> None:
    page = log(awa, slip(who))
    assert page.status == 422
    assert "Feature phone (with battery): 1,500.000 kg for 10 pieces make 150,000 g a piece" in page
    assert "Smartphone (with battery): 1,600.000 kg for 10 pieces make 160,000 g a piece" in page
    assert "Phone charger: 0.600 kg for" not in page
    assert 'href="#lines-2-gross"' in page.source
    assert everything(books) == []


def test_what_is_confirmed_is_saved(awa: Browser, books: Database, who: int) -> None:
    fields = slip(who)
    confirmed = HIDDEN.findall(log(awa, fields).source)[0]
    assert log(awa, fields | {"confirmed": confirmed}).status == 303
    assert [made.net_grams for made in everything(books)] == [3_100_600]


def test_a_confirmation_holds_for_the_lines_that_were_shown(awa: Browser, books: Database, who: int) -> None:
    confirmed = HIDDEN.findall(log(awa, slip(who)).source)[0]
    page = log(awa, slip(who, **{"confirmed": confirmed, "lines-0-gross": "15000"}))
    assert page.status == 422
    assert "15,000.000 kg for 10 pieces" in page
    assert everything(books) == []


# Where


def test_a_manager_of_every_depot_chooses_one(books: Database, app: Flask, foreign: tuple[int, int, int]) -> None:
    depot_id, ali, _ = foreign
    with books.writing() as session:
        add_account(session, IBRAHIM, NewAccount("salif", PASSWORD, Role.MANAGER, None))
    salif = Browser(app)
    salif.send("/sign-in", login="salif", password=PASSWORD)
    assert f'<option selected value="{depot_id}">' in salif.open(f"/drop-offs/new?depositor={ali}").source
    assert beside(log(salif, entry(ali, depot="")), "depot") == "Choose the depot."
    assert "Choose a depositor of this depot." in beside(log(salif, entry(ali, depot=DES)), "depositor")
    assert log(salif, entry(ali, depot=depot_id)).status == 303
    assert everything(books)[0].depot_id == depot_id


def test_a_neighbours_drop_off_does_not_exist(awa: Browser, foreign: tuple[int, int, int]) -> None:
    _, ali, key = foreign
    for path in (f"{key}", f"{key}/void", f"{key}/correct", f"new?depositor={ali}", f"?depositor={ali}"):
        assert awa.open(f"/drop-offs/{path}").status == 404, path
    for path in (f"{key}/void", f"{key}/correct", f"{key}/correct/look"):
        assert awa.send_fields(f"/drop-offs/{path}", entry(reason="mine")).status == 404, path
    assert "Choose a depositor of this depot." in beside(log(awa, entry(ali)), "depositor")
    assert "Ségou" not in awa.open("/drop-offs/").text


@pytest.fixture
def kathmandu(books: Database, now: SteppableTime, tmp_path: Path) -> Iterator[Flask]:
    """The same books at a depot whose clock is 5 h 45 min ahead of UTC."""
    zone = ZoneInfo("Asia/Kathmandu")
    database = Database.open(books.engine.url.render_as_string(hide_password=False), Clock(zone, now), KEY)
    settings = Settings(
        database_url="",
        instance=tmp_path,
        secret_key=KEY,
        timezone=zone,
        locale="en",
        public_url="http://127.0.0.1:8000",
        trusted_proxies=0,
    )
    yield create_app(settings, database)
    database.engine.dispose()


def test_times_are_the_depots_wall_clock(awa: Browser, books: Database, kathmandu: Flask, who: int) -> None:
    browser = Browser(kathmandu)
    browser.send("/sign-in", login="awa", password=PASSWORD)
    assert 'value="2026-03-05T15:45"' in browser.open("/drop-offs/new").source
    sent = log(browser, entry(who, weighed_at="2026-03-05T01:15"))
    assert "5 Mar 2026, 01:15" in browser.open(sent.goes_to or "")
    (made,) = everything(books)
    assert made.weighed_at == datetime(2026, 3, 4, 19, 30, tzinfo=UTC)
    assert made.day.isoformat() == "2026-03-05"
    assert 'value="2026-03-05T01:15"' in browser.open(f"/drop-offs/{made.id}/correct").source


# Void and correction


def test_a_clerk_voids_her_own_on_the_same_day(awa: Browser, books: Database, who: int) -> None:
    receipt = log(awa, entry(who)).goes_to or ""
    assert f'href="{receipt}/void"' in awa.open(receipt).source
    assert "Void DES-R2026-00001" in awa.open(f"{receipt}/void")
    assert beside(awa.send(f"{receipt}/void", reason=" "), "reason") == "Say why: the reason stays in the books."
    assert awa.send(f"{receipt}/void", reason="counted twice").goes_to == receipt
    page = awa.open(receipt)
    assert "Void: it counts for nothing. counted twice 5 Mar 2026, 10:00 · awa" in page
    assert "The drop-off is void Premium of this drop-off 0 XOF" in page
    assert f"{receipt}/void" not in page.source
    for again in (awa.open(f"{receipt}/void"), awa.open(f"{receipt}/correct"), awa.send(f"{receipt}/void", reason="x")):
        assert "This drop-off is void already." in again
    assert len(everything(books)) == 1


def test_what_would_be_refused_is_not_offered(
    awa: Browser, fanta: Browser, signed_in: As, saved: int, now: SteppableTime
) -> None:
    receipt = f"/drop-offs/{saved}"
    for browser in (awa, fanta):
        assert f"{receipt}/void" not in browser.open(receipt).source
        assert f"{receipt}/correct" not in browser.open(receipt).source
        assert browser.open(f"{receipt}/void").status == 403
        assert browser.send(f"{receipt}/void", reason="mine").status == 403
        assert browser.send_fields(f"{receipt}/correct", entry(1, reason="mine")).status == 403
    now.step(days=40)
    moussa = signed_in("moussa")
    assert f"{receipt}/void" in moussa.open(receipt).source
    assert moussa.send(f"{receipt}/void", reason="late find").status == 303


def test_what_has_left_the_depot_cannot_be_void(moussa: Browser, books: Database, saved: int) -> None:
    with books.writing() as session:
        new = NewShipment(DES, "Morphosis", "FR", "", None, [LineEntered("MOB", 20_000)])
        send_shipment(session, MOUSSA, draft_shipment(session, MOUSSA, new), session.clock.today())
    page = moussa.send(f"/drop-offs/{saved}/void", reason="wrong")
    assert page.status == 422
    assert "20.000 kg too much" in page
    assert 'value="wrong"' in page.source


def test_a_correction_opens_as_the_drop_off_stands(moussa: Browser, who: int, saved: int) -> None:
    page = moussa.open(f"/drop-offs/{saved}/correct")
    assert "Correct DES-R2026-00001" in page
    assert CHOSEN.findall(page.source) == [str(who)]
    for name, value in {"pieces": "220", "gross": "34", "tare": "1", "refused": ""}.items():
        assert re.search(rf'name="lines-0-{name}"[^>]*value="{value}"', page.source), name


def test_a_correction_takes_the_place_of_the_drop_off(moussa: Browser, books: Database, who: int, saved: int) -> None:
    fields = entry(who, lines_0_pieces="200", reason="miscounted")
    assert beside(moussa.send_fields(f"/drop-offs/{saved}/correct", fields | {"reason": ""}), "reason")
    first = moussa.send_fields(f"/drop-offs/{saved}/correct", fields)
    again = moussa.send_fields(f"/drop-offs/{saved}/correct", fields)
    assert first.status == 303
    assert first.goes_to == again.goes_to
    made, replaced = everything(books)
    assert (made.replaces_id, made.pieces) == (saved, 200)
    assert replaced.void is not None
    assert "Replaces DES-R2026-00001, which is void" in moussa.open(f"/drop-offs/{made.id}")
    old = moussa.open(f"/drop-offs/{saved}")
    assert "Replaced by DES-R2026-00002" in old
    assert "miscounted" in old


def test_the_premium_of_a_correction_leaves_the_old_one_out(moussa: Browser, who: int, saved: int) -> None:
    fields = entry(who, lines_0_pieces="200", reason="miscounted")
    assert "Premium 7,000 XOF" in moussa.send_fields(f"/drop-offs/preview?replaces={saved}", fields)
    looked = moussa.send_fields(f"/drop-offs/{saved}/correct/look", fields | {"action": "calculate"})
    assert "Premium 7,000 XOF" in looked
    assert 'value="miscounted"' in looked.source


def test_an_unlikely_correction_is_asked_about(moussa: Browser, books: Database, who: int, saved: int) -> None:
    fields = entry(who, lines_0_gross="34500", reason="miscounted")
    page = moussa.send_fields(f"/drop-offs/{saved}/correct", fields)
    assert "Is this right?" in page
    confirmed = HIDDEN.findall(page.source)[0]
    assert moussa.send_fields(f"/drop-offs/{saved}/correct", fields | {"confirmed": confirmed}).status == 303


# Who may


def test_an_auditor_reads_and_logs_nothing(fanta: Browser, books: Database, who: int, saved: int) -> None:
    for path in ("", f"{saved}"):
        page = fanta.open(f"/drop-offs/{path}")
        assert page.status == 200
        assert "/drop-offs/new" not in page.source
    assert fanta.open("/drop-offs/new").status == 403
    for path in ("new", "new/look", "preview"):
        assert fanta.send_fields(f"/drop-offs/{path}", entry(who)).status == 403, path
    assert len(everything(books)) == 1


def test_an_administrator_logs_nothing(ibrahim: Browser, who: int) -> None:
    assert ibrahim.open("/drop-offs/").status == 200
    assert log(ibrahim, entry(who)).status == 403


def test_nothing_is_written_by_looking(moussa: Browser, books: Database, saved: int) -> None:
    with watch_writing(books.engine) as writing:
        for path in ("", "new", f"{saved}", f"{saved}/void", f"{saved}/correct"):
            assert moussa.open(f"/drop-offs/{path}").status == 200
    assert writing == []


# The list


def test_an_empty_list_says_how_to_begin(awa: Browser, fanta: Browser) -> None:
    assert "No drop-off yet." in awa.open("/drop-offs/")
    assert 'href="/drop-offs/new"' in awa.open("/drop-offs/").source
    assert "They stand here once a clerk logs them." in fanta.open("/drop-offs/")
    assert "No drop-off fits." in awa.open("/drop-offs/?category=MOB")


@pytest.fixture
def history(books: Database, who: int) -> int:
    """Telephones in February; in March chargers by the piece, and telephones that are void. The second depositor."""
    with books.writing() as session:
        other = add_depositor(session, AWA, NewDepositor(DES, Kind.INDIVIDUAL, "Koné Fatou"))
        bring(session, who, PHONES, at=datetime(2026, 2, 10, 9, tzinfo=UTC))
        bring(session, other, Entered("CHG", pieces=10), Entered("CIO", gross_grams=2_000))
        void_drop_off(session, MOUSSA, bring(session, other, PHONES), "counted twice")
    return other


def sums(page: Page) -> tuple[str, str, str]:
    """Count, pieces and net of the whole filter."""
    found = re.search(r"Drop-offs (\S+) Pieces (\S+) Net (\S+ kg)", page.text)
    assert found
    return found[1], found[2], found[3]


@pytest.mark.parametrize(
    ("asked", "count", "pieces", "net"),
    [
        ("", "2", "230", "35.600 kg"),
        ("from=2026-03-01", "1", "10", "2.600 kg"),
        ("to=2026-02-28", "1", "220", "33.000 kg"),
        ("from=2026-02-10&to=2026-02-10", "1", "220", "33.000 kg"),
        ("year=2026", "2", "230", "35.600 kg"),
        ("month=2026-02", "1", "220", "33.000 kg"),
        ("category=MOB", "1", "220", "33.000 kg"),
        ("category=CIO", "1", "0", "2.000 kg"),
        ("estimated=1", "1", "10", "0.600 kg"),
        ("estimated=0", "2", "220", "35.000 kg"),
        ("depot=DES", "2", "230", "35.600 kg"),
    ],
)
@pytest.mark.usefixtures("history")
def test_the_list_sums_what_the_filter_lets_through(
    awa: Browser, asked: str, count: str, pieces: str, net: str
) -> None:
    assert sums(awa.open(f"/drop-offs/?{asked}")) == (count, pieces, net)


def test_the_list_of_one_depositor_names_it(awa: Browser, history: int) -> None:
    page = awa.open(f"/drop-offs/?depositor={history}")
    assert "Only what Koné Fatou brought." in page
    assert "Sidibé Oumar" not in page
    assert sums(page) == ("1", "10", "2.600 kg")
    assert f'href="/drop-offs/new?depositor={history}"' in page.source


@pytest.mark.usefixtures("history")
def test_estimates_and_voids_are_marked_in_the_list(awa: Browser) -> None:
    page = awa.open("/drop-offs/")
    assert "of which estimated 0.600 kg" in page
    assert "2.000 kg + 0.600 kg estimate" in page
    assert "DES-R2026-00003 Void" in page
    assert page.text.index("DES-R2026-00003") < page.text.index("DES-R2026-00002") < page.text.index("DES-R2026-00001")


@pytest.mark.parametrize("asked", ["year=1", "month=2026-13", "category=ZZZ", "from=soon", "after=x", "depositor=x"])
def test_an_address_that_cannot_be_read_is_refused(awa: Browser, asked: str) -> None:
    assert awa.open(f"/drop-offs/?{asked}").status == 422


def test_a_long_list_goes_on_and_keeps_its_filter(awa: Browser, books: Database, who: int) -> None:
    with books.writing() as session:
        for _ in range(51):
            bring(session, who, PHONES)
    page = awa.open("/drop-offs/?category=MOB")
    (older,) = re.findall(r'rel="next" href="([^"]+)"', page.source)
    rest = awa.open("/drop-offs/" + older.replace("&amp;", "&"))
    assert (page.source.count('<th scope="row"'), rest.source.count('<th scope="row"')) == (50, 1)
    assert sums(page) == sums(rest) == ("51", "11,220", "1,683.000 kg")
    assert 'rel="next"' not in rest.source


def asked_for(books: Database, browser: Browser, address: str) -> int:
    with count_queries(books.engine) as queries:
        assert browser.open(address).status == 200
    return len(queries)


def test_the_list_asks_as_often_for_many_as_for_one(awa: Browser, books: Database, who: int) -> None:
    asked = []
    for more in (1, 20):
        with books.writing() as session:
            for _ in range(more):
                bring(session, who, PHONES, Entered("CHG", pieces=3), at=session.clock.now() - timedelta(days=more))
        asked.append(asked_for(books, awa, "/drop-offs/"))
    assert asked[0] == asked[1]


def test_a_receipt_asks_as_often_for_many_lines_as_for_one(awa: Browser, books: Database, who: int) -> None:
    with books.writing() as session:
        short, long = (bring(session, who, *[PHONES] * lines) for lines in (1, 20))
    assert asked_for(books, awa, f"/drop-offs/{short}") == asked_for(books, awa, f"/drop-offs/{long}")


def test_a_drop_off_of_an_old_book_shows_what_the_book_says(awa: Browser, books: Database, who: int) -> None:
    day = datetime(2013, 2, 1, tzinfo=UTC).date()
    with books.writing() as session:
        old = OldDropOff(uuid4(), DES, who, day, [Entered("MOB", net_grams=9_000)], "B-17", 450)
        key = record_drop_off(session, CONSOLE, old)
    page = awa.open(f"/drop-offs/{key}")
    assert "Drop-off B-17" in page
    assert "Weighed on 1 Feb 2013" in page
    assert "As written in the old book 450 XOF Premium as written in the old book 450 XOF" in page
    assert "B-17" in awa.open("/drop-offs/?year=2013")


@pytest.mark.parametrize("path", ["new", "{saved}", "{saved}/void", "{saved}/correct", ""])
def test_nothing_on_a_page_runs_but_our_own_files(moussa: Browser, saved: int, path: str) -> None:
    page = moussa.open("/drop-offs/" + path.format(saved=saved))
    ours = {f'<script src="/static/js/{file}.js" defer>' for file in ("intake", "print", "sending")}
    assert set(re.findall(r"<script[^>]*>", page.source)) <= ours
