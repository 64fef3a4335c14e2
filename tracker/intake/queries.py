"""Reading drop-offs: one whole, a list with its sums, and a month as the engine wants it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

import sqlalchemy as sa

from tracker.accounts.models import Account
from tracker.catalogue.models import Category, Depot
from tracker.db import Session, total
from tracker.errors import NotFound
from tracker.intake.models import DropOff, DropOffLine, DropOffVoid
from tracker.paging import FIRST, Cut, Orders, Slice, sliced
from tracker.people.models import Depositor
from tracker.premiums.queries import Entitlement, entitlements
from tracker.premiums.rules.engine import Line, Visit
from tracker.values.actor import Actor
from tracker.values.period import Days

ORDERS = Orders(DropOff.id, number=DropOff.id, day=DropOff.day)
"""By number, which is the order of entry, or by the day of weighing."""


@dataclass(frozen=True, slots=True)
class LineView:
    category_code: str
    pieces: int | None
    gross_grams: int | None
    tare_grams: int | None
    refused_grams: int | None
    net_grams: int
    estimated: bool


@dataclass(frozen=True, slots=True)
class VoidView:
    reason: str
    voided_at: datetime
    by: str | None
    replaced_by: int | None
    replaced_by_number: str | None


@dataclass(frozen=True, slots=True)
class DropOffView:
    id: int
    client_id: UUID
    depot_id: int
    depot_code: str
    depot_name: str
    depot_place: str
    depositor_id: int
    depositor_name: str | None
    depositor_phone: str | None
    weighed_at: datetime
    day: date
    accepted_at: datetime
    account_id: int | None
    accepted_by: str | None
    receipt: str | None
    external_reference: str | None
    replaces_id: int | None
    replaces_number: str | None
    lines: Sequence[LineView]
    premium: Entitlement | None
    void: VoidView | None

    @property
    def net_grams(self) -> int:
        return sum(line.net_grams for line in self.lines)

    @property
    def estimated_grams(self) -> int:
        return sum(line.net_grams for line in self.lines if line.estimated)

    @property
    def weighed_grams(self) -> int:
        return self.net_grams - self.estimated_grams

    @property
    def pieces(self) -> int:
        return sum(line.pieces or 0 for line in self.lines)

    @property
    def number(self) -> str:
        return number_of(self)


@dataclass(frozen=True, slots=True)
class DropOffRow:
    """A drop-off in a list; pieces and grams of the lines that the filter lets through."""

    id: int
    number: str
    day: date
    depot_code: str
    depositor_id: int
    depositor_name: str | None
    depositor_phone: str | None
    pieces: int
    net_grams: int
    estimated_grams: int
    """How much of ``net_grams`` was never weighed."""
    francs: int
    voided: bool


@dataclass(frozen=True, slots=True)
class DropOffFilter:
    """Only what is given narrows the list."""

    days: Days | None = None
    depot_id: int | None = None
    depositor_id: int | None = None
    category_code: str | None = None
    estimated: bool | None = None


@dataclass(frozen=True, slots=True)
class DropOffPage(Slice[DropOffRow]):
    """The sums count every drop-off that the filter lets through and that is not void."""

    count: int
    pieces: int
    net_grams: int
    estimated_grams: int


def drop_off(session: Session, actor: Actor, drop_off_id: int) -> DropOffView:
    """Raises ``NotFound("drop_off_not_found")``, also for another depot's."""
    found = session.execute(
        sa.select(DropOff, Depot, Depositor, Account.display_name)
        .join(Depot, Depot.id == DropOff.depot_id)
        .join(Depositor, Depositor.id == DropOff.depositor_id)
        .outerjoin(Account, Account.id == DropOff.account_id)
        .where(DropOff.id == drop_off_id)
    ).one_or_none()
    if found is None or not actor.reaches(found[0].depot_id):
        raise NotFound("drop_off_not_found", drop_off=drop_off_id)
    return _view(session, *found)


def sent_as(session: Session, actor: Actor, client_id: UUID) -> DropOffView | None:
    """The drop-off that was saved under the client's id, if any within reach."""
    saved = session.execute(sa.select(DropOff.id, DropOff.depot_id).where(DropOff.client_id == client_id)).one_or_none()
    return drop_off(session, actor, saved.id) if saved and actor.reaches(saved.depot_id) else None


def _view(session: Session, row: DropOff, depot: Depot, depositor: Depositor, accepted_by: str | None) -> DropOffView:
    return DropOffView(
        id=row.id,
        client_id=row.client_id,
        depot_id=row.depot_id,
        depot_code=depot.code,
        depot_name=depot.name,
        depot_place=depot.place,
        depositor_id=row.depositor_id,
        depositor_name=depositor.name,
        depositor_phone=depositor.phone,
        weighed_at=row.weighed_at,
        day=row.day,
        accepted_at=row.accepted_at,
        account_id=row.account_id,
        accepted_by=accepted_by,
        receipt=row.receipt,
        external_reference=row.external_reference,
        replaces_id=row.replaces_id,
        replaces_number=number_of(session.get_one(DropOff, row.replaces_id)) if row.replaces_id else None,
        lines=_lines(session, row.id),
        premium=entitlements(session, [row.id]).get(row.id),
        void=_void(session, row.id),
    )


def _lines(session: Session, drop_off_id: int) -> list[LineView]:
    rows = session.execute(
        sa.select(
            Category.code,
            DropOffLine.pieces,
            DropOffLine.gross_grams,
            DropOffLine.tare_grams,
            DropOffLine.refused_grams,
            DropOffLine.net_grams,
            DropOffLine.estimated,
        )
        .join(Category, Category.id == DropOffLine.category_id)
        .where(DropOffLine.drop_off_id == drop_off_id)
        .order_by(DropOffLine.position)
    )
    return [LineView(*row) for row in rows]


def _void(session: Session, drop_off_id: int) -> VoidView | None:
    found = session.execute(
        sa.select(DropOffVoid.reason, DropOffVoid.voided_at, Account.display_name)
        .outerjoin(Account, Account.id == DropOffVoid.account_id)
        .where(DropOffVoid.drop_off_id == drop_off_id)
    ).one_or_none()
    if found is None:
        return None
    replacement = session.scalars(sa.select(DropOff).where(DropOff.replaces_id == drop_off_id)).first()
    if replacement is None:
        return VoidView(*found, replaced_by=None, replaced_by_number=None)
    return VoidView(*found, replaced_by=replacement.id, replaced_by_number=number_of(replacement))


def number_of(drop_off: DropOff | DropOffView) -> str:
    """The number people know it by."""
    return drop_off.receipt or drop_off.external_reference or f"#{drop_off.id}"


def drop_offs(session: Session, actor: Actor, wanted: DropOffFilter, cut: Cut = FIRST) -> DropOffPage:
    """A page of the list, newest first unless the cut says otherwise, with the sums of the whole of it."""
    sums = session.execute(_sums(_conditions(actor, wanted))).one()
    page = drop_off_rows(session, actor, wanted, cut)
    return DropOffPage(page.rows, page.before, page.after, *sums)


def drop_off_rows(session: Session, actor: Actor, wanted: DropOffFilter, cut: Cut) -> Slice[DropOffRow]:
    """As ``drop_offs``, without the sums."""
    return sliced(_page(session, _conditions(actor, wanted), cut), cut)


def _sums(conditions: Sequence[sa.ColumnElement[bool]]) -> sa.Select[int, int, int, int]:
    return (
        sa.select(sa.func.count(sa.distinct(DropOff.id)), *_amounts())
        .select_from(_joined())
        .where(*conditions, DropOffVoid.id.is_(None))
    )


def _amounts() -> tuple[sa.ColumnElement[int], sa.ColumnElement[int], sa.ColumnElement[int]]:
    """Pieces, grams, and how many of the grams are estimates."""
    estimated = sa.case((DropOffLine.estimated, DropOffLine.net_grams), else_=0)
    return total(DropOffLine.pieces), total(DropOffLine.net_grams), total(estimated)


def _page(session: Session, conditions: Sequence[sa.ColumnElement[bool]], cut: Cut) -> list[DropOffRow]:
    wanted = (
        sa.select(
            DropOff,
            Depot.code,
            Depositor.name,
            Depositor.phone,
            *_amounts(),
            sa.func.max(DropOffVoid.id),
        )
        .select_from(_joined())
        .where(*conditions)
        .group_by(DropOff.id, Depot.code, Depositor.name, Depositor.phone)
    )
    found = session.execute(ORDERS.page(session, wanted, cut)).all()
    owed = entitlements(session, [row[0].id for row in found])
    return [_row(*row, owed=owed) for row in found]


def _row(
    row: DropOff,
    depot_code: str,
    name: str | None,
    phone: str | None,
    pieces: int,
    net_grams: int,
    estimated_grams: int,
    void_id: int | None,
    *,
    owed: Mapping[int, Entitlement],
) -> DropOffRow:
    return DropOffRow(
        id=row.id,
        number=number_of(row),
        day=row.day,
        depot_code=depot_code,
        depositor_id=row.depositor_id,
        depositor_name=name,
        depositor_phone=phone,
        pieces=pieces,
        net_grams=net_grams,
        estimated_grams=estimated_grams,
        francs=owed[row.id].francs if row.id in owed else 0,
        voided=void_id is not None,
    )


def _joined() -> sa.FromClause:
    return (
        sa.join(DropOff, DropOffLine, DropOffLine.drop_off_id == DropOff.id)
        .join(Category, Category.id == DropOffLine.category_id)
        .join(Depot, Depot.id == DropOff.depot_id)
        .join(Depositor, Depositor.id == DropOff.depositor_id)
        .outerjoin(DropOffVoid, DropOffVoid.drop_off_id == DropOff.id)
    )


def _conditions(actor: Actor, wanted: DropOffFilter) -> list[sa.ColumnElement[bool]]:
    conditions: list[sa.ColumnElement[bool]] = []
    for reach in (actor.depot_id, wanted.depot_id):
        if reach is not None:
            conditions.append(DropOff.depot_id == reach)
    if wanted.days:
        conditions.append(DropOff.day.between(wanted.days.first, wanted.days.last))
    if wanted.depositor_id is not None:
        conditions.append(DropOff.depositor_id == wanted.depositor_id)
    if wanted.category_code:
        conditions.append(Category.code == wanted.category_code)
    if wanted.estimated is not None:
        conditions.append(DropOffLine.estimated.is_(wanted.estimated))
    return conditions


def visits(session: Session, depositor_id: int, days: Days) -> list[Visit]:
    """The depositor's drop-offs of these days as the engine reads them, in order of weighing.

    Those of old books are left out: their premiums are recorded, not computed.
    """
    rows = session.execute(
        sa.select(DropOff, DropOffVoid.id)
        .outerjoin(DropOffVoid, DropOffVoid.drop_off_id == DropOff.id)
        .where(
            DropOff.depositor_id == depositor_id,
            DropOff.day.between(days.first, days.last),
            DropOff.recorded_premium.is_(None),
        )
        .order_by(DropOff.weighed_at, DropOff.id)
    ).all()
    lines = _engine_lines(session, [row.id for row, _ in rows])
    return [
        Visit(
            key=row.id,
            depositor=row.depositor_id,
            weighed_at=row.weighed_at,
            day=row.day,
            lines=tuple(lines.get(row.id, ())),
            voided=void_id is not None,
        )
        for row, void_id in rows
    ]


def _engine_lines(session: Session, drop_off_ids: Sequence[int]) -> dict[int, list[Line]]:
    """An estimate has no measured grams: under a scheme by mass it counts nothing."""
    rows = session.execute(
        sa.select(
            DropOffLine.drop_off_id,
            Category.code,
            DropOffLine.pieces,
            DropOffLine.net_grams,
            DropOffLine.estimated,
        )
        .join(Category, Category.id == DropOffLine.category_id)
        .where(DropOffLine.drop_off_id.in_(drop_off_ids))
        .order_by(DropOffLine.drop_off_id, DropOffLine.position)
    )
    lines: dict[int, list[Line]] = {}
    for drop_off_id, code, pieces, grams, estimated in rows:
        line = Line(category=code, pieces=pieces, net_grams=None if estimated else grams)
        lines.setdefault(drop_off_id, []).append(line)
    return lines
