"""Signing in and out, the first administrator, and the accounts that an administrator keeps."""

from dataclasses import dataclass
from http import HTTPStatus

from flask import Flask, flash, redirect, render_template, request, session, url_for
from flask_babel import gettext as _
from flask_login import LoginManager, UserMixin, current_user, login_user, logout_user
from werkzeug.wrappers import Response

from tracker.accounts import queries, service
from tracker.accounts.policy import Permission, permits
from tracker.accounts.rules import device_of
from tracker.accounts.service import Credentials, Ticket
from tracker.catalogue.queries import depots
from tracker.db import Session
from tracker.errors import NotPermitted
from tracker.values.actor import Actor
from tracker.web.door import Pages, books, local_address, signed_in, tell, told, unprocessable
from tracker.web.forms.accounts import (
    ROLE_NAMES,
    AccountForm,
    CodeForm,
    FirstAdminForm,
    NewAccountForm,
    PasswordForm,
    SignInForm,
)
from tracker.wording import worded

pages = Pages("accounts", __name__)
Page = str | tuple[str, int] | Response
TICKET = "ticket"
"""Between password and code the browser's cookie holds this, signed, and no session."""


@dataclass(eq=False, slots=True)
class SignedIn(UserMixin):
    """What Flask-Login keeps in the browser is the session's token, never the account's number."""

    token: str
    session_id: int
    actor: Actor
    must_change_password: bool

    def get_id(self) -> str:
        return self.token


def init_sign_in(app: Flask) -> None:
    LoginManager(app).user_loader(_load)
    app.context_processor(_shown_everywhere)


def _load(token: str) -> SignedIn | None:
    with books().reading() as reading:
        held = service.presence(reading, token)
    return SignedIn(token, held.session_id, held.actor, held.must_change_password) if held else None


def _shown_everywhere() -> dict[str, object]:
    """What every template may ask: who is here, and what they may do."""
    actor = signed_in()
    return {
        "actor": actor,
        "may": lambda permission: actor is not None and permits(actor, Permission(permission)),
        "ROLE_NAMES": ROLE_NAMES,
    }


@pages.before_sign_in("/sign-in", "GET", "POST")
def sign_in() -> Page:
    form = SignInForm()
    if signed_in():
        return redirect(url_for("start.index"))
    if form.sent_and_valid():
        given = Credentials(form.login.data or "", form.password.data or "", client_address())
        try:
            proven = service.sign_in(books(), given, _device())
        except NotPermitted as refusal:
            tell(form, refusal, {})
        else:
            return _ask_for_code(proven) if isinstance(proven, Ticket) else _begin(proven)
    page = render_template("accounts/sign_in.html", form=form)
    return page if request.method == "GET" else unprocessable(page)


@pages.before_sign_in("/sign-in/code", "GET", "POST")
def say_code() -> Page:
    """The second step, for whoever just gave the right password of an account that asks for a code."""
    form = CodeForm()
    if (ticket := session.get(TICKET)) is None or signed_in():
        return _back_to_sign_in()
    if form.sent_and_valid():
        try:
            return _begin(service.sign_in_with_code(books(), ticket, form.code.data or "", client_address(), _device()))
        except NotPermitted as refusal:
            if refusal.code == "ticket_dead":
                flash(worded(refusal), "warning")
                return _back_to_sign_in()
            tell(form, refusal, {})
    page = render_template("accounts/say_code.html", form=form)
    return page if request.method == "GET" else unprocessable(page)


def _ask_for_code(ticket: Ticket) -> Response:
    session[TICKET] = str(ticket)
    return redirect(url_for(".say_code", next=request.args.get("next")), HTTPStatus.SEE_OTHER)


def _back_to_sign_in() -> Response:
    session.pop(TICKET, None)
    return redirect(url_for(".sign_in", next=request.args.get("next")), HTTPStatus.SEE_OTHER)


def client_address() -> str:
    """Failures are counted by it. It is kept nowhere in clear."""
    return request.remote_addr or ""


def _device() -> str | None:
    return device_of(request.user_agent.string)


def _begin(token: str) -> Response:
    """A new session keeps nothing of the one before but its language; then on to the page that was asked for."""
    language = session.get("locale")
    session.clear()
    if language:
        session["locale"] = language
    session.permanent = True
    login_user(_load(token))
    return redirect(local_address(request.args.get("next")) or url_for("start.index"), HTTPStatus.SEE_OTHER)


@pages.writes("/sign-out", Permission.USE_SESSION)
def sign_out(writing: Session, _actor: Actor) -> Response:
    browser: SignedIn = current_user._get_current_object()  # noqa: SLF001 - the name werkzeug gives it
    service.sign_out(writing, browser.token)
    logout_user()
    return redirect(url_for(".sign_in"), HTTPStatus.SEE_OTHER)


@pages.before_sign_in("/setup/<token>", "GET", "POST")
def set_up(token: str) -> Page:
    """The first administrator, by the link that the first start prints."""
    form = FirstAdminForm()
    with books().session(read_only=request.method == "GET") as unit:
        service.check_setup_link(unit, token)
        if form.sent_and_valid():
            with told(form, unit):
                service.create_first_admin(unit, token, form.command())
                unit.commit()
                flash(_("The administrator is made. Sign in to go on."), "success")
                return redirect(url_for(".sign_in"), HTTPStatus.SEE_OTHER)
        page = render_template("accounts/set_up.html", form=form)
    return page if request.method == "GET" else unprocessable(page)


@pages.reads("/accounts", Permission.MANAGE_ACCOUNTS)
def index(reading: Session, actor: Actor) -> Page:
    names = {depot.id: depot.name for depot in depots(reading, actor, with_retired=True)}
    return render_template("accounts/index.html", accounts=queries.accounts(reading, actor), depots=names)


@pages.reads("/accounts/new", Permission.MANAGE_ACCOUNTS)
def new(reading: Session, actor: Actor) -> Page:
    form = NewAccountForm()
    form.offer(actor, depots(reading, actor))
    return render_template("accounts/new.html", form=form)


@pages.writes("/accounts/new", Permission.MANAGE_ACCOUNTS)
def add(writing: Session, actor: Actor) -> Page:
    form = NewAccountForm()
    form.offer(actor, depots(writing, actor))
    if form.validate():
        with told(form, writing):
            service.add_account(writing, actor, form.command())
            flash(_("The account is made. Give the person the login and the password."), "success")
            return redirect(url_for(".index"), HTTPStatus.SEE_OTHER)
    return unprocessable(render_template("accounts/new.html", form=form))


@pages.reads("/accounts/<int:account_id>", Permission.MANAGE_ACCOUNTS)
def edit(reading: Session, actor: Actor, account_id: int) -> Page:
    return _edit_page(reading, actor, account_id, _as_it_stands(reading, actor, account_id), PasswordForm())


@pages.writes("/accounts/<int:account_id>", Permission.MANAGE_ACCOUNTS)
def change(writing: Session, actor: Actor, account_id: int) -> Page:
    form = AccountForm()
    form.offer(actor, depots(writing, actor))
    if form.validate():
        with told(form, writing):
            service.change_account(writing, actor, account_id, form.details())
            return _done(_("The account is changed."))
    return unprocessable(_edit_page(writing, actor, account_id, form, PasswordForm(as_sent=False)))


@pages.writes("/accounts/<int:account_id>/password", Permission.MANAGE_ACCOUNTS)
def set_password(writing: Session, actor: Actor, account_id: int) -> Page:
    password_form = PasswordForm()
    if password_form.validate():
        with told(password_form, writing):
            service.set_password(writing, actor, account_id, password_form.password.data or "")
            return _done(
                _("The password is set. The person changes it at the next sign-in; whoever was signed in is out.")
            )
    form = _as_it_stands(writing, actor, account_id)
    return unprocessable(_edit_page(writing, actor, account_id, form, password_form))


@pages.writes("/accounts/<int:account_id>/second-factor/reset", Permission.MANAGE_ACCOUNTS)
def reset_second_factor(writing: Session, actor: Actor, account_id: int) -> Page:
    service.reset_second_factor(writing, actor, account_id)
    return _done(_("No code is asked at this account's sign-in any more. Whoever was signed in is out."))


@pages.writes("/accounts/<int:account_id>/deactivate", Permission.MANAGE_ACCOUNTS)
def deactivate(writing: Session, actor: Actor, account_id: int) -> Page:
    service.deactivate_account(writing, actor, account_id)
    return _done(_("The account is deactivated. The books keep its name."))


@pages.writes("/accounts/<int:account_id>/reactivate", Permission.MANAGE_ACCOUNTS)
def reactivate(writing: Session, actor: Actor, account_id: int) -> Page:
    service.reactivate_account(writing, actor, account_id)
    return _done(_("The account is active again."))


def _as_it_stands(unit: Session, actor: Actor, account_id: int) -> AccountForm:
    account = queries.account(unit, actor, account_id)
    form = AccountForm(
        as_sent=False,
        display_name=account.display_name,
        role=account.role.value,
        depot=str(account.depot_id or ""),
    )
    form.offer(actor, depots(unit, actor))
    return form


def _edit_page(unit: Session, actor: Actor, account_id: int, form: AccountForm, password: PasswordForm) -> str:
    account = queries.account(unit, actor, account_id)
    return render_template(
        "accounts/edit.html",
        account=account,
        form=form,
        password_form=password,
        own=actor.account_id == account_id,
        second_factor=queries.second_factor(unit, account_id),
    )


def _done(message: str) -> Response:
    flash(message, "success")
    return redirect(url_for(".index"), HTTPStatus.SEE_OTHER)
