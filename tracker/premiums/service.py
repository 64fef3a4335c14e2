"""Posting to the ledger of francs, and keeping schemes.

The premium of a period is a pure function of the drop-offs in it (rule 4): the engine says what each drop-off of
the period is worth now, and the difference to what was posted before is posted. Nothing posted is ever edited.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from importlib import resources
from typing import Any

import sqlalchemy as sa

from tracker.accounts.policy import Permission, require, require_everywhere
from tracker.audit.service import record, take_turn
from tracker.catalogue.queries import categories_by_code
from tracker.db import Session, add_to_sums
from tracker.errors import Conflict
from tracker.premiums.models import (
    EntryKind,
    PremiumBalance,
    PremiumEntry,
    PremiumRefusal,
    PremiumScheme,
    PremiumSchemeVersion,
)
from tracker.premiums.queries import PricedVersion, last_engine_entries, priced_versions, refused
from tracker.premiums.rules.engine import Premium, Visit, price
from tracker.premiums.rules.scheme import Scheme, Version, as_data, load_json, parse_scheme
from tracker.values.actor import Actor

VOIDED = [{"code": "voided", "francs": 0, "facts": {}}]


@dataclass(frozen=True, slots=True)
class PremiumAccount:
    """Whose francs: a depositor, at the depot that owes them."""

    depositor_id: int
    depot_id: int


def settle(session: Session, actor: Actor, account: PremiumAccount, visits: Sequence[Visit]) -> dict[int, Premium]:
    """Price the period's drop-offs anew and post what has changed; ``visits`` are keyed by drop-off id.

    Needs every drop-off of the calendar month, voided ones included, at the depot's turn. One that was refused stays at
    nothing owed, whatever it earns now.
    """
    versions = priced_versions(session)
    premiums = price([priced.version for priced in versions], visits)
    keys = [visit.key for visit in visits]
    before, nothing_owed = last_engine_entries(session, keys), refused(session, keys)
    days = {visit.key: visit.day for visit in visits}
    for key, premium in premiums.items():
        priced = _priced(premium, versions)
        if _differs(priced, before.get(key)):
            entry = _engine_entry(session, actor, account, (key, days[key]), priced)
            _add(session, account, entry, before.get(key))
            if key in nothing_owed:
                _counter(session, actor, account, entry, entry.francs)
    session.flush()
    return premiums


@dataclass(frozen=True, slots=True)
class _Priced:
    francs: int
    steps: list[dict[str, Any]]
    version_id: int | None


def _priced(premium: Premium, versions: Sequence[PricedVersion]) -> _Priced:
    ids = (priced.id for priced in versions if priced.version is premium.version)
    return _Priced(premium.francs, [_step_data(step) for step in premium.steps], next(ids, None))


def _engine_entry(
    session: Session, actor: Actor, account: PremiumAccount, drop_off: tuple[int, date], priced: _Priced
) -> PremiumEntry:
    entry = _entry(session, actor, account, drop_off, EntryKind.ENGINE)
    entry.version_id = priced.version_id
    entry.francs = entry.entitlement = priced.francs
    entry.steps = priced.steps
    return entry


def _step_data(step: Any) -> dict[str, Any]:
    return {"code": step.code, "francs": step.francs, "facts": dict(step.facts)}


def _differs(priced: _Priced, before: PremiumEntry | None) -> bool:
    """A premium of 0 F is posted once too, for its explanation."""
    return before is None or priced != _Priced(before.entitlement, before.steps, before.version_id)


def _add(session: Session, account: PremiumAccount, entry: PremiumEntry, before: PremiumEntry | None) -> None:
    entry.francs = entry.entitlement - (before.entitlement if before else 0)
    session.add(entry)
    _add_to_balance(session, account, entry.francs)


def refuse_premium(
    session: Session, actor: Actor, account: PremiumAccount, drop_off: tuple[int, date], reason: str
) -> None:
    """Owe nothing for a drop-off, now and whatever becomes of its month; ``drop_off`` is its id and day.

    It still counts in the month's quantities: the devices were brought, and others' premiums do not move. Needs the
    depot's turn, and a drop-off that the engine prices.
    """
    drop_off_id, _day = drop_off
    refusal = PremiumRefusal(
        drop_off_id=drop_off_id, reason=reason, refused_at=session.clock.now(), account_id=actor.account_id
    )
    session.add(refusal)
    earned = last_engine_entries(session, [drop_off_id])[drop_off_id]
    _counter(session, actor, account, earned, earned.entitlement)
    session.flush()


def _counter(session: Session, actor: Actor, account: PremiumAccount, earned: PremiumEntry, francs: int) -> None:
    """Take back what the engine owes a refused drop-off, under the arithmetic that led to it."""
    entry = _entry(session, actor, account, (earned.drop_off_id, earned.day), EntryKind.REFUSAL)
    entry.version_id = earned.version_id
    entry.francs, entry.entitlement = -francs, 0
    entry.steps = [*earned.steps, {"code": "refused", "francs": -earned.entitlement, "facts": {}}]
    session.add(entry)
    _add_to_balance(session, account, entry.francs)


def post_payment(
    session: Session, actor: Actor, account: PremiumAccount, payout: tuple[int, date], francs: int
) -> None:
    """Francs handed over; ``payout`` is its id and the day of it. The payout itself says what they pay for."""
    payout_id, day = payout
    entry = _entry(session, actor, account, (None, day), EntryKind.PAYMENT)
    entry.payout_id = payout_id
    entry.francs, entry.entitlement, entry.steps = -francs, 0, []
    session.add(entry)
    _add_to_balance(session, account, entry.francs)
    session.flush()


def record_premium(
    session: Session, actor: Actor, account: PremiumAccount, drop_off: tuple[int, date], francs: int
) -> None:
    """Owed and paid as an old book says, outside the engine; ``drop_off`` is its id and day."""
    require(actor, Permission.RECORD_PREMIUMS, account.depot_id)
    if francs:
        steps = [{"code": "recorded", "francs": francs, "facts": {}}]
        _post_recorded(session, actor, account, drop_off, (EntryKind.RECORDED, francs, francs, steps))
        _post_recorded(session, actor, account, drop_off, (EntryKind.RECORDED_PAYMENT, -francs, francs, steps))
        session.flush()


def reverse_recorded(
    session: Session, actor: Actor, account: PremiumAccount, drop_off: tuple[int, date], francs: int
) -> None:
    """Take back what a voided drop-off of an old book was owed. What was paid stays paid: it becomes a debt."""
    if francs:
        _post_recorded(session, actor, account, drop_off, (EntryKind.RECORDED, -francs, 0, VOIDED))
        session.flush()


def _post_recorded(
    session: Session,
    actor: Actor,
    account: PremiumAccount,
    drop_off: tuple[int, date],
    figures: tuple[EntryKind, int, int, list[dict[str, Any]]],
) -> None:
    kind, francs, entitlement, steps = figures
    entry = _entry(session, actor, account, drop_off, kind)
    entry.francs, entry.entitlement, entry.steps = francs, entitlement, steps
    session.add(entry)
    _add_to_balance(session, account, francs)


def _entry(
    session: Session, actor: Actor, account: PremiumAccount, drop_off: tuple[int | None, date], kind: EntryKind
) -> PremiumEntry:
    drop_off_id, day = drop_off
    return PremiumEntry(
        **asdict(account),
        drop_off_id=drop_off_id,
        payout_id=None,
        day=day,
        kind=kind,
        version_id=None,
        posted_at=session.clock.now(),
        account_id=actor.account_id,
    )


def _add_to_balance(session: Session, account: PremiumAccount, francs: int) -> None:
    add_to_sums(session, PremiumBalance, [{"depositor_id": account.depositor_id, "francs": francs}])


def add_scheme(session: Session, actor: Actor, scheme: Scheme) -> int:
    """Put a scheme in force on its days.

    Raises ``Conflict("code_taken")``, ``Conflict("cover_overlaps")`` when another scheme is in force on one of those
    days (one scheme covers a drop-off), and ``Conflict("days_priced")`` when a drop-off of one of them is priced
    already: what was owed does not change behind people's backs.
    """
    require_everywhere(actor, Permission.EDIT_SCHEMES)
    take_turn(session, None)
    known = sa.select(PremiumScheme.id).where(PremiumScheme.code == scheme.code)
    if session.scalars(known).first() is not None:
        raise Conflict("code_taken", field="code", taken=scheme.code)
    _refuse_overlap(session, scheme)
    _refuse_priced_days(session, scheme)
    row = PremiumScheme(code=scheme.code, name_fr=scheme.name_fr, name_en=scheme.name_en)
    session.add(row)
    session.flush()
    session.add_all(_version_row(row.id, version) for version in scheme.versions)
    record(session, actor, "scheme.added", subject=("scheme", row.id))
    return row.id


def _version_row(scheme_id: int, version: Version) -> PremiumSchemeVersion:
    return PremiumSchemeVersion(
        scheme_id=scheme_id,
        valid_from=version.valid_from,
        valid_to=version.valid_to,
        definition=as_data(version),
    )


def _refuse_overlap(session: Session, scheme: Scheme) -> None:
    for known in priced_versions(session):
        for new in scheme.versions:
            if _share_a_day(known.version, new):
                raise Conflict("cover_overlaps", scheme=known.scheme_code, day=new.valid_from)


def _refuse_priced_days(session: Session, scheme: Scheme) -> None:
    for new in scheme.versions:
        priced = sa.select(PremiumEntry.day).where(
            PremiumEntry.kind == EntryKind.ENGINE, PremiumEntry.day.between(new.valid_from, new.valid_to or date.max)
        )
        if (day := session.scalars(priced.limit(1)).first()) is not None:
            raise Conflict("days_priced", day=day)


def _share_a_day(one: Version, other: Version) -> bool:
    def ends(version: Version) -> date:
        return version.valid_to or date.max

    return one.valid_from <= ends(other) and other.valid_from <= ends(one)


def furnish(session: Session, actor: Actor) -> None:
    """The scheme the product ships, where there is none."""
    if session.scalars(sa.select(PremiumScheme.id).limit(1)).first() is None:
        add_scheme(session, actor, shipped_scheme(session))


def shipped_scheme(session: Session) -> Scheme:
    shipped = resources.files("tracker.premiums").joinpath("default_scheme.json")
    data: Mapping[str, Any] = load_json(shipped.read_text(encoding="utf-8"))
    return parse_scheme(data, frozenset(categories_by_code(session)))
