"""What every command passes through: it says which permission it needs, and opens the settings and the books."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import click

from config import Settings, SettingsError, from_environment
from tracker import installation
from tracker.accounts.policy import Permission, require
from tracker.db import Database
from tracker.installation import NewerDatabaseError
from tracker.values.actor import CONSOLE
from tracker.values.clock import Clock

UNUSABLE = 2


class Declared(click.Command):
    """A command that names its permission; one that does not is refused."""

    permission: Permission | None = None

    def invoke(self, ctx: click.Context) -> Any:
        if self.permission is None:
            raise click.UsageError(f"{ctx.command_path} declares no permission")
        require(CONSOLE, self.permission)
        return super().invoke(ctx)


def command(
    group: click.Group | None, name: str, *, requires: Permission
) -> Callable[[Callable[..., None]], click.Command]:
    """Declares what a command needs, and adds it to ``group``; ``None`` for one that ``main`` adds itself."""

    def added(function: Callable[..., None]) -> click.Command:
        made = click.command(name, cls=Declared)(function)
        made.permission = requires
        if group is not None:
            group.add_command(made)
        return made

    return added


@contextmanager
def unusable(*kinds: type[Exception]) -> Iterator[None]:
    """What is raised of ``kinds`` within the block ends the command with status 2, in its own words."""
    try:
        yield
    except kinds as error:
        raise click.UsageError(str(error)) from error


def settings() -> Settings:
    """Exits with status 2 when a setting cannot be used."""
    with unusable(SettingsError):
        return from_environment()


def books(given: Settings) -> Database:
    return Database.open(given.database_url, Clock(given.timezone), given.secret_key)


def upgraded(database: Database) -> Database:
    """The same, up to date. Exits with status 2 when a newer program has used it."""
    with unusable(NewerDatabaseError):
        installation.upgrade(database)
    return database


def prepared_books(given: Settings) -> Database:
    """The books; a new database is made first, one that is out of date is left alone and said to be."""
    return prepared(books(given))


def prepared(database: Database) -> Database:
    """As ``prepared_books``, for a database that is open."""
    with unusable(NewerDatabaseError):
        if installation.known_revision_of(database) is None:
            return upgraded(database)
    if not installation.is_current(database):
        raise click.UsageError("The database is out of date: run `tracker db upgrade`.")
    return database
