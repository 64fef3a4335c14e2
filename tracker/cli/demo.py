"""``tracker demo``."""

import sys
from collections.abc import Sequence

import click

from tracker.accounts.policy import Permission
from tracker.cli.door import books, command, prepared, settings, unusable
from tracker.demo.service import BooksInUseError, SignIn, begun, fill

TWO_YEARS = 24


@command(None, "demo", requires=Permission.FILL_DEMO)
@click.option("--months", type=click.IntRange(3, 24), default=TWO_YEARS, help="How far back the story begins.")
def demo(months: int) -> None:
    """Fill an empty database with a made-up depot, and print who may sign in."""
    database = books(settings())
    prepared(begun(database, months))
    with unusable(BooksInUseError):
        sign_ins = fill(database, months, _tell)
    _say(sign_ins)


def _tell(month: str) -> None:
    """Progress, for a person who watches."""
    if sys.stderr.isatty():
        click.echo(f"{month} …", err=True)


def _say(sign_ins: Sequence[SignIn]) -> None:
    """The only time that the passwords are shown."""
    for each in sign_ins:
        click.echo(f"{each.login:<10}{each.role.value:<10}{each.depot or '':<6}{each.password}")
