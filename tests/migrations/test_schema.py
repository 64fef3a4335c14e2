import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext

from tests.conftest import KEY
from tests.support.databases import Databases
from tests.support.time import BAMAKO
from tracker import installation
from tracker.db import Base, Database
from tracker.documents import models as documents
from tracker.imports import models as imports
from tracker.intake import models as intake
from tracker.payouts import models as payouts
from tracker.shipments import models as shipments
from tracker.stock import models as stock
from tracker.values.clock import Clock

ROOMS = (documents, imports, intake, payouts, shipments, stock)
"""Rooms that installation itself does not load."""


def test_the_models_are_the_migrated_schema(books: Database) -> None:
    with books.engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), Base.metadata) == []


def test_every_check_of_the_models_is_in_the_schema(books: Database) -> None:
    schema = sa.inspect(books.engine)
    for table in Base.metadata.tables.values():
        named = {str(check.name) for check in table.constraints if isinstance(check, sa.CheckConstraint)}
        assert {check["name"] for check in schema.get_check_constraints(table.name)} == named, table.name


def test_down_and_up_again(databases: Databases) -> None:
    with databases.furnished() as url:
        database = Database.open(url, Clock(BAMAKO), KEY)
        installation.downgrade(database)
        assert installation.revision_of(database) is None
        installation.upgrade(database)
        assert installation.is_current(database)
        database.engine.dispose()
