"""The journal: who did what, when, before and after; and whether its chains are whole."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from flask import current_app, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from tracker.accounts.policy import Permission, permits
from tracker.accounts.queries import display_names
from tracker.audit.queries import Change, Line, broken_links, chain_ends, chain_in_reach, line, lines
from tracker.audit.service import HOUSE_CHAIN
from tracker.catalogue.queries import categories, depots
from tracker.db import Session
from tracker.i18n import language
from tracker.reports.queries.subjects import Subject, subject_names
from tracker.values.actor import Actor
from tracker.web.door import NEEDS, Pages, whole
from tracker.web.forms.filters import next_address
from tracker.web.forms.journal import JournalFilters
from tracker.web.journal_words import ACTIONS, COLUMNS, PROBLEMS, SUBJECTS, TABLES, Names, is_veiled, value_text

pages = Pages("journal", __name__, url_prefix="/journal")
Page = str | tuple[str, int] | Response
ROWS_SHOWN = 12
"""Of one line in the list; its own page shows all."""
PROBLEMS_SHOWN = 50
ACTING = ("account_id", "approved_by", "paid_by", "drafted_by", "sent_by")
"""Columns that name who acted."""
RECORD_PAGES = {
    "account": "accounts.edit",
    "category": "catalogue.edit_category",
    "depositor": "people.show",
    "depot": "catalogue.edit_depot",
    "drop_off": "intake.receipt",
    "payout": "payouts.show",
    "shipment": "shipments.show",
}
"""Where a subject is shown; the address takes ``<kind>_id``."""


@dataclass(frozen=True, slots=True)
class ShownChange:
    """One row: its name, and each of its columns as (label, before, after)."""

    title: str
    columns: Sequence[tuple[str, str, str]]
    added: bool
    removed: bool


@dataclass(frozen=True, slots=True)
class ShownLine:
    """``left`` rows are not shown here; ``url`` is the subject's page, empty for whoever may not open it."""

    line: Line
    who: str
    action: str
    subject: str
    url: str
    changes: Sequence[ShownChange]
    left: int


@dataclass(frozen=True, slots=True)
class ShownEnd:
    chain: str
    length: int
    whole: bool


@pages.reads("/", Permission.READ_JOURNAL)
def index(reading: Session, actor: Actor) -> Page:
    form = JournalFilters(reading, actor)
    page = lines(reading, actor, form.wanted(reading), after=whole("after"))
    return render_template(
        "journal/index.html",
        form=form,
        rows=_shown(reading, actor, page.rows, most=ROWS_SHOWN),
        ends=_ends(reading, actor),
        whole=all(row.whole for row in page.rows),
        next_url=next_address(page.after),
    )


@pages.reads("/<int:line_id>", Permission.READ_JOURNAL)
def show(reading: Session, actor: Actor, line_id: int) -> Page:
    found = line(reading, actor, line_id)
    return render_template("journal/show.html", row=_shown(reading, actor, [found], most=len(found.changes))[0])


@pages.reads("/check", Permission.VERIFY_BOOKS)
def ask_check(_reading: Session, _actor: Actor) -> Page:
    return render_template("journal/check.html", checked=False)


@pages.reads("/check", Permission.VERIFY_BOOKS, method="POST")
def check(reading: Session, actor: Actor) -> Page:
    """Reads every line within reach: asked for by a button, since a large journal takes its time."""
    found = [
        (each.table == "journal_chains", each.id, PROBLEMS[each.problem])
        for each in broken_links(reading, chain_in_reach(actor))
    ]
    return render_template(
        "journal/check.html",
        checked=True,
        found=found[:PROBLEMS_SHOWN],
        count=len(found),
        ends=_ends(reading, actor),
        chains=_chain_names(reading, actor),
    )


def _ends(unit: Session, actor: Actor) -> list[ShownEnd]:
    names = _chain_names(unit, actor)
    return [ShownEnd(names.get(end.chain, f"#{end.chain}"), end.length, end.whole) for end in chain_ends(unit, actor)]


def _chain_names(unit: Session, actor: Actor) -> dict[int, str]:
    house = _("What belongs to no depot")
    return {HOUSE_CHAIN: house, **{depot.id: depot.name for depot in depots(unit, actor, with_retired=True)}}


def _shown(unit: Session, actor: Actor, found: Sequence[Line], *, most: int) -> list[ShownLine]:
    names = _names(unit, actor, found)
    called = subject_names(unit, [each.subject for each in found])
    return [_shown_line(actor, each, names, called.get(each.subject), most) for each in found]


def _names(unit: Session, actor: Actor, found: Sequence[Line]) -> Names:
    """What people call the rows that others refer to."""
    return {
        "accounts": display_names(unit, _account_ids(found)),
        "categories": {each.id: each.name(language()) for each in categories(unit, with_retired=True)},
        "depots": {each.id: each.name for each in depots(unit, actor, with_retired=True)},
    }


def _account_ids(found: Sequence[Line]) -> Iterator[int]:
    for each in found:
        if each.account_id is not None:
            yield each.account_id
        images = [image for change in each.changes for image in (change.before, change.after) if image]
        yield from (image[name] for image in images for name in ACTING if isinstance(image.get(name), int))


def _shown_line(actor: Actor, found: Line, names: Names, called: str | None, most: int) -> ShownLine:
    kind, number = found.subject
    who = found.account_id
    return ShownLine(
        line=found,
        who=_("The machine's console") if who is None else names["accounts"].get(who, f"#{who}"),
        action=str(ACTIONS.get(found.action, found.action)),
        subject=f"{SUBJECTS.get(kind, kind)} {called or f'#{number}'}",
        url=_subject_url(actor, found.subject),
        changes=[_shown_change(change, names) for change in found.changes[:most]],
        left=max(0, len(found.changes) - most),
    )


def _subject_url(actor: Actor, subject: Subject) -> str:
    kind, number = subject
    endpoint = RECORD_PAGES.get(kind)
    if endpoint is None or not permits(actor, current_app.extensions[NEEDS][endpoint]):
        return ""
    address: dict[str, Any] = {f"{kind}_id": number}
    return url_for(endpoint, **address)


def _shown_change(change: Change, names: Names) -> ShownChange:
    before, after = change.before or {}, change.after or {}
    return ShownChange(
        title=f"{TABLES.get(change.table, change.table)} #{change.id}",
        columns=[
            (
                str(COLUMNS.get(column, column)),
                value_text(change.table, column, before.get(column), names),
                _after(change.table, column, before.get(column), after.get(column), names),
            )
            for column in after or before
            if column != "id"
        ],
        added=change.before is None,
        removed=change.after is None,
    )


def _after(table: str, column: str, before: Any, after: Any, names: Names) -> str:
    """Of a veiled value only the change can be said."""
    if is_veiled(before) and is_veiled(after):
        return _("changed")
    return value_text(table, column, after, names)
