"""Payouts: the queue, a depositor under review, and each payout's own page, which is its receipt."""

from http import HTTPStatus
from urllib.parse import urlencode

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from tracker.accounts.policy import Permission
from tracker.db import Session
from tracker.intake.queries import drop_off
from tracker.payouts import rules, service
from tracker.payouts.queries.due import dues
from tracker.payouts.queries.papers import PayoutView, payout, payouts
from tracker.payouts.queries.queue import liability, queue
from tracker.payouts.queries.review import review
from tracker.values.actor import Actor
from tracker.web.door import Pages, category_names, told, unprocessable, whole
from tracker.web.forms.fields import ReasonForm
from tracker.web.forms.filters import next_address
from tracker.web.forms.payouts import (
    STATE_NAMES,
    ApproveForm,
    PayForm,
    PayoutFilters,
    QueueFilters,
    place_asked,
    place_named,
)

pages = Pages("payouts", __name__, url_prefix="/payouts")
Page = str | tuple[str, int] | Response


@pages.reads("/", Permission.READ_PAYOUTS)
def index(reading: Session, actor: Actor) -> Page:
    """Who waits, the longest first."""
    return _queue_page(reading, actor, debts=False)


@pages.reads("/debts", Permission.READ_PAYOUTS)
def debts(reading: Session, actor: Actor) -> Page:
    """Who owes something back."""
    return _queue_page(reading, actor, debts=True)


def _queue_page(reading: Session, actor: Actor, *, debts: bool) -> str:
    form = QueueFilters(reading, actor)
    found = queue(reading, actor, depot_id=form.depot_id, debts=debts, after=place_asked())
    after = place_named(found.after)
    return render_template(
        "payouts/queue.html",
        form=form,
        found=found,
        debts=debts,
        left=liability(reading, actor, depot_id=form.depot_id),
        today=reading.clock.today(),
        next_url="?" + urlencode({**request.args.to_dict(), "after": after}) if after else "",
    )


@pages.reads("/register", Permission.READ_PAYOUTS)
def register(reading: Session, actor: Actor) -> Page:
    """What was approved, paid or withdrawn."""
    form = PayoutFilters(reading, actor)
    found = payouts(reading, actor, form.wanted(), after=whole("after"))
    return render_template(
        "payouts/register.html",
        form=form,
        found=found,
        left=liability(reading, actor, depot_id=form.depot_id),
        next_url=next_address(found.after),
        STATE_NAMES=STATE_NAMES,
    )


@pages.reads("/depositors/<int:depositor_id>", Permission.READ_PAYOUTS)
def depositor(reading: Session, actor: Actor, depositor_id: int) -> Page:
    return _review_page(reading, actor, depositor_id, None)


@pages.writes("/depositors/<int:depositor_id>/approve", Permission.REVIEW_PAYOUTS)
def approve(writing: Session, actor: Actor, depositor_id: int) -> Page:
    form = ApproveForm()
    if form.validate():
        with told(form, writing):
            payout_id = service.approve(writing, actor, depositor_id, form.drop_off.data, seen=form.seen.data)
            return _to_payout(payout_id, _("The payout is approved. It can be handed over."))
    return unprocessable(_review_page(writing, actor, depositor_id, form))


def _review_page(unit: Session, actor: Actor, depositor_id: int, form: ApproveForm | None) -> str:
    """``form`` as it was sent; at first everything that this actor may approve is ticked."""
    found = review(unit, actor, depositor_id)
    approvable = [each.due.drop_off_id for each in found.waiting if each.approvable]
    ticked = approvable if form is None else form.drop_off.data or []
    return render_template(
        "payouts/depositor.html",
        found=found,
        form=form or ApproveForm(as_sent=False),
        approvable=approvable,
        ticked=ticked,
        seen=rules.last_entry(each.due.entry_ids for each in (*found.waiting, *found.debts)),
        names=category_names(unit),
        today=unit.clock.today(),
    )


@pages.reads("/drop-offs/<int:drop_off_id>/refuse", Permission.REVIEW_PAYOUTS)
def ask_refusal(reading: Session, actor: Actor, drop_off_id: int) -> Page:
    return _refusal_page(reading, actor, drop_off_id, ReasonForm())


@pages.writes("/drop-offs/<int:drop_off_id>/refuse", Permission.REVIEW_PAYOUTS)
def refuse(writing: Session, actor: Actor, drop_off_id: int) -> Page:
    form = ReasonForm()
    if form.validate():
        with told(form, writing):
            service.refuse(writing, actor, drop_off_id, form.reason.data or "")
            flash(_("The premium is refused. Nothing is owed for this drop-off."), "success")
            whose = drop_off(writing, actor, drop_off_id).depositor_id
            return redirect(url_for(".depositor", depositor_id=whose), HTTPStatus.SEE_OTHER)
    return unprocessable(_refusal_page(writing, actor, drop_off_id, form))


def _refusal_page(unit: Session, actor: Actor, drop_off_id: int, form: ReasonForm) -> str:
    return render_template("payouts/refuse.html", drop_off=drop_off(unit, actor, drop_off_id), form=form)


@pages.reads("/<int:payout_id>", Permission.READ_PAYOUTS)
def show(reading: Session, actor: Actor, payout_id: int) -> Page:
    return _payout_page(reading, payout(reading, actor, payout_id))


@pages.writes("/<int:payout_id>/pay", Permission.PAY_PAYOUTS)
def pay(writing: Session, actor: Actor, payout_id: int) -> Page:
    form = PayForm()
    if form.validate():
        with told(form, writing):
            service.pay(writing, actor, payout_id, form.reference.data or "", form.day)
            return _to_payout(payout_id, _("The payout is handed over. Print the receipt and have it signed."))
    return unprocessable(_payout_page(writing, payout(writing, actor, payout_id), paying=form))


@pages.writes("/<int:payout_id>/withdraw", Permission.REVIEW_PAYOUTS)
def withdraw(writing: Session, actor: Actor, payout_id: int) -> Page:
    form = ReasonForm()
    if form.validate():
        with told(form, writing):
            service.withdraw(writing, actor, payout_id, form.reason.data or "")
            return _to_payout(payout_id, _("The approval is withdrawn. Its drop-offs wait again."))
    return unprocessable(_payout_page(writing, payout(writing, actor, payout_id), withdrawing=form))


def _payout_page(
    unit: Session, seen: PayoutView, *, paying: PayForm | None = None, withdrawing: ReasonForm | None = None
) -> str:
    """With a form for each step that may follow; one that is given is to be mended."""
    owed_back = -sum(due.francs for due in dues(unit, seen.depositor_id) if due.francs < 0)
    return render_template(
        "payouts/show.html",
        payout=seen,
        steps=rules.STEPS[seen.state],
        owed_back=owed_back,
        paying=paying or PayForm(as_sent=False, paid_on=unit.clock.today()),
        withdrawing=withdrawing or ReasonForm(as_sent=False),
        STATE_NAMES=STATE_NAMES,
    )


def _to_payout(payout_id: int, done: str) -> Response:
    flash(done, "success")
    return redirect(url_for(".show", payout_id=payout_id), HTTPStatus.SEE_OTHER)
