"""The neighbour: a second depot, Ségou, with a record of every kind, none of which is Dar-es-salam's affair."""

from dataclasses import dataclass
from uuid import uuid4

from tests.support.people import hire
from tracker.accounts.service import Credentials, sign_in
from tracker.catalogue.service import DepotDetails, add_depot
from tracker.db import Database, Session
from tracker.intake.rules import Entered
from tracker.intake.service import NewDropOff, accept_drop_off
from tracker.payouts.service import approve
from tracker.people.models import Kind
from tracker.people.service import NewDepositor, add_depositor
from tracker.shipments.rules import LineEntered
from tracker.shipments.service import NewShipment, draft_shipment, send_shipment
from tracker.values.actor import CONSOLE, Actor, Role

PHONES = Entered("MOB", pieces=60, gross_grams=9_000)


@dataclass(frozen=True, slots=True)
class Neighbour:
    """Ids at Ségou, by what addresses call them."""

    depot_id: int
    account_id: int
    depositor_id: int
    drop_off_id: int
    waiting_id: int
    """A drop-off whose premium nobody has reviewed yet."""
    payout_id: int
    shipment_id: int
    draft_id: int
    session_id: int
    line_id: int
    """A line of its journal."""


def settle(books: Database) -> Neighbour:
    """Seydou logs and Kadi manages, as people do at Dar-es-salam."""
    with books.writing() as session:
        depot_id = add_depot(session, CONSOLE, DepotDetails("SEG", "Ségou", "Ségou, Quartier Mali"))
        seydou, kadi = hire(session, "seydou", Role.CLERK, depot_id), hire(session, "kadi", Role.MANAGER, depot_id)
        depositor_id = _brings(session, seydou, depot_id)
        drop_off_id, waiting_id = (_bring(session, seydou, depot_id, depositor_id) for _ in range(2))
        payout_id = approve(session, kadi, depositor_id, [drop_off_id])
        new = NewShipment(depot_id, "Umicore", "BE", "", 1, (LineEntered("MOB", 5_000),))
        shipment_id, draft_id = (draft_shipment(session, kadi, new) for _ in range(2))
        send_shipment(session, kadi, shipment_id, session.clock.today())
        line_id = session.connection().exec_driver_sql(f"SELECT max(id) FROM journal_entries WHERE chain = {depot_id}")
        found = line_id.scalar_one()
    sign_in(books, Credentials("kadi", "mangue verte 7", "192.0.2.9"))
    with books.reading() as session:
        session_id = session.connection().exec_driver_sql("SELECT max(id) FROM web_sessions").scalar_one()
    return Neighbour(
        depot_id=depot_id,
        account_id=kadi.account_id or 0,
        depositor_id=depositor_id,
        drop_off_id=drop_off_id,
        waiting_id=waiting_id,
        payout_id=payout_id,
        shipment_id=shipment_id,
        draft_id=draft_id,
        session_id=session_id,
        line_id=found,
    )


def _brings(session: Session, seydou: Actor, depot_id: int) -> int:
    new = NewDepositor(depot_id, Kind.COLLECTOR, "Coulibaly Ba", "76 11 22 33", confirmed=True)
    return add_depositor(session, seydou, new)


def _bring(session: Session, seydou: Actor, depot_id: int, depositor_id: int) -> int:
    new = NewDropOff(uuid4(), depot_id, depositor_id, session.clock.now(), (PHONES,), confirmed=True)
    return accept_drop_off(session, seydou, new).drop_off_id
