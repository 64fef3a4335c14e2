"""What an operator may call is what docs/operations.md says."""

import re
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from tracker.cli.main import main
from tracker.cli.serve import GRACE_SECONDS

ROOT = Path(__file__).parents[2]
OPERATIONS = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
SERVICES = sorted((ROOT / "deploy").glob("*.service"))


def commands(group: click.Group, path: str = "tracker") -> Iterator[tuple[str, click.Command]]:
    for name, each in group.commands.items():
        if isinstance(each, click.Group):
            yield from commands(each, f"{path} {name}")
        else:
            yield f"{path} {name}", each


COMMANDS = dict(commands(main))


@pytest.mark.parametrize("path", COMMANDS)
def test_every_command_and_its_options_are_documented(path: str) -> None:
    rows = [line for line in OPERATIONS.splitlines() if re.match(rf"\| `{path}[ `]", line)]
    assert len(rows) == 1, f"{path} has one row in the table"
    options = [each.opts[0] for each in COMMANDS[path].params if isinstance(each, click.Option)]
    assert [name for name in options if name not in rows[0]] == []


def test_no_command_is_documented_that_is_not_there() -> None:
    documented = re.findall(r"^\| `(tracker [a-z ]*[a-z])", OPERATIONS, re.MULTILINE)
    assert set(documented) == set(COMMANDS)


@pytest.mark.parametrize("service", SERVICES, ids=lambda service: service.stem)
def test_a_service_calls_a_command_that_is_there(service: Path) -> None:
    called = re.search(r"^ExecStart=.*/(tracker \w+)", service.read_text(encoding="utf-8"), re.MULTILINE)
    assert called
    assert called[1] in COMMANDS


def test_systemd_waits_longer_than_requests_have_to_finish() -> None:
    waits = re.search(r"^TimeoutStopSec=(\d+)$", (ROOT / "deploy" / "tracker.service").read_text(), re.MULTILINE)
    assert waits
    assert int(waits[1]) > GRACE_SECONDS
    assert f"{GRACE_SECONDS} seconds" in OPERATIONS


def test_every_file_that_operations_leads_to_is_there() -> None:
    for target in re.findall(r"\]\(([^)#]+)\)", OPERATIONS):
        assert (ROOT / "docs" / target).exists(), target


def test_every_heading_that_operations_leads_to_is_there() -> None:
    headings = {
        title.lower().replace(" ", "-").replace(":", "") for title in re.findall(r"^#+ (.+)$", OPERATIONS, re.M)
    }
    assert set(re.findall(r"\]\(#([^)]+)\)", OPERATIONS)) <= headings
