"""The queue, a depositor under review, and a payout from its approval to its receipt."""

import re
from datetime import UTC, datetime
from uuid import uuid4

import pytest
import sqlalchemy as sa

from tests.support.browser import Browser, Page
from tests.support.people import AWA, DES, IBRAHIM, bring, hire, oumar
from tests.support.queries import count_queries
from tests.web.conftest import As
from tracker.accounts.models import Account
from tracker.catalogue.service import DepotDetails, add_depot
from tracker.db import Database
from tracker.intake.rules import Entered
from tracker.intake.service import NewDropOff, accept_drop_off, void_drop_off
from tracker.payouts import service
from tracker.payouts.models import State
from tracker.payouts.queries import papers, queue
from tracker.people.models import Kind
from tracker.people.service import NewDepositor, add_depositor
from tracker.values.actor import Actor, Role

TODAY, YESTERDAY = "2026-03-05", "2026-03-04"
FEBRUARY = datetime(2026, 2, 3, 9, tzinfo=UTC)
OUMAR, FIRST, SECOND = 1, 1, 2
"""The first depositor, and his two drop-offs: of 60 pieces in February, of 80 today."""
PAID: dict[str, object] = {"reference": "bon 114", "paid_on": TODAY}


@pytest.fixture
def brought(books: Database) -> Database:
    with books.writing() as session:
        who = oumar(session)
        bring(session, who, Entered("MOB", pieces=60, gross_grams=9_000), at=FEBRUARY)
        bring(session, who, Entered("MOB", pieces=80))
    return books


def manager(books: Database) -> Actor:
    """Moussa, as his browser acts."""
    with books.reading() as session:
        return Actor(
            session.scalars(sa.select(Account.id).where(Account.login == "moussa")).one(), "moussa", Role.MANAGER, DES
        )


def approved(books: Database, *drop_offs: int) -> int:
    with books.writing() as session:
        return service.approve(session, manager(books), OUMAR, drop_offs or (FIRST, SECOND))


def state(books: Database, key: int = 1) -> State:
    with books.reading() as session:
        return papers.payout(session, IBRAHIM, key).state


def told_beside(page: Page, field: str, sentence: str) -> bool:
    found = re.search(rf'id="{field}-error".*?</p>', page.source, re.DOTALL)
    return page.status == 422 and found is not None and sentence in found[0]


def test_from_the_queue_to_the_signed_receipt(moussa: Browser, awa: Browser, brought: Database) -> None:
    page = moussa.open("/payouts/")
    assert "Waiting 3,500 XOF" in page
    assert "Sidibé Oumar 3 Feb 2026 (30 days) 2 140" in page
    review = moussa.open(f"/payouts/depositors/{OUMAR}")
    assert review.source.count(" checked>") == 2
    assert "Feature phone (with battery) (MOB): 60 pieces, 9.000 kg" in review
    sent = moussa.send(f"/payouts/depositors/{OUMAR}/approve", drop_off=[str(FIRST), str(SECOND)])
    assert sent.goes_to == "/payouts/1"
    assert "Nothing waits." in moussa.open("/payouts/")
    assert "DES-V2026-00001 To be handed over" in awa.open("/payouts/register?state=approved")
    assert awa.send_fields("/payouts/1/pay", PAID).goes_to == "/payouts/1"
    receipt = awa.open("/payouts/1")
    for shown in ("DES-V2026-00001 Paid", "Sidibé Oumar · 70 00 18 03", "· moussa", "5 Mar 2026 · awa", "bon 114"):
        assert shown in receipt
    assert "DES-R2026-00001 3 Feb 2026 1,500 XOF" in receipt
    assert "Handed over 3,500 XOF" in receipt
    assert "Received: the depositor" in receipt
    assert "/pay" not in receipt.source.replace("/payouts", "")


def test_only_what_is_ticked_is_approved(moussa: Browser, brought: Database) -> None:
    moussa.send(f"/payouts/depositors/{OUMAR}/approve", drop_off=str(SECOND))
    assert "2,000 XOF" in moussa.open("/payouts/1")
    assert "Waiting 1,500 XOF" in moussa.open("/payouts/")


def test_figures_that_changed_since_they_were_shown_are_looked_at_again(moussa: Browser, brought: Database) -> None:
    approved(brought, FIRST)
    moussa.send_fields("/payouts/1/pay", PAID)
    address = f"/payouts/depositors/{OUMAR}"
    seen = re.search(r'name="seen" value="(\d+)"', moussa.open(address).source)
    assert seen
    with brought.writing() as session:
        void_drop_off(session, manager(brought), FIRST, "compté deux fois")
    page = moussa.send(f"{address}/approve", drop_off=str(SECOND), seen=seen[1])
    assert page.status == 422
    assert "A figure has changed since this page was opened" in page
    again = re.search(r'name="seen" value="(\d+)"', page.source)
    assert again
    assert moussa.send(f"{address}/approve", drop_off=str(SECOND), seen=again[1]).goes_to == "/payouts/2"


@pytest.mark.parametrize("ticked", [{}, {"drop_off": "deux"}, {"drop_off": "²"}])
def test_something_of_the_list_is_ticked(moussa: Browser, brought: Database, ticked: dict[str, object]) -> None:
    page = moussa.send_fields(f"/payouts/depositors/{OUMAR}/approve", ticked)
    assert page.status == 422
    assert "There is a problem" in page


def test_what_somebody_else_has_approved_meanwhile_is_told(moussa: Browser, brought: Database) -> None:
    approved(brought, FIRST)
    page = moussa.send(f"/payouts/depositors/{OUMAR}/approve", drop_off=[str(FIRST), str(SECOND)])
    assert page.status == 422
    assert "This drop-off no longer waits" in page


def test_what_one_logged_is_not_offered_and_not_taken(moussa: Browser, brought: Database) -> None:
    with brought.writing() as session:
        lines = [Entered("MOB", pieces=90)]
        new = NewDropOff(uuid4(), DES, OUMAR, session.clock.now(), lines, confirmed=True)
        own = accept_drop_off(session, manager(brought), new).drop_off_id
    page = moussa.open(f"/payouts/depositors/{OUMAR}")
    assert "You logged it: another manager reviews it." in page
    assert f'name="drop_off" value="{own}"' not in page.source
    forged = moussa.send(f"/payouts/depositors/{OUMAR}/approve", drop_off=str(own))
    assert forged.status == 403
    assert "You logged DES-R2026-00003 yourself." in forged
    assert moussa.send(f"/payouts/drop-offs/{own}/refuse", reason="à moi").status == 403


def test_a_refusal_is_told_to_the_depositor_on_the_receipt(moussa: Browser, awa: Browser, brought: Database) -> None:
    address = f"/payouts/drop-offs/{FIRST}/refuse"
    assert "Refuse the premium of DES-R2026-00001" in moussa.open(address)
    assert told_beside(moussa.send(address, reason=" "), "reason", "Say why")
    assert moussa.send(address, reason="pesé vide").goes_to == f"/payouts/depositors/{OUMAR}"
    receipt = awa.open(f"/drop-offs/{FIRST}")
    assert "Refused: nothing is owed -1,500 XOF" in receipt
    assert "Refused : pesé vide 5 Mar 2026, 10:00 · moussa" in receipt
    assert "Refused" in moussa.open("/premiums/?kind=refusal")
    assert moussa.send(address, reason="encore").status == 422


def test_the_drop_offs_receipt_says_how_far_its_premium_has_got(
    moussa: Browser, awa: Browser, brought: Database
) -> None:
    assert "1,500 XOF wait for approval." in awa.open(f"/drop-offs/{FIRST}")
    approved(brought, FIRST)
    assert "Approved, to be handed over · DES-V2026-00001" in awa.open(f"/drop-offs/{FIRST}")
    awa.send_fields("/payouts/1/pay", PAID)
    assert "Paid on 5 Mar 2026 · DES-V2026-00001" in awa.open(f"/drop-offs/{FIRST}")
    with brought.writing() as session:
        void_drop_off(session, manager(brought), FIRST, "compté deux fois")
    assert "1,500 XOF are owed back" in awa.open(f"/drop-offs/{FIRST}")


@pytest.mark.parametrize(
    ("typed", "field", "sentence"),
    [
        ({"reference": ""}, "reference", "cash voucher"),
        ({"reference": " "}, "reference", "cash voucher"),
        ({"reference": "x" * 61}, "reference", "at most 60 characters"),
        ({"paid_on": ""}, "paid_on", "Enter the day it was handed over."),
        ({"paid_on": "hier"}, "paid_on", "Enter a day that exists."),
        ({"paid_on": "2026-03-06"}, "paid_on", "has not come yet"),
        ({"paid_on": YESTERDAY}, "paid_on", "It cannot have been paid before."),
    ],
)
def test_what_a_payment_lacks_is_told_beside_its_field(
    awa: Browser, moussa: Browser, brought: Database, typed: dict[str, object], field: str, sentence: str
) -> None:
    approved(brought)
    assert told_beside(awa.send_fields("/payouts/1/pay", {**PAID, **typed}), field, sentence)
    assert state(brought) is State.APPROVED


def test_a_payout_is_handed_over_once(awa: Browser, moussa: Browser, brought: Database) -> None:
    approved(brought)
    awa.send_fields("/payouts/1/pay", PAID)
    again = moussa.send_fields("/payouts/1/pay", PAID)
    assert again.status == 422
    assert "this payout is paid or withdrawn already" in again
    assert "Paid 3,500 XOF" in moussa.open("/premiums/")
    assert moussa.send("/payouts/1/withdraw", reason="erreur").status == 422
    assert state(brought) is State.PAID


def test_what_is_owed_no_more_is_not_handed_over(awa: Browser, moussa: Browser, brought: Database) -> None:
    approved(brought)
    with brought.writing() as session:
        void_drop_off(session, manager(brought), FIRST, "compté deux fois")
    assert "Do not hand it over: 1,500 XOF" in awa.open("/payouts/1")
    page = awa.send_fields("/payouts/1/pay", PAID)
    assert page.status == 422
    assert "The payout is of 3,500 XOF" in page
    assert "only 2,000 XOF would be owed" in page
    review = moussa.open(f"/payouts/depositors/{OUMAR}")
    assert "The payout DES-V2026-00001 covers what is owed no more." in review
    assert told_beside(moussa.send("/payouts/1/withdraw", reason=""), "reason", "Say why")
    assert moussa.send("/payouts/1/withdraw", reason="compté deux fois").goes_to == "/payouts/1"
    assert "DES-V2026-00001 Withdrawn" in (page := moussa.open("/payouts/1"))
    assert "compté deux fois" in page
    assert "Received: the depositor" not in page
    assert "Waiting 2,000 XOF" in moussa.open("/payouts/")


def test_a_debt_is_shown_until_the_next_payout_repays_it(moussa: Browser, brought: Database) -> None:
    approved(brought, FIRST)
    moussa.send_fields("/payouts/1/pay", PAID)
    with brought.writing() as session:
        void_drop_off(session, manager(brought), FIRST, "compté deux fois")
    assert "Sidibé Oumar 3 Feb 2026 (30 days) 1" in moussa.open("/payouts/debts")
    review = moussa.open(f"/payouts/depositors/{OUMAR}")
    assert "DES-R2026-00001 · 3 Feb 2026 Void -1,500 XOF" in review
    assert "Debts of 1,500 XOF are repaid first." in review
    moussa.send(f"/payouts/depositors/{OUMAR}/approve", drop_off=str(SECOND))
    receipt = moussa.open("/payouts/2")
    assert "DES-R2026-00001 3 Feb 2026 debt repaid -1,500 XOF" in receipt
    assert "Total 500 XOF" in receipt
    assert "Nobody owes anything back." in moussa.open("/payouts/debts")


def test_a_debt_that_leaves_nothing_is_told(moussa: Browser, brought: Database) -> None:
    approved(brought, SECOND)
    moussa.send_fields("/payouts/1/pay", PAID)
    with brought.writing() as session:
        void_drop_off(session, manager(brought), SECOND, "compté deux fois")
    page = moussa.send(f"/payouts/depositors/{OUMAR}/approve", drop_off=str(FIRST))
    assert page.status == 422
    assert "1,500 XOF are chosen and 2,000 XOF are owed back." in page


def test_the_sums_of_the_room_are_those_of_the_ledger(moussa: Browser, brought: Database) -> None:
    approved(brought, FIRST)
    page = moussa.open("/payouts/")
    for figure in ("Waiting 2,000 XOF", "To be handed over 1,500 XOF", "Owed back 0 XOF", "Left to pay 3,500 XOF"):
        assert figure in page
    assert "Left to pay 3,500 XOF" in moussa.open("/premiums/")


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("", "2 payouts · together 3,500 XOF withdrawn ones left out"),
        ("?state=approved", "1 payout · together 2,000 XOF"),
        ("?state=paid&from=2026-03-05", "1 payout · together 1,500 XOF"),
        ("?state=withdrawn", "1 payout · together 3,500 XOF"),
        ("?depositor=1&state=paid", "1 payout · together 1,500 XOF"),
        ("?depositor=2", "No payout here."),
        ("?from=2026-03-06", "No payout here."),
        ("?depot=DES&month=2026-03", "1 payout · together 1,500 XOF"),
    ],
)
def test_the_register_narrows_and_sums(moussa: Browser, brought: Database, address: str, said: str) -> None:
    moussa.send(f"/payouts/{approved(brought)}/withdraw", reason="trop tôt")
    moussa.send_fields(f"/payouts/{approved(brought, FIRST)}/pay", PAID)
    approved(brought, SECOND)
    assert said in moussa.open(f"/payouts/register{address}")


@pytest.mark.parametrize(
    "address", ["register?state=lost", "register?depositor=x", "?depot=SEG", "?after=hier", "?after=2026-03-05.x"]
)
def test_an_address_that_cannot_be_read_is_refused(moussa: Browser, address: str) -> None:
    assert moussa.open(f"/payouts/{address}").status == 422


def test_before_the_first_premium_the_pages_say_what_will_stand_there(moussa: Browser) -> None:
    assert "Nothing waits." in moussa.open("/payouts/")
    assert "Nobody owes anything back." in moussa.open("/payouts/debts")
    assert "Nothing is to be handed over." in moussa.open("/payouts/register?state=approved")


def test_a_long_queue_is_read_page_by_page(moussa: Browser, books: Database) -> None:
    with books.writing() as session:
        for number in range(queue.PAGE + 1):
            new = NewDepositor(DES, Kind.REPAIRER, f"Apporteur {number}", "", confirmed=True)
            bring(session, add_depositor(session, AWA, new), Entered("MOB", pieces=60))
    first = moussa.open("/payouts/?depot=DES")
    assert f'href="?depot=DES&amp;after=2026-03-05.{queue.PAGE}"' in first.source
    rest = moussa.open(f"/payouts/?depot=DES&after=2026-03-05.{queue.PAGE}")
    assert rest.source.count("<tr") == 2, "the heading and one depositor"
    assert f"Apporteur {queue.PAGE}" in rest


@pytest.mark.parametrize("address", ["/payouts/", "/payouts/register", f"/payouts/depositors/{OUMAR}"])
def test_more_of_the_same_asks_no_more_of_the_database(moussa: Browser, brought: Database, address: str) -> None:
    asked = []
    for _ in range(2):
        with brought.writing() as session:
            key = bring(session, OUMAR, Entered("MOB", pieces=70))
            bring(session, OUMAR, Entered("MOB", pieces=70))
        approved(brought, key)
        with count_queries(brought.engine) as statements:
            moussa.open(address)
        asked.append(len(statements))
    assert asked[0] == asked[1]


WRITES: dict[str, dict[str, object]] = {
    f"/payouts/depositors/{OUMAR}/approve": {"drop_off": str(SECOND)},
    f"/payouts/drop-offs/{SECOND}/refuse": {"reason": "pesé vide"},
    "/payouts/1/withdraw": {"reason": "trop tôt"},
    "/payouts/1/pay": PAID,
}
READS = ("/payouts/", "/payouts/debts", "/payouts/register", f"/payouts/depositors/{OUMAR}", "/payouts/1")


@pytest.mark.parametrize(("login", "may_write"), [("awa", {"/payouts/1/pay"}), ("fanta", set()), ("ibrahim", set())])
def test_who_may_only_read(signed_in: As, moussa: Browser, brought: Database, login: str, may_write: set[str]) -> None:
    approved(brought, FIRST)
    browser = signed_in(login)
    for address in READS:
        page = browser.open(address)
        assert page.status == 200
        offered = {action for action in WRITES if f'action="{action}"' in page.source}
        assert offered == (may_write if address == "/payouts/1" else set())
        assert "Refuse" not in page
    for address in WRITES.keys() - may_write:
        assert browser.send_fields(address, WRITES[address]).status == 403
    assert browser.open(f"/payouts/drop-offs/{SECOND}/refuse").status == 403
    assert state(brought) is State.APPROVED


def test_a_neighbours_francs_are_nowhere(moussa: Browser, signed_in: As, books: Database) -> None:
    with books.writing() as session:
        segou = add_depot(session, IBRAHIM, DepotDetails("SEG", "Ségou", "Ségou"))
        clerk = Actor(None, "koniba", Role.CLERK, segou)
        who = add_depositor(session, clerk, NewDepositor(segou, Kind.REPAIRER, "Diarra Koniba", "", confirmed=True))
        lines = [Entered("MOB", pieces=60)]
        for _ in range(2):
            new = NewDropOff(uuid4(), segou, who, session.clock.now(), lines, confirmed=True)
            accept_drop_off(session, clerk, new)
        service.approve(session, hire(session, "baba", Role.MANAGER, segou), who, [1])
    for address in ("/payouts/", "/payouts/register"):
        assert "Koniba" not in moussa.open(address)
    assert "Waiting 0 XOF" in moussa.open("/payouts/")
    for address in (*READS[3:], f"/payouts/drop-offs/{SECOND}/refuse"):
        assert moussa.open(address).status == 404
    for address, typed in WRITES.items():
        assert moussa.send_fields(address, typed).status == 404


def test_reading_writes_nothing(moussa: Browser, brought: Database) -> None:
    approved(brought, FIRST)
    never_read = [address for address in WRITES if not address.endswith("refuse")]
    assert [moussa.open(address).status for address in never_read] == [405] * len(never_read)
    moussa.open(f"/payouts/drop-offs/{SECOND}/refuse")
    assert "Waiting 2,000 XOF" in moussa.open("/payouts/")
