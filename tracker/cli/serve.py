"""``tracker serve``."""

from collections.abc import Callable

import click
from flask import Flask
from waitress.server import create_server

from config import DEFAULT_PUBLIC_URL, Settings
from tracker import installation
from tracker.accounts.policy import Permission
from tracker.accounts.service import make_setup_link
from tracker.cli.door import books, command, settings
from tracker.db import Database

THREADS = 8
"""Enough for a depot's counters; writers take turns anyway."""


@command(None, "serve", requires=Permission.SERVE)
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option("--port", default=8000, show_default=True, type=click.IntRange(0, 65535))
@click.pass_obj
def serve(create_app: Callable[[Settings, Database], Flask], host: str, port: int) -> None:
    """Bring the database up to date when needed, then serve the pages."""
    given = settings()
    database = books(given)
    if not installation.is_current(database):
        installation.upgrade(database)
    server = create_server(
        create_app(given, database),
        host=host,
        port=port,
        threads=THREADS,
        clear_untrusted_proxy_headers=given.trusted_proxies == 0,  # else ProxyFix reads them
    )
    address = f"http://{host}:{server.effective_port}"
    click.echo(f"Serving on {address}", err=True)
    _print_setup_link(database, address if given.public_url == DEFAULT_PUBLIC_URL else given.public_url)
    server.run()


def _print_setup_link(database: Database, address: str) -> None:
    """On standard error only: whoever reads the terminal may create the administrator."""
    with database.writing() as session:
        token = make_setup_link(session)
    if token:
        click.echo(f"Create the administrator here, within an hour: {address}/setup/{token}", err=True)
