"""``verify``: do the books agree with themselves? The journal first, then every sum and every paper, recounted."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any

import sqlalchemy as sa

from tracker.accounts.policy import Permission, require
from tracker.audit.models import JournalChain, JournalEntry
from tracker.audit.queries import Disagreement, altered_records, broken_links
from tracker.db import Base, Session
from tracker.errors import NotPermitted
from tracker.reports.queries.francs import francs_recounted
from tracker.reports.queries.grams import grams_recounted, sortings_balanced
from tracker.reports.queries.papers import drop_offs_recounted, numbers_recounted, shipments_recounted
from tracker.reports.queries.payouts import payouts_recounted
from tracker.reports.queries.reading import DAMAGED, UnreadableTableError, as_stored, table_of, unreadable
from tracker.values.actor import Actor

Check = Callable[[Session], Iterator[Disagreement]]
Tell = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Verification:
    """``checked`` is how many rows each table held."""

    checked: Mapping[str, int]
    disagreements: tuple[Disagreement, ...]

    @property
    def clean(self) -> bool:
        return not self.disagreements

    def as_data(self) -> dict[str, Any]:
        return {
            "clean": self.clean,
            "checked": dict(self.checked),
            "disagreements": [asdict(each) for each in self.disagreements],
        }


def _say_nothing(_check: str) -> None:
    """For those who do not watch."""


def verify(session: Session, actor: Actor, tell: Tell = _say_nothing) -> Verification:
    """Recount the books of every depot; ``tell`` hears the name of each check as it begins.

    Raises ``NotPermitted`` for a role that may not, and for an actor who reaches one depot only: the books are
    chained and recounted as a whole, and what disagrees shows figures of any depot.
    """
    require(actor, Permission.VERIFY_BOOKS)
    if actor.depot_id is not None:
        raise NotPermitted("not_permitted", permission=Permission.VERIFY_BOOKS.value, role=actor.role.value)
    return Verification(_counts(session), tuple(_disagreements(session, tell)))


def _counts(session: Session) -> dict[str, int]:
    counts = {}
    for table in _tables():
        counts[table.name] = session.scalars(sa.select(sa.func.count()).select_from(table)).one()
    return counts


def _tables() -> list[sa.Table]:
    """Those that are books, and the journal that witnesses them."""
    models: list[type[Base]] = [mapper.class_ for mapper in Base.registry.mappers if mapper.class_.__journalled__]
    models.append(JournalEntry)
    return sorted(map(table_of, models), key=lambda table: table.name)


def _disagreements(session: Session, tell: Tell) -> Iterator[Disagreement]:
    for name, check in CHECKS.items():
        tell(name)
        try:
            yield from check(session)
        except UnreadableTableError as table:
            yield Disagreement(str(table), 0, "table_unreadable")


def _chains(session: Session) -> Iterator[Disagreement]:
    """Ends that are no numbers any more are named before the chains are held against them."""
    ends = as_stored(session, table_of(JournalChain))
    damaged = [end.chain for end in ends if not isinstance(end.length, int)]
    yield from (Disagreement("journal_chains", chain, "row_unreadable") for chain in damaged)
    if not damaged:
        yield from _survived(session, broken_links, [table_of(JournalEntry)])


def _records(session: Session) -> Iterator[Disagreement]:
    yield from _survived(session, altered_records, _tables())


def _survived(session: Session, check: Check, tables: Iterable[sa.Table]) -> Iterator[Disagreement]:
    """What the check finds; where a damaged row ends it early, every damaged row, by name."""
    try:
        yield from check(session)
    except DAMAGED as damage:
        found = [each for table in tables for each in unreadable(session, table)]
        yield from found or [Disagreement("journal_entries", 0, "unreadable", found=str(damage))]


CHECKS: Mapping[str, Check] = {
    "journal": _chains,
    "records": _records,
    "grams": grams_recounted,
    "sortings": sortings_balanced,
    "francs": francs_recounted,
    "payouts": payouts_recounted,
    "drop-offs": drop_offs_recounted,
    "shipments": shipments_recounted,
    "numbers": numbers_recounted,
}
