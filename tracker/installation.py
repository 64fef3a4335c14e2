"""Bringing a database up to date, and furnishing a new one with what the product ships."""

from functools import cache
from pathlib import Path

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from tracker.catalogue.service import furnish as furnish_catalogue
from tracker.db import Database
from tracker.premiums.service import furnish as furnish_premiums
from tracker.values.actor import CONSOLE

PACKAGE = Path(__file__).parent
TURN = 0x7472_6163_6B65_72
"""The number of the lock under which processes that start at once take turns: any number nobody else would take."""


class NewerDatabaseError(RuntimeError):
    """The database was brought up to date by a newer program than this one."""

    def __init__(self, revision: str) -> None:
        super().__init__(
            f"The database stands at revision {revision}, which this program does not know: it was used by a newer "
            "one. Install that version, or restore a backup made before it."
        )


def shipped(folder: str) -> Path:
    """Where a folder that the product ships stands: within the package when installed from a wheel, else beside it."""
    inside = PACKAGE / folder
    return inside if inside.is_dir() else PACKAGE.parent / folder


def upgrade(database: Database) -> None:
    """Bring the schema up to date, then furnish what is empty. Raises ``NewerDatabaseError``."""
    migrate(database)
    with database.writing() as session:
        _take_turns(session.connection())
        furnish_catalogue(session, CONSOLE)
        furnish_premiums(session, CONSOLE)


def migrate(database: Database) -> None:
    """Run the migrations that are missing, all or none; safe when two processes do. Raises ``NewerDatabaseError``."""
    with database.engine.begin() as connection:
        _take_turns(connection)
        _known(MigrationContext.configure(connection).get_current_revision())
        command.upgrade(_alembic(connection), "head")


def downgrade(database: Database, revision: str = "base") -> None:
    with database.engine.begin() as connection:
        command.downgrade(_alembic(connection), revision)


def revision_of(database: Database) -> str | None:
    """The migration the database stands at; ``None`` for one that is still empty. Waits for no writer."""
    with database.engine.execution_options(tracker_read_only=True).connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def known_revision_of(database: Database) -> str | None:
    """As ``revision_of``. Raises ``NewerDatabaseError``."""
    return _known(revision_of(database))


def is_current(database: Database) -> bool:
    return revision_of(database) == _revisions()[0]


def _known(revision: str | None) -> str | None:
    if revision is not None and revision not in _revisions():
        raise NewerDatabaseError(revision)
    return revision


@cache
def _revisions() -> tuple[str, ...]:
    """Every revision this program knows, the newest first."""
    scripts = ScriptDirectory(str(shipped("migrations")))
    return tuple(script.revision for script in scripts.walk_revisions())


def _take_turns(connection: sa.Connection) -> None:
    """Held until the transaction ends. SQLite's writers take turns anyway."""
    if connection.dialect.name == "postgresql":
        connection.execute(sa.select(sa.func.pg_advisory_xact_lock(TURN)))


def _alembic(connection: sa.Connection) -> Config:
    alembic = Config()
    alembic.set_main_option("script_location", str(shipped("migrations")).replace("%", "%%"))
    alembic.attributes["connection"] = connection
    return alembic
