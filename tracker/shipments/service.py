"""Drafting, sending, receiving, cancelling and reversing shipments."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa

from tracker.accounts.policy import Permission, require
from tracker.audit.service import record, take_turn
from tracker.catalogue import queries as catalogue
from tracker.db import Session
from tracker.documents.models import Series
from tracker.documents.rules import reference
from tracker.documents.service import draw_number
from tracker.errors import Invalid, NotFound
from tracker.people.rules import checked_country
from tracker.people.service import consignee_named
from tracker.shipments import rules
from tracker.shipments.models import Shipment, ShipmentLine, State
from tracker.shipments.rules import LineEntered
from tracker.stock import service as stock
from tracker.stock.models import MovementKind
from tracker.stock.service import Event, Posting
from tracker.values.actor import Actor
from tracker.values.mass import HEAVIEST
from tracker.values.text import checked_reason


@dataclass(frozen=True, slots=True)
class NewShipment:
    """A draft as a manager writes it. ``country`` is ISO 3166-1 alpha-2."""

    depot_id: int
    consignee: str
    country: str
    container: str
    packages: int | None
    lines: Sequence[LineEntered]


@dataclass(frozen=True, slots=True)
class OldShipment:
    """A departure as an old book says it; such a shipment needs no consent."""

    depot_id: int
    departed_on: date
    country: str
    consignee: str | None
    container: str | None
    lines: Sequence[LineEntered]


def draft_shipment(session: Session, actor: Actor, new: NewShipment) -> int:
    """Raises ``Invalid`` for what a shipment cannot carry or where it cannot go."""
    require(actor, Permission.PREPARE_SHIPMENTS, new.depot_id)
    take_turn(session, new.depot_id)
    rules.check_lines(new.lines)
    shipment = _draft(session, actor, new.depot_id, session.clock.today().year)
    _describe(session, actor, shipment, new)
    session.add(shipment)
    session.flush()
    _add_lines(session, shipment, new.lines)
    _journal(session, actor, "shipment.drafted", shipment)
    return shipment.id


def change_draft(session: Session, actor: Actor, shipment_id: int, new: NewShipment) -> None:
    """Rewrite a draft; its depot and number stay. Raises as ``draft_shipment``, and when it is a draft no more."""
    shipment = _held(session, actor, Permission.PREPARE_SHIPMENTS, shipment_id)
    rules.check_step(shipment.state, State.SENT)
    rules.check_lines(new.lines)
    _describe(session, actor, shipment, new)
    for line in _lines(session, shipment.id):
        session.delete(line)
    session.flush()
    _add_lines(session, shipment, new.lines)
    _journal(session, actor, "shipment.changed", shipment)


def send_shipment(session: Session, actor: Actor, shipment_id: int, departed_on: date) -> None:
    """Take the grams out of the stock on the day of departure.

    Raises ``Conflict("stock_short")`` with the balance when the depot does not hold them on that day or a later
    one, ``Conflict("shipment_step_refused")`` when it has been sent already.
    """
    shipment = _held(session, actor, Permission.SEND_SHIPMENTS, shipment_id)
    rules.check_step(shipment.state, State.SENT)
    rules.check_departure(departed_on, session.clock.today())
    _send(session, actor, shipment, departed_on)
    _journal(session, actor, "shipment.sent", shipment)


def receive_shipment(
    session: Session, actor: Actor, shipment_id: int, received_on: date, received: Mapping[str, int]
) -> None:
    """Record what the consignee weighed, in grams by category code; every line must be given.

    Raises ``Invalid("received_missing")`` and ``Invalid`` for an impossible mass or day.
    """
    shipment = _held(session, actor, Permission.RECEIVE_SHIPMENTS, shipment_id)
    rules.check_step(shipment.state, State.RECEIVED)
    rules.check_arrival(received_on, shipment.departed_on or received_on, session.clock.today())
    codes = {category.id: code for code, category in catalogue.categories_by_code(session).items()}
    for line in _lines(session, shipment.id):
        line.received_grams = _received(received, codes[line.category_id])
    shipment.state, shipment.received_on = State.RECEIVED, received_on
    _journal(session, actor, "shipment.received", shipment)


def cancel_shipment(session: Session, actor: Actor, shipment_id: int, reason: str) -> None:
    """Give up a draft; its number stays used. Raises ``Invalid("reason_missing")``."""
    shipment = _held(session, actor, Permission.PREPARE_SHIPMENTS, shipment_id)
    rules.check_step(shipment.state, State.CANCELLED)
    shipment.state, shipment.end_reason = State.CANCELLED, checked_reason(reason)
    _journal(session, actor, "shipment.cancelled", shipment, shipment.end_reason)


def reverse_shipment(session: Session, actor: Actor, shipment_id: int, reason: str) -> None:
    """Bring a shipment sent by mistake back into the stock, on its own day. Raises ``Invalid("reason_missing")``."""
    shipment = _held(session, actor, Permission.REVERSE_SHIPMENTS, shipment_id)
    rules.check_step(shipment.state, State.REVERSED)
    shipment.state, shipment.end_reason = State.REVERSED, checked_reason(reason)
    stock.reverse(session, actor, MovementKind.SHIPMENT, shipment.id)
    _journal(session, actor, "shipment.reversed", shipment, shipment.end_reason)


def record_shipment(session: Session, actor: Actor, old: OldShipment) -> int:
    """Enter a departure of an old book, as sent. Raises as ``draft_shipment`` and ``send_shipment``."""
    require(actor, Permission.IMPORT_BOOKS, old.depot_id)
    take_turn(session, old.depot_id)
    rules.check_lines(old.lines)
    shipment = _draft(session, actor, old.depot_id, old.departed_on.year)
    shipment.country = checked_country(old.country)
    shipment.container = rules.checked_container(old.container)
    if old.consignee:
        shipment.consignee_id = consignee_named(session, actor, old.consignee, old.country)
    session.add(shipment)
    session.flush()
    _add_lines(session, shipment, old.lines)
    _send(session, actor, shipment, old.departed_on)
    _journal(session, actor, "shipment.recorded", shipment)
    return shipment.id


def _draft(session: Session, actor: Actor, depot_id: int, year: int) -> Shipment:
    depot = catalogue.depot(session, actor, depot_id)
    if depot.retired:
        raise Invalid("depot_retired", field="depot")
    number = draw_number(session, depot_id, Series.SHIPMENT, year)
    return Shipment(
        reference=reference(depot.code, Series.SHIPMENT, year, number),
        depot_id=depot_id,
        consignee_id=None,
        container=None,
        packages=None,
        state=State.DRAFT,
        departed_on=None,
        received_on=None,
        drafted_at=session.clock.now(),
        drafted_by=actor.account_id,
        sent_at=None,
        sent_by=None,
        end_reason=None,
    )


def _describe(session: Session, actor: Actor, shipment: Shipment, new: NewShipment) -> None:
    rules.check_packages(new.packages)
    shipment.container = rules.checked_container(new.container)
    shipment.consignee_id = consignee_named(session, actor, new.consignee, new.country)
    shipment.country = checked_country(new.country)
    shipment.packages = new.packages


def _add_lines(session: Session, shipment: Shipment, lines: Sequence[LineEntered]) -> None:
    categories = catalogue.categories_by_code(session)
    for position, line in enumerate(lines):
        if line.category not in categories:
            raise Invalid("category_unknown", field=f"lines-{position}-category", category=line.category)
        session.add(
            ShipmentLine(
                shipment_id=shipment.id,
                category_id=categories[line.category].id,
                net_grams=line.net_grams,
                received_grams=None,
            )
        )
    session.flush()


def _send(session: Session, actor: Actor, shipment: Shipment, departed_on: date) -> None:
    shipment.state, shipment.departed_on = State.SENT, departed_on
    shipment.sent_at, shipment.sent_by = session.clock.now(), actor.account_id
    event = Event(MovementKind.SHIPMENT, shipment.id, shipment.depot_id, departed_on, shipment.reference)
    postings = [Posting(line.category_id, -line.net_grams) for line in _lines(session, shipment.id)]
    stock.post(session, actor, event, postings)


def _received(received: Mapping[str, int], code: str) -> int:
    if code not in received:
        raise Invalid("received_missing", field=f"received-{code}", category=code)
    if not 0 <= received[code] <= HEAVIEST:
        raise Invalid("mass_invalid", field=f"received-{code}", entered=received[code])
    return received[code]


def _held(session: Session, actor: Actor, permission: Permission, shipment_id: int) -> Shipment:
    """The shipment as it stands once it is this unit's turn: of two who press at once, the second sees the first."""
    require(actor, permission)
    found = session.get(Shipment, shipment_id)
    if found is None or not actor.reaches(found.depot_id):
        raise NotFound("shipment_not_found", shipment=shipment_id)
    take_turn(session, found.depot_id)
    session.refresh(found)
    return found


def _lines(session: Session, shipment_id: int) -> Sequence[ShipmentLine]:
    wanted = sa.select(ShipmentLine).where(ShipmentLine.shipment_id == shipment_id)
    return session.scalars(wanted.order_by(ShipmentLine.id)).all()


def _journal(session: Session, actor: Actor, action: str, shipment: Shipment, reason: str | None = None) -> None:
    subject = ("shipment", shipment.id)
    record(session, actor, action, subject=subject, depot_id=shipment.depot_id, reason=reason)
