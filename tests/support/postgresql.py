"""A private PostgreSQL server: made for one test process, gone with it."""

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, LiteralString

import psycopg
from psycopg import sql

OWNER = "tracker"
START_SECONDS = 30
UNPRIVILEGED = "nobody"
"""PostgreSQL refuses to run as root: tests run by root run it as this user."""
SPEED_OVER_SAFETY = ("fsync=off", "synchronous_commit=off", "full_page_writes=off")
NO_NETWORK = "listen_addresses="
FAR_AWAY = "timezone=Asia/Tokyo"
"""A server whose zone is not the depot's, so that a date it works out itself is seen to be wrong."""


class Server:
    """Reached through a socket in its own folder: no port to collide, no door to the network."""

    def __init__(self, folder: str) -> None:
        self.folder = folder

    def url(self, database: str) -> str:
        return f"postgresql+psycopg://{OWNER}@/{database}?host={self.folder}"

    def create(self, database: str, template: str | None = None) -> None:
        if template is None:
            self._execute("CREATE DATABASE {} TEMPLATE template0", database)
        else:
            self._execute("CREATE DATABASE {} TEMPLATE {} STRATEGY file_copy", database, template)

    def drop(self, database: str) -> None:
        self._execute("DROP DATABASE {} WITH (FORCE)", database)

    def connect(self) -> psycopg.Connection:
        return psycopg.connect(host=self.folder, user=OWNER, dbname="postgres", autocommit=True)

    def _execute(self, statement: LiteralString, *names: str) -> None:
        with self.connect() as connection:
            connection.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))


@contextmanager
def running(programs: Path) -> Iterator[Server]:
    """A server that stops with the block, however the block ends."""
    with TemporaryDirectory(prefix="tracker-postgresql-") as folder:
        shown = _as_unprivileged(folder)
        _make_cluster(programs, folder, shown)
        with open(f"{folder}/log", "w", encoding="utf-8") as log:
            process = subprocess.Popen(_start(programs, folder), stdout=log, stderr=log, **shown)
            try:
                _wait(server := Server(folder), process)
                yield server
            finally:
                process.send_signal(signal.SIGQUIT)
                process.wait()


def _as_unprivileged(folder: str) -> dict[str, Any]:
    """How to run a program that root may not: with ``folder`` as its own."""
    if os.geteuid() != 0:
        return {"cwd": folder}
    shutil.chown(folder, UNPRIVILEGED)
    return {"cwd": folder, "user": UNPRIVILEGED, "extra_groups": []}


def _make_cluster(programs: Path, folder: str, as_whom: dict[str, Any]) -> None:
    made = subprocess.run(
        [
            programs / "initdb",
            f"--pgdata={folder}/data",
            f"--username={OWNER}",
            "--auth=trust",
            "--encoding=UTF8",
            "--no-locale",
            "--no-sync",
        ],
        capture_output=True,
        text=True,
        check=False,
        **as_whom,
    )
    if made.returncode != 0:
        raise RuntimeError(f"initdb: {made.stderr}")


def _start(programs: Path, folder: str) -> list[str]:
    settings = (*SPEED_OVER_SAFETY, NO_NETWORK, FAR_AWAY)
    flags = [flag for setting in settings for flag in ("-c", setting)]
    return [str(programs / "postgres"), "-D", f"{folder}/data", "-k", folder, *flags]


def _wait(server: Server, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + START_SECONDS
    while True:
        try:
            server.connect().close()
        except psycopg.OperationalError:
            if process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"PostgreSQL: {Path(server.folder, 'log').read_text()}") from None
            time.sleep(0.02)
        else:
            return
