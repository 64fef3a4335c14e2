"""What is given away: a wheel that needs nothing of this folder."""

import os
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import pytest

from hatch_build import compile_catalogues
from tests.support.program import ended, page, served, started

ROOT = Path(__file__).parents[2]
WHERE = "import config, tracker; print(config.__file__, tracker.__file__, sep='\\n')"


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    subprocess.run([sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", folder], cwd=ROOT, check=True)
    return next(folder.glob("*.whl"))


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the program and nothing else; what it depends on is there already."""
    folder = tmp_path_factory.mktemp("installed")
    install = ["-m", "pip", "install", "-q", "--no-index", "--no-deps", "--target", str(folder), str(wheel)]
    subprocess.run([sys.executable, *install], check=True, env={**os.environ, "PIP_DISABLE_PIP_VERSION_CHECK": "1"})
    return folder


def test_everything_that_is_read_at_run_time_travels_inside(wheel: Path) -> None:
    inside = set(zipfile.ZipFile(wheel).namelist())
    kept = [f"tracker/{file}" for folder in ("templates", "migrations") for file in files(ROOT, folder)]
    kept += [f"tracker/{file}" for folder in ("static", "translations") for file in files(ROOT / "tracker", folder)]
    assert set(kept) | {"config.py", "tracker/premiums/default_scheme.json"} <= inside
    assert not [name for name in inside if name.endswith(".pyc") or name.startswith("tests/")]


def files(root: Path, folder: str) -> list[str]:
    found = [file.relative_to(root) for file in (root / folder).rglob("*") if file.is_file()]
    return [file.as_posix() for file in found if "__pycache__" not in file.parts]


def test_it_runs_from_any_folder(installed: Path, tmp_path: Path) -> None:
    elsewhere: dict[str, Any] = {"cwd": tmp_path, "env": {"PYTHONPATH": str(installed)}}
    instance = tmp_path / "instance"
    where = started(instance, program=WHERE, **elsewhere)
    printed, _ = where.communicate(timeout=60)
    assert printed.split() == [str(installed / "config.py"), str(installed / "tracker" / "__init__.py")]
    assert ended(started(instance, "db", "upgrade", **elsewhere)) == (0, "")
    with served(instance, **elsewhere) as program:
        assert "Se connecter" in page(program.address)
        assert "--accent" in page(f"{program.address}/static/css/tracker.css")


def test_a_catalogue_is_compiled_when_it_is_older_than_its_words(tmp_path: Path) -> None:
    folder = tmp_path / "fr" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    words = folder / "messages.po"
    words.write_text('msgid ""\nmsgstr "Content-Type: text/plain; charset=utf-8"\n\nmsgid "Depot"\nmsgstr "Dépôt"\n')
    compile_catalogues(tmp_path)
    compiled = folder / "messages.mo"
    assert "Dépôt".encode() in compiled.read_bytes()
    compiled.write_bytes(b"kept")
    os.utime(words, (1, 1))
    compile_catalogues(tmp_path)
    assert compiled.read_bytes() == b"kept"
