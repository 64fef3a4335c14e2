"""Old books go through revisions 0002 and 0001: rows of the first books stay, whatever comes after them."""

import pytest
import sqlalchemy as sa

from tests.conftest import KEY
from tests.support.databases import Databases
from tests.support.time import BAMAKO
from tracker import installation
from tracker.db import Database
from tracker.values.clock import Clock

AT = "2013-02-05 10:00:00"
FIRST_BOOKS = (
    "INSERT INTO depots (id, code, name, place) VALUES (1, 'DES', 'Dar-es-salam', 'Bamako')",
    "INSERT INTO accounts (id, login, display_name, role, depot_id, password_hash, created_at, salt)"
    f" VALUES (1, 'awa', 'Awa', 'clerk', 1, 'x', '{AT}', 's')",
    "INSERT INTO depositors (id, depot_id, kind, name, folded_name, added_at, salt)"
    f" VALUES (1, 1, 'repairer', 'Oumar', 'oumar', '{AT}', 's')",
    "INSERT INTO drop_offs (id, client_id, content_hash, depot_id, depositor_id, weighed_at, day, accepted_at,"
    " account_id, external_reference, recorded_premium) VALUES (1, '{client}', 'h', 1, 1,"
    f" '{AT}', '2013-02-05', '{AT}', 1, 'bon 7', 1500)",
)
IMPORTED = (
    "INSERT INTO imports (id, depot_id, file_name, sha256, imported_at, account_id)"
    f" VALUES (1, 1, 'cahier.csv', 'd', '{AT}', 1)",
    "INSERT INTO import_rows (id, import_id, depot_id, row, identity, state, codes, drop_off_id, salt)"
    " VALUES (1, 1, 1, 2, 'i', 'accepted', '[]', 1, 's')",
)
CLIENT = {"sqlite": "0" * 31 + "7", "postgresql": "00000000-0000-0000-0000-000000000007"}
"""One UUID, as each database writes it."""
TABLES = ("depots", "accounts", "depositors", "drop_offs")


def migrated(database: Database, revision: str) -> None:
    """Up to ``revision`` from nothing, without what the program furnishes a new database with."""
    installation.migrate(database)
    installation.downgrade(database, revision)


def load(database: Database, statements: tuple[str, ...]) -> None:
    client = CLIENT[database.engine.dialect.name]
    with database.engine.begin() as connection:
        for statement in statements:
            connection.exec_driver_sql(statement.replace("{client}", client))


def rows(database: Database) -> dict[str, list[str]]:
    """As the first books knew them: columns that came later are left out."""
    with database.engine.connect() as connection:
        later = {"password_lent_at"}
        found = {}
        for table in TABLES:
            names = [each["name"] for each in sa.inspect(connection).get_columns(table) if each["name"] not in later]
            found[table] = [
                str(row) for row in connection.exec_driver_sql(f"SELECT {', '.join(sorted(names))} FROM {table}")
            ]
        return found


def test_first_books_stay_as_they_were(databases: Databases) -> None:
    with databases.empty() as url:
        database = Database.open(url, Clock(BAMAKO), KEY)
        migrated(database, "0001")
        load(database, FIRST_BOOKS)
        kept = rows(database)
        assert len(kept["drop_offs"]) == 1
        installation.migrate(database)
        assert rows(database) == kept
        installation.downgrade(database, "0001")
        assert rows(database) == kept
        database.engine.dispose()


def test_an_imported_book_stays_and_is_not_thrown_away(databases: Databases) -> None:
    with databases.empty() as url:
        database = Database.open(url, Clock(BAMAKO), KEY)
        migrated(database, "0002")
        load(database, FIRST_BOOKS + IMPORTED)
        kept = rows(database)
        installation.migrate(database)
        with database.engine.connect() as connection:
            assert connection.exec_driver_sql("SELECT file_name FROM imports").scalar_one() == "cahier.csv"
            assert connection.exec_driver_sql("SELECT identity FROM import_rows").scalar_one() == "i"
        with pytest.raises(RuntimeError, match="imports holds rows"):
            installation.downgrade(database, "0001")
        assert installation.is_current(database)
        assert rows(database) == kept
        database.engine.dispose()
