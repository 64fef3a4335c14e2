"""The journal in words: its actions, subjects, tables, columns and values, each said once."""

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from flask_babel import gettext as _

from tracker import i18n
from tracker.db import Base, Mass, Money, UTCDateTime
from tracker.i18n import lazy as _l

ACTIONS: Mapping[str, str] = {
    "account.added": _l("Account added"),
    "account.changed": _l("Account changed"),
    "account.deactivated": _l("Account deactivated"),
    "account.first_admin_added": _l("First administrator made"),
    "account.own_password_changed": _l("Own password changed"),
    "account.password_set": _l("Password set by an administrator"),
    "account.reactivated": _l("Account reactivated"),
    "account.recovery_code_used": _l("Signed in with a recovery code"),
    "account.second_factor_added": _l("Code at sign-in begun"),
    "account.second_factor_removed": _l("Code at sign-in ended"),
    "account.second_factor_reset": _l("Code at sign-in ended by an administrator"),
    "book.imported": _l("Old book imported"),
    "catalogue.furnished": _l("Catalogue furnished"),
    "category.added": _l("Category added"),
    "category.changed": _l("Category changed"),
    "category.restored": _l("Category brought back"),
    "category.retired": _l("Category retired"),
    "consignee.added": _l("Consignee added"),
    "depositor.added": _l("Depositor added"),
    "depot.added": _l("Depot added"),
    "depot.changed": _l("Depot changed"),
    "depot.restored": _l("Depot brought back"),
    "depot.retired": _l("Depot retired"),
    "drop_off.accepted": _l("Drop-off logged"),
    "drop_off.recorded": _l("Drop-off of an old book recorded"),
    "drop_off.replaced": _l("Drop-off replaced"),
    "drop_off.voided": _l("Drop-off voided"),
    "payout.approved": _l("Payout approved"),
    "payout.paid": _l("Payout handed over"),
    "payout.withdrawn": _l("Payout withdrawn"),
    "premium.refused": _l("Premium refused"),
    "scheme.added": _l("Scheme added"),
    "shipment.cancelled": _l("Shipment cancelled"),
    "shipment.changed": _l("Shipment changed"),
    "shipment.drafted": _l("Shipment drafted"),
    "shipment.received": _l("Shipment received"),
    "shipment.recorded": _l("Shipment of an old book recorded"),
    "shipment.reversed": _l("Shipment reversed"),
    "shipment.sent": _l("Shipment sent"),
    "stock.opened": _l("Opening stock entered"),
    "stock.sorted": _l("Stock sorted"),
}

SUBJECTS: Mapping[str, str] = {
    "account": _l("Account"),
    "category": _l("Category"),
    "consignee": _l("Consignee"),
    "depositor": _l("Depositor"),
    "depot": _l("Depot"),
    "drop_off": _l("Drop-off"),
    "import": _l("Old book"),
    "opening": _l("Opening stock"),
    "payout": _l("Payout"),
    "scheme": _l("Scheme"),
    "shipment": _l("Shipment"),
    "sorting": _l("Sorting"),
}

TABLES: Mapping[str, str] = {
    "accounts": _l("Account"),
    "categories": _l("Category"),
    "consignees": _l("Consignee"),
    "depositors": _l("Depositor"),
    "depots": _l("Depot"),
    "drop_off_lines": _l("Line of a drop-off"),
    "drop_off_voids": _l("Void of a drop-off"),
    "drop_offs": _l("Drop-off"),
    "import_rows": _l("Row of an old book"),
    "imports": _l("Old book"),
    "payout_lines": _l("Entry covered by a payout"),
    "payouts": _l("Payout"),
    "premium_entries": _l("Entry in the ledger of francs"),
    "premium_refusals": _l("Refused premium"),
    "premium_scheme_versions": _l("Version of a scheme"),
    "premium_schemes": _l("Scheme"),
    "recovery_codes": _l("Recovery code"),
    "second_factors": _l("Code at sign-in"),
    "shipment_lines": _l("Line of a shipment"),
    "shipments": _l("Shipment"),
    "sorting_lines": _l("Line of a sorting"),
    "sortings": _l("Sorting"),
    "stock_movements": _l("Movement in the ledger of grams"),
    "stock_openings": _l("Opening stock"),
}

COLUMNS: Mapping[str, str] = {
    "accepted_at": _l("Logged at"),
    "account_id": _l("By"),
    "added_at": _l("Added at"),
    "approved_at": _l("Approved at"),
    "approved_by": _l("Approved by"),
    "category_id": _l("Category"),
    "cells": _l("As the book says"),
    "client_id": _l("Number given by the browser"),
    "code": _l("Code"),
    "codes": _l("What is doubtful"),
    "consignee_id": _l("Consignee"),
    "container": _l("Container"),
    "content_hash": _l("Digest of what was sent"),
    "counted_by": _l("Counted"),
    "country": _l("Country"),
    "created_at": _l("Made at"),
    "day": _l("Day"),
    "deactivated_at": _l("Deactivated at"),
    "definition": _l("Rule"),
    "departed_on": _l("Left on"),
    "depositor_id": _l("Depositor"),
    "depot_id": _l("Depot"),
    "digest": _l("Digest"),
    "display_name": _l("Name shown to others"),
    "drafted_at": _l("Drafted at"),
    "drafted_by": _l("Drafted by"),
    "drop_off_id": _l("Drop-off"),
    "end_reason": _l("Reason"),
    "entitlement": _l("Earned in all"),
    "entry_id": _l("Entry"),
    "estimated": _l("Estimated"),
    "event_id": _l("Event"),
    "external_reference": _l("Slip of the old book"),
    "file_name": _l("File"),
    "folded_name": _l("Name as searched"),
    "francs": _l("Francs"),
    "grams": _l("Weight"),
    "gross_grams": _l("Gross"),
    "hazardous": _l("Hazardous"),
    "id": _l("Number"),
    "identity": _l("Digest of the row"),
    "import_id": _l("Old book"),
    "imported_at": _l("Imported at"),
    "inferred": _l("Inferred"),
    "kind": _l("Kind"),
    "login": _l("Login"),
    "loss_grams": _l("Loss"),
    "max_unit_grams": _l("Most a piece"),
    "min_unit_grams": _l("Least a piece"),
    "name": _l("Name"),
    "name_en": _l("English name"),
    "name_fr": _l("French name"),
    "net_grams": _l("Net"),
    "number": _l("Number"),
    "packages": _l("Packages"),
    "paid_at": _l("Written down at"),
    "paid_by": _l("Handed over by"),
    "paid_on": _l("Handed over on"),
    "password_hash": _l("Password"),
    "password_lent_at": _l("Password lent at"),
    "payout_id": _l("Payout"),
    "phone": _l("Telephone"),
    "pieces": _l("Pieces"),
    "place": _l("Place"),
    "position": _l("Line"),
    "posted_at": _l("Posted at"),
    "reason": _l("Reason"),
    "receipt": _l("Receipt"),
    "received_grams": _l("Received"),
    "received_on": _l("Received on"),
    "recorded_premium": _l("Premium as written"),
    "reference": _l("Reference"),
    "refused_at": _l("Refused at"),
    "refused_grams": _l("Refused"),
    "released": _l("Released"),
    "replaces_id": _l("Replaces"),
    "retired_at": _l("Retired at"),
    "reverses_id": _l("Reverses"),
    "role": _l("Role"),
    "row": _l("Row"),
    "scheme_id": _l("Scheme"),
    "seed": _l("Key"),
    "sent_at": _l("Sent at"),
    "sent_by": _l("Sent by"),
    "sha256": _l("Digest of the file"),
    "shipment_id": _l("Shipment"),
    "sorting_id": _l("Sorting"),
    "state": _l("State"),
    "steps": _l("Arithmetic"),
    "tare_grams": _l("Tare"),
    "typical_unit_grams": _l("Typical piece"),
    "unu_key": _l("UNU key"),
    "used_at": _l("Used at"),
    "valid_from": _l("In force from"),
    "valid_to": _l("In force to"),
    "version_id": _l("Version of the scheme"),
    "voided_at": _l("Voided at"),
    "weighed_at": _l("Weighed at"),
}

CODES: Mapping[str, str] = {
    "accepted": _l("Accepted"),
    "admin": _l("Administrator"),
    "approved": _l("Approved"),
    "auditor": _l("Auditor (reads only)"),
    "cancelled": _l("Cancelled"),
    "clerk": _l("Clerk"),
    "collector": _l("Collector"),
    "draft": _l("Draft"),
    "drop_off": _l("Drop-off"),
    "engine": _l("By the scheme"),
    "individual": _l("Individual"),
    "kg": _l("By the kilogram"),
    "manager": _l("Manager"),
    "no": _l("No"),
    "opening": _l("Opening stock"),
    "operator": _l("The machine's console"),
    "organisation": _l("Organisation"),
    "paid": _l("Paid"),
    "payment": _l("Paid out"),
    "piece": _l("By the piece"),
    "received": _l("Received"),
    "recorded": _l("Owed, as an old book says"),
    "recorded_payment": _l("Paid, as an old book says"),
    "refusal": _l("Refused"),
    "repairer": _l("Repairer"),
    "reversed": _l("Reversed"),
    "sent": _l("Sent"),
    "shipment": _l("Shipment"),
    "sorting": _l("Sorting"),
    "unknown": _l("Unknown"),
    "waiting": _l("Waits for a person"),
    "withdrawn": _l("Withdrawn"),
    "yes": _l("Yes"),
}
"""The codes that columns of a closed list hold."""

PROBLEMS: Mapping[str, str] = {
    "chain_broken": _l("does not follow the line before it"),
    "end_altered": _l("the end of the chain was cut or moved"),
    "line_altered": _l("does not say what it said when it was written"),
    "lines_missing_before": _l("lines before it are missing"),
}
READ: Sequence[tuple[type[sa.types.TypeEngine[Any]], Callable[[Any], str]]] = (
    (sa.Enum, lambda code: str(CODES.get(code, code))),
    (sa.Boolean, lambda yes: _("Yes") if yes else _("No")),
    (Mass, i18n.kg),
    (Money, i18n.xof),
    (UTCDateTime, lambda text: i18n.moment(datetime.fromisoformat(text))),
    (sa.Date, lambda text: i18n.day_label(date.fromisoformat(text))),
)
"""How the value of a column is shown, by the column's type; any other as it stands."""
NOTHING = "–"
Names = Mapping[str, Mapping[int, str]]
"""Table → id → what people call that row."""


def is_veiled(value: object) -> bool:
    """Personal and secret values stand in the journal as digests, which show a change and nothing else."""
    return isinstance(value, dict) and value.keys() == {"veiled"}


def value_text(table: str, name: str, value: Any, names: Names) -> str:
    """A value of a column as people read it. ``names`` are those of the rows that others refer to."""
    if value is None:
        return NOTHING
    if is_veiled(value):
        return _("not shown")
    if isinstance(value, dict | list):
        return json.dumps(value, ensure_ascii=False)
    column = _column(table, name)
    return str(value) if column is None else _typed(column, value, names)


def _column(table: str, name: str) -> sa.Column[Any] | None:
    """Nothing for one that an older program wrote and this one no longer has."""
    known = Base.metadata.tables.get(table)
    return None if known is None else known.columns.get(name)


def _typed(column: sa.Column[Any], value: Any, names: Names) -> str:
    """What somebody wrote into the journal by other means may be of any kind: it is shown as it stands."""
    try:
        return _as_read(column, value, names)
    except (TypeError, ValueError):
        return str(value)


def _as_read(column: sa.Column[Any], value: Any, names: Names) -> str:
    for key in column.foreign_keys:
        target = key.target_fullname.partition(".")[0]
        return names.get(target, {}).get(value, f"#{value}")
    if column.name.endswith("unit_grams"):
        return i18n.unit_grams(value)
    return next((read(value) for kind, read in READ if isinstance(column.type, kind)), str(value))
