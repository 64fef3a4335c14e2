"""Approving or refusing what waits, handing it over, and taking an approval back.

Whoever writes takes the depot's turn first (``audit.take_turn``): of two who press at once, or of a payment and a
void, the second sees what the first did.
"""

from collections.abc import Collection, Sequence
from datetime import date

import sqlalchemy as sa

from tracker.accounts.policy import Permission, require
from tracker.audit.service import record, take_turn
from tracker.catalogue import queries as catalogue
from tracker.db import Session
from tracker.documents.models import Series
from tracker.documents.rules import reference
from tracker.documents.service import draw_number
from tracker.errors import Conflict, NotFound, NotPermitted
from tracker.intake.queries import drop_off
from tracker.payouts import rules
from tracker.payouts.models import Payout, PayoutLine, State
from tracker.payouts.queries.due import Due, approved_over, dues, payouts_over
from tracker.people.queries import depositor
from tracker.premiums import service as premiums
from tracker.premiums.service import PremiumAccount
from tracker.values.actor import Actor
from tracker.values.text import checked_reason


def approve(
    session: Session, actor: Actor, depositor_id: int, drop_off_ids: Collection[int], *, seen: int | None = None
) -> int:
    """One payout of these drop-offs, less whatever the depositor owes back; its id.

    ``seen`` is the last entry that the approver was shown (``rules.last_entry``). Raises
    ``NotPermitted("logged_by_yourself")`` (rule 7), ``Conflict("drop_off_not_waiting")`` when somebody was quicker,
    ``Conflict("dues_changed")`` when the figures are no longer those that were shown, ``Conflict("nothing_to_pay")``
    when debts leave nothing, ``Conflict("not_in_coins")`` for what no coins make, and ``Conflict("payout_outdated")``
    when another payout of theirs covers what is owed no more.
    """
    person = depositor(session, actor, depositor_id)
    require(actor, Permission.REVIEW_PAYOUTS, person.depot_id)
    account = PremiumAccount(person.id, person.depot_id)
    take_turn(session, account.depot_id)
    found = dues(session, depositor_id)
    chosen = _chosen(actor, found, drop_off_ids)
    debts = [due for due in found if due.francs < 0]
    rules.check_unchanged([due.entry_ids for due in (*debts, *chosen)], seen)
    _refuse_outdated(session, debts)
    francs = rules.left_to_pay([due.francs for due in chosen], [due.francs for due in debts])
    rules.check_coins(francs)
    payout = _approved(session, actor, account, francs)
    session.add(payout)
    session.flush()
    covered = [entry_id for due in (*debts, *chosen) for entry_id in due.entry_ids]
    session.add_all(PayoutLine(payout_id=payout.id, entry_id=entry_id) for entry_id in covered)
    _journal(session, actor, "payout.approved", payout)
    return payout.id


def _chosen(actor: Actor, found: Sequence[Due], drop_off_ids: Collection[int]) -> list[Due]:
    waiting = {due.drop_off_id: due for due in found if due.francs > 0}
    for missing in set(drop_off_ids) - waiting.keys():
        raise Conflict("drop_off_not_waiting", drop_off=missing)
    for key in drop_off_ids:
        _refuse_own(actor, waiting[key].authors, waiting[key].number)
    return [due for key, due in waiting.items() if key in drop_off_ids]


def _refuse_own(actor: Actor, authors: Collection[int | None], number: str) -> None:
    """Rule 7, whatever the role: who voids and replaces a drop-off has logged the new one.

    Under a monthly scheme one drop-off can make another earn: whoever caused the francs approves neither.
    """
    if actor.account_id in authors:
        raise NotPermitted("logged_by_yourself", number=number)


def _refuse_outdated(session: Session, debts: Sequence[Due]) -> None:
    """What was approved and is not paid yet is no debt: it is withdrawn, not set off."""
    for payout in approved_over(session, [due.drop_off_id for due in debts]):
        raise Conflict("payout_outdated", number=payout.number)


def _approved(session: Session, actor: Actor, account: PremiumAccount, francs: int) -> Payout:
    year = session.clock.today().year
    number = draw_number(session, account.depot_id, Series.PAYOUT, year)
    return Payout(
        number=reference(catalogue.depot(session, actor, account.depot_id).code, Series.PAYOUT, year, number),
        depot_id=account.depot_id,
        depositor_id=account.depositor_id,
        francs=francs,
        state=State.APPROVED,
        approved_at=session.clock.now(),
        approved_by=actor.account_id,
        paid_on=None,
        paid_at=None,
        paid_by=None,
        reference=None,
        end_reason=None,
    )


def refuse(session: Session, actor: Actor, drop_off_id: int, reason: str) -> None:
    """Owe nothing for a drop-off that waits, whatever becomes of its month.

    Raises ``Invalid("reason_missing")``, ``NotPermitted("logged_by_yourself")``, and
    ``Conflict("drop_off_not_waiting")``, also for one that is approved or paid already: that is withdrawn, or void.
    """
    seen = drop_off(session, actor, drop_off_id)
    require(actor, Permission.REVIEW_PAYOUTS, seen.depot_id)
    _refuse_own(actor, {seen.account_id}, seen.number)
    why = checked_reason(reason)
    account = PremiumAccount(seen.depositor_id, seen.depot_id)
    take_turn(session, account.depot_id)
    waits = any(due.drop_off_id == seen.id and due.francs > 0 for due in dues(session, seen.depositor_id))
    if not waits or payouts_over(session, seen.id):
        raise Conflict("drop_off_not_waiting", drop_off=seen.id)
    premiums.refuse_premium(session, actor, account, (seen.id, seen.day), why)
    record(session, actor, "premium.refused", subject=("drop_off", seen.id), depot_id=seen.depot_id, reason=why)


def pay(session: Session, actor: Actor, payout_id: int, reference: str, paid_on: date) -> None:
    """Hand an approved payout over, whole, once.

    Raises ``Conflict("payout_step_refused")`` when it is paid or withdrawn already,
    ``Conflict("payout_exceeds_owed")`` with both figures when the depositor has come to owe something back since, and
    ``Invalid`` for a missing reference or an impossible day.
    """
    payout = _held(session, actor, Permission.PAY_PAYOUTS, payout_id)
    rules.check_step(payout.state, State.PAID)
    proof = rules.checked_reference(reference)
    rules.check_paid_on(paid_on, session.clock.day_of(payout.approved_at), session.clock.today())
    found = dues(session, payout.depositor_id)
    rules.check_still_owed(payout.francs, [due.francs for due in found if due.francs < 0])
    payout.state, payout.reference, payout.paid_on = State.PAID, proof, paid_on
    payout.paid_at, payout.paid_by = session.clock.now(), actor.account_id
    premiums.post_payment(session, actor, _account(payout), (payout.id, paid_on), payout.francs)
    _journal(session, actor, "payout.paid", payout)


def withdraw(session: Session, actor: Actor, payout_id: int, reason: str) -> None:
    """Take an approval back before it is paid: what it covered waits again. Raises ``Invalid("reason_missing")``."""
    payout = _held(session, actor, Permission.REVIEW_PAYOUTS, payout_id)
    rules.check_step(payout.state, State.WITHDRAWN)
    why = checked_reason(reason)
    payout.state, payout.end_reason = State.WITHDRAWN, why
    for line in session.scalars(sa.select(PayoutLine).where(PayoutLine.payout_id == payout.id)):
        line.released = True
    _journal(session, actor, "payout.withdrawn", payout, why)


def _held(session: Session, actor: Actor, permission: Permission, payout_id: int) -> Payout:
    """The payout as it stands once it is its depot's turn."""
    require(actor, permission)
    payout = session.get(Payout, payout_id)
    if payout is None or not actor.reaches(payout.depot_id):
        raise NotFound("payout_not_found", payout=payout_id)
    take_turn(session, payout.depot_id)
    session.refresh(payout)
    return payout


def _account(payout: Payout) -> PremiumAccount:
    return PremiumAccount(payout.depositor_id, payout.depot_id)


def _journal(session: Session, actor: Actor, action: str, payout: Payout, reason: str | None = None) -> None:
    subject = ("payout", payout.id)
    record(session, actor, action, subject=subject, depot_id=payout.depot_id, reason=reason)
