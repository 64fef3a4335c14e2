"""``tracker db``."""

import click

from tracker.accounts.policy import Permission
from tracker.cli.door import books, command, settings, upgraded


@click.group("db")
def group() -> None:
    """The database."""


@command(group, "upgrade", requires=Permission.MIGRATE_DATABASE)
def upgrade() -> None:
    """Bring the database up to date, and furnish a new one."""
    upgraded(books(settings()))
