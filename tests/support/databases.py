"""A database for each test: empty, or a copy of one that was migrated and furnished once."""

import itertools
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import Protocol

from tests.support.postgresql import Server

Furnish = Callable[[str], None]


class Databases(Protocol):
    """Addresses of databases that last as long as their ``with`` block."""

    @contextmanager
    def empty(self) -> Iterator[str]: ...

    @contextmanager
    def furnished(self) -> Iterator[str]: ...


class SqliteDatabases:
    def __init__(self, folder: Path, furnish: Furnish) -> None:
        self._folder = folder
        self._furnish = furnish
        self._numbers = itertools.count(1)

    @contextmanager
    def empty(self) -> Iterator[str]:
        yield self._url(self._fresh())

    @contextmanager
    def furnished(self) -> Iterator[str]:
        copy = self._fresh()
        shutil.copyfile(self._template, copy)
        yield self._url(copy)

    @cached_property
    def _template(self) -> Path:
        template = self._folder / "template.sqlite3"
        self._furnish(self._url(template))
        return template

    def _fresh(self) -> Path:
        return self._folder / f"{next(self._numbers)}.sqlite3"

    @staticmethod
    def _url(file: Path) -> str:
        return f"sqlite:///{file}"


class PostgresqlDatabases:
    def __init__(self, server: Server, furnish: Furnish) -> None:
        self._server = server
        self._furnish = furnish
        self._numbers = itertools.count(1)

    @contextmanager
    def empty(self) -> Iterator[str]:
        with self._created(None) as url:
            yield url

    @contextmanager
    def furnished(self) -> Iterator[str]:
        with self._created(self._template) as url:
            yield url

    @cached_property
    def _template(self) -> str:
        self._server.create("furnished")
        self._furnish(self._server.url("furnished"))
        return "furnished"

    @contextmanager
    def _created(self, template: str | None) -> Iterator[str]:
        name = f"test_{next(self._numbers)}"
        self._server.create(name, template)
        try:
            yield self._server.url(name)
        finally:
            self._server.drop(name)
