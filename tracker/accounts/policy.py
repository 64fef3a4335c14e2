"""The single table role → permission. What is not in it is refused."""

from enum import StrEnum

from tracker.errors import NotPermitted
from tracker.values.actor import Actor, Role


class Permission(StrEnum):
    """What routes, commands and verbs ask for; one name for one kind of act."""

    USE_SESSION = "use_session"
    """One's own account and sessions: all that is open to whoever has yet to change a lent password."""
    USE_SECOND_FACTOR = "use_second_factor"
    MANAGE_ACCOUNTS = "manage_accounts"
    READ_CATALOGUE = "read_catalogue"
    EDIT_CATALOGUE = "edit_catalogue"
    READ_DEPOSITORS = "read_depositors"
    ADD_DEPOSITORS = "add_depositors"
    READ_DROP_OFFS = "read_drop_offs"
    LOG_DROP_OFFS = "log_drop_offs"
    VOID_OWN_DROP_OFFS = "void_own_drop_offs"
    VOID_DROP_OFFS = "void_drop_offs"
    READ_STOCK = "read_stock"
    POST_OPENING_STOCK = "post_opening_stock"
    SORT_STOCK = "sort_stock"
    READ_PREMIUMS = "read_premiums"
    EDIT_SCHEMES = "edit_schemes"
    RECORD_PREMIUMS = "record_premiums"
    READ_PAYOUTS = "read_payouts"
    REVIEW_PAYOUTS = "review_payouts"
    PAY_PAYOUTS = "pay_payouts"
    READ_SHIPMENTS = "read_shipments"
    PREPARE_SHIPMENTS = "prepare_shipments"
    SEND_SHIPMENTS = "send_shipments"
    RECEIVE_SHIPMENTS = "receive_shipments"
    REVERSE_SHIPMENTS = "reverse_shipments"
    READ_REPORTS = "read_reports"
    IMPORT_BOOKS = "import_books"
    READ_JOURNAL = "read_journal"
    VERIFY_BOOKS = "verify_books"
    MIGRATE_DATABASE = "migrate_database"
    BACK_UP_BOOKS = "back_up_books"
    FILL_DEMO = "fill_demo"
    RESTORE_BOOKS = "restore_books"
    QUOTE_PREMIUMS = "quote_premiums"
    SERVE = "serve"


P = Permission

_EVERYONE = frozenset({P.USE_SESSION, P.READ_CATALOGUE, P.READ_STOCK, P.READ_DROP_OFFS, P.READ_DEPOSITORS})
_CLERK = _EVERYONE | {P.ADD_DEPOSITORS, P.LOG_DROP_OFFS, P.VOID_OWN_DROP_OFFS, P.READ_PAYOUTS, P.PAY_PAYOUTS}
_READER = _EVERYONE | {
    P.READ_PREMIUMS,
    P.READ_PAYOUTS,
    P.READ_SHIPMENTS,
    P.READ_REPORTS,
    P.READ_JOURNAL,
    P.VERIFY_BOOKS,
}
_MANAGER = (
    _CLERK
    | _READER
    | {
        P.VOID_DROP_OFFS,
        P.REVIEW_PAYOUTS,
        P.PREPARE_SHIPMENTS,
        P.SEND_SHIPMENTS,
        P.RECEIVE_SHIPMENTS,
        P.REVERSE_SHIPMENTS,
        P.USE_SECOND_FACTOR,
    }
)
_ADMIN = _READER | {P.MANAGE_ACCOUNTS, P.EDIT_CATALOGUE, P.EDIT_SCHEMES, P.USE_SECOND_FACTOR}

ROLES: dict[Role, frozenset[Permission]] = {
    Role.CLERK: _CLERK,
    Role.MANAGER: _MANAGER,
    Role.ADMIN: _ADMIN,
    Role.AUDITOR: _READER,
    Role.OPERATOR: frozenset(Permission),
}


def permits(actor: Actor, permission: Permission) -> bool:
    return permission in ROLES[actor.role]


def require(actor: Actor, permission: Permission, depot_id: int | None = None) -> None:
    """Raises ``NotPermitted`` when the role lacks ``permission`` or the depot is out of the actor's reach."""
    if not permits(actor, permission) or (depot_id is not None and not actor.reaches(depot_id)):
        raise NotPermitted("not_permitted", permission=permission.value, role=actor.role.value)


def require_everywhere(actor: Actor, permission: Permission) -> None:
    """For what every depot shares (categories, schemes, new depots): an administrator of one depot changes none of it.

    Raises ``NotPermitted``.
    """
    require(actor, permission)
    if actor.depot_id is not None:
        raise NotPermitted("not_permitted", permission=permission.value, role=actor.role.value)
