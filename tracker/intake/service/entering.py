"""Logging: drop-off, grams in, francs owed, receipt and journal line in one unit of work."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from tracker.accounts.policy import Permission, permits, require
from tracker.audit.service import record, take_turn
from tracker.catalogue import queries as catalogue
from tracker.catalogue.queries import CategoryView
from tracker.db import Session
from tracker.documents.models import Series
from tracker.documents.rules import reference
from tracker.documents.service import draw_number
from tracker.errors import Conflict, Invalid, NeedsConfirmation, NotFound
from tracker.intake import rules
from tracker.intake.models import DropOff, DropOffLine
from tracker.intake.queries import number_of, visits
from tracker.intake.rules import Entered, Plausible, Weighed
from tracker.people import queries as people
from tracker.premiums import service as premiums
from tracker.premiums.queries import priced_versions
from tracker.premiums.rules.engine import Line, Premium, Visit, price
from tracker.premiums.service import PremiumAccount
from tracker.stock import service as stock
from tracker.stock.models import MovementKind
from tracker.stock.service import Event, Posting
from tracker.values.actor import Actor
from tracker.values.period import month_of

PREVIEWED = 0
"""The engine's key of a drop-off that is not saved yet."""
NEWCOMER = 0
"""A depositor who is not in the books yet, or not chosen: one who has brought nothing."""


@dataclass(frozen=True, slots=True)
class NewDropOff:
    """What the counter sends. ``confirmed``: the clerk has looked again at what seemed unlikely."""

    client_id: UUID
    depot_id: int
    depositor_id: int
    weighed_at: datetime
    lines: Sequence[Entered]
    confirmed: bool = False


@dataclass(frozen=True, slots=True)
class OldDropOff:
    """What an old book says: a day, net weights, a slip, and a premium owed and paid as written."""

    client_id: UUID
    depot_id: int
    depositor_id: int
    day: date
    lines: Sequence[Entered]
    slip: str
    premium_francs: int


@dataclass(frozen=True, slots=True)
class Accepted:
    """``repeated``: it was there already, and nothing was written."""

    drop_off_id: int
    repeated: bool = False


@dataclass(frozen=True, slots=True)
class Preview:
    """What saving would say. ``doubts``: every line that seems unlikely, not only the first."""

    lines: Sequence[Weighed]
    premium: Premium
    doubts: Sequence[NeedsConfirmation] = ()

    @property
    def net_grams(self) -> int:
        return sum(line.net_grams for line in self.lines)


def accept_drop_off(session: Session, actor: Actor, new: NewDropOff) -> Accepted:
    """Log a drop-off: grams in, francs owed, a receipt's number.

    Raises ``Invalid`` for what cannot be, ``NeedsConfirmation`` for what is unlikely,
    ``Conflict("client_id_reused")`` when the id came before with other content.
    """
    require(actor, Permission.LOG_DROP_OFFS, new.depot_id)
    check_place(session, actor, new)
    take_turn(session, new.depot_id)
    if (known := sent_before(session, actor, new)) is not None:
        return known
    lines = sure(weigh_all(session, actor, new), new)
    drop_off = save(session, actor, new, replaces_id=None)
    save_lines(session, drop_off, lines)
    stock.post(session, actor, event(drop_off), postings(lines))
    settle_month(session, actor, drop_off)
    journal(session, actor, "drop_off.accepted", drop_off)
    return Accepted(drop_off.id)


def preview(session: Session, actor: Actor, new: NewDropOff, *, replacing: int | None = None) -> Preview:
    """The premium and its arithmetic as saving would make them, also for a ``NEWCOMER``.

    ``replacing`` is the drop-off that this one is to put right. Raises ``Invalid`` as ``accept_drop_off``.
    """
    require(actor, Permission.LOG_DROP_OFFS, new.depot_id)
    if new.depositor_id != NEWCOMER:
        check_place(session, actor, new)
    lines = weigh_all(session, actor, new)
    coming = Visit(
        key=PREVIEWED,
        depositor=new.depositor_id,
        weighed_at=new.weighed_at,
        day=session.clock.day_of(new.weighed_at),
        lines=tuple(_engine_line(line.weighed) for line in lines),
    )
    held = visits(session, new.depositor_id, month_of(coming.day))
    month = [*(visit for visit in held if visit.key != replacing), coming]
    premiums_of_month = price([each.version for each in priced_versions(session)], month)
    doubts = [line.doubt for line in lines if line.doubt]
    return Preview([line.weighed for line in lines], premiums_of_month[PREVIEWED], doubts)


def record_drop_off(session: Session, actor: Actor, old: OldDropOff) -> int:
    """Enter a drop-off of an old book: no receipt number, the premium as written. Raises as ``accept_drop_off``."""
    require(actor, Permission.IMPORT_BOOKS, old.depot_id)
    take_turn(session, old.depot_id)
    noon = session.clock.at(datetime(old.day.year, old.day.month, old.day.day, 12))  # noqa: DTZ001
    new = NewDropOff(
        client_id=old.client_id,
        depot_id=old.depot_id,
        depositor_id=old.depositor_id,
        weighed_at=min(noon, session.clock.now()) if old.day == session.clock.today() else noon,
        lines=old.lines,
        confirmed=True,
    )
    lines = weigh_all(session, actor, new)
    drop_off = _row(session, actor, new)
    drop_off.external_reference, drop_off.recorded_premium = old.slip, old.premium_francs
    _insert(session, drop_off)
    save_lines(session, drop_off, lines)
    stock.post(session, actor, event(drop_off), postings(lines))
    account = PremiumAccount(drop_off.depositor_id, drop_off.depot_id)
    premiums.record_premium(session, actor, account, (drop_off.id, drop_off.day), old.premium_francs)
    journal(session, actor, "drop_off.recorded", drop_off)
    return drop_off.id


def check_place(session: Session, actor: Actor, new: NewDropOff) -> None:
    """Raises ``NotFound`` for a depositor of another depot, ``Invalid("depot_retired")``."""
    if people.depositor(session, actor, new.depositor_id).depot_id != new.depot_id:
        raise NotFound("depositor_not_found", field="depositor")
    if catalogue.depot(session, actor, new.depot_id).retired:
        raise Invalid("depot_retired", field="depot")


def sent_before(session: Session, actor: Actor, new: NewDropOff) -> Accepted | None:
    """One record, one premium (rule 6): the same id and content answers the same."""
    known = session.scalars(sa.select(DropOff).where(DropOff.client_id == new.client_id)).one_or_none()
    if known is None:
        return None
    if not actor.reaches(known.depot_id) or known.content_hash != _hash(new):
        raise Conflict("client_id_reused", drop_off=known.id)
    return Accepted(known.id, repeated=True)


def _hash(new: NewDropOff) -> str:
    return rules.content_hash(new.depot_id, new.depositor_id, new.weighed_at, new.lines)


@dataclass(frozen=True, slots=True)
class _Line:
    """A line ready to be posted, and what is unlikely about it."""

    weighed: Weighed
    category_id: int
    doubt: NeedsConfirmation | None


def weigh_all(session: Session, actor: Actor, new: NewDropOff) -> list[_Line]:
    rules.check_count(new.lines)
    rules.check_moment(new.weighed_at, session.clock.day_of(new.weighed_at), session.clock.now())
    categories = catalogue.categories_by_code(session)
    return [_weigh(_category(categories, actor, line, at), line, at) for at, line in enumerate(new.lines)]


def _weigh(category: CategoryView, line: Entered, position: int) -> _Line:
    plausible = _plausible(category)
    weighed = rules.weigh(line, plausible, position)
    return _Line(weighed, category.id, rules.doubt(weighed, plausible, position))


def sure(lines: Sequence[_Line], new: NewDropOff) -> Sequence[_Line]:
    """Raises the first doubt that the clerk has not looked at."""
    for line in lines:
        if line.doubt and not new.confirmed:
            raise line.doubt
    return lines


def _category(categories: Mapping[str, CategoryView], actor: Actor, line: Entered, position: int) -> CategoryView:
    """A retired category takes nothing new, but old books may still name it."""
    field = f"lines-{position}-category"
    category = categories.get(line.category)
    if category is None:
        raise Invalid("category_unknown", field=field, category=line.category)
    if category.retired and not permits(actor, Permission.IMPORT_BOOKS):
        raise Invalid("category_retired", field=field, category=line.category)
    return category


def _plausible(category: CategoryView) -> Plausible:
    return Plausible(category.typical_unit_grams, category.min_unit_grams, category.max_unit_grams)


def save(session: Session, actor: Actor, new: NewDropOff, *, replaces_id: int | None) -> DropOff:
    drop_off = _row(session, actor, new)
    drop_off.receipt = _receipt(session, actor, new.depot_id)
    drop_off.replaces_id = replaces_id
    _insert(session, drop_off)
    return drop_off


def _row(session: Session, actor: Actor, new: NewDropOff) -> DropOff:
    return DropOff(
        client_id=new.client_id,
        content_hash=_hash(new),
        depot_id=new.depot_id,
        depositor_id=new.depositor_id,
        weighed_at=new.weighed_at,
        day=session.clock.day_of(new.weighed_at),
        accepted_at=session.clock.now(),
        account_id=actor.account_id,
        receipt=None,
        external_reference=None,
        recorded_premium=None,
        replaces_id=None,
    )


def _insert(session: Session, drop_off: DropOff) -> None:
    """Two sendings of one id at the same instant: the second finds the first, and is to be sent again."""
    session.add(drop_off)
    try:
        session.flush()
    except IntegrityError as error:
        raise Conflict("client_id_reused", drop_off=None) from error


def _receipt(session: Session, actor: Actor, depot_id: int) -> str:
    """Numbered by the year of acceptance."""
    year = session.clock.today().year
    number = draw_number(session, depot_id, Series.RECEIPT, year)
    return reference(catalogue.depot(session, actor, depot_id).code, Series.RECEIPT, year, number)


def save_lines(session: Session, drop_off: DropOff, lines: Sequence[_Line]) -> None:
    for position, line in enumerate(lines, start=1):
        entered = line.weighed.entered
        was_weighed_here = entered.gross_grams is not None
        session.add(
            DropOffLine(
                drop_off_id=drop_off.id,
                position=position,
                category_id=line.category_id,
                pieces=entered.pieces,
                gross_grams=entered.gross_grams,
                tare_grams=entered.tare_grams if was_weighed_here else None,
                refused_grams=entered.refused_grams if was_weighed_here else None,
                net_grams=line.weighed.net_grams,
                estimated=line.weighed.estimated,
            )
        )


def event(drop_off: DropOff) -> Event:
    return Event(MovementKind.DROP_OFF, drop_off.id, drop_off.depot_id, drop_off.day, number_of(drop_off))


def postings(lines: Sequence[_Line]) -> list[Posting]:
    return [
        Posting(line.category_id, line.weighed.net_grams, line.weighed.entered.pieces or 0, line.weighed.estimated)
        for line in lines
    ]


def _engine_line(line: Weighed) -> Line:
    entered = line.entered
    grams = None if line.estimated else line.net_grams
    return Line(category=entered.category, pieces=entered.pieces, net_grams=grams)


def settle_month(session: Session, actor: Actor, drop_off: DropOff) -> None:
    account = PremiumAccount(drop_off.depositor_id, drop_off.depot_id)
    month = visits(session, drop_off.depositor_id, month_of(drop_off.day))
    premiums.settle(session, actor, account, month)


def journal(session: Session, actor: Actor, action: str, drop_off: DropOff, reason: str | None = None) -> None:
    subject = ("drop_off", drop_off.id)
    record(session, actor, action, subject=subject, depot_id=drop_off.depot_id, reason=reason)
