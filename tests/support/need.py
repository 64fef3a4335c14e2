"""What a machine may lack. Without it a test is skipped and says why; in CI it fails."""

import os
import shutil
from pathlib import Path
from typing import NoReturn

import pytest


def postgresql_programs() -> Path:
    """The folder of the server's programs, which Debian keeps off the PATH."""
    on_path = shutil.which("postgres")
    folders = [Path(on_path).parent] if on_path else sorted(Path("/usr/lib/postgresql").glob("*/bin"))
    return folders[-1] if folders else _lacking("the PostgreSQL server's programs are not installed")


def chromium() -> str:
    """The browser's program."""
    return shutil.which("chromium") or shutil.which("google-chrome") or _lacking("Chromium is not installed")


def _lacking(what: str) -> NoReturn:
    if os.environ.get("CI") == "true":
        pytest.fail(what)
    pytest.skip(what)
