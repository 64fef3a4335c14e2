"""``tracker user``."""

import sys

import click

from tracker.accounts.policy import Permission
from tracker.accounts.queries import account_named, second_factor
from tracker.accounts.service import NewAccount, add_account, reset_second_factor, set_password
from tracker.catalogue.queries import depot_coded, depots
from tracker.cli.door import command, prepared_books, settings
from tracker.db import Session
from tracker.errors import Refusal
from tracker.values.actor import CONSOLE, Role
from tracker.wording import worded

ROLES = [role.value for role in Role if role is not Role.OPERATOR]
AT_ONE_DEPOT = (Role.CLERK, Role.MANAGER)


@click.group("user")
def group() -> None:
    """People who sign in."""


@command(group, "add", requires=Permission.MANAGE_ACCOUNTS)
@click.argument("login")
@click.option("--role", type=click.Choice(ROLES), required=True, help="What the person may do.")
@click.option("--depot", "code", help="The one depot in reach; a clerk or manager takes the only depot there is.")
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input.")
def add(login: str, role: str, code: str | None, password_stdin: bool) -> None:
    """Add an account for LOGIN."""
    database = prepared_books(settings())
    password = sys.stdin.readline().rstrip("\n") if password_stdin else _asked()
    try:
        with database.writing() as session:
            depot_id = _depot(session, Role(role), code)
            add_account(session, CONSOLE, NewAccount(login, password, Role(role), depot_id))
    except Refusal as refusal:
        raise click.UsageError(worded(refusal)) from refusal


@command(group, "recover", requires=Permission.MANAGE_ACCOUNTS)
@click.argument("login")
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input.")
def recover(login: str, password_stdin: bool) -> None:
    """Lend LOGIN a new password, and ask for no code at its sign-in: for whoever has lost both."""
    database = prepared_books(settings())
    password = sys.stdin.readline().rstrip("\n") if password_stdin else _asked()
    try:
        with database.writing() as session:
            account = account_named(session, CONSOLE, login)
            set_password(session, CONSOLE, account.id, password)
            if second_factor(session, account.id):
                reset_second_factor(session, CONSOLE, account.id)
    except Refusal as refusal:
        raise click.UsageError(worded(refusal)) from refusal


def _asked() -> str:
    answer: str = click.prompt("Password", hide_input=True, confirmation_prompt=True)
    return answer


def _depot(session: Session, role: Role, code: str | None) -> int | None:
    """Nobody reaches every depot by forgetting an option."""
    if code is not None:
        return depot_coded(session, CONSOLE, code).id
    if role not in AT_ONE_DEPOT:
        return None
    known = depots(session, CONSOLE)
    if len(known) != 1:
        raise click.UsageError("There are several depots: name one with --depot CODE.")
    return known[0].id
