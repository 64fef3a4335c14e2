"""``tracker serve``: listen, bring the database up to date, answer, and finish what was begun before going."""

import signal
import socket
import time
from collections.abc import Callable

import click
from flask import Flask
from waitress import wasyncore
from waitress.server import create_server

from config import DEFAULT_PUBLIC_URL, Settings
from tracker import log
from tracker.accounts.policy import Permission
from tracker.accounts.service import make_setup_link
from tracker.cli.door import books, command, settings, upgraded
from tracker.db import SQLITE_BUSY_SECONDS, Database

THREADS = 8
"""Enough for a depot's counters; writers take turns anyway."""
GRACE_SECONDS = SQLITE_BUSY_SECONDS + 10
"""What requests under way have to finish when the program is told to stop: longer than any of them may wait."""
STOPPING = (signal.SIGTERM, signal.SIGINT)


@command(None, "serve", requires=Permission.SERVE)
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option("--port", default=8000, show_default=True, type=click.IntRange(0, 65535))
@click.pass_obj
def serve(create_app: Callable[[Settings, Database], Flask], host: str, port: int) -> None:
    """Bring the database up to date when needed, then serve the pages until told to stop."""
    given = settings()
    with _listening(host, port) as listener:
        database = upgraded(books(given))
        server = Server(create_app(given, database), listener, behind_proxies=given.trusted_proxies > 0)
        address = f"http://{f'[{host}]' if ':' in host else host}:{listener.getsockname()[1]}"
        click.echo(f"Serving on {address}", err=True)
        _print_setup_link(database, address if given.public_url == DEFAULT_PUBLIC_URL else given.public_url)
        log.start()
        server.run()
        database.engine.dispose()


def _listening(host: str, port: int) -> socket.socket:
    """Exits with status 2 when the address is not this machine's, or another program has the port."""
    try:
        family, *_, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0]
        return socket.create_server(address[:2], family=family)
    except OSError as error:
        raise click.UsageError(f"{host}, port {port} cannot be listened on: {error.strerror}.") from error


def _print_setup_link(database: Database, address: str) -> None:
    """On standard error only: whoever reads the terminal may create the administrator."""
    with database.writing() as session:
        token = make_setup_link(session)
    if token:
        click.echo(f"Create the administrator here, within an hour: {address}/setup/{token}", err=True)


class Server:
    """waitress, which stops without leaving anybody halfway.

    Told to, it listens no longer, gives what is under way ``GRACE_SECONDS``, and ends; told twice, it ends at once.
    """

    def __init__(self, app: Flask, listener: socket.socket, *, behind_proxies: bool) -> None:
        self._sockets: dict[int, object] = {}
        self._stopping = False
        self._waitress = create_server(
            app,
            map=self._sockets,
            sockets=[listener],
            threads=THREADS,
            clear_untrusted_proxy_headers=not behind_proxies,  # else ProxyFix reads them
        )

    def run(self) -> None:
        for each in STOPPING:
            signal.signal(each, self._stop)
        while not self._stopping:
            self._pass_bytes()
        self._pass_bytes(timeout=0)  # whoever stands at the door still gets in
        self._listen_no_longer()
        self._finish(time.monotonic() + GRACE_SECONDS)

    def _stop(self, _number: int, _frame: object) -> None:
        self._stopping = True
        for each in STOPPING:
            signal.signal(each, signal.SIG_DFL)
        self._waitress.pull_trigger()

    def _pass_bytes(self, timeout: float = 1) -> None:
        """Between browsers and the threads that answer them, waiting ``timeout`` seconds for some at most."""
        wasyncore.loop(timeout=timeout, map=self._sockets, count=1)

    def _listen_no_longer(self) -> None:
        """waitress' own ``close`` would also cut the threads off from the browsers they are answering."""
        self._waitress.del_channel()
        self._waitress.socket.close()

    def _finish(self, deadline: float) -> None:
        """A connection is read only once its last answer is given: so it is over when idle, read, and idle still."""
        over = False
        while not over and time.monotonic() < deadline:
            idle = not self._unfinished()
            self._pass_bytes(timeout=0 if idle else 1)
            over = idle and not self._unfinished()
        log.tell("stopped", unfinished=self._unfinished())
        self._waitress.task_dispatcher.shutdown(timeout=1)

    def _unfinished(self) -> int:
        """Requests that are being sent, answered or waited for."""
        channels = self._waitress.active_channels.values()
        return sum(bool(each.request or each.requests or each.total_outbufs_len) for each in channels)
