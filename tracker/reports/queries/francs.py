"""Recounting the ledger of francs: every drop-off's entries against what the engine, or its old book, says of it."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from tracker.audit.queries import Disagreement
from tracker.catalogue.models import Category
from tracker.db import Session
from tracker.errors import Refusal
from tracker.intake.models import DropOff, DropOffLine, DropOffVoid
from tracker.people.models import Depositor
from tracker.premiums.models import EntryKind, PremiumBalance, PremiumEntry, PremiumRefusal, PremiumSchemeVersion
from tracker.premiums.rules.engine import Line, Premium, Visit, price
from tracker.premiums.rules.scheme import Version, parse_stored
from tracker.reports import rules
from tracker.reports.queries.reading import DAMAGED, Rows, as_stored, chunks, sound, table_of

DROP_OFFS, LINES, VOIDS = table_of(DropOff), table_of(DropOffLine), table_of(DropOffVoid)
ENTRIES, VERSIONS = table_of(PremiumEntry), table_of(PremiumSchemeVersion)
REFUSALS = table_of(PremiumRefusal)
DEPOSITORS = 100
"""How many are taken at once, with every drop-off they ever made."""


def francs_recounted(session: Session) -> Iterator[Disagreement]:
    """Sums that differ, entries without their drop-off, premiums that the engine or the old book says otherwise."""
    sums: dict[int, int] = defaultdict(int)
    for entries in chunks(session, ENTRIES):
        for row in entries:
            sums[row.depositor_id] += row.francs
            yield from _unexplained(row)
        yield from _orphans(session, ENTRIES, [row for row in entries if row.kind is not EntryKind.PAYMENT])
    yield from _balances(session, sums)
    for refusals in chunks(session, REFUSALS):
        yield from _orphans(session, REFUSALS, refusals)
    pricing = _Pricing(session)
    yield from pricing.unusable
    for depositors in chunks(session, table_of(Depositor), size=DEPOSITORS):
        yield from _drop_offs(session, pricing, [row.id for row in depositors])


def _unexplained(row: sa.Row[Any]) -> Iterator[Disagreement]:
    """The steps' francs add up to what the drop-off earns; those of a payment to what was handed over."""
    explained = -row.francs if row.kind is EntryKind.RECORDED_PAYMENT else row.entitlement
    try:
        found = sum(step["francs"] for step in row.steps)
    except DAMAGED:
        found = None
    if found != explained:
        yield Disagreement(ENTRIES.name, row.id, "steps_differ", "steps", explained, found)


def _orphans(session: Session, table: sa.Table, rows: Rows) -> Iterator[Disagreement]:
    ids = {row.drop_off_id for row in rows}
    known = set(session.scalars(sa.select(DROP_OFFS.c.id).where(DROP_OFFS.c.id.in_(ids))))
    for row in rows:
        if row.drop_off_id not in known:
            yield Disagreement(table.name, row.id, "drop_off_missing", "drop_off_id", None, row.drop_off_id)


def _balances(session: Session, sums: Mapping[int, int]) -> Iterator[Disagreement]:
    """Named by depositor."""
    table = table_of(PremiumBalance)
    kept: dict[Any, Any] = {row.depositor_id: row.francs for row in as_stored(session, table)}
    for depositor_id in sums.keys() | kept.keys():
        expected, found = sums.get(depositor_id, 0), kept.get(depositor_id)
        if found != expected:
            yield Disagreement(table.name, depositor_id, "sum_differs", "francs", expected, found)


class _Pricing:
    """The versions as the engine reads them; with one that cannot be read, no premium can be recounted."""

    def __init__(self, session: Session) -> None:
        codes = {row.id: row.code for rows in chunks(session, table_of(Category)) for row in rows}
        self.codes: Mapping[int, str] = codes
        self.versions: list[tuple[int, Version]] = []
        self.unusable: list[Disagreement] = []
        known = frozenset(codes.values())
        for row in sound(session, VERSIONS):
            try:
                self.versions.append((row.id, parse_stored(row.definition, known)))
            except (Refusal, *DAMAGED):
                self.unusable.append(Disagreement(VERSIONS.name, row.id, "definition_unusable", "definition"))

    def price(self, visits: Sequence[Visit]) -> dict[int, Premium]:
        return {} if self.unusable else price([version for _, version in self.versions], visits)

    def id_of(self, premium: Premium) -> int | None:
        return next((key for key, version in self.versions if version is premium.version), None)


@dataclass(frozen=True, slots=True)
class _Owed:
    """One entry as it should stand, in the terms that two entries of one drop-off can differ in."""

    kind: EntryKind
    francs: int


def _drop_offs(session: Session, pricing: _Pricing, depositor_ids: Sequence[int]) -> Iterator[Disagreement]:
    theirs = DROP_OFFS.c.depositor_id.in_(depositor_ids)
    drop_offs = sound(session, DROP_OFFS, theirs)
    within = sa.select(DROP_OFFS.c.id).where(theirs)
    lines = _by_drop_off(sound(session, LINES, LINES.c.drop_off_id.in_(within)))
    voided = _by_drop_off(sound(session, VOIDS, VOIDS.c.drop_off_id.in_(within)))
    entries = _by_drop_off(sound(session, ENTRIES, ENTRIES.c.drop_off_id.in_(within)))
    refused = _by_drop_off(sound(session, REFUSALS, REFUSALS.c.drop_off_id.in_(within)))
    priced = [row for row in drop_offs if row.recorded_premium is None]
    visits = [_visit(row, lines[row.id], pricing.codes, voided=row.id in voided) for row in priced]
    premiums = pricing.price(visits)
    for row in drop_offs:
        yield from _misplaced(row, entries[row.id])
        yield from _refused_own(row, refused[row.id])
        if row.recorded_premium is not None:
            yield from _recorded(row, entries[row.id], voided=row.id in voided)
        elif row.id in premiums:
            expected = _Expected(premiums[row.id], pricing.id_of(premiums[row.id]))
            yield from _engine(row, entries[row.id], expected, refused=bool(refused[row.id]))


def _by_drop_off(rows: Rows) -> dict[int, Rows]:
    grouped: dict[int, Rows] = defaultdict(list)
    for row in rows:
        grouped[row.drop_off_id].append(row)
    return grouped


def _visit(row: sa.Row[Any], lines: Rows, codes: Mapping[int, str], *, voided: bool) -> Visit:
    """As ``tracker.intake.queries.visits`` gives it; an estimate measures nothing."""
    return Visit(
        key=row.id,
        depositor=row.depositor_id,
        weighed_at=row.weighed_at,
        day=row.day,
        lines=tuple(
            Line(codes.get(line.category_id, ""), line.pieces, None if line.estimated else line.net_grams)
            for line in sorted(lines, key=lambda line: line.position)
        ),
        voided=voided,
    )


def _misplaced(row: sa.Row[Any], entries: Rows) -> Iterator[Disagreement]:
    """An entry stands at its drop-off's depot, day and depositor."""
    for entry in entries:
        for column in ("depot_id", "depositor_id", "day"):
            expected, found = getattr(row, column), getattr(entry, column)
            if expected != found:
                yield Disagreement(ENTRIES.name, entry.id, "entry_misplaced", column, expected, found)


def _recorded(row: sa.Row[Any], entries: Rows, *, voided: bool) -> Iterator[Disagreement]:
    """Owed and paid as written; what was paid stays paid when the drop-off turns out void."""
    francs = row.recorded_premium
    expected = [_Owed(EntryKind.RECORDED, francs), _Owed(EntryKind.RECORDED_PAYMENT, -francs)]
    if voided:
        expected.append(_Owed(EntryKind.RECORDED, -francs))
    found = [_Owed(entry.kind, entry.francs) for entry in entries]
    if differs := rules.difference(expected if francs else [], found):
        yield Disagreement(
            DROP_OFFS.name, row.id, "recorded_premium_differs", "recorded_premium", differs.missing, differs.surplus
        )


def _refused_own(row: sa.Row[Any], refusals: Rows) -> Iterator[Disagreement]:
    """Rule 7 holds for refusals too."""
    for refusal in refusals:
        if refusal.account_id == row.account_id:
            yield Disagreement(REFUSALS.name, refusal.id, "logged_by_the_same", "account_id", None, row.account_id)


class _Expected:
    """What the engine says of a drop-off now, as its entries should."""

    def __init__(self, premium: Premium, version_id: int | None) -> None:
        self.francs = premium.francs
        self.steps = [{"code": step.code, "francs": step.francs, "facts": dict(step.facts)} for step in premium.steps]
        self.version_id = version_id

    @property
    def refused_steps(self) -> list[dict[str, Any]]:
        return [*self.steps, {"code": "refused", "francs": -self.francs, "facts": {}}]


def _engine(row: sa.Row[Any], entries: Rows, expected: _Expected, *, refused: bool) -> Iterator[Disagreement]:
    """The last entry says what the engine says, and why; all of them add up to it. A refusal takes it all back."""
    kinds = {EntryKind.ENGINE, EntryKind.REFUSAL} if refused else {EntryKind.ENGINE}
    if {entry.kind for entry in entries} != kinds:
        found = [entry.kind.value for entry in entries]
        yield Disagreement(DROP_OFFS.name, row.id, "entries_differ", "premium_entries", sorted(kinds), found)
        return
    posted = [entry for entry in entries if entry.kind is EntryKind.ENGINE]
    yield from _says(row, posted, expected.francs, (expected.francs, expected.steps, expected.version_id))
    if refused:
        countered = [entry for entry in entries if entry.kind is EntryKind.REFUSAL]
        yield from _says(row, countered, -expected.francs, (0, expected.refused_steps, expected.version_id))


def _says(row: sa.Row[Any], entries: Rows, francs: int, last_says: tuple[Any, ...]) -> Iterator[Disagreement]:
    last = entries[-1]
    for column, expected in zip(("entitlement", "steps", "version_id"), last_says, strict=True):
        if getattr(last, column) != expected:
            yield Disagreement(ENTRIES.name, last.id, "engine_differs", column, expected, getattr(last, column))
    if (owed := sum(entry.francs for entry in entries)) != francs:
        yield Disagreement(DROP_OFFS.name, row.id, "premium_differs", "premium_entries", francs, owed)
