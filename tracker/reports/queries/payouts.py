"""Recounting payouts: what each covers, that it was handed over once, and that nobody approved what they logged."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from tracker.audit.queries import Disagreement
from tracker.db import Session
from tracker.intake.models import DropOff
from tracker.payouts.models import Payout, PayoutLine, State
from tracker.premiums.models import EntryKind, PremiumEntry
from tracker.reports import rules
from tracker.reports.queries.reading import Rows, chunks, sound, table_of

PAYOUTS, LINES = table_of(Payout), table_of(PayoutLine)
ENTRIES, DROP_OFFS = table_of(PremiumEntry), table_of(DropOff)
COVERED = {EntryKind.ENGINE, EntryKind.REFUSAL, EntryKind.RECORDED}


def payouts_recounted(session: Session) -> Iterator[Disagreement]:
    """Payouts that do not sum what they cover, payments that answer to none, entries covered twice."""
    for payouts in chunks(session, PAYOUTS):
        yield from _Covering(session, [row.id for row in payouts]).disagreements(payouts)
    for entries in chunks(session, ENTRIES, ENTRIES.c.kind == EntryKind.PAYMENT):
        yield from _without_payout(session, ENTRIES, entries)
    for lines in chunks(session, LINES):
        yield from _without_payout(session, LINES, lines)
    yield from _covered_twice(session)


def _without_payout(session: Session, table: sa.Table, rows: Rows) -> Iterator[Disagreement]:
    ids = {row.payout_id for row in rows}
    known = set(session.scalars(sa.select(PAYOUTS.c.id).where(PAYOUTS.c.id.in_(ids))))
    for row in rows:
        if row.payout_id not in known:
            yield Disagreement(table.name, row.id, "payout_missing", "payout_id", None, row.payout_id)


def _covered_twice(session: Session) -> Iterator[Disagreement]:
    standing = sa.select(LINES.c.entry_id).where(~LINES.c.released).group_by(LINES.c.entry_id)
    for entry_id in session.scalars(standing.having(sa.func.count() > 1)):
        yield Disagreement(ENTRIES.name, entry_id, "covered_twice", "payout_lines")


class _Covering:
    """What some payouts cover, by what they say of it."""

    def __init__(self, session: Session, payout_ids: Sequence[int]) -> None:
        within = sa.select(LINES.c.entry_id).where(LINES.c.payout_id.in_(payout_ids))
        covered = sa.select(ENTRIES.c.drop_off_id).where(ENTRIES.c.id.in_(within))
        entries = sound(session, ENTRIES, ENTRIES.c.id.in_(within))
        drop_offs = sound(session, DROP_OFFS, DROP_OFFS.c.id.in_(covered))
        self._entries: Mapping[int, sa.Row[Any]] = {row.id: row for row in entries}
        self._loggers: Mapping[int, int | None] = {row.id: row.account_id for row in drop_offs}
        self._lines = _by_payout(sound(session, LINES, LINES.c.payout_id.in_(payout_ids)))
        self._payments = _by_payout(sound(session, ENTRIES, ENTRIES.c.payout_id.in_(payout_ids)))

    def disagreements(self, payouts: Rows) -> Iterator[Disagreement]:
        for payout in payouts:
            lines = self._lines[payout.id]
            entries = [self._entries[line.entry_id] for line in lines if line.entry_id in self._entries]
            yield from _sums(payout, entries)
            yield from _misplaced(payout, lines, self._entries)
            yield from _released(payout, lines)
            yield from _handed_over(payout, self._payments[payout.id])
            yield from self._approved_own(payout, entries)

    def _approved_own(self, payout: sa.Row[Any], entries: Rows) -> Iterator[Disagreement]:
        """Rule 7. A debt of one's own that is set off is none's gain."""
        paid: Counter[int] = Counter()
        for entry in entries:
            paid[entry.drop_off_id] += entry.francs
        for drop_off_id, francs in paid.items():
            if francs > 0 and self._loggers.get(drop_off_id) == payout.approved_by:
                yield Disagreement(PAYOUTS.name, payout.id, "logged_by_the_same", "approved_by", None, drop_off_id)


def _by_payout(rows: Rows) -> dict[int, Rows]:
    grouped: dict[int, Rows] = defaultdict(list)
    for row in rows:
        grouped[row.payout_id].append(row)
    return grouped


def _sums(payout: sa.Row[Any], entries: Rows) -> Iterator[Disagreement]:
    if (francs := sum(entry.francs for entry in entries)) != payout.francs:
        yield Disagreement(PAYOUTS.name, payout.id, "sum_differs", "francs", francs, payout.francs)


def _misplaced(payout: sa.Row[Any], lines: Rows, entries: Mapping[int, sa.Row[Any]]) -> Iterator[Disagreement]:
    """A line covers an entry of its payout's depositor, of a kind that payouts pay."""
    for line in lines:
        entry = entries.get(line.entry_id)
        if entry is None or entry.depositor_id != payout.depositor_id or entry.kind not in COVERED:
            yield Disagreement(LINES.name, line.id, "entry_misplaced", "entry_id", None, line.entry_id)


def _released(payout: sa.Row[Any], lines: Rows) -> Iterator[Disagreement]:
    expected = payout.state is State.WITHDRAWN
    for line in lines:
        if line.released is not expected:
            yield Disagreement(LINES.name, line.id, "released_differs", "released", expected, line.released)


def _handed_over(payout: sa.Row[Any], payments: Rows) -> Iterator[Disagreement]:
    """Paid once, whole, to its depositor, at its depot and day; else not at all."""
    due = (payout.depot_id, payout.depositor_id, payout.paid_on, EntryKind.PAYMENT.value, -payout.francs)
    found = [(row.depot_id, row.depositor_id, row.day, row.kind.value, row.francs) for row in payments]
    if differs := rules.difference([due] if payout.state is State.PAID else [], found):
        yield Disagreement(PAYOUTS.name, payout.id, "payment_differs", "state", differs.missing, differs.surplus)
