"""Reading schemes and the ledger of francs."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa

from tracker.accounts.models import Account
from tracker.catalogue.models import Category
from tracker.db import Session, total
from tracker.paging import FIRST, Cut, Orders, Slice, sliced
from tracker.people.models import Depositor
from tracker.premiums.models import (
    EntryKind,
    PremiumBalance,
    PremiumEntry,
    PremiumRefusal,
    PremiumScheme,
    PremiumSchemeVersion,
)
from tracker.premiums.rules.scheme import Version, parse_stored
from tracker.values.actor import Actor
from tracker.values.period import Days

ORDERS = Orders(PremiumEntry.id, posted=PremiumEntry.id, day=PremiumEntry.day)
"""As they were posted, or by day."""
OWED = (EntryKind.ENGINE, EntryKind.RECORDED, EntryKind.REFUSAL)
PAID = (EntryKind.RECORDED_PAYMENT, EntryKind.PAYMENT)
TO_PAY = sa.or_(
    PremiumEntry.kind.in_((EntryKind.ENGINE, EntryKind.REFUSAL)),
    sa.and_(PremiumEntry.kind == EntryKind.RECORDED, PremiumEntry.francs < 0),
)
"""The entries that payouts cover. What an old book owes it has paid itself; taken back since, it is a debt."""


@dataclass(frozen=True, slots=True)
class PricedVersion:
    """A version in the database, as the engine reads it."""

    id: int
    scheme_code: str
    version: Version


@dataclass(frozen=True, slots=True)
class SchemeView:
    id: int
    code: str
    name_fr: str
    name_en: str
    versions: Sequence[PricedVersion]

    def name(self, locale: str) -> str:
        return self.name_en if locale == "en" else self.name_fr


@dataclass(frozen=True, slots=True)
class Entitlement:
    """What a drop-off earns now, and why."""

    francs: int
    steps: Sequence[dict[str, Any]]
    recorded: bool
    version_id: int | None


@dataclass(frozen=True, slots=True)
class RefusalView:
    reason: str
    refused_at: datetime
    by: str | None


@dataclass(frozen=True, slots=True)
class EntryView:
    id: int
    day: date
    kind: EntryKind
    depositor_id: int
    depositor_name: str | None
    depositor_phone: str | None
    drop_off_id: int | None
    payout_id: int | None
    """Of a payment; every other entry has its drop-off."""
    francs: int
    posted_at: datetime


@dataclass(frozen=True, slots=True)
class EntryFilter:
    days: Days | None = None
    depot_id: int | None = None
    depositor_id: int | None = None
    kinds: Sequence[EntryKind] = ()


@dataclass(frozen=True, slots=True)
class EntryPage(Slice[EntryView]):
    """The sums are of every entry that the filter lets through, not only this page's."""

    count: int
    owed: int
    paid: int

    @property
    def francs(self) -> int:
        """What is left to pay; negative for a debt."""
        return self.owed - self.paid


def priced_versions(session: Session) -> list[PricedVersion]:
    """Every version of every scheme, oldest first."""
    codes = frozenset(session.scalars(sa.select(Category.code)))
    rows = session.execute(
        sa.select(PremiumSchemeVersion, PremiumScheme.code)
        .join(PremiumScheme, PremiumScheme.id == PremiumSchemeVersion.scheme_id)
        .order_by(PremiumSchemeVersion.valid_from, PremiumSchemeVersion.id)
    )
    return [PricedVersion(row.id, code, parse_stored(row.definition, codes)) for row, code in rows]


def last_engine_entries(session: Session, drop_off_ids: Sequence[int]) -> dict[int, PremiumEntry]:
    """By drop-off id, the entry that says what the engine last made of it."""
    posted = sa.select(PremiumEntry).where(
        PremiumEntry.drop_off_id.in_(drop_off_ids), PremiumEntry.kind == EntryKind.ENGINE
    )
    return _last_of_each(session, posted)


def _last_of_each(session: Session, posted: sa.Select[PremiumEntry]) -> dict[int, PremiumEntry]:
    """By drop-off id."""
    in_order = session.scalars(posted.order_by(PremiumEntry.id))
    return {row.drop_off_id: row for row in in_order if row.drop_off_id is not None}


def refused(session: Session, drop_off_ids: Sequence[int]) -> dict[int, RefusalView]:
    """By drop-off id, why and by whom its premium was refused; those that were."""
    found = (
        sa.select(PremiumRefusal, Account.display_name)
        .outerjoin(Account, Account.id == PremiumRefusal.account_id)
        .where(PremiumRefusal.drop_off_id.in_(drop_off_ids))
    )
    return {row.drop_off_id: RefusalView(row.reason, row.refused_at, name) for row, name in session.execute(found)}


def entitlements(session: Session, drop_off_ids: Sequence[int]) -> dict[int, Entitlement]:
    """By drop-off id, what each earns now; none for a drop-off that an old book gives no premium."""
    posted = sa.select(PremiumEntry).where(PremiumEntry.drop_off_id.in_(drop_off_ids), PremiumEntry.kind.in_(OWED))
    return {
        key: Entitlement(row.entitlement, row.steps, row.kind is EntryKind.RECORDED, row.version_id)
        for key, row in _last_of_each(session, posted).items()
    }


def balance(session: Session, depositor_id: int) -> int:
    """Francs owed to the depositor and not yet paid; negative for a debt."""
    return (
        session.scalars(
            sa.select(PremiumBalance.francs).where(PremiumBalance.depositor_id == depositor_id)
        ).one_or_none()
        or 0
    )


def balances(session: Session, depositor_ids: Sequence[int]) -> dict[int, int]:
    """By depositor, as ``balance``; nothing for those who never earned anything."""
    known = sa.select(PremiumBalance).where(PremiumBalance.depositor_id.in_(depositor_ids))
    return {row.depositor_id: row.francs for row in session.scalars(known)}


def schemes(session: Session) -> list[SchemeView]:
    """By code, each with its versions, the newest first."""
    versions: dict[str, list[PricedVersion]] = defaultdict(list)
    for priced in reversed(priced_versions(session)):
        versions[priced.scheme_code].append(priced)
    rows = session.scalars(sa.select(PremiumScheme).order_by(PremiumScheme.code))
    return [SchemeView(row.id, row.code, row.name_fr, row.name_en, versions[row.code]) for row in rows]


def entries(session: Session, actor: Actor, wanted: EntryFilter, cut: Cut = FIRST) -> EntryPage:
    """A page of the list, newest first unless the cut says otherwise, with the sums of the whole of it."""
    count, owed, handed_over = session.execute(_sums(_conditions(actor, wanted))).one()
    page = entry_rows(session, actor, wanted, cut)
    return EntryPage(page.rows, page.before, page.after, count, owed, -handed_over)


def entry_rows(session: Session, actor: Actor, wanted: EntryFilter, cut: Cut) -> Slice[EntryView]:
    """As ``entries``, without the sums."""
    found = sa.select(PremiumEntry, Depositor.name, Depositor.phone).join(
        Depositor, Depositor.id == PremiumEntry.depositor_id
    )
    page = ORDERS.page(session, found.where(*_conditions(actor, wanted)), cut)
    return sliced([_view(*row) for row in session.execute(page)], cut)


def _sums(conditions: Sequence[sa.ColumnElement[bool]]) -> sa.Select[int, int, int]:
    """How many entries, what they owe, and what they hand over (negative)."""
    owed, paid = (sa.case((PremiumEntry.kind.in_(kinds), PremiumEntry.francs), else_=0) for kinds in (OWED, PAID))
    return sa.select(sa.func.count(), total(owed), total(paid)).where(*conditions)


def _conditions(actor: Actor, wanted: EntryFilter) -> list[sa.ColumnElement[bool]]:
    conditions: list[sa.ColumnElement[bool]] = []
    for reach in (actor.depot_id, wanted.depot_id):
        if reach is not None:
            conditions.append(PremiumEntry.depot_id == reach)
    if wanted.days:
        conditions.append(PremiumEntry.day.between(wanted.days.first, wanted.days.last))
    if wanted.depositor_id is not None:
        conditions.append(PremiumEntry.depositor_id == wanted.depositor_id)
    if wanted.kinds:
        conditions.append(PremiumEntry.kind.in_(wanted.kinds))
    return conditions


def _view(row: PremiumEntry, name: str | None, phone: str | None) -> EntryView:
    return EntryView(
        id=row.id,
        day=row.day,
        kind=row.kind,
        depositor_id=row.depositor_id,
        depositor_name=name,
        depositor_phone=phone,
        drop_off_id=row.drop_off_id,
        payout_id=row.payout_id,
        francs=row.francs,
        posted_at=row.posted_at,
    )
