"""Which step may follow which, what an approval leaves to pay, and what handing it over needs."""

from collections.abc import Iterable, Sequence
from datetime import date

from tracker.errors import Conflict, Invalid
from tracker.values.money import SMALLEST_COIN
from tracker.values.text import one_line

LONGEST_REFERENCE = 60

STEPS: dict[str, frozenset[str]] = {
    "approved": frozenset({"paid", "withdrawn"}),
    "paid": frozenset(),
    "withdrawn": frozenset(),
}
"""From each state, those that may follow. What is paid stays paid: a mistake is a debt that later premiums repay."""


def check_step(state: str, following: str) -> None:
    """Raises ``Conflict("payout_step_refused")``: somebody was quicker, or the step is not for this state."""
    if following not in STEPS[state]:
        raise Conflict("payout_step_refused", state=state, following=following)


def left_to_pay(waiting: Iterable[int], debts: Iterable[int]) -> int:
    """The francs of an approval once the debts (negative) are repaid.

    Raises ``Conflict("nothing_to_pay")`` with both sums when they leave nothing.
    """
    earned, owed_back = sum(waiting), -sum(debts)
    if earned <= owed_back:
        raise Conflict("nothing_to_pay", earned_francs=earned, debt_francs=owed_back)
    return earned - owed_back


def last_entry(entry_ids: Iterable[Sequence[int]]) -> int:
    """The newest of these entries; what is posted later has a higher number."""
    return max((entry_id for ids in entry_ids for entry_id in ids), default=0)


def check_unchanged(entry_ids: Iterable[Sequence[int]], seen: int | None) -> None:
    """Raises ``Conflict("dues_changed")`` when an entry is newer than the last one ``seen``."""
    if seen is not None and last_entry(entry_ids) > seen:
        raise Conflict("dues_changed")


def check_still_owed(francs: int, debts: Iterable[int]) -> None:
    """Raises ``Conflict("payout_exceeds_owed")`` when something has come to be owed back since the approval."""
    if owed_back := -sum(debts):
        raise Conflict("payout_exceeds_owed", payout_francs=francs, owed_francs=francs - owed_back)


def check_coins(francs: int) -> None:
    """Raises ``Conflict("not_in_coins")`` for what the coins in use cannot make."""
    if francs % SMALLEST_COIN:
        raise Conflict("not_in_coins", payout_francs=francs, coin_francs=SMALLEST_COIN)


def check_paid_on(day: date, approved_on: date, today: date) -> None:
    """Raises ``Invalid("day_in_future")`` or ``Invalid("paid_before_approved")``."""
    if day > today:
        raise Invalid("day_in_future", field="paid_on", day=day)
    if day < approved_on:
        raise Invalid("paid_before_approved", field="paid_on", day=approved_on)


def checked_reference(text: str) -> str:
    """What proves the payment; raises ``Invalid``: "reference_missing", "reference_too_long"."""
    if not (reference := one_line(text)):
        raise Invalid("reference_missing", field="reference")
    if len(reference) > LONGEST_REFERENCE:
        raise Invalid("reference_too_long", field="reference", longest=LONGEST_REFERENCE)
    return reference
