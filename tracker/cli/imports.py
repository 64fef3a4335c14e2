"""``tracker import``."""

import json
import sys
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import Any

import click

from tracker.accounts.policy import Permission
from tracker.catalogue.queries import depot_coded, depots
from tracker.cli.door import UNUSABLE, command, prepared_books, settings
from tracker.db import Database, Session
from tracker.errors import Conflict, Invalid, Refusal
from tracker.imports.rules.openings import Opening, opening_grams
from tracker.imports.rules.rows import Doubt
from tracker.imports.service import BookFile, Examination, Row, Totals, enter, examine
from tracker.values.actor import CONSOLE
from tracker.wording import worded

REFUSED = 1
DOUBTS = {
    "CATEGORY_MISSING": "no category: counted as unclassified",
    "CATEGORY_UNKNOWN": "no such category",
    "CONTAINER_INVALID": "this cannot be a container's number",
    "COUNT_IMPOSSIBLE": "this cannot be a number of pieces",
    "COUNT_NOT_A_NUMBER": "the count is not a number: the weight alone counts",
    "DATE_FUTURE": "the date is still to come",
    "DATE_IMPOSSIBLE": "no such calendar day",
    "DATE_MISSING": "no date",
    "DATE_TOO_EARLY": "the date is before any book",
    "DESTINATION_MISSING": "no destination",
    "DESTINATION_TOO_LONG": "the destination is too long",
    "DESTINATION_UNKNOWN": "the destination names no country, or several",
    "MOVEMENT_MISSING": "neither reception nor shipment: in or out?",
    "MOVEMENT_UNKNOWN": "neither reception nor shipment",
    "PHONE_INVALID": "no such telephone number: the depositor stays anonymous",
    "PREMIUM_ON_SHIPMENT": "a premium for what was sent: none is recorded",
    "PREMIUM_UNREADABLE": "the premium is not an amount: none is recorded",
    "ROW_TOO_LONG": "text under no heading",
    "SHIPMENT_ALREADY_THERE": "this shipment was entered before: the row is entered as another beside it",
    "SLIP_TOO_LONG": "the slip's number is too long",
    "UNIT_IMPLAUSIBLE": "unlikely grams per piece: kilograms for grams, or a wrong count?",
    "WEIGHT_MISSING": "no weight",
    "WEIGHT_NEGATIVE": "the weight is negative",
    "WEIGHT_NOT_A_NUMBER": "the weight is not a whole number of grams",
    "WEIGHT_TOO_LARGE": "the weight is more than a thousand tonnes",
    "WEIGHT_ZERO": "the weight is zero",
}
BLANK = "blank row"
REMARKED = "remarked when the book was first read"
SHORT = ("book_stock_short", "stock_short")
"""Seen before anything was written, or by the ledger."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """``short`` is why nothing was added, where the depot would go below zero."""

    examination: Examination
    totals: Totals
    short: Conflict | None
    dry_run: bool

    @property
    def accepted(self) -> int:
        return 0 if self.short else len(self.examination.accepted)

    @property
    def complete(self) -> bool:
        waiting = any(row.waits for row in self.examination.questioned)
        return not (self.short or waiting or self.examination.rejected)


@command(None, "import", requires=Permission.IMPORT_BOOKS)
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--depot", "code", help="Whose book it is; the only depot there is unless said otherwise.")
@click.option("--opening", "openings", multiple=True, help="Opening stock, CATEGORY=KILOGRAMS; repeat it at will.")
@click.option("--opening-day", help="The day of the opening stock, for example 2013-01-01.")
@click.option("--dry-run", is_flag=True, help="Say what would happen, and keep nothing.")
@click.option("--json", "as_json", is_flag=True, help="One JSON document on standard output.")
@click.pass_context
def import_book(
    ctx: click.Context,
    file: Path,
    code: str | None,
    openings: Sequence[str],
    opening_day: str | None,
    dry_run: bool,
    as_json: bool,
) -> None:
    """Enter the old book FILE, a CSV of drop-offs and shipments: whole or not at all, and never twice."""
    try:
        opening = _opening(openings, opening_day)
        book = BookFile(file.name, _content(file))
        outcome = _outcome(prepared_books(settings()), code, book, opening, dry_run)
    except Refusal as refusal:
        _say_unusable(refusal, as_json)
        ctx.exit(UNUSABLE)
    if as_json:
        click.echo(json.dumps(_document(outcome), ensure_ascii=False, default=str))
    else:
        click.echo("\n".join(_lines(outcome)))
    ctx.exit(0 if outcome.complete else REFUSED)


def _opening(openings: Sequence[str], opening_day: str | None) -> Opening | None:
    if not openings and opening_day is None:
        return None
    if not openings or opening_day is None:
        raise Invalid("opening_day_missing", field="opening_day")
    try:
        day = date.fromisoformat(opening_day)
    except ValueError:
        raise Invalid("opening_day_invalid", field="opening_day", day=opening_day) from None
    return Opening(day, opening_grams(openings))


def _content(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise Invalid("file_unreadable", field="file", detail=error.strerror) from error


def _outcome(database: Database, code: str | None, book: BookFile, opening: Opening | None, dry_run: bool) -> Outcome:
    """One unit of work: what is refused at its end undoes what came before."""
    examination = None
    try:
        with database.writing() as session:
            examination = examine(session, CONSOLE, _depot_id(session, code), book)
            _progress(f"{book.name}: {examination.rows} rows read, {len(examination.fresh)} of them new")
            totals = enter(session, CONSOLE, examination, opening)
            if dry_run:
                session.rollback()
    except Conflict as refusal:
        if examination is None or refusal.code not in SHORT:
            raise
        return Outcome(examination, Totals(), refusal, dry_run)
    return Outcome(examination, totals, None, dry_run)


def _depot_id(session: Session, code: str | None) -> int:
    if code is not None:
        return depot_coded(session, CONSOLE, code).id
    known = depots(session, CONSOLE)
    if len(known) != 1:
        raise Invalid("depot_not_named", field="depot")
    return known[0].id


def _progress(text: str) -> None:
    if sys.stderr.isatty():
        click.echo(text, err=True)


def _say_unusable(refusal: Refusal, as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps({"error": _error(refusal)}, ensure_ascii=False, default=str))
    else:
        click.echo(worded(refusal), err=True)


def _error(refusal: Refusal) -> dict[str, Any]:
    return {**refusal.facts, "code": refusal.code, "message": worded(refusal)}


def _document(outcome: Outcome) -> dict[str, Any]:
    examination = outcome.examination
    document = {
        "rows": examination.rows,
        "accepted": outcome.accepted,
        "already_there": examination.already_there,
        "questions": [_question(row) for row in examination.questioned],
        "rejected": [{"row": line.row, "codes": ["BLANK_ROW"], "message": BLANK} for line in examination.rejected],
        "totals": asdict(outcome.totals),
        "ignored_columns": examination.ignored,
        "dry_run": outcome.dry_run,
    }
    return document | ({"error": _error(outcome.short)} if outcome.short else {})


def _question(row: Row) -> dict[str, Any]:
    doubts = row.reading.doubts
    proposed = {column: value for doubt in doubts for column, value in (doubt.proposed or {}).items()}
    return {
        "row": row.number,
        "codes": [doubt.code for doubt in doubts],
        "blocking": row.waits,
        "message": "; ".join(_doubt_worded(doubt) for doubt in doubts),
        "proposed": proposed or None,
    }


def _doubt_worded(doubt: Doubt) -> str:
    words = DOUBTS.get(doubt.code, REMARKED)
    return f"{words} ({doubt.entered})" if doubt.entered else words


def _lines(outcome: Outcome) -> Iterator[str]:
    """What happened, for a person."""
    examination = outcome.examination
    for row in examination.questioned:
        question = _question(row)
        waits = "waits: " if question["blocking"] else ""
        yield f"row {row.number}: {waits}{', '.join(question['codes'])}: {question['message']}"
    yield from (f"row {line.row}: BLANK_ROW: {BLANK}" for line in examination.rejected)
    yield f"{examination.rows} rows, {outcome.accepted} accepted, {examination.already_there} there already"
    yield from (f"{name:<24}{value:>16}" for name, value in asdict(outcome.totals).items())
    if examination.ignored:
        yield f"columns left aside: {', '.join(examination.ignored)}"
    if outcome.short:
        yield f"{outcome.short.facts['day']}: {outcome.short.facts['short_grams']} g short. {worded(outcome.short)}"
    elif outcome.dry_run:
        yield "Dry run: nothing was kept."
