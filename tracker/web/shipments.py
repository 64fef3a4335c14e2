"""Shipments: the list, the draft, and each step of one from its own page."""

from fractions import Fraction
from http import HTTPStatus
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from tracker.accounts.policy import Permission
from tracker.catalogue.queries import DepotView, depot, depot_coded, depots
from tracker.db import Session
from tracker.people.queries import consignees
from tracker.registers import SHIPMENTS
from tracker.shipments import queries, rules, service
from tracker.shipments.models import State
from tracker.shipments.queries import ShipmentView
from tracker.values.actor import Actor
from tracker.web.door import Pages, category_names, told, unprocessable
from tracker.web.forms.fields import ReasonForm
from tracker.web.forms.shipments import (
    STATE_NAMES,
    SendForm,
    ShipmentFilters,
    ShipmentForm,
    as_it_stands,
    country_names,
    receive_form,
)
from tracker.web.lists import asked, file_of, links

pages = Pages("shipments", __name__, url_prefix="/shipments")
Page = str | tuple[str, int] | Response


@pages.reads("/", Permission.READ_SHIPMENTS)
def index(reading: Session, actor: Actor) -> Page:
    form = ShipmentFilters(reading, actor)
    found = queries.shipments(reading, actor, form.wanted(), asked(queries.ORDERS))
    return render_template(
        "shipments/index.html",
        form=form,
        found=found,
        leads=links(queries.ORDERS, found, url_for(".register")),
        countries=country_names(),
        STATE_NAMES=STATE_NAMES,
    )


@pages.reads("/list.csv", Permission.READ_SHIPMENTS)
def register(reading: Session, actor: Actor) -> Page:
    wanted = ShipmentFilters(reading, actor).wanted()
    order = asked(queries.ORDERS).order
    return file_of(SHIPMENTS, lambda unit, cut: queries.shipment_rows(unit, actor, wanted, cut), order)


@pages.reads("/new", Permission.PREPARE_SHIPMENTS)
def new(reading: Session, actor: Actor) -> Page:
    """Of a depot: ``?depot=DES``, else the only one in reach, else the one that is chosen here."""
    if (leaving := _leaving(reading, actor)) is None:
        return render_template("shipments/choose_depot.html", depots=depots(reading, actor))
    form = ShipmentForm()
    form.offer(reading, actor, leaving.id)
    return _draft_page(reading, form, leaving)


@pages.reads("/new/look", Permission.PREPARE_SHIPMENTS, method="POST")
def look(reading: Session, actor: Actor) -> Page:
    """The form as it was typed, with one more line."""
    leaving = depot_coded(reading, actor, request.args.get("depot", ""))
    form = ShipmentForm()
    form.offer(reading, actor, leaving.id, one_more=True)
    return _draft_page(reading, form, leaving)


@pages.writes("/new", Permission.PREPARE_SHIPMENTS)
def draft(writing: Session, actor: Actor) -> Page:
    leaving = depot_coded(writing, actor, request.args.get("depot", ""))
    form = ShipmentForm()
    form.offer(writing, actor, leaving.id)
    if form.validate():
        with told(form, writing):
            shipment_id = service.draft_shipment(writing, actor, form.command(leaving.id))
            return _done(shipment_id, _("The draft is saved. Nothing has left the stock yet."))
    return unprocessable(_draft_page(writing, form, leaving))


@pages.reads("/<int:shipment_id>", Permission.READ_SHIPMENTS)
def show(reading: Session, actor: Actor, shipment_id: int) -> Page:
    return _page(reading, queries.shipment(reading, actor, shipment_id))


@pages.reads("/<int:shipment_id>/edit", Permission.PREPARE_SHIPMENTS)
def edit(reading: Session, actor: Actor, shipment_id: int) -> Page:
    shipment = _still_a_draft(reading, actor, shipment_id)
    form = ShipmentForm(**as_it_stands(shipment))
    form.offer(reading, actor, shipment.depot_id)
    return _edit_page(reading, actor, form, shipment)


@pages.reads("/<int:shipment_id>/edit/look", Permission.PREPARE_SHIPMENTS, method="POST")
def look_at_draft(reading: Session, actor: Actor, shipment_id: int) -> Page:
    """As ``look``."""
    shipment = _still_a_draft(reading, actor, shipment_id)
    form = ShipmentForm()
    form.offer(reading, actor, shipment.depot_id, one_more=True)
    return _edit_page(reading, actor, form, shipment)


@pages.writes("/<int:shipment_id>/edit", Permission.PREPARE_SHIPMENTS)
def change(writing: Session, actor: Actor, shipment_id: int) -> Page:
    shipment = _still_a_draft(writing, actor, shipment_id)
    form = ShipmentForm()
    form.offer(writing, actor, shipment.depot_id)
    if form.validate():
        with told(form, writing):
            service.change_draft(writing, actor, shipment_id, form.command(shipment.depot_id))
            return _done(shipment_id, _("The draft is changed."))
    return unprocessable(_edit_page(writing, actor, form, shipment))


@pages.writes("/<int:shipment_id>/send", Permission.SEND_SHIPMENTS)
def send(writing: Session, actor: Actor, shipment_id: int) -> Page:
    form = SendForm()
    if form.validate():
        with told(form, writing):
            service.send_shipment(writing, actor, shipment_id, form.day)
            return _done(shipment_id, _("The shipment is sent. Its grams have left the stock."))
    return _told(writing, actor, shipment_id, sending=form)


@pages.writes("/<int:shipment_id>/receive", Permission.RECEIVE_SHIPMENTS)
def receive(writing: Session, actor: Actor, shipment_id: int) -> Page:
    codes = [line.category_code for line in queries.shipment(writing, actor, shipment_id).lines]
    form = receive_form(codes, category_names(writing))
    if form.validate():
        with told(form, writing):
            service.receive_shipment(writing, actor, shipment_id, form.day, form.grams)
            return _done(shipment_id, _("What was received stands beside what was sent."))
    return _told(writing, actor, shipment_id, receiving=form)


@pages.writes("/<int:shipment_id>/cancel", Permission.PREPARE_SHIPMENTS)
def cancel(writing: Session, actor: Actor, shipment_id: int) -> Page:
    form = ReasonForm()
    if form.validate():
        with told(form, writing):
            service.cancel_shipment(writing, actor, shipment_id, form.reason.data or "")
            return _done(shipment_id, _("The draft is cancelled."))
    return _told(writing, actor, shipment_id, ending=form)


@pages.writes("/<int:shipment_id>/reverse", Permission.REVERSE_SHIPMENTS)
def reverse(writing: Session, actor: Actor, shipment_id: int) -> Page:
    form = ReasonForm()
    if form.validate():
        with told(form, writing):
            service.reverse_shipment(writing, actor, shipment_id, form.reason.data or "")
            return _done(shipment_id, _("The shipment is reversed. Its grams are back in the stock."))
    return _told(writing, actor, shipment_id, ending=form)


def _leaving(reading: Session, actor: Actor) -> DepotView | None:
    """Raises ``NotFound("depot_not_found")`` for a depot out of reach."""
    if code := request.args.get("depot"):
        return depot_coded(reading, actor, code)
    within_reach = depots(reading, actor)
    return within_reach[0] if len(within_reach) == 1 else None


def _still_a_draft(unit: Session, actor: Actor, shipment_id: int) -> ShipmentView:
    """Raises ``Conflict("shipment_step_refused")``."""
    shipment = queries.shipment(unit, actor, shipment_id)
    rules.check_step(shipment.state, State.SENT)
    return shipment


def _edit_page(unit: Session, actor: Actor, form: ShipmentForm, shipment: ShipmentView) -> str:
    return _draft_page(unit, form, depot(unit, actor, shipment.depot_id), shipment)


def _draft_page(unit: Session, form: ShipmentForm, leaving: DepotView, shipment: ShipmentView | None = None) -> str:
    known = {consignee.name for consignee in consignees(unit)}
    return render_template(
        "shipments/draft.html", form=form, depot=leaving, shipment=shipment, consignees=sorted(known)
    )


def _page(unit: Session, shipment: ShipmentView, **sent: Any) -> str:
    """The shipment with a form for each step that may follow; ``sent`` are those to be mended."""
    names = category_names(unit)
    codes = [line.category_code for line in shipment.lines]
    forms = {
        "sending": SendForm(as_sent=False, departed_on=unit.clock.today()),
        "receiving": receive_form(codes, names, as_sent=False, received_on=unit.clock.today()),
        "ending": ReasonForm(as_sent=False),
    }
    return render_template(
        "shipments/show.html",
        shipment=shipment,
        names=names,
        countries=country_names(),
        steps=rules.STEPS[shipment.state],
        STATE_NAMES=STATE_NAMES,
        share=Fraction,
        **(forms | sent),
    )


def _told(writing: Session, actor: Actor, shipment_id: int, **sent: Any) -> Page:
    return unprocessable(_page(writing, queries.shipment(writing, actor, shipment_id), **sent))


def _done(shipment_id: int, message: str) -> Response:
    flash(message, "success")
    return redirect(url_for(".show", shipment_id=shipment_id), HTTPStatus.SEE_OTHER)
