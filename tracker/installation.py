"""Bringing a database up to date, and furnishing a new one with what the product ships."""

from pathlib import Path

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

import config
from tracker.catalogue.service import furnish as furnish_catalogue
from tracker.db import Database
from tracker.premiums.service import furnish as furnish_premiums
from tracker.values.actor import CONSOLE

MIGRATIONS = Path(config.__file__).parent / "migrations"


def upgrade(database: Database) -> None:
    """Run the migrations that are missing, all or none; then furnish what is empty."""
    with database.engine.begin() as connection:
        command.upgrade(_alembic(connection), "head")
    with database.writing() as session:
        furnish_catalogue(session, CONSOLE)
        furnish_premiums(session, CONSOLE)


def downgrade(database: Database, revision: str = "base") -> None:
    with database.engine.begin() as connection:
        command.downgrade(_alembic(connection), revision)


def revision_of(database: Database) -> str | None:
    """The migration the database stands at; ``None`` for one that is still empty."""
    with database.engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def is_current(database: Database) -> bool:
    return revision_of(database) == ScriptDirectory(str(MIGRATIONS)).get_current_head()


def _alembic(connection: sa.Connection) -> Config:
    alembic = Config()
    alembic.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    alembic.attributes["connection"] = connection
    return alembic
