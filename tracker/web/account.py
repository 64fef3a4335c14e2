"""One's own account: the password, a code at sign-in, and where one is signed in."""

from http import HTTPStatus

import segno
from flask import flash, make_response, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_login import current_user
from markupsafe import Markup
from werkzeug.wrappers import Response

from tracker.accounts import queries, service
from tracker.accounts.policy import Permission
from tracker.accounts.service import Proof
from tracker.db import Session
from tracker.errors import Refusal
from tracker.values.actor import Actor
from tracker.web.accounts import SignedIn, client_address
from tracker.web.door import Pages, books, tell, unprocessable
from tracker.web.forms.accounts import OwnPasswordForm, SecondFactorForm

pages = Pages("account", __name__, url_prefix="/account")
Page = str | tuple[str, int] | Response


@pages.reads("/", Permission.USE_SESSION)
def show(reading: Session, actor: Actor) -> Page:
    return _page(reading, actor, OwnPasswordForm(), SecondFactorForm())


@pages.proves("/password", Permission.USE_SESSION)
def change_password(actor: Actor) -> Page:
    form = OwnPasswordForm()
    if form.validate():
        proof = Proof(form.current.data or "", client_address())
        try:
            service.change_own_password(books(), actor, proof, form.password.data or "", _browser().token)
        except Refusal as refusal:
            tell(form, refusal, {})
        else:
            return _done(_("Your password is changed. You are signed out on every other device."))
    with books().reading() as reading:
        return unprocessable(_page(reading, actor, form, SecondFactorForm(as_sent=False)))


@pages.writes("/sessions/<int:session_id>/end", Permission.USE_SESSION)
def end_session(writing: Session, actor: Actor, session_id: int) -> Page:
    service.end_session(writing, actor, session_id)
    return _done(_("Signed out there."))


@pages.writes("/sessions/end-others", Permission.USE_SESSION)
def end_other_sessions(writing: Session, actor: Actor) -> Page:
    service.end_other_sessions(writing, actor, _browser().token)
    return _done(_("You are signed out on every other device."))


@pages.reads("/second-factor", Permission.USE_SECOND_FACTOR)
def second_factor(reading: Session, actor: Actor) -> Page:
    """Who has one already is shown where it stands."""
    if queries.second_factor(reading, actor.account_id):
        return redirect(url_for(".show"))
    return _enrolment(reading, actor, SecondFactorForm(as_sent=False))


@pages.proves("/second-factor", Permission.USE_SECOND_FACTOR)
def add_second_factor(actor: Actor) -> Page:
    form = SecondFactorForm()
    if form.validate():
        proof = Proof(form.current.data or "", client_address())
        try:
            codes = service.add_second_factor(books(), actor, proof, form.seed.data or "", form.code.data or "")
        except Refusal as refusal:
            tell(form, refusal, {})
        else:
            return _kept_nowhere(render_template("account/recovery_codes.html", codes=codes))
    with books().reading() as reading:
        return _enrolment(reading, actor, form, HTTPStatus.UNPROCESSABLE_ENTITY)


@pages.proves("/second-factor/remove", Permission.USE_SESSION)
def remove_second_factor(actor: Actor) -> Page:
    form = SecondFactorForm()
    if form.validate():
        proof = Proof(form.current.data or "", client_address())
        try:
            service.remove_second_factor(books(), actor, proof, form.code.data or "")
        except Refusal as refusal:
            tell(form, refusal, {})
        else:
            return _done(_("The password alone signs you in again."))
    with books().reading() as reading:
        return unprocessable(_page(reading, actor, OwnPasswordForm(as_sent=False), form))


def _page(unit: Session, actor: Actor, password: OwnPasswordForm, removal: SecondFactorForm) -> str:
    return render_template(
        "account/show.html",
        password_form=password,
        removal=removal,
        must_change=_browser().must_change_password,
        second_factor=queries.second_factor(unit, actor.account_id),
        sessions=queries.sessions(unit, actor),
        current=_browser().session_id,
    )


def _enrolment(unit: Session, actor: Actor, form: SecondFactorForm, status: HTTPStatus = HTTPStatus.OK) -> Response:
    """The same key again after a slip: the application holds it by now."""
    offered = service.offer_second_factor(unit, actor, _("E-waste collection"), form.seed.data)
    form.seed.data = offered.seed
    code = segno.make(offered.address, micro=False)
    picture = code.svg_inline(omitsize=True, svgclass="qr", lineclass=None, light="#fff")
    shown = {"secret": offered.secret, "picture": Markup(picture)}  # noqa: S704 - segno draws squares, whatever they say
    return _kept_nowhere(render_template("account/second_factor.html", form=form, **shown), status)


def _kept_nowhere(page: str, status: HTTPStatus = HTTPStatus.OK) -> Response:
    """What is shown once must not be found in a browser's memory."""
    response = make_response(page, status)
    response.headers["Cache-Control"] = "no-store"
    return response


def _browser() -> SignedIn:
    browser: SignedIn = current_user._get_current_object()  # noqa: SLF001 - the name werkzeug gives it
    return browser


def _done(message: str) -> Response:
    flash(message, "success")
    return redirect(url_for(".show"), HTTPStatus.SEE_OTHER)
