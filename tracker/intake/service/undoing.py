"""Taking back: a saved drop-off is never changed; it is voided, or voided and replaced."""

import sqlalchemy as sa

from tracker.accounts.policy import Permission, permits, require
from tracker.audit.service import take_turn
from tracker.db import Session
from tracker.errors import Conflict, NotFound, NotPermitted
from tracker.intake.models import DropOff, DropOffVoid
from tracker.intake.queries import DropOffView
from tracker.intake.service.entering import (
    Accepted,
    NewDropOff,
    check_place,
    event,
    journal,
    postings,
    save,
    save_lines,
    sent_before,
    settle_month,
    sure,
    weigh_all,
)
from tracker.premiums import service as premiums
from tracker.premiums.service import PremiumAccount
from tracker.stock import service as stock
from tracker.stock.models import MovementKind
from tracker.values.actor import Actor
from tracker.values.text import checked_reason


def may_correct(session: Session, actor: Actor, drop_off: DropOffView) -> bool:
    """Whether ``replace_drop_off`` is open to this actor, as far as the stock allows."""
    of_an_old_book = drop_off.receipt is None
    return not of_an_old_book and may_void(session, actor, drop_off)


def may_void(session: Session, actor: Actor, drop_off: DropOffView) -> bool:
    """Whether ``void_drop_off`` is open to this actor, as far as the stock allows."""
    if drop_off.void is not None:
        return False
    own = permits(actor, Permission.VOID_OWN_DROP_OFFS) and _logged_today_by(session, actor, drop_off)
    return own or permits(actor, Permission.VOID_DROP_OFFS)


def void_drop_off(session: Session, actor: Actor, drop_off_id: int, reason: str) -> None:
    """Take a drop-off out of both ledgers, on its own day; its number stays used.

    The same clerk on the day it was logged, a manager at any time. Raises ``NotPermitted("void_not_yours")``,
    ``Conflict("already_void")``, and ``Conflict("stock_short")`` when its grams have since been shipped.
    """
    drop_off = _to_void(session, actor, drop_off_id)
    why = checked_reason(reason)
    _void(session, actor, drop_off, why)
    stock.reverse(session, actor, MovementKind.DROP_OFF, drop_off.id)
    _take_back_premium(session, actor, drop_off)
    journal(session, actor, "drop_off.voided", drop_off, why)


def replace_drop_off(session: Session, actor: Actor, drop_off_id: int, reason: str, new: NewDropOff) -> Accepted:
    """Void a drop-off and log what it should have been, in one go: only the net is held against the stock.

    Raises as ``void_drop_off`` and ``accept_drop_off``, and ``Conflict("recorded_stays")`` for one of an old book:
    what was owed and paid then is as written, and no scheme prices it anew.
    """
    require(actor, Permission.LOG_DROP_OFFS, new.depot_id)
    take_turn(session, new.depot_id)
    if (known := sent_before(session, actor, new)) is not None:
        return known
    old = _to_void(session, actor, drop_off_id)
    _refuse_recorded(old)
    check_place(session, actor, new)
    why = checked_reason(reason)
    lines = sure(weigh_all(session, actor, new), new)
    _void(session, actor, old, why)
    drop_off = save(session, actor, new, replaces_id=old.id)
    save_lines(session, drop_off, lines)
    stock.replace(session, actor, old.id, event(drop_off), postings(lines))
    _take_back_premium(session, actor, old)
    settle_month(session, actor, drop_off)
    journal(session, actor, "drop_off.replaced", drop_off, why)
    return Accepted(drop_off.id)


def _refuse_recorded(drop_off: DropOff) -> None:
    """An old book's drop-off has no receipt of ours."""
    if drop_off.receipt is None:
        raise Conflict("recorded_stays", drop_off=drop_off.id)


def _to_void(session: Session, actor: Actor, drop_off_id: int) -> DropOff:
    """The drop-off, once it is its depot's turn, and known that this actor may void it and that nobody has."""
    drop_off = session.get(DropOff, drop_off_id)
    if drop_off is None or not actor.reaches(drop_off.depot_id):
        raise NotFound("drop_off_not_found", drop_off=drop_off_id)
    take_turn(session, drop_off.depot_id)
    _require_void(session, actor, drop_off)
    done = sa.select(DropOffVoid.id).where(DropOffVoid.drop_off_id == drop_off.id)
    if session.scalars(done).first() is not None:
        raise Conflict("already_void", drop_off=drop_off.id)
    return drop_off


def _require_void(session: Session, actor: Actor, drop_off: DropOff) -> None:
    if permits(actor, Permission.VOID_DROP_OFFS):
        return
    require(actor, Permission.VOID_OWN_DROP_OFFS, drop_off.depot_id)
    if not _logged_today_by(session, actor, drop_off):
        raise NotPermitted("void_not_yours", drop_off=drop_off.id)


def _logged_today_by(session: Session, actor: Actor, drop_off: DropOff | DropOffView) -> bool:
    logged_today = session.clock.day_of(drop_off.accepted_at) == session.clock.today()
    return logged_today and drop_off.account_id == actor.account_id


def _void(session: Session, actor: Actor, drop_off: DropOff, reason: str) -> None:
    session.add(
        DropOffVoid(
            drop_off_id=drop_off.id,
            reason=reason,
            voided_at=session.clock.now(),
            account_id=actor.account_id,
        )
    )
    session.flush()


def _take_back_premium(session: Session, actor: Actor, drop_off: DropOff) -> None:
    if drop_off.recorded_premium is None:
        settle_month(session, actor, drop_off)
        return
    account = PremiumAccount(drop_off.depositor_id, drop_off.depot_id)
    key = (drop_off.id, drop_off.day)
    premiums.reverse_recorded(session, actor, account, key, drop_off.recorded_premium)
