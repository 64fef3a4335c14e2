"""Depositors: found as one types, added, and shown with what they are owed."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import cast

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from tracker.accounts.policy import Permission
from tracker.catalogue.queries import depots
from tracker.db import Session
from tracker.errors import NeedsConfirmation
from tracker.intake.queries import DropOffFilter, drop_offs
from tracker.paging import Cut, Slice
from tracker.people import queries, service
from tracker.people.queries import DepositorView
from tracker.people.rules import phone_digits_sought
from tracker.premiums.queries import balance, balances
from tracker.registers import DEPOSITORS, DepositorOwed
from tracker.values.actor import Actor
from tracker.web.door import Pages, told, unprocessable, whole
from tracker.web.forms.people import KIND_NAMES, DepositorForm, SearchForm
from tracker.web.lists import asked, file_of, links

pages = Pages("people", __name__, url_prefix="/depositors")
Page = str | tuple[str, int] | Response
SHOWN = 10
"""Drop-offs on a depositor's own page; the rest is a link away."""


@pages.reads("/find", Permission.READ_DEPOSITORS)
def find(reading: Session, actor: Actor) -> Page:
    """A piece of a page: those whom a drop-off may name, as one types."""
    found = queries.find_depositors(reading, actor, _sought(), depot_id=whole("depot"))
    return render_template("people/suggestions.html", found=found)


@pages.reads("/", Permission.READ_DEPOSITORS)
def index(reading: Session, actor: Actor) -> Page:
    form = SearchForm(formdata=request.args)
    return render_template("people/index.html", form=form, **_listed(reading, actor))


@pages.reads("/rows", Permission.READ_DEPOSITORS)
def rows(reading: Session, actor: Actor) -> Page:
    """A piece of a page: the list of ``index``, as one types."""
    return render_template("people/rows.html", **_listed(reading, actor))


def _listed(reading: Session, actor: Actor) -> Mapping[str, object]:
    found = queries.depositors(reading, actor, _sought(), asked(queries.ORDERS))
    return {
        "sought": _sought(),
        "add_url": _add_address(_sought()),
        "found": found,
        "owed": balances(reading, [row.id for row in found.rows]),
        "depots": _depot_names(reading, actor),
        "KIND_NAMES": KIND_NAMES,
        "leads": links(queries.ORDERS, found, url_for(".register"), url_for(".index")),
    }


@pages.reads("/list.csv", Permission.READ_DEPOSITORS)
def register(_reading: Session, actor: Actor) -> Page:
    sought = _sought()
    return file_of(DEPOSITORS, lambda unit, cut: _with_owed(unit, actor, sought, cut), asked(queries.ORDERS).order)


def _with_owed(unit: Session, actor: Actor, sought: str, cut: Cut) -> Slice[DepositorOwed]:
    found = queries.depositor_rows(unit, actor, sought, cut)
    owed = balances(unit, [row.id for row in found.rows])
    return Slice([DepositorOwed(row, owed.get(row.id, 0)) for row in found.rows], found.before, found.after)


def _add_address(sought: str) -> str:
    """Whoever is looked for in vain need not be typed again."""
    if phone_digits_sought(sought):
        return url_for(".new", phone=sought)
    return url_for(".new", name=sought or None)


def _sought() -> str:
    return request.args.get("q", "")


def _depot_names(unit: Session, actor: Actor) -> dict[int, str]:
    return {depot.id: depot.name for depot in depots(unit, actor, with_retired=True)}


@pages.reads("/new", Permission.ADD_DEPOSITORS)
def new(reading: Session, actor: Actor) -> Page:
    """What was looked for in vain is filled in."""
    form = DepositorForm(name=request.args.get("name"), phone=request.args.get("phone"))
    form.offer(depots(reading, actor))
    return _form_page(form)


@pages.writes("/new", Permission.ADD_DEPOSITORS)
def add(writing: Session, actor: Actor) -> Page:
    form = DepositorForm()
    form.offer(depots(writing, actor))
    known: DepositorView | None = None
    if form.validate():
        with told(form, writing):
            try:
                return _added(service.add_depositor(writing, actor, form.command()))
            except NeedsConfirmation as refusal:
                known = queries.depositor(writing, actor, cast(int, refusal.facts["depositor"]))
                raise
    return unprocessable(_form_page(form, known))


def _form_page(form: DepositorForm, known: DepositorView | None = None) -> str:
    """``known`` already has the telephone that was entered."""
    return render_template("people/new.html", form=form, known=known)


def _added(depositor_id: int) -> Response:
    """Whoever adds a depositor at the counter may go on to weigh."""
    flash(_("The depositor is added."), "success")
    weighing = "weigh" in request.form
    address = url_for("intake.new", depositor=depositor_id) if weighing else url_for(".show", depositor_id=depositor_id)
    return redirect(address, HTTPStatus.SEE_OTHER)


@pages.reads("/<int:depositor_id>", Permission.READ_DEPOSITORS)
def show(reading: Session, actor: Actor, depositor_id: int) -> Page:
    return render_template(
        "people/show.html",
        depositor=queries.depositor(reading, actor, depositor_id),
        owed=balance(reading, depositor_id),
        brought=drop_offs(reading, actor, DropOffFilter(depositor_id=depositor_id)),
        depots=_depot_names(reading, actor),
        shown=SHOWN,
        KIND_NAMES=KIND_NAMES,
    )
