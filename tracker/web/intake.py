"""Drop-offs: the list, the form with the premium as one types, the receipt, void and correction."""

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any, cast

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from tracker.accounts.policy import Permission
from tracker.catalogue.queries import DepotView, categories, depot, depots
from tracker.db import Session
from tracker.errors import Conflict, NeedsConfirmation, NotFound, NotPermitted, Refusal
from tracker.intake import queries, service
from tracker.intake.queries import DropOffView
from tracker.intake.service import Accepted, Preview
from tracker.payouts.queries.due import standing
from tracker.people.queries import DepositorView, depositor, find_depositors
from tracker.people.service import add_depositor
from tracker.registers import DROP_OFFS
from tracker.values.actor import Actor
from tracker.web.door import Pages, category_names, told, unprocessable, whole
from tracker.web.forms.fields import ReasonForm
from tracker.web.forms.intake import (
    CorrectionForm,
    DropOffFilters,
    DropOffForm,
    as_it_stands,
    blank_entry,
)
from tracker.web.lists import asked, file_of, links
from tracker.wording import step_text, worded

pages = Pages("intake", __name__, url_prefix="/drop-offs")
Page = str | tuple[str, int] | Response
Explained = list[tuple[str, int | None]]


@pages.reads("/", Permission.READ_DROP_OFFS)
def index(reading: Session, actor: Actor) -> Page:
    form = DropOffFilters(reading, actor)
    page = queries.drop_offs(reading, actor, form.wanted(), asked(queries.ORDERS))
    whose = depositor(reading, actor, form.depositor.data) if form.depositor.data is not None else None
    leads = links(queries.ORDERS, page, url_for(".register"))
    return render_template("intake/index.html", form=form, page=page, whose=whose, leads=leads)


@pages.reads("/list.csv", Permission.READ_DROP_OFFS)
def register(reading: Session, actor: Actor) -> Page:
    wanted = DropOffFilters(reading, actor).wanted()
    order = asked(queries.ORDERS).order
    return file_of(DROP_OFFS, lambda unit, cut: queries.drop_off_rows(unit, actor, wanted, cut), order)


@pages.reads("/new", Permission.LOG_DROP_OFFS)
def new(reading: Session, actor: Actor) -> Page:
    """``?depositor=7`` begins with that one chosen."""
    values = blank_entry()
    if (chosen := whole("depositor")) is not None:
        values |= {"depositor": chosen, "depot": str(depositor(reading, actor, chosen).depot_id)}
    form = _offered(reading, DropOffForm(**values), _open_to(reading, actor))
    return _form_page(reading, actor, form)


@pages.writes("/new", Permission.LOG_DROP_OFFS)
def save(writing: Session, actor: Actor) -> Page:
    form = _offered(writing, DropOffForm(), _open_to(writing, actor))
    return _saved(writing, actor, form)


@pages.reads("/new/look", Permission.LOG_DROP_OFFS, method="POST")
def look(reading: Session, actor: Actor) -> Page:
    """Without script: the form again, with whom was looked for, one more line, or the premium."""
    form = _offered(reading, DropOffForm(), _open_to(reading, actor))
    return _looked_at(reading, actor, form)


@pages.reads("/new/look", Permission.LOG_DROP_OFFS)
def look_again(_reading: Session, _actor: Actor) -> Page:
    """Where a change of language, or a kept address, comes back to."""
    return redirect(url_for(".new"))


@pages.reads("/preview", Permission.LOG_DROP_OFFS, method="POST")
def preview(reading: Session, actor: Actor) -> Page:
    """A piece of a page: what saving would say, or what stands in its way."""
    form = _offered(reading, DropOffForm(), _open_to(reading, actor))
    names = category_names(reading)
    try:
        seen = service.preview(reading, actor, form.command(), replacing=whole("replaces")) if form.validate() else None
    except Refusal as refusal:
        return render_template("intake/preview.html", trouble=worded(refusal, names))
    return render_template("intake/preview.html", form=form, **_premium_shown(seen, names))


@pages.reads("/<int:drop_off_id>", Permission.READ_DROP_OFFS)
def receipt(reading: Session, actor: Actor, drop_off_id: int) -> Page:
    drop_off = queries.drop_off(reading, actor, drop_off_id)
    names = category_names(reading)
    steps = (
        [(step["code"], step["francs"], step["facts"]) for step in drop_off.premium.steps] if drop_off.premium else []
    )
    return render_template(
        "intake/receipt.html",
        drop_off=drop_off,
        names=names,
        steps=_explained(steps, names),
        may_void=service.may_void(reading, actor, drop_off),
        standing=standing(reading, drop_off_id),
        may_correct=service.may_correct(reading, actor, drop_off),
    )


@pages.reads("/<int:drop_off_id>/void", Permission.VOID_OWN_DROP_OFFS)
def ask_void(reading: Session, actor: Actor, drop_off_id: int) -> Page:
    drop_off = _voidable(reading, actor, drop_off_id)
    return render_template("intake/void.html", drop_off=drop_off, form=ReasonForm())


@pages.writes("/<int:drop_off_id>/void", Permission.VOID_OWN_DROP_OFFS)
def void(writing: Session, actor: Actor, drop_off_id: int) -> Page:
    form = ReasonForm()
    if form.validate():
        with told(form, writing):
            service.void_drop_off(writing, actor, drop_off_id, form.reason.data or "")
            return _to_receipt(drop_off_id, _("The drop-off is void. Stock and premium are taken back."))
    drop_off = queries.drop_off(writing, actor, drop_off_id)
    return unprocessable(render_template("intake/void.html", drop_off=drop_off, form=form))


@pages.reads("/<int:drop_off_id>/correct", Permission.LOG_DROP_OFFS)
def correct(reading: Session, actor: Actor, drop_off_id: int) -> Page:
    drop_off = _correctable(reading, actor, drop_off_id)
    form = _offered(reading, CorrectionForm(**as_it_stands(drop_off)), [depot(reading, actor, drop_off.depot_id)])
    return _form_page(reading, actor, form, drop_off)


@pages.writes("/<int:drop_off_id>/correct", Permission.LOG_DROP_OFFS)
def replace(writing: Session, actor: Actor, drop_off_id: int) -> Page:
    drop_off = queries.drop_off(writing, actor, drop_off_id)
    form = _offered(writing, CorrectionForm(), [depot(writing, actor, drop_off.depot_id)])
    return _saved(writing, actor, form, drop_off)


@pages.reads("/<int:drop_off_id>/correct/look", Permission.LOG_DROP_OFFS, method="POST")
def look_at_correction(reading: Session, actor: Actor, drop_off_id: int) -> Page:
    """As ``look``."""
    drop_off = _correctable(reading, actor, drop_off_id)
    form = _offered(reading, CorrectionForm(), [depot(reading, actor, drop_off.depot_id)])
    return _looked_at(reading, actor, form, drop_off)


@pages.reads("/<int:drop_off_id>/correct/look", Permission.LOG_DROP_OFFS)
def look_at_correction_again(_reading: Session, _actor: Actor, drop_off_id: int) -> Page:
    return redirect(url_for(".correct", drop_off_id=drop_off_id))


def _open_to(unit: Session, actor: Actor) -> list[DepotView]:
    """Where the actor may log. Who stands at one depot is told when it is retired."""
    return depots(unit, actor, with_retired=actor.depot_id is not None)


def _offered(unit: Session, form: DropOffForm, depots: Sequence[DepotView]) -> DropOffForm:
    form.offer(depots, categories(unit), one_more=_action() == "add_line")
    return form


def _action() -> str:
    return request.form.get("action", "")


def _voidable(unit: Session, actor: Actor, drop_off_id: int) -> DropOffView:
    """Raises ``NotPermitted("void_not_yours")`` or ``Conflict("already_void")``."""
    drop_off = queries.drop_off(unit, actor, drop_off_id)
    if drop_off.void is not None:
        raise Conflict("already_void", drop_off=drop_off_id)
    if not service.may_void(unit, actor, drop_off):
        raise NotPermitted("void_not_yours", drop_off=drop_off_id)
    return drop_off


def _correctable(unit: Session, actor: Actor, drop_off_id: int) -> DropOffView:
    """Raises as ``_voidable``, and ``Conflict("recorded_stays")``."""
    drop_off = _voidable(unit, actor, drop_off_id)
    if not service.may_correct(unit, actor, drop_off):
        raise Conflict("recorded_stays", drop_off=drop_off_id)
    return drop_off


def _saved(writing: Session, actor: Actor, form: DropOffForm, replaced: DropOffView | None = None) -> Page:
    """On to the receipt; or the form again, with what must be mended or confirmed."""
    shown = {}
    if form.complete():
        with told(form, writing):
            try:
                return _to_receipt(_accepted(writing, actor, form, replaced).drop_off_id, _("The drop-off is saved."))
            except NeedsConfirmation as doubt:
                writing.rollback()
                shown = _doubted(writing, actor, form, replaced, doubt)
    return unprocessable(_form_page(writing, actor, form, replaced, **shown))


def _doubted(
    unit: Session, actor: Actor, form: DropOffForm, replaced: DropOffView | None, doubt: NeedsConfirmation
) -> dict[str, Any]:
    """What the clerk is asked: whether it is nobody new, else whether the lines are right."""
    if doubt.code == "phone_known":
        return {"known": depositor(unit, actor, cast(int, doubt.facts["depositor"]))}
    return {"seen": _previewed(unit, actor, form, replaced)}


def _accepted(writing: Session, actor: Actor, form: DropOffForm, replaced: DropOffView | None) -> Accepted:
    command = form.command(_newcomer(writing, actor, form))
    if replaced is None or not isinstance(form, CorrectionForm):
        return service.accept_drop_off(writing, actor, command)
    return service.replace_drop_off(writing, actor, replaced.id, form.reason.data or "", command)


def _newcomer(writing: Session, actor: Actor, form: DropOffForm) -> int | None:
    """The depositor that the form adds: once, however often it is sent."""
    if form.newcomer is None:
        return None
    saved = queries.sent_as(writing, actor, form.command().client_id)
    if saved and form.added_already(saved):
        return saved.depositor_id
    return add_depositor(writing, actor, form.newcomer)


def _to_receipt(drop_off_id: int, done: str) -> Response:
    flash(done, "success")
    return redirect(url_for(".receipt", drop_off_id=drop_off_id), HTTPStatus.SEE_OTHER)


def _looked_at(reading: Session, actor: Actor, form: DropOffForm, replaced: DropOffView | None = None) -> Page:
    seen = None
    if _action() == "calculate" and form.validate():
        with told(form, reading):
            seen = _previewed(reading, actor, form, replaced)
    return _form_page(reading, actor, form, replaced, seen=seen)


def _previewed(unit: Session, actor: Actor, form: DropOffForm, replaced: DropOffView | None) -> Preview:
    return service.preview(unit, actor, form.command(), replacing=replaced.id if replaced else None)


def _form_page(
    unit: Session,
    actor: Actor,
    form: DropOffForm,
    replaced: DropOffView | None = None,
    *,
    seen: Preview | None = None,
    known: DepositorView | None = None,
) -> str:
    """``seen``: what saving would say; ``known``: who already has the new depositor's telephone."""
    names = category_names(unit)
    return render_template(
        "intake/new.html",
        form=form,
        replaced=replaced,
        known=known,
        chosen=_chosen(unit, actor, form),
        found=find_depositors(unit, actor, form.find.data, depot_id=form.depot_id) if form.find.data else [],
        saved=queries.sent_as(unit, actor, form.command().client_id) if form.form_errors else None,
        doubts=[(form.id_of(doubt), worded(doubt, names)) for doubt in seen.doubts] if seen else [],
        **_premium_shown(seen, names),
    )


def _chosen(unit: Session, actor: Actor, form: DropOffForm) -> DepositorView | None:
    """Nobody, also where the number sent names nobody within reach: the form says so."""
    try:
        return depositor(unit, actor, form.depositor.data) if form.depositor.data is not None else None
    except NotFound:
        return None


def _premium_shown(seen: Preview | None, names: Mapping[str, str]) -> dict[str, Any]:
    steps = [(step.code, step.francs, step.facts) for step in seen.premium.steps] if seen else []
    return {"seen": seen, "names": names, "steps": _explained(steps, names)}


def _explained(steps: Sequence[tuple[str, int, Mapping[str, Any]]], names: Mapping[str, str]) -> Explained:
    """A step that moves no francs shows none."""
    return [(step_text(code, facts, names), francs or None) for code, francs, facts in steps]
