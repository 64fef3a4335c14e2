"""Premiums: the ledger of francs, and the schemes that say what is owed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from flask import render_template, request, url_for
from werkzeug.wrappers import Response

from tracker.accounts.policy import Permission
from tracker.catalogue.queries import categories
from tracker.db import Session
from tracker.people.queries import DepositorView, depositor
from tracker.premiums import queries
from tracker.premiums.queries import SchemeView
from tracker.premiums.rules.examples import Example, examples
from tracker.premiums.rules.scheme import Version
from tracker.registers import PREMIUMS
from tracker.values.actor import Actor
from tracker.web.door import Pages, category_names
from tracker.web.forms.premiums import KIND_NAMES, PremiumFilters
from tracker.web.lists import asked, file_of, links
from tracker.wording import quantity_text, rate_text

pages = Pages("premiums", __name__, url_prefix="/premiums")
Page = str | tuple[str, int] | Response


@dataclass(frozen=True, slots=True)
class VersionShown:
    version: Version
    in_force: bool
    examples: Sequence[Example]


@pages.reads("/", Permission.READ_PREMIUMS)
def index(reading: Session, actor: Actor) -> Page:
    form = PremiumFilters(reading, actor)
    found = queries.entries(reading, actor, form.wanted(), asked(queries.ORDERS))
    return render_template(
        "premiums/index.html",
        form=form,
        found=found,
        whose=_depositor(reading, actor, form.depositor.data),
        narrowed=_narrowed,
        leads=links(queries.ORDERS, found, url_for(".register")),
        KIND_NAMES=KIND_NAMES,
    )


@pages.reads("/list.csv", Permission.READ_PREMIUMS)
def register(reading: Session, actor: Actor) -> Page:
    wanted = PremiumFilters(reading, actor).wanted()
    order = asked(queries.ORDERS).order
    return file_of(PREMIUMS, lambda unit, cut: queries.entry_rows(unit, actor, wanted, cut), order)


def _depositor(reading: Session, actor: Actor, depositor_id: int | None) -> DepositorView | None:
    return None if depositor_id is None else depositor(reading, actor, depositor_id)


def _narrowed(name: str, value: str) -> str:
    """The list's address with one filter changed, from its first page; an empty value lifts the filter."""
    kept = {key: text for key, text in request.args.items() if key not in {"after", "before", name}}
    return "?" + urlencode({**kept, name: value})


@pages.reads("/schemes", Permission.READ_PREMIUMS)
def schemes(reading: Session, _actor: Actor) -> Page:
    codes = [category.code for category in categories(reading)]
    known = [(scheme, _versions(reading, scheme, codes)) for scheme in queries.schemes(reading)]
    return render_template("premiums/schemes.html", schemes=known, **_wording(reading))


def _versions(reading: Session, scheme: SchemeView, codes: Sequence[str]) -> list[VersionShown]:
    today = reading.clock.today()
    versions = [priced.version for priced in scheme.versions]
    return [VersionShown(version, version.covers(today), examples(version, codes)) for version in versions]


def _wording(reading: Session) -> Mapping[str, object]:
    return {"names": category_names(reading), "quantity_text": quantity_text, "rate_text": rate_text}
