"""The program as it is started: in an empty folder, with a browser knocking, until it is told to stop."""

import re
import signal
import socket
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from http.client import HTTPConnection, HTTPResponse
from pathlib import Path
from urllib.parse import urlencode

import pytest
from click.testing import CliRunner, Result

from tests.support.program import Served, page, served
from tracker.cli.main import main

TOKEN = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')


@pytest.fixture
def instance(tmp_path: Path) -> Path:
    return tmp_path / "instance"


def test_an_empty_folder_becomes_a_served_depot(instance: Path) -> None:
    with served(instance) as program:
        assert program.link is not None
        assert program.link.startswith(program.address)
        assert "Le premier administrateur" in page(program.link)
        assert "Se connecter" in page(program.address)
        assert page(f"{program.address}/healthz") == "ok"


def test_each_start_prints_its_own_link_until_an_administrator_is_there(instance: Path) -> None:
    with served(instance) as first:
        pass
    with served(instance) as second:
        assert first.link
        assert second.link
        assert first.link.rpartition("/")[2] != second.link.rpartition("/")[2]


class FirstAdministrator:
    """The form of the setup link, filled in and sent on a connection of its own."""

    def __init__(self, program: Served) -> None:
        assert program.link
        self.path = program.link.removeprefix(program.address)
        self._connection = HTTPConnection("127.0.0.1", program.port, timeout=60)
        self._connection.request("GET", self.path)
        shown = self._connection.getresponse()
        token = TOKEN.search(shown.read().decode())
        assert token
        cookie = (shown.headers["Set-Cookie"] or "").partition(";")[0]
        typed = {"login": "kadidia", "display_name": "Kadidia", "password": "mangue verte 7"}
        self._body = urlencode({"csrf_token": token[1], **typed, "password_again": typed["password"]})
        self._headers = {"Content-Type": "application/x-www-form-urlencoded", "Cookie": cookie}

    def send(self) -> None:
        self._connection.request("POST", self.path, self._body, self._headers)

    def answer(self) -> HTTPResponse:
        return self._connection.getresponse()

    def close(self) -> None:
        self._connection.close()


@contextmanager
def writers_held_up(instance: Path) -> Iterator[None]:
    with closing(sqlite3.connect(instance / "tracker.sqlite3", isolation_level=None)) as books:
        books.execute("BEGIN IMMEDIATE")
        yield
        books.execute("COMMIT")


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT])
def test_what_is_under_way_is_finished_before_it_stops(instance: Path, how: signal.Signals) -> None:
    with served(instance) as program, closing(FirstAdministrator(program)) as form:
        with writers_held_up(instance):
            form.send()
            waiting = threading.Thread(target=program.stop, args=(how,))
            waiting.start()
            assert no_longer_listens(program)
            assert program.process.poll() is None
        assert form.answer().status == 303
        waiting.join()
    assert program.process.returncode == 0
    with closing(sqlite3.connect(instance / "tracker.sqlite3")) as books:
        assert books.execute("SELECT login FROM accounts").fetchall() == [("kadidia",)]
    stopped = program.log()[-1]
    assert (stopped["event"], stopped["unfinished"]) == ("stopped", 0)


def no_longer_listens(program: Served) -> bool:
    """Waits until it is so."""
    while program.process.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", program.port), timeout=5).close()
        except ConnectionError:
            return True
    return False


def test_told_twice_it_ends_at_once(instance: Path) -> None:
    with served(instance) as program, closing(FirstAdministrator(program)) as form, writers_held_up(instance):
        form.send()
        program.process.send_signal(signal.SIGTERM)
        assert no_longer_listens(program)
        assert program.stop() == -signal.SIGTERM


def test_the_log_is_json_and_tells_neither_tokens_nor_what_was_typed(instance: Path) -> None:
    with served(instance) as program, closing(FirstAdministrator(program)) as form:
        form.send()
        form.answer()
        assert program.stop() == 0
    assert [(line["event"], line.get("rule"), line.get("status")) for line in program.log()] == [
        ("request", "/setup/<token>", 200),
        ("request", "/setup/<token>", 303),
        ("stopped", None, None),
    ]
    for secret in (form.path.rpartition("/")[2], "kadidia", "mangue"):
        assert secret not in program.said.lower()


@pytest.fixture
def here(instance: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Commands that end before they serve need no process of their own."""
    monkeypatch.setenv("TRACKER_INSTANCE", str(instance))
    return instance


def tracker(*arguments: str) -> Result:
    return CliRunner().invoke(main, arguments)


@pytest.mark.usefixtures("here")
def test_a_port_that_is_taken_is_said_to_be() -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = str(other.getsockname()[1])
        refused = tracker("serve", "--port", port)
    assert refused.exit_code == 2
    assert f"port {port} cannot be listened on: Address already in use" in refused.stderr


@pytest.mark.usefixtures("here")
def test_a_host_that_is_not_this_machine_is_said_to_be() -> None:
    refused = tracker("serve", "--host", "nowhere.invalid")
    assert refused.exit_code == 2
    assert "nowhere.invalid" in refused.stderr


def test_a_database_newer_than_the_program_is_left_alone(here: Path) -> None:
    assert tracker("db", "upgrade").exit_code == 0
    with closing(sqlite3.connect(here / "tracker.sqlite3")) as books, books:
        books.execute("UPDATE alembic_version SET version_num = '9999'")
    for command in (("serve", "--port", "0"), ("db", "upgrade"), ("verify",)):
        refused = tracker(*command)
        assert refused.exit_code == 2
        assert "revision 9999" in refused.stderr
        assert "newer" in refused.stderr
