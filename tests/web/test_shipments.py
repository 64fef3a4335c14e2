import re
from collections.abc import Callable

import pytest

from tests.support.browser import Browser, Page
from tests.support.people import DES, IBRAHIM, MOUSSA, bring, oumar
from tests.support.queries import count_queries
from tests.support.time import SteppableTime
from tests.web.conftest import PASSWORD, As
from tracker.accounts.service import NewAccount, add_account
from tracker.catalogue.service import DepotDetails, add_depot
from tracker.db import Database
from tracker.intake.rules import Entered
from tracker.paging import PAGE
from tracker.shipments.models import State
from tracker.shipments.queries import shipment
from tracker.shipments.rules import LineEntered
from tracker.shipments.service import NewShipment, draft_shipment, receive_shipment, send_shipment
from tracker.stock.queries import held
from tracker.values.actor import Actor, Role
from tracker.web.forms.shipments import country_names

ELSEWHERE = Actor(None, "koniba", Role.MANAGER, 2)
TODAY, YESTERDAY = "2026-03-05", "2026-03-04"
TYPED: dict[str, object] = {
    "consignee": "Le Pin",
    "country": "FR",
    "container": "omlu 130221 0",
    "packages": "4",
    "lines-0-category": "MOB",
    "lines-0-net": "6,5",
}
STEPS = ("send", "receive", "cancel", "reverse")
Made = Callable[[Database], int]


@pytest.fixture
def stocked(books: Database) -> Database:
    """Ten kilograms of telephones and two of batteries, weighed today."""
    with books.writing() as session:
        bring(session, oumar(session), Entered("MOB", gross_grams=10_000), Entered("BAT", gross_grams=2_000))
    return books


def drafted(books: Database, *lines: LineEntered, country: str = "FR") -> int:
    with books.writing() as session:
        new = NewShipment(DES, "Le Pin", country, "", None, lines or [LineEntered("MOB", 6_000)])
        return draft_shipment(session, MOUSSA, new)


def sent(books: Database, *lines: LineEntered, country: str = "FR") -> int:
    key = drafted(books, *lines, country=country)
    with books.writing() as session:
        send_shipment(session, MOUSSA, key, session.clock.today())
    return key


def received(books: Database) -> int:
    key = sent(books)
    with books.writing() as session:
        receive_shipment(session, MOUSSA, key, session.clock.today(), {"MOB": 5_990})
    return key


def state(books: Database, key: int) -> State:
    with books.reading() as session:
        return shipment(session, MOUSSA, key).state


def grams_held(books: Database) -> dict[str, int]:
    with books.reading() as session:
        return {row.category_code: row.grams for row in held(session, MOUSSA)}


def told_beside(page: Page, field: str, sentence: str) -> bool:
    """The sentence stands in the field's own error, and the status says that something must be mended."""
    found = re.search(rf'id="{field}-error".*?</p>', page.source, re.DOTALL)
    return page.status == 422 and found is not None and sentence in found[0]


def test_a_draft_takes_nothing_from_the_stock(moussa: Browser, stocked: Database) -> None:
    saved = moussa.send_fields("/shipments/new?depot=DES", TYPED)
    assert saved.goes_to == "/shipments/1"
    page = moussa.open("/shipments/1")
    for shown in ("DES-E2026-00001 Draft", "Le Pin", "France", "OMLU1302210", "Packages 4", "6.500 kg"):
        assert shown in page
    assert grams_held(stocked) == {"MOB": 10_000, "BAT": 2_000}


def test_the_form_says_what_the_depot_holds_of_each_category(moussa: Browser, stocked: Database) -> None:
    page = moussa.open("/shipments/new")
    assert "MOB – Feature phone (with battery) · 10.000 kg held" in page
    assert "MIX – Unsorted mixed load · none held" in page


def test_known_consignees_are_offered(moussa: Browser, stocked: Database) -> None:
    drafted(stocked)
    assert '<option value="Le Pin">' in moussa.open("/shipments/new").source


def test_the_countries_are_those_of_iso_3166_in_the_readers_language(moussa: Browser) -> None:
    page = moussa.open("/shipments/new")
    assert page.text.index("France") < page.text.index("Belgium") < page.text.index("Afghanistan")
    moussa.send("/language", locale="fr", next="/")
    assert "Allemagne" in moussa.open("/shipments/new")


def test_every_country_of_iso_3166_is_there(moussa: Browser) -> None:
    assert len(country_names()) == 249
    assert list(country_names())[:2] == ["FR", "BE"]


@pytest.mark.parametrize(
    ("typed", "field", "sentence"),
    [
        ({"consignee": " "}, "consignee", "Enter a name."),
        ({"consignee": ""}, "consignee", "Enter who receives it."),
        ({"country": ""}, "country", "Choose the country."),
        ({"country": "QQ"}, "country", "Choose one of the list."),
        ({"container": "É" * 3}, "container", "A container number"),
        ({"packages": "0"}, "packages", "from 1 to 100,000"),
        ({"packages": "quatre"}, "packages", "Enter a whole number"),
        ({"lines-0-net": "six"}, "lines-0-net", "Enter a weight in kilograms"),
        ({"lines-0-net": " "}, "lines-0-net", "Enter the net weight."),
        ({"lines-0-net": "0"}, "lines-0-net", "Enter a weight in kilograms"),
        ({"lines-0-category": ""}, "lines-0-category", "Choose the category."),
        ({"lines-0-category": "", "lines-0-net": ""}, "lines-0-category", "Enter at least one line"),
        ({"lines-3-category": "MOB", "lines-3-net": "1"}, "lines-0-category", "stands on two lines"),
        ({"lines-3-category": "BAT", "lines-3-net": "0"}, "lines-1-net", "Enter a weight in kilograms"),
    ],
)
def test_what_must_be_mended_is_told_beside_its_field(
    moussa: Browser, stocked: Database, typed: dict[str, object], field: str, sentence: str
) -> None:
    page = moussa.send_fields("/shipments/new?depot=DES", {**TYPED, **typed})
    assert told_beside(page, field, sentence)
    assert moussa.open("/shipments/1").status == 404


def test_one_more_line_keeps_what_was_typed(moussa: Browser, stocked: Database) -> None:
    page = moussa.send_fields("/shipments/new/look?depot=DES", {**TYPED, **{f"lines-{n}-net": "" for n in range(1, 5)}})
    assert page.status == 200
    assert 'value="6,5"' in page.source
    assert page.source.count('-net" type="text"') == 6


def test_a_draft_is_changed_until_it_leaves(moussa: Browser, stocked: Database) -> None:
    key = drafted(stocked)
    form = moussa.open(f"/shipments/{key}/edit")
    assert 'value="Le Pin"' in form.source
    assert 'value="6"' in form.source
    typed = {**TYPED, "country": "BE", "lines-1-category": "BAT", "lines-1-net": "2"}
    more = moussa.send_fields(f"/shipments/{key}/edit/look", typed)
    assert more.source.count('-net" type="text"') == 5
    assert moussa.send_fields(f"/shipments/{key}/edit", typed).goes_to == f"/shipments/{key}"
    page = moussa.open(f"/shipments/{key}")
    assert "Belgium" in page
    assert "Total 8.500 kg" in page
    assert told_beside(moussa.send_fields(f"/shipments/{key}/edit", {**typed, "packages": "0"}), "packages", "from 1")


def test_sending_takes_the_grams(moussa: Browser, stocked: Database) -> None:
    key = drafted(stocked)
    assert f'value="{TODAY}"' in moussa.open(f"/shipments/{key}").source
    assert moussa.send(f"/shipments/{key}/send", departed_on=TODAY).goes_to == f"/shipments/{key}"
    assert "Left on 5 Mar 2026" in moussa.open(f"/shipments/{key}")
    assert grams_held(stocked)["MOB"] == 4_000


def test_over_shipping_is_refused_with_the_balance(moussa: Browser, stocked: Database) -> None:
    key = drafted(stocked, LineEntered("MOB", 10_001))
    page = moussa.send(f"/shipments/{key}/send", departed_on=TODAY)
    assert page.status == 422
    assert "Feature phone (with battery): the depot holds 10.000 kg on 5 Mar 2026 and 10.001 kg are asked" in page
    assert "0.001 kg too much" in page
    assert (state(stocked, key), grams_held(stocked)["MOB"]) == (State.DRAFT, 10_000)


def test_what_came_later_cannot_leave_earlier(moussa: Browser, stocked: Database) -> None:
    key = drafted(stocked)
    page = moussa.send(f"/shipments/{key}/send", departed_on=YESTERDAY)
    assert page.status == 422
    assert "the depot holds 0.000 kg on 4 Mar 2026" in page


@pytest.mark.parametrize("day", ["2026-03-06", "", "  ", "demain"])
def test_a_departure_has_a_day_that_has_come(moussa: Browser, stocked: Database, day: str) -> None:
    key = drafted(stocked)
    assert told_beside(moussa.send(f"/shipments/{key}/send", departed_on=day), "departed_on", " day")
    assert state(stocked, key) is State.DRAFT


def test_what_was_received_stands_beside_what_was_sent(signed_in: As, stocked: Database, now: SteppableTime) -> None:
    key = sent(stocked, LineEntered("MOB", 6_000), LineEntered("BAT", 2_000))
    now.step(days=30)
    moussa = signed_in("moussa")
    typed: dict[str, object] = {"received_on": "2026-04-04", "received-MOB": "5,94", "received-BAT": "2"}
    assert moussa.send_fields(f"/shipments/{key}/receive", typed).goes_to == f"/shipments/{key}"
    page = moussa.open(f"/shipments/{key}")
    assert "Feature phone (with battery) MOB 6.000 kg 5.940 kg -0.060 kg -1.00%" in page
    assert "Phone battery (Li-ion) BAT 2.000 kg 2.000 kg 0.000 kg 0.00%" in page
    assert "Total 8.000 kg 7.940 kg -0.060 kg -0.75%" in page
    assert "Received on 4 Apr 2026" in page


@pytest.mark.parametrize(
    ("typed", "field", "sentence"),
    [
        ({"received-MOB": ""}, "received-MOB", "Enter the received weight"),
        ({"received-MOB": " "}, "received-MOB", "Enter the received weight"),
        ({"received-MOB": "lourd"}, "received-MOB", "Enter a weight in kilograms"),
        ({"received_on": ""}, "received_on", "Enter the day it was received."),
        ({"received_on": YESTERDAY}, "received_on", "It cannot have arrived before."),
        ({"received_on": "2026-03-06"}, "received_on", "has not come yet"),
    ],
)
def test_a_reception_says_every_weight_and_its_day(
    moussa: Browser, stocked: Database, typed: dict[str, object], field: str, sentence: str
) -> None:
    key = sent(stocked)
    page = moussa.send_fields(f"/shipments/{key}/receive", {"received_on": TODAY, "received-MOB": "6", **typed})
    assert told_beside(page, field, sentence)
    assert state(stocked, key) is State.SENT


def test_a_cancelled_draft_keeps_its_number_and_its_reason(moussa: Browser, stocked: Database) -> None:
    key = drafted(stocked)
    assert told_beside(moussa.send(f"/shipments/{key}/cancel", reason=" "), "reason", "Say why")
    moussa.send(f"/shipments/{key}/cancel", reason="annulée par le transitaire")
    page = moussa.open(f"/shipments/{key}")
    assert "DES-E2026-00001 Cancelled" in page
    assert "annulée par le transitaire" in page
    assert f"/{key}/send" not in page.source


@pytest.mark.parametrize("left", [sent, received])
def test_a_reversal_brings_the_grams_back(moussa: Browser, stocked: Database, left: Made) -> None:
    key = left(stocked)
    assert told_beside(moussa.send(f"/shipments/{key}/reverse", reason=""), "reason", "Say why")
    moussa.send(f"/shipments/{key}/reverse", reason="camion rentré")
    assert "DES-E2026-00001 Reversed" in moussa.open(f"/shipments/{key}")
    assert grams_held(stocked)["MOB"] == 10_000


@pytest.mark.parametrize(
    ("reached", "refused"),
    [(drafted, {"receive", "reverse"}), (sent, {"send", "cancel"}), (received, {"send", "receive", "cancel"})],
)
def test_a_step_that_may_not_follow_is_refused_and_not_offered(
    moussa: Browser, stocked: Database, reached: Made, refused: set[str]
) -> None:
    key = reached(stocked)
    before = state(stocked, key)
    typed: dict[str, object] = {"departed_on": TODAY, "received_on": TODAY, "received-MOB": "6", "reason": "erreur"}
    for step in refused:
        answer = moussa.send_fields(f"/shipments/{key}/{step}", typed)
        assert answer.status == 422
        assert "Somebody was quicker" in answer
        assert f"/shipments/{key}/{step}" not in moussa.open(f"/shipments/{key}").source
    assert state(stocked, key) is before


def test_what_has_left_is_a_draft_no_more(moussa: Browser, stocked: Database) -> None:
    key = sent(stocked)
    assert moussa.open(f"/shipments/{key}/edit").status == 409
    assert moussa.send_fields(f"/shipments/{key}/edit", TYPED).status == 409
    assert f"/shipments/{key}/edit" not in moussa.open(f"/shipments/{key}").source


@pytest.fixture
def many(stocked: Database) -> Database:
    """One of each: received in France, sent to Belgium with batteries, drafted for France."""
    received(stocked)
    sent(stocked, LineEntered("MOB", 1_000), LineEntered("BAT", 500), country="BE")
    drafted(stocked, LineEntered("MOB", 3_000))
    return stocked


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("", "Shipments 3 Net 10.500 kg"),
        ("?departed=1", "Shipments 2 Net 7.500 kg"),
        ("?departed=0", "Shipments 3 Net 10.500 kg"),
        ("?country=BE", "Shipments 1 Net 1.500 kg"),
        ("?country=FR&departed=1", "Shipments 1 Net 6.000 kg"),
        ("?state=draft", "Shipments 1 Net 3.000 kg"),
        ("?category=BAT", "Shipments 1 Net BAT 0.500 kg"),
        ("?year=2026", "Shipments 2 Net 7.500 kg"),
        ("?month=2026-03&country=BE", "Shipments 1 Net 1.500 kg"),
        ("?from=2026-03-06", "No shipment matches."),
        ("?depot=DES&to=2026-03-05", "Shipments 2 Net 7.500 kg"),
    ],
)
def test_the_list_narrows_and_sums(fanta: Browser, many: Database, address: str, said: str) -> None:
    assert said in fanta.open(f"/shipments/{address}")


def test_of_one_category_the_list_shows_that_ones_grams(fanta: Browser, many: Database) -> None:
    page = fanta.open("/shipments/?category=BAT")
    assert "0.500 kg" in page
    assert "1.500 kg" not in page


def test_an_address_that_cannot_be_read_is_refused(fanta: Browser) -> None:
    assert [fanta.open(f"/shipments/?{said}").status for said in ("country=Mali", "state=lost", "year=x")] == [422] * 3


def test_before_the_first_shipment_the_page_says_how_to_begin(moussa: Browser, fanta: Browser) -> None:
    assert "Nothing has been shipped yet" in moussa.open("/shipments/")
    assert "Prepare a shipment" not in fanta.open("/shipments/")


def test_a_long_list_is_read_page_by_page_with_its_filters(fanta: Browser, stocked: Database) -> None:
    for _ in range(PAGE + 1):
        drafted(stocked)
    first = fanta.open("/shipments/?country=FR")
    assert f"Shipments {PAGE + 1} Net" in first
    assert 'href="?country=FR&amp;after=2"' in first.source
    assert fanta.open("/shipments/?country=FR&after=2").source.count("<tr") == 2, "the heading and one shipment"


def test_a_longer_list_asks_no_more_of_the_database(fanta: Browser, stocked: Database) -> None:
    asked = []
    for _ in range(2):
        drafted(stocked)
        with count_queries(stocked.engine) as statements:
            fanta.open("/shipments/")
        asked.append(len(statements))
    assert asked[0] == asked[1]


def test_an_auditor_reads_and_writes_nothing(fanta: Browser, stocked: Database) -> None:
    key = drafted(stocked)
    page = fanta.open(f"/shipments/{key}")
    assert page.status == 200
    assert 'action="/shipments' not in page.source
    assert [fanta.open(address).status for address in ("/shipments/new", f"/shipments/{key}/edit")] == [403, 403]
    for address in writing_to(key):
        assert fanta.send_fields(address, TYPED).status == 403


def test_a_clerk_has_no_business_here(awa: Browser, stocked: Database) -> None:
    key = drafted(stocked)
    for address in ("/shipments/", "/shipments/new", f"/shipments/{key}", f"/shipments/{key}/edit"):
        assert awa.open(address).status == 403
    for address in writing_to(key):
        assert awa.send_fields(address, TYPED).status == 403


def writing_to(key: int) -> list[str]:
    shared = ["/shipments/new?depot=DES", "/shipments/new/look?depot=DES"]
    return [*shared, *(f"/shipments/{key}/{step}" for step in ("edit", "edit/look", *STEPS))]


def test_a_neighbours_shipment_is_nowhere(moussa: Browser, stocked: Database) -> None:
    with stocked.writing() as session:
        segou = add_depot(session, IBRAHIM, DepotDetails("SEG", "Ségou", "Ségou"))
        new = NewShipment(segou, "Ailleurs", "FR", "", None, [LineEntered("MOB", 1_000)])
        key = draft_shipment(session, ELSEWHERE, new)
    assert "SEG-E2026" not in moussa.open("/shipments/")
    assert moussa.open("/shipments/new?depot=SEG").status == 404
    for address in (f"/shipments/{key}", f"/shipments/{key}/edit"):
        assert moussa.open(address).status == 404
    typed = {**TYPED, "departed_on": TODAY, "received_on": TODAY, "received-MOB": "1", "reason": "erreur"}
    for address in writing_to(key):
        assert moussa.send_fields(address.replace("DES", "SEG"), typed).status == 404


def test_who_reaches_several_depots_says_which_one_it_leaves(stocked: Database, visitor: Browser) -> None:
    roving = visitor
    with stocked.writing() as session:
        add_account(session, IBRAHIM, NewAccount("sira", PASSWORD, Role.MANAGER))
        add_depot(session, IBRAHIM, DepotDetails("SEG", "Ségou", "Ségou"))
    roving.send("/sign-in", login="sira", password=PASSWORD)
    page = roving.open("/shipments/new")
    assert "Which depot does it leave from?" in page
    assert 'href="/shipments/new?depot=SEG"' in page.source
    assert "none held" in roving.open("/shipments/new?depot=SEG")
    assert roving.send_fields("/shipments/new?depot=SEG", TYPED).goes_to == "/shipments/1"
    assert "SEG-E2026-00001" in roving.open("/shipments/1")


def test_reading_writes_nothing(moussa: Browser, stocked: Database) -> None:
    key = drafted(stocked)
    assert [moussa.open(f"/shipments/{key}/{step}").status for step in STEPS] == [405] * len(STEPS)
    assert state(stocked, key) is State.DRAFT
