"""What every page passes through: who asks, what the page needs, one unit of work and one commit.

A view takes the unit of work, the actor and what stands in its address: ``view(session, actor, drop_off_id=…)``.
One that reads cannot write, whatever it calls; one that writes commits once, when it answers with success.
Whoever signed in with a lent password finds nothing open but their own account, where they change it.
"""

import functools
from collections.abc import Callable, Mapping
from http import HTTPStatus
from types import TracebackType
from typing import Any, Literal, TypeVar

from flask import Blueprint, abort, current_app, g, redirect, request, url_for
from flask_login import current_user
from flask_wtf import FlaskForm
from werkzeug.routing import IntegerConverter, Map
from werkzeug.wrappers import Response as AnyResponse

from tracker.accounts.policy import Permission, require
from tracker.accounts.service import note_action
from tracker.catalogue.queries import categories_by_code
from tracker.db import Database, Session
from tracker.errors import Invalid, NotFound, NotPermitted, Refusal
from tracker.i18n import language
from tracker.values.actor import Actor
from tracker.wording import worded

BOOKS = "tracker books"
NEEDS = "tracker needs"
MOST_DIGITS = 18
"""Of a whole number in an address: what both databases can hold."""
View = TypeVar("View", bound=Callable[..., Any])
OPEN: Literal["open"] = "open"
"""What a page declares that comes before signing in."""
Need = Permission | Literal["open"]


class RecordNumber(IntegerConverter):
    """``<int:…>`` in an address: a number that no database could hold names no record."""

    def __init__(self, url_map: Map) -> None:
        super().__init__(url_map, max=2**63 - 1)


class Pages(Blueprint):
    """A room's pages. Each declares what it needs; one that does not is refused (``refuse_undeclared``)."""

    def __init__(self, name: str, import_name: str, url_prefix: str = "") -> None:
        super().__init__(name, import_name, url_prefix=url_prefix)
        self.needs: dict[str, Need] = {}

    def reads(self, rule: str, needs: Permission, *, method: str = "GET") -> Callable[[View], View]:
        """A page whose unit of work cannot write. ``method="POST"`` for questions too long for an address."""
        return self._declared(rule, needs, [method], functools.partial(_answer, needs, _reading))

    def writes(self, rule: str, needs: Permission) -> Callable[[View], View]:
        """A POST that commits when it answers with success, and else leaves nothing behind."""
        return self._declared(rule, needs, ["POST"], functools.partial(_answer, needs, _writing))

    def proves(self, rule: str, needs: Permission) -> Callable[[View], View]:
        """A POST that leaves its trace when it says no: ``view(actor, …)`` opens the books itself, with ``books()``."""
        return self._declared(rule, needs, ["POST"], functools.partial(_answer, needs, _alone))

    def before_sign_in(self, rule: str, *methods: str) -> Callable[[View], View]:
        """A page for everybody: it opens the books itself, with ``books()``."""
        return self._declared(rule, OPEN, methods, lambda view, **address: view(**address))

    def _declared(self, rule: str, needs: Need, methods: Any, answer: Callable[..., Any]) -> Callable[[View], View]:
        def declare(view: View) -> View:
            @functools.wraps(view)
            def answered(**address: Any) -> Any:
                return answer(view, **address)

            self.needs[view.__name__] = needs
            self.add_url_rule(rule, view.__name__, answered, methods=methods)
            return view

        return declare


def _answer(needs: Permission, answered: Callable[..., Any], view: Callable[..., Any], **address: Any) -> AnyResponse:
    if (actor := signed_in()) is None:
        return _to_sign_in()
    g.account_id = actor.account_id  # for the log
    require(actor, needs)
    browser: Any = current_user
    if browser.must_change_password and needs is not Permission.USE_SESSION:
        return redirect(url_for("account.show"), HTTPStatus.SEE_OTHER)
    return current_app.make_response(answered(view, actor, **address))


def _reading(view: Callable[..., Any], actor: Actor, **address: Any) -> Any:
    with books().reading() as session:
        return view(session, actor, **address)


def _writing(view: Callable[..., Any], actor: Actor, **address: Any) -> AnyResponse:
    """A refusal, or a page that says no, rolls everything back."""
    browser: Any = current_user
    token: str = browser.token
    with books().session(read_only=False) as session:
        response = current_app.make_response(view(session, actor, **address))
        if response.status_code < HTTPStatus.BAD_REQUEST:
            note_action(session, token)
            session.commit()
        return response


def _alone(view: Callable[..., Any], actor: Actor, **address: Any) -> Any:
    return view(actor, **address)


def books() -> Database:
    found: Database = current_app.extensions[BOOKS]
    return found


def signed_in() -> Actor | None:
    """Who this browser is signed in as."""
    browser: Any = current_user
    return browser.actor if browser.is_authenticated else None


def _to_sign_in() -> AnyResponse:
    """Back to the page that was asked for afterwards, or to the start when something was being sent."""
    asked = request.full_path.rstrip("?") if request.method == "GET" else None
    return redirect(url_for("accounts.sign_in", next=asked), HTTPStatus.SEE_OTHER)


def refuse_undeclared() -> None:
    """Deny by default: a route nobody declared is closed to everybody."""
    if request.endpoint is not None and request.endpoint not in current_app.extensions[NEEDS]:
        abort(HTTPStatus.FORBIDDEN)


def local_address(asked: str | None) -> str | None:
    """An address on this site, so that a link from elsewhere cannot send people away; else nothing."""
    if asked is None or not asked.startswith("/") or asked.startswith(("//", "/\\")) or not asked.isprintable():
        return None
    return asked


class told:  # noqa: N801 - reads as a word: with told(form, session)
    """What is refused within the block is told on the form, beside its field; nothing of it stays in the books.

    What a person cannot mend there (a missing record, a missing permission) goes on to its own page.
    """

    def __init__(self, form: FlaskForm, session: Session) -> None:
        self._form = form
        self._session = session

    def __enter__(self) -> None:
        pass

    def __exit__(self, _kind: object, refusal: BaseException | None, _trace: TracebackType | None) -> bool:
        if not isinstance(refusal, Refusal) or isinstance(refusal, NotPermitted):
            return False
        if isinstance(refusal, NotFound) and not refusal.field:
            return False
        self._session.rollback()
        tell(self._form, refusal, category_names(self._session))
        return True


def tell(form: FlaskForm, refusal: Refusal, names: Mapping[str, str]) -> None:
    """The sentence beside the field that the refusal names (``lines-0-gross``), else at the top of the form."""
    sentence = worded(refusal, names)
    target: Any = form
    for part in (refusal.field or "").split("-"):
        target = _within(target, part)
    if target is form or not hasattr(target, "errors") or hasattr(target, "form"):
        form.form_errors.append(sentence)
    else:
        target.errors = [*target.errors, sentence]


def _within(holder: Any, part: str) -> Any:
    """The field of that name, or the entry of that number; the holder itself where there is none."""
    if part.isdigit() and hasattr(holder, "entries"):
        return holder.entries[int(part)] if int(part) < len(holder.entries) else holder
    fields = getattr(holder, "form", holder)
    return getattr(fields, "_fields", {}).get(part, holder)


def unprocessable(page: str) -> tuple[str, int]:
    """A form shown again with what must be mended."""
    return page, HTTPStatus.UNPROCESSABLE_ENTITY


def whole(name: str) -> int | None:
    """A whole number from the address, or nothing. Raises ``Invalid("address_invalid")``."""
    text = request.args.get(name, "").strip()
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and len(text) <= MOST_DIGITS):
        raise Invalid("address_invalid", field=name, entered=text)
    return int(text)


def category_names(session: Session) -> dict[str, str]:
    """By code, in the reader's language."""
    return {code: category.name(language()) for code, category in categories_by_code(session).items()}
