"""What happens at the depot before it is reported and verified."""

from datetime import UTC, date, datetime
from uuid import UUID

from tests.support.people import DES, MOUSSA, bring, hire, oumar
from tracker.accounts.models import Account
from tracker.accounts.rules import CODE_SECONDS, SEED_BYTES, code_at
from tracker.accounts.service.second_factor import begin_second_factor, secret_of
from tracker.catalogue.queries import categories_by_code
from tracker.db import Database, Session
from tracker.imports.service import BookFile, enter, examine
from tracker.intake.rules import Entered
from tracker.intake.service import NewDropOff, OldDropOff, record_drop_off, replace_drop_off, void_drop_off
from tracker.payouts.service import approve, pay, refuse, withdraw
from tracker.people.service import add_unnamed_depositor
from tracker.shipments.rules import LineEntered
from tracker.shipments.service import (
    NewShipment,
    cancel_shipment,
    draft_shipment,
    receive_shipment,
    reverse_shipment,
    send_shipment,
)
from tracker.stock.service import NewSorting, post_opening, sort
from tracker.values.actor import CONSOLE, Actor, Role

MOB, BAT = "MOB", "BAT"
OUMAR = 1
"""The first depositor of these books."""
NEW_YEAR = datetime(2026, 1, 1, 9, tzinfo=UTC)


def category(session: Session, code: str) -> int:
    return categories_by_code(session)[code].id


def draft(session: Session, country: str, grams: int, *, container: str = "") -> int:
    new = NewShipment(DES, f"Repreneur {country}", country, container, 4, [LineEntered(MOB, grams)])
    return draft_shipment(session, MOUSSA, new)


def ship(session: Session, country: str, grams: int, departed_on: date, *, container: str = "") -> int:
    key = draft(session, country, grams, container=container)
    send_shipment(session, MOUSSA, key, departed_on)
    return key


def live_a_year(books: Database) -> None:
    """2026: an opening, drop-offs weighed and counted, one void, a sorting with a loss, shipments of every fate."""
    with books.writing() as session:
        post_opening(session, CONSOLE, DES, category(session, "MIX"), 10_000, date(2026, 1, 1))
        who = oumar(session)
        bring(session, who, Entered(MOB, pieces=60, gross_grams=9_500, tare_grams=500), at=NEW_YEAR)
        bring(session, who, Entered(MOB, pieces=10), Entered(BAT, gross_grams=2_000))
        void_drop_off(session, MOUSSA, bring(session, who, Entered(MOB, gross_grams=7_000)), "deux fois")
        bring(session, who, Entered(MOB, gross_grams=50_000), at=datetime(2025, 12, 31, 23, tzinfo=UTC))
        mix, mob = category(session, "MIX"), category(session, MOB)
        sort(session, CONSOLE, NewSorting(DES, date(2026, 2, 1), {mix: 6_000}, {mob: 5_900}, loss_grams=100))
        arrived = ship(session, "FR", 20_000, date(2026, 2, 10), container="OMLU 130221 0")
        receive_shipment(session, MOUSSA, arrived, date(2026, 3, 1), {MOB: 19_990})
        ship(session, "BE", 3_000, date(2026, 3, 2))
        reverse_shipment(session, MOUSSA, ship(session, "FR", 1_000, date(2026, 3, 3)), "camion rentré")
        cancel_shipment(session, MOUSSA, draft(session, "FR", 5), "annulée")


def keep_every_book(books: Database) -> None:
    """The year, and a row in every table there is: accounts, a replacement, payouts, an old book with a waiting row."""
    live_a_year(books)
    with books.writing() as session:
        hire(session, "awa", Role.CLERK)
        wrong = bring(session, OUMAR, Entered(BAT, gross_grams=900))
        right = NewDropOff(UUID(int=7), DES, OUMAR, session.clock.now(), [Entered(BAT, 30, 800)])
        replace_drop_off(session, MOUSSA, wrong, "mal lu", right)
        _old_drop_offs(session)
        _payouts(session)
        enter(session, CONSOLE, examine(session, CONSOLE, DES, BookFile("2013.csv", OLD_BOOK.encode())))


OLD_BOOK = """kind,date,category,pieces,grams,phone_e164,premium_xof
reception,2013-03-01,MOB,40,6000,+22370001804,1000
reception,2013-03-02,MOB,,,,
"""


def _old_drop_offs(session: Session) -> None:
    """One stands, one is void: what it was paid stays paid."""
    someone = add_unnamed_depositor(session, CONSOLE, DES, "+22370001805")
    for key, premium in ((8, 500), (9, 700)):
        line = Entered(MOB, net_grams=4_000)
        old = OldDropOff(UUID(int=key), DES, someone, date(2013, 2, 1), [line], f"00{key}", premium)
        drop_off = record_drop_off(session, CONSOLE, old)
    void_drop_off(session, MOUSSA, drop_off, "rayé dans le cahier")


def ask_for_a_code(session: Session, who: Actor) -> None:
    """At sign-in, with its recovery codes."""
    account = session.get_one(Account, who.account_id)
    seed = "0" * 2 * SEED_BYTES
    code = code_at(secret_of(session, account.id, seed), int(session.clock.now().timestamp()) // CODE_SECONDS)
    begin_second_factor(session, who, account, seed, code)


def _payouts(session: Session) -> None:
    """One paid after a first approval was withdrawn, one that waits to be handed over, and a refusal."""
    moussa = hire(session, "moussa")
    first, second, third = (bring(session, OUMAR, Entered(MOB, pieces=pieces)) for pieces in (60, 70, 80))
    withdraw(session, moussa, approve(session, moussa, OUMAR, [first, second]), "trop tôt")
    pay(session, moussa, approve(session, moussa, OUMAR, [first]), "bon 12", session.clock.today())
    approve(session, moussa, OUMAR, [second])
    refuse(session, moussa, third, "pesé vide")
