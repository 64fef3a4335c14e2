import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa

from config import SECRET_FILE, Settings
from tests.conftest import KEY
from tests.reports.scenario import OUMAR, keep_every_book
from tests.support.databases import Databases
from tests.support.people import AWA, IBRAHIM, bring, oumar
from tests.support.postgresql import Server
from tracker import installation
from tracker.accounts import service as accounts
from tracker.accounts.models import WebSession
from tracker.accounts.service import Credentials
from tracker.backups import BackupError, Label, back_up, restore
from tracker.db import Base, Database
from tracker.errors import NotPermitted
from tracker.installation import NewerDatabaseError
from tracker.intake.models import DropOff
from tracker.intake.rules import Entered
from tracker.reports.queries.verification import verify
from tracker.values.actor import CONSOLE, Role

OTHER_KEY = "another key for tests, long enough"
SIGNED_IN = {"web_sessions", "setup_links"}
LOADERS, EACH_BRINGS = 3, 12


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "books.backup"


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Those of the machine that a backup is restored on: as a first start there leaves them."""
    (tmp_path / SECRET_FILE).write_text(OTHER_KEY, encoding="ascii")
    return Settings(
        database_url="",
        instance=tmp_path,
        secret_key=OTHER_KEY,
        timezone=ZoneInfo("Africa/Bamako"),
        locale="en",
        public_url="http://127.0.0.1:8000",
        trusted_proxies=0,
    )


@contextmanager
def opened(url: str, like: Database) -> Iterator[Database]:
    database = Database.open(url, like.clock, KEY)
    try:
        yield database
    finally:
        database.engine.dispose()


@pytest.fixture
def elsewhere(books: Database, databases: Databases) -> Iterator[Database]:
    """An empty database of the same kind."""
    with databases.empty() as url, opened(url, books) as database:
        yield database


def contents(database: Database) -> dict[str, list[Any]]:
    """Every row there is, but for who is signed in."""
    with database.reading() as session:
        return {
            table.name: list(session.execute(sa.select(table).order_by(*table.primary_key.columns)).all())
            for table in Base.metadata.sorted_tables
            if table.name not in SIGNED_IN
        }


def disagreements(database: Database) -> object:
    with database.reading() as session:
        return verify(session, CONSOLE).disagreements


def next_drop_off(database: Database) -> int:
    with database.writing() as session:
        return bring(session, OUMAR, Entered("MOB", gross_grams=4_000))


def tamper(file: Path, *statements: str) -> None:
    with closing(sqlite3.connect(file)) as connection, connection:
        for statement in statements:
            connection.execute(statement)


def test_what_is_restored_is_what_was_there_and_goes_on(
    books: Database, elsewhere: Database, settings: Settings, file: Path
) -> None:
    keep_every_book(books)
    assert back_up(books, CONSOLE, KEY, file)
    label = restore(elsewhere, CONSOLE, settings, file, force=False)
    assert label == Label("2026-03-05T10:00:00+00:00", KEY)
    assert contents(elsewhere) == contents(books)
    assert next_drop_off(elsewhere) == next_drop_off(books)
    assert disagreements(elsewhere) == ()


@pytest.fixture
def the_other_kind(books: Database, postgresql_server: Server, tmp_path: Path) -> Iterator[Database]:
    if books.engine.dialect.name == "postgresql":
        with opened(f"sqlite:///{tmp_path / 'moved.sqlite3'}", books) as database:
            yield database
        return
    postgresql_server.create("moved")
    with opened(postgresql_server.url("moved"), books) as database:
        yield database
    postgresql_server.drop("moved")


@pytest.mark.postgresql
def test_books_move_to_the_other_kind_of_database(
    books: Database, the_other_kind: Database, settings: Settings, file: Path
) -> None:
    keep_every_book(books)
    back_up(books, CONSOLE, KEY, file)
    restore(the_other_kind, CONSOLE, settings, file, force=False)
    assert contents(the_other_kind) == contents(books)
    assert disagreements(the_other_kind) == ()


def test_a_backup_under_load_is_of_one_moment(
    books: Database, elsewhere: Database, settings: Settings, file: Path
) -> None:
    with books.writing() as session:
        depositor = oumar(session)
    begun = threading.Event()

    def load() -> None:
        for _ in range(EACH_BRINGS):
            with books.writing() as session:
                bring(session, depositor, Entered("MOB", gross_grams=4_000))
            begun.set()

    loaders = [threading.Thread(target=load) for _ in range(LOADERS)]
    for loader in loaders:
        loader.start()
    begun.wait()
    assert back_up(books, CONSOLE, KEY, file)
    restore(elsewhere, CONSOLE, settings, file, force=False)
    for loader in loaders:
        loader.join()
    with elsewhere.reading() as session:
        kept = session.scalars(sa.select(sa.func.count()).select_from(DropOff)).one()
    assert 1 <= kept < LOADERS * EACH_BRINGS, "it was taken while drop-offs came in"
    assert disagreements(elsewhere) == disagreements(books) == ()


def test_nobody_is_signed_in_after_a_restore(
    books: Database, elsewhere: Database, settings: Settings, file: Path
) -> None:
    with books.writing() as session:
        accounts.add_account(session, IBRAHIM, accounts.NewAccount("moussa", "mangue verte 7", Role.MANAGER, 1))
    accounts.sign_in(books, Credentials("moussa", "mangue verte 7", "127.0.0.1"))
    back_up(books, CONSOLE, KEY, file)
    restore(elsewhere, CONSOLE, settings, file, force=False)
    with books.reading() as before, elsewhere.reading() as after:
        assert [len(each.scalars(sa.select(WebSession)).all()) for each in (before, after)] == [1, 0]


def test_the_key_comes_back_with_the_books(
    books: Database, elsewhere: Database, settings: Settings, file: Path
) -> None:
    back_up(books, CONSOLE, KEY, file)
    restore(elsewhere, CONSOLE, settings, file, force=False)
    kept = settings.instance / SECRET_FILE
    assert kept.read_text(encoding="ascii") == KEY
    assert [each.stat().st_mode & 0o777 for each in (kept, file)] == [0o600, 0o600]


def test_a_key_from_the_environment_must_be_the_books_own(
    books: Database, elsewhere: Database, settings: Settings, file: Path
) -> None:
    back_up(books, CONSOLE, KEY, file)
    given = replace(settings, secret_key="a key that no file holds")
    with pytest.raises(BackupError, match="TRACKER_SECRET_KEY"):
        restore(elsewhere, CONSOLE, given, file, force=False)
    restore(elsewhere, CONSOLE, replace(settings, secret_key=KEY), file, force=False)
    assert (settings.instance / SECRET_FILE).read_text(encoding="ascii") == OTHER_KEY


def test_books_in_use_are_not_overwritten_unless_told(books: Database, settings: Settings, file: Path) -> None:
    back_up(books, CONSOLE, KEY, file)
    with books.writing() as session:
        oumar(session)
    before = contents(books)
    with pytest.raises(BackupError, match="not empty"):
        restore(books, CONSOLE, settings, file, force=False)
    assert contents(books) == before
    restore(books, CONSOLE, settings, file, force=True)
    assert contents(books)["depositors"] == []
    assert disagreements(books) == ()


DAMAGES: dict[str, tuple[Callable[[Path], object], str]] = {
    "cut short": (lambda file: file.write_bytes(file.read_bytes()[:50_000]), "cannot be read|damaged"),
    "overwritten in the middle": (
        lambda file: file.write_bytes(file.read_bytes().replace(b"journal_entries", b"jour\0\0\0\0_entries")),
        "cannot be read|damaged",
    ),
    "no database": (lambda file: file.write_text("Les livres"), "not a database"),
    "no backup": (lambda file: tamper(file, "DROP TABLE tracker_backup"), "no such table"),
    "without its label": (lambda file: tamper(file, "DELETE FROM tracker_backup"), "cannot be read"),
    "missing": (lambda file: file.unlink(), "unable to open"),
    "a line altered": (lambda file: tamper(file, "UPDATE journal_entries SET action = 'x' WHERE id = 1"), "journal"),
    "a line removed": (lambda file: tamper(file, "DELETE FROM journal_entries WHERE id = 2"), "journal"),
    "another key": (lambda file: tamper(file, f"UPDATE tracker_backup SET secret_key = '{OTHER_KEY}'"), "journal"),
}


def test_a_damaged_backup_replaces_nothing(books: Database, settings: Settings, file: Path) -> None:
    back_up(books, CONSOLE, KEY, file)
    whole, before = file.read_bytes(), contents(books)
    for damage, said in DAMAGES.values():
        file.write_bytes(whole)
        damage(file)
        with pytest.raises(BackupError, match=said):
            restore(books, CONSOLE, settings, file, force=True)
    assert contents(books) == before
    assert (settings.instance / SECRET_FILE).read_text(encoding="ascii") == OTHER_KEY


def test_a_backup_of_a_newer_program_is_refused(books: Database, settings: Settings, file: Path) -> None:
    back_up(books, CONSOLE, KEY, file)
    tamper(file, "UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(NewerDatabaseError, match="9999"):
        restore(books, CONSOLE, settings, file, force=True)


def test_a_backup_of_an_older_program_is_brought_up_to_date(
    books: Database, elsewhere: Database, settings: Settings, file: Path
) -> None:
    back_up(books, CONSOLE, KEY, file)
    with opened(f"sqlite:///{file}", books) as older:
        installation.downgrade(older, "0001")
    tamper(file, "PRAGMA journal_mode = DELETE")
    restore(elsewhere, CONSOLE, settings, file, force=False)
    assert installation.is_current(elsewhere)
    assert contents(elsewhere) == contents(books)


def test_books_that_are_behind_are_not_backed_up(books: Database, file: Path) -> None:
    installation.downgrade(books, "0001")
    with pytest.raises(BackupError, match="db upgrade"):
        back_up(books, CONSOLE, KEY, file)


def test_books_whose_journal_does_not_verify_are_kept_and_said_so(books: Database, file: Path) -> None:
    with books.writing() as session:
        session.execute(sa.text("UPDATE journal_entries SET action = 'x' WHERE id = 1"))
    assert not back_up(books, CONSOLE, KEY, file)
    assert file.exists()


def test_a_file_that_is_there_is_left_alone(books: Database, file: Path) -> None:
    file.write_text("something else", encoding="utf-8")
    with pytest.raises(BackupError, match="there already"):
        back_up(books, CONSOLE, KEY, file)
    assert file.read_text(encoding="utf-8") == "something else"


def test_what_fails_halfway_leaves_no_file(books: Database, file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_args: object) -> None:
        raise sqlite3.OperationalError("database or disk is full")

    monkeypatch.setattr("tracker.backups._stick", fail)
    with pytest.raises(BackupError, match="disk is full"):
        back_up(books, CONSOLE, KEY, file)
    assert list(file.parent.iterdir()) == []


def test_a_folder_that_is_not_there_is_named(books: Database, file: Path) -> None:
    with pytest.raises(BackupError, match="nowhere"):
        back_up(books, CONSOLE, KEY, file.parent / "nowhere" / "books.backup")


@pytest.mark.parametrize("actor", [AWA, IBRAHIM], ids=str)
def test_backups_are_the_operators(
    books: Database, elsewhere: Database, settings: Settings, file: Path, actor: Any
) -> None:
    with pytest.raises(NotPermitted):
        back_up(books, actor, KEY, file)
    with pytest.raises(NotPermitted):
        restore(elsewhere, actor, settings, file, force=False)
