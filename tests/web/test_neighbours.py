"""Whoever belongs to one depot finds nothing of another's: not by number on any route, not by any filter or form."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from uuid import uuid4

import pytest
import sqlalchemy as sa
from flask import Flask
from werkzeug.routing import Rule

from tests.support.browser import Browser
from tests.support.neighbours import Neighbour, settle
from tests.support.people import DES, bring, hire, oumar
from tests.web.conftest import PASSWORD, As
from tests.web.conftest import ROLES as PEOPLE
from tracker.accounts.policy import ROLES, Permission
from tracker.db import Base, Database
from tracker.intake.rules import Entered
from tracker.values.actor import Role
from tracker.web.door import NEEDS

BOUND = {"awa": Role.CLERK, "moussa": Role.MANAGER, "nana": Role.AUDITOR, "issa": Role.ADMIN}
"""One of each role, all of Dar-es-salam."""
MARKS = ("Ségou", "Coulibaly", "SEG-", "76 11 22 33", "76\u00a011\u00a022\u00a033", "+22376112233", "kadi", "seydou")
"""What stands on a page only if it tells of the neighbour."""
NO_RECORD = {"category_id", "year", "filename", "token"}
"""Parts of an address that name nothing of one depot."""
OTHER_IDS = {"payouts.refuse": "waiting_id", "payouts.ask_refusal": "waiting_id"}
DRAFTS = ("shipments.edit", "shipments.change", "shipments.look_at_draft", "shipments.cancel", "shipments.send")
PASSING = {"web_sessions", "sign_in_attempts"}
"""What changes because somebody is here, whatever they ask."""
LINE = {"lines-0-category": "MOB", "lines-0-pieces": "60", "lines-0-gross": "9", "lines-0-net": "1"}


@pytest.fixture
def segou(books: Database) -> Neighbour:
    return settle(books)


@pytest.fixture
def own(books: Database) -> dict[str, int]:
    """What Dar-es-salam has itself: a depositor and a drop-off that waits for review."""
    with books.writing() as session:
        depositor_id = oumar(session)
        return {
            "depositor": depositor_id,
            "drop_off": bring(session, depositor_id, Entered("MOB", pieces=60, gross_grams=9_000)),
        }


@pytest.fixture
def bound(app: Flask, books: Database) -> dict[str, Browser]:
    with books.writing() as session:
        for login, role in BOUND.items():
            hire(session, login, role, DES)
    browsers = {login: Browser(app) for login in BOUND}
    for login, browser in browsers.items():
        assert browser.send("/sign-in", login=login, password=PASSWORD).status == 303
    return browsers


def routes(app: Flask, *, about_records: bool) -> Iterator[tuple[Rule, str, Permission]]:
    """Every route and method that needs a permission."""
    for rule in sorted(app.url_map.iter_rules(), key=lambda each: (each.rule, sorted(each.methods or ()))):
        need = app.extensions[NEEDS][rule.endpoint]
        if isinstance(need, Permission) and bool(rule.arguments - NO_RECORD) is about_records:
            for method in sorted((rule.methods or set()) & {"GET", "POST"}):
                yield rule, method, need


def neighbours_address(rule: Rule, segou: Neighbour) -> str:
    ids = asdict(segou)
    if rule.endpoint in DRAFTS:
        ids["shipment_id"] = segou.draft_id
    if rule.endpoint in OTHER_IDS:
        ids["drop_off_id"] = ids[OTHER_IDS[rule.endpoint]]
    return re.sub(r"<int:(\w+)>", lambda found: str(ids[found[1]]), rule.rule)


def forms(segou: Neighbour) -> dict[str, object]:
    """Every field of every form, filled in so well that only the scope can refuse it."""
    return {
        **LINE,
        "name": "Ségou bis",
        "place": "Ségou",
        "display_name": "Kadi",
        "role": "manager",
        "depot": str(DES),
        "password": "karité et mil 9",
        "reason": "by mistake",
        "reference": "bon 7",
        "paid_on": "2026-03-05",
        "departed_on": "2026-03-05",
        "received_on": "2026-03-05",
        "received-MOB": "5",
        "consignee": "Umicore",
        "country": "BE",
        "packages": "1",
        "depositor": str(segou.depositor_id),
        "weighed_at": "2026-03-05T09:00",
        "client_id": str(uuid4()),
        "drop_offs": [str(segou.waiting_id)],
    }


def everything(books: Database) -> Mapping[str, list[object]]:
    """All that the database holds, but for who is here."""
    with books.reading() as session:
        tables = [table for table in Base.metadata.sorted_tables if table.name not in PASSING]
        return {
            table.name: [tuple(row) for row in session.execute(sa.select(table).order_by(*table.primary_key.columns))]
            for table in tables
        }


def test_a_neighbours_record_is_no_record(
    app: Flask, books: Database, bound: dict[str, Browser], segou: Neighbour
) -> None:
    before, wrong = everything(books), []
    for rule, method, need in routes(app, about_records=True):
        address = neighbours_address(rule, segou)
        for login, browser in bound.items():
            page = browser.open(address, follow=True) if method == "GET" else browser.send_fields(address, forms(segou))
            expected = 404 if need in ROLES[BOUND[login]] else 403
            if page.status != expected:
                wrong.append((login, method, address, page.status))
    assert wrong == []
    assert everything(books) == before


@pytest.mark.parametrize("filters", ["", "depot", "depot_id", "depositor", "after", "before", "sorted", "q", "person"])
def test_no_list_tells_of_the_neighbour(
    app: Flask, bound: dict[str, Browser], segou: Neighbour, own: dict[str, int], filters: str
) -> None:
    asked = {
        "": "",
        "depot": "?depot=SEG",
        "depot_id": f"?depot={segou.depot_id}",
        "depositor": f"?depositor={segou.depositor_id}",
        "after": f"?after={segou.payout_id}",
        "before": f"?before={segou.drop_off_id}",
        "sorted": f"?sort=name&after={segou.depositor_id}",
        "q": "?q=Coulibaly",
        "person": f"?person={segou.account_id}",
    }[filters]
    told = []
    for rule, method, _need in routes(app, about_records=False):
        if method == "GET":
            address = rule.rule.replace("<int:year>", "2026").replace("<int:category_id>", "1")
            for login, browser in bound.items():
                page = browser.open(address + asked)
                shown = (
                    page.source.replace("?q=Coulibaly", "").replace('value="Coulibaly"', "").replace("Coulibaly”", "")
                )
                told += [(login, address, mark) for mark in MARKS if mark in shown and mark not in asked]
                assert page.status < 500
    assert told == []


@pytest.mark.parametrize("order", ["name", "-name", "net", "-net", "francs", "-francs", "number", "-day", "grams"])
@pytest.mark.parametrize("side", ["after", "before"])
def test_a_neighbours_place_in_an_order_is_no_place(
    bound: dict[str, Browser], segou: Neighbour, own: dict[str, int], order: str, side: str
) -> None:
    """Else a list that begins there would say whether the neighbour's name or weight stands before one's own."""
    for path, number in (
        ("/depositors/", segou.depositor_id),
        ("/drop-offs/", segou.drop_off_id),
        ("/shipments/", segou.shipment_id),
    ):
        page = bound["moussa"].open(f"{path}?sort={order}&{side}={number}")
        assert page.status in {200, 422}
        assert not re.search(r'href="/(depositors|drop-offs|shipments)/\d+"', page.source), path


@pytest.mark.parametrize(
    ("login", "address", "fields"),
    [
        ("awa", "/drop-offs/new", {}),
        ("awa", "/drop-offs/new", {"depot": "{depot_id}"}),
        ("awa", "/drop-offs/new/look", {"depot": "{depot_id}"}),
        ("awa", "/drop-offs/preview", {"depot": "{depot_id}"}),
        ("awa", "/drop-offs/preview?replaces={drop_off_id}", {}),
        ("moussa", "/shipments/new?depot=SEG", {}),
        ("moussa", "/shipments/new/look?depot=SEG", {}),
        ("issa", "/accounts/new", {"login": "zan", "depot": "{depot_id}"}),
        ("issa", "/accounts/new", {"login": "zan", "depot": "", "role": "admin"}),
    ],
)
def test_a_form_cannot_name_the_neighbour(
    books: Database, bound: dict[str, Browser], segou: Neighbour, login: str, address: str, fields: dict[str, str]
) -> None:
    ids = asdict(segou)
    before = everything(books)
    sent = {**forms(segou), **{name: value.format(**ids) for name, value in fields.items()}}
    page = bound[login].send_fields(address.format(**ids), sent)
    assert page.status < 500
    assert everything(books) == before
    assert not [mark for mark in ("Coulibaly", "SEG-", "+22376112233") if mark in page.source]


def test_what_is_added_stays_in_ones_own_depot(books: Database, bound: dict[str, Browser], segou: Neighbour) -> None:
    """Whatever depot the form names."""
    sent: dict[str, object] = {
        "kind": "collector",
        "name": "Sidibé Oumar",
        "depot": str(segou.depot_id),
        "confirmed": "1",
    }
    assert bound["awa"].send_fields("/depositors/new", sent).status in {303, 422}
    with books.reading() as session:
        found = sa.text(f"SELECT count(*) FROM depositors WHERE depot_id = {segou.depot_id}")
        assert session.scalar(found) == 1


def test_an_approval_cannot_take_in_the_neighbours_drop_off(
    books: Database, bound: dict[str, Browser], segou: Neighbour, own: dict[str, int]
) -> None:
    before = everything(books)
    address = f"/payouts/depositors/{own['depositor']}/approve"
    for ids in ([segou.waiting_id], [own["drop_off"], segou.waiting_id]):
        page = bound["moussa"].send_fields(address, {"drop_offs": [str(each) for each in ids], "drop_off": ids})
        assert 400 <= page.status < 500
    assert everything(books) == before


def test_what_belongs_to_the_house_is_changed_by_those_who_reach_it_all(
    books: Database, bound: dict[str, Browser]
) -> None:
    before = everything(books)
    category = {"name_fr": "X", "name_en": "X", "counted_by": "kg", "hazardous": "no", "code": "XXX"}
    for address in ("/categories/new", "/categories/1", "/categories/1/retire", "/depots/new"):
        assert bound["issa"].send(address, form_at="/account/", name="X", place="X", **category).status == 403, address
    assert everything(books) == before


def test_each_role_gets_what_the_table_says(app: Flask, signed_in: As) -> None:
    """Records that do not exist: whoever may ask is told so, whoever may not is told that instead."""
    browsers = {role: signed_in(login) for login, (role, _depot) in PEOPLE.items()}
    wrong = []
    for about_records in (True, False):
        for rule, method, need in routes(app, about_records=about_records):
            address = re.sub(r"<int:year>", "2026", re.sub(r"<int:(?!year)\w+>", "999999", rule.rule))
            for role, browser in browsers.items():
                if rule.endpoint == "accounts.sign_out":
                    continue
                page = browser.open(address) if method == "GET" else browser.send(address, form_at="/account/")
                if (page.status == 403) is (need in ROLES[role]):
                    wrong.append((role, method, address, page.status))
    assert wrong == []
