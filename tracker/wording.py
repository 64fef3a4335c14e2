"""Every refusal and every step of a premium's arithmetic as a sentence, once, for every door.

A sentence says what is wrong and what to do. Its blanks are the refusal's facts, shown as people read them.
"""

from collections.abc import Mapping
from datetime import date, datetime
from types import MappingProxyType
from typing import Any

from flask_babel import gettext as _

from tracker import i18n
from tracker.errors import Refusal
from tracker.i18n import lazy as _l

REFUSALS: Mapping[str, Any] = {
    "account_not_found": _l("There is no such account."),
    "address_invalid": _l("This address names no page: %(entered)s cannot be read. Go back and use the links."),
    "already_void": _l("This drop-off is void already."),
    "book_not_text": _l("The file is not text. Save the spreadsheet as CSV, UTF-8 or Windows-1252."),
    "book_stock_short": _l(
        "On %(day)s the book sends %(short_grams)s more than the depot would hold. Nothing was added:"
        " look for receptions or an opening stock that the book leaves out."
    ),
    "book_unreadable": _l("The file is no CSV near line %(line)s: %(detail)s."),
    "category_not_found": _l("There is no such category."),
    "category_repeated": _l("%(category)s stands on two lines. Put it on one."),
    "category_retired": _l("%(category)s is no longer used. Choose another category."),
    "category_unknown": _l("Choose a category of the list."),
    "client_id_reused": _l(
        "This entry was already saved with other content. Look at the saved drop-off;"
        " if this is another one, start a new entry."
    ),
    "code_invalid": _l("A code has two to eight capitals or digits and begins with a letter, for example DES."),
    "code_taken": _l("The code %(taken)s is taken. Choose another."),
    "code_wrong": _l(
        "This code is not right. Enter the six digits that the application shows now, or a recovery code not used yet."
    ),
    "container_invalid": _l("A container number has at most 20 letters and digits, for example MSCU1234566."),
    "country_invalid": _l("Enter the country's two-letter code, for example FR."),
    "cover_overlaps": _l("The scheme %(scheme)s is in force on %(day)s already. One scheme covers a drop-off."),
    "day_in_future": _l("%(day)s has not come yet. Enter today or an earlier day."),
    "depositor_not_found": _l("Choose a depositor of this depot."),
    "depot_missing": _l("Choose the depot. A clerk stands at one."),
    "depot_not_found": _l("Choose a depot of the list."),
    "depot_not_named": _l("There are several depots. Say whose book it is."),
    "depot_retired": _l("This depot is closed. Nothing new can be entered for it."),
    "drop_off_empty": _l("Enter at least one line: a category with pieces or a weight."),
    "drop_off_not_found": _l("There is no such drop-off."),
    "drop_off_not_waiting": _l(
        "This drop-off no longer waits: somebody was quicker, or it is void. Look at the depositor again."
    ),
    "days_priced": _l(
        "A drop-off of %(day)s is priced already. Begin the scheme after it: what was owed does not change afterwards."
    ),
    "dues_changed": _l(
        "A figure has changed since this page was opened: something was voided, corrected or added."
        " Look again, then approve."
    ),
    "file_unreadable": _l("The file cannot be read: %(detail)s."),
    "headings_missing": _l("The first row lacks these headings: %(missing)s."),
    "headings_repeated": _l("The first row has these headings twice: %(repeated)s."),
    "journal_line_not_found": _l("There is no such line in the journal."),
    "last_admin": _l("This is the last administrator. Make another one first."),
    "line_empty": _l("Enter pieces or a weight for %(category)s."),
    "line_not_weighable": _l("%(category)s must be weighed: a piece of it has no typical weight."),
    "logged_by_yourself": _l("You logged %(number)s yourself. Another manager must review it."),
    "login_invalid": _l("A login has 2 to 32 letters without accents, digits, dots or dashes, for example awa.diallo."),
    "login_taken": _l("The login %(login)s is taken. Choose another."),
    "mass_invalid": _l("Enter a weight in kilograms, for example 12.5."),
    "mass_too_large": _l("A weight is at most 1,000 tonnes. Enter it in kilograms."),
    "month_invalid": _l("Enter a month that exists."),
    "name_missing": _l("Enter a name."),
    "name_too_long": _l("A name has at most %(longest)s characters."),
    "net_negative": _l("Nothing is left of %(category)s: tare and refused weight together reach the gross weight."),
    "not_in_coins": _l(
        "%(payout_francs)s cannot be handed over: the smallest coin is %(coin_francs)s."
        " Tick other drop-offs too, or fewer."
    ),
    "not_permitted": _l("Your role does not allow this."),
    "nothing_to_pay": _l(
        "Nothing is left to pay: %(earned_francs)s are chosen and %(debt_francs)s are owed back."
        " Later premiums will repay the debt."
    ),
    "opening_day_invalid": _l("The opening stock cannot be of %(day)s. Give a day from 1990 to today."),
    "opening_day_missing": _l("Give the opening stock and its day together."),
    "opening_differs": _l(
        "%(category)s was opened on %(day)s with %(opened_grams)s. Books begin once: give the same opening or none."
    ),
    "opening_invalid": _l(
        "%(entered)s is no opening stock. Give each category once with its kilograms, for example MIX=9870."
    ),
    "outrun": _l("Several people were saving at once, and this had to give way. Nothing was saved: send it again."),
    "packages_invalid": _l("Enter how many packages, from 1 to 100,000."),
    "paid_before_approved": _l("It was approved on %(day)s. It cannot have been paid before."),
    "password_common": _l("This password is too easy to guess. Put a few words together, for example."),
    "password_is_login": _l("The password must differ from the login."),
    "password_too_long": _l("A password has at most %(longest)s characters."),
    "password_too_short": _l("A password has at least %(shortest)s characters."),
    "password_unchanged": _l("Choose a password that differs from the present one."),
    "password_wrong": _l("This is not your present password."),
    "payout_exceeds_owed": _l(
        "The payout is of %(payout_francs)s; since its approval a drop-off has lost value, and only %(owed_francs)s"
        " would be owed. Ask a manager to withdraw it and to approve anew."
    ),
    "payout_not_found": _l("There is no such payout."),
    "payout_outdated": _l("The payout %(number)s covers what is owed no more. Withdraw it first."),
    "payout_step_refused": _l("Somebody was quicker: this payout is paid or withdrawn already. Look at it again."),
    "phone_invalid": _l("Enter a telephone number that exists, for example 70 00 18 03."),
    "phone_known": _l("A depositor of this depot already has this telephone. Confirm if they share it."),
    "pieces_invalid": _l("Enter how many pieces, from 1 to 1,000,000."),
    "range_invalid": _l("Give both the lightest and the heaviest piece, in this order, with the typical one between."),
    "reason_missing": _l("Say why: the reason stays in the books."),
    "received_before_departure": _l("It left on %(day)s. It cannot have arrived before."),
    "received_missing": _l("Enter the received weight of %(category)s, 0 if nothing arrived."),
    "reference_missing": _l("Enter the number of the cash voucher, or what else proves the payment."),
    "reference_too_long": _l("A reference has at most %(longest)s characters."),
    "recorded_stays": _l(
        "This drop-off is of an old book: its premium stays as written. Void it, and log what it should have been."
    ),
    "own_account": _l("This is your own account. Change it on the page “My account”, with the password you have."),
    "role_invalid": _l("Choose a role of the list."),
    "setup_link_dead": _l(
        "This link no longer works: an hour has passed, or there is an administrator."
        " Start the program again for a new one."
    ),
    "second_factor_missing": _l("No code is asked at this account's sign-in."),
    "second_factor_there": _l("A code is asked at your sign-in already."),
    "seed_invalid": _l("This form is damaged. Begin again."),
    "session_not_found": _l("This session is over already."),
    "shipment_empty": _l("Enter at least one line: a category with its weight."),
    "shipment_not_found": _l("There is no such shipment."),
    "shipment_step_refused": _l("Somebody was quicker: this shipment has moved on. Look at it again."),
    "sign_in_failed": _l("Login or password is wrong. Check both and try again."),
    "sign_in_locked": _l("Too many attempts. Wait %(seconds)s seconds, then try again."),
    "sorting_line_invalid": _l("Every line of a sorting has a weight, and a category is on one side only."),
    "sorting_unbalanced": _l(
        "What went in and what came out differ by %(difference_grams)s. State it as loss or weigh again."
    ),
    "stock_short": _l(
        "%(category)s: the depot holds %(balance_grams)s on %(day)s and %(asked_grams)s are asked,"
        " %(short_grams)s too much."
    ),
    "ticket_dead": _l("That took too long. Sign in again."),
    "too_many_lines": _l("A drop-off has at most %(most)s lines. Share them between two."),
    "unit_weight_implausible": _l(
        "%(category)s: %(net_grams)s for %(pieces)s pieces make %(grams_per_piece)s a piece; %(min_grams_per_piece)s to"
        " %(max_grams_per_piece)s is usual. Were kilograms entered? Mend it, or confirm that it is right."
    ),
    "unu_key_invalid": _l("A UNU key has four digits, for example 0306."),
    "void_not_yours": _l("You can void what you logged yourself, on the same day. Ask a manager."),
    "weighed_in_future": _l("The weighing is in the future. Check the day and the time."),
    "weighed_too_early": _l("The books begin in 1990. Check the day."),
    "year_invalid": _l("Enter a year from 1990 to 2200."),
}

STEPS: Mapping[str, Any] = {
    "below_minimum": _l("%(quantity)s: below the minimum of %(minimum)s"),
    "bonus": _l("Bonus of %(percent)s %% from %(from)s"),
    "cap_drop_off": _l("Ceiling of a drop-off: %(cap)s"),
    "cap_month": _l("Ceiling of the month: %(cap)s, of which %(left)s was left"),
    "counted": _l("%(category)s: %(quantity)s × %(weight)s"),
    "counted_once": _l("%(category)s: %(quantity)s"),
    "earned_this_month": _l("Already earned this month"),
    "held_this_month": _l("Already brought this month: %(quantity)s"),
    "level": _l("Level from %(from)s reached, with %(quantity)s"),
    "no_version": _l("No scheme is in force on %(day)s"),
    "not_eligible": _l("%(category)s: no premium for this category"),
    "price": _l("%(category)s: %(quantity)s at %(rate)s"),
    "refused": _l("Refused: nothing is owed"),
    "recorded": _l("As written in the old book"),
    "rounding": _l("Rounded to a multiple of %(step)s"),
    "slice": _l("%(quantity)s at %(rate)s (slice from %(from)s)"),
    "voided": _l("The drop-off is void"),
    "whole": _l("%(quantity)s at %(rate)s (tier from %(from)s)"),
}

MEASURED = {"quantity", "minimum", "from"}
"""Facts of a step that are counted in its unit: pieces, or grams."""
FRANCS = {"cap", "left", "step"}
UNITS = {"grams_per_piece": i18n.unit_grams, "_grams": i18n.kg, "_francs": i18n.xof}
"""How a refusal's whole number is shown, by the end of the fact's name; any other is a count."""


def worded(refusal: Refusal, names: Mapping[str, str] = MappingProxyType({})) -> str:
    """The sentence of a refusal, in the reader's language; ``names`` gives categories' names by their codes."""
    facts = {name: _fact(name, value) for name, value in refusal.facts.items()}
    if "category" in facts:
        facts["category"] = names.get(facts["category"], facts["category"])
    return str(REFUSALS[refusal.code]) % facts


def _fact(name: str, value: object) -> str:
    match value:
        case datetime():
            return i18n.moment(value)
        case date():
            return i18n.day_label(value)
        case int():
            return next((shown(value) for ending, shown in UNITS.items() if name.endswith(ending)), i18n.count(value))
    return str(value)


def step_text(code: str, facts: Mapping[str, Any], names: Mapping[str, str] = MappingProxyType({})) -> str:
    """One line of a premium's arithmetic; ``facts`` as the engine gives them, ``names`` as for ``worded``."""
    unit = str(facts.get("unit", ""))
    shown = {name: _step_fact(name, value, unit) for name, value in facts.items()}
    if "category" in shown:
        shown["category"] = names.get(shown["category"], shown["category"])
    alone = code == "counted" and facts.get("weight") == 1
    return str(STEPS["counted_once" if alone else code]) % shown


def _step_fact(name: str, value: Any, unit: str) -> str:
    if name in MEASURED:
        return quantity_text(value, unit)
    if name == "rate":
        return rate_text(value, unit)
    if name in FRANCS:
        return i18n.xof(value)
    return i18n.day_label(date.fromisoformat(value)) if name == "day" else str(value)


def quantity_text(quantity: int, unit: str) -> str:
    """``220 pieces`` or ``33,000 kg``."""
    if unit == "grams":
        return i18n.kg(quantity)
    return _("%(pieces)s pieces", pieces=i18n.count(quantity))


def rate_text(francs: int, unit: str) -> str:
    """``25 F a piece`` or ``100 F per kg``."""
    if unit == "grams":
        return _("%(francs)s per kg", francs=i18n.xof(francs))
    return _("%(francs)s a piece", francs=i18n.xof(francs))
