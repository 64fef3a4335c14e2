"""The program as it is started: in an empty folder, with a browser knocking."""

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.request import urlopen

SERVING = re.compile(r"Serving on (http://127\.0\.0\.1:\d+)")
LINK = re.compile(r"(http://\S+/setup/\S+)")


@contextmanager
def served(instance: Path) -> Iterator[tuple[str, str | None]]:
    """Where the program serves, and the link it printed."""
    program = subprocess.Popen(
        [sys.executable, "-c", "from tracker.app import main; main()", "serve", "--port", "0"],
        env={**os.environ, "TRACKER_INSTANCE": str(instance)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        yield _announced(program)
    finally:
        program.send_signal(signal.SIGTERM)
        printed, _ = program.communicate()
    assert printed == "", "the link belongs on standard error only"


def _announced(program: subprocess.Popen[str]) -> tuple[str, str | None]:
    assert program.stderr is not None
    said = [program.stderr.readline(), program.stderr.readline()]
    where, link = SERVING.search(said[0]), LINK.search(said[1])
    assert where, said
    return where[1], link[1] if link else None


def page(address: str) -> str:
    with urlopen(address, timeout=20) as answer:  # noqa: S310 - the address this test was given by its own server
        text: str = answer.read().decode()
    return text


def test_an_empty_folder_becomes_a_served_depot(tmp_path: Path) -> None:
    with served(tmp_path / "instance") as (address, link):
        assert link is not None
        assert link.startswith(address)
        assert "Le premier administrateur" in page(link)
        assert "Se connecter" in page(address)


def test_each_start_prints_its_own_link_until_an_administrator_is_there(tmp_path: Path) -> None:
    with served(tmp_path / "instance") as (_, first):
        pass
    with served(tmp_path / "instance") as (_, second):
        assert first
        assert second
        assert first.rpartition("/")[2] != second.rpartition("/")[2]
