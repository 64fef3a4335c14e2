"""The program in a process of its own, as a person starts it."""

import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.request import urlopen

SERVING = re.compile(r"Serving on (http://127\.0\.0\.1:\d+)")
LINK = re.compile(r"(http://\S+/setup/\S+)")


class Served:
    """A running program; when it has stopped, ``said`` is what it said after it began to serve."""

    def __init__(self, instance: Path, **how: Any) -> None:
        self.process = started(instance, "serve", "--port", "0", **how)
        assert self.process.stderr is not None
        said = [self.process.stderr.readline(), self.process.stderr.readline()]
        where, link = SERVING.search(said[0]), LINK.search(said[1])
        assert where, said
        self.address = where[1]
        self.link = link[1] if link else None
        self.said = ""

    @property
    def port(self) -> int:
        return int(self.address.rpartition(":")[2])

    def stop(self, how: signal.Signals = signal.SIGTERM) -> int:
        """Its exit status."""
        self.process.send_signal(how)
        printed, self.said = self.process.communicate(timeout=60)
        assert printed == "", "the link and the log belong on standard error only"
        return self.process.returncode

    def log(self) -> list[dict[str, object]]:
        return [json.loads(line) for line in self.said.splitlines()]


def started(
    instance: Path, *arguments: str, program: str = "from tracker.app import main; main()", **how: Any
) -> subprocess.Popen[str]:
    """``tracker`` with these arguments; ``how`` is what ``Popen`` takes."""
    environment = {**os.environ, "TRACKER_INSTANCE": str(instance), **how.pop("env", {})}
    return subprocess.Popen(
        [sys.executable, "-P", "-c", program, *arguments],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        **how,
    )


def ended(program: subprocess.Popen[str]) -> tuple[int, str]:
    _, said = program.communicate(timeout=60)
    return program.returncode, said


@contextmanager
def served(instance: Path, **how: Any) -> Iterator[Served]:
    program = Served(instance, **how)
    try:
        yield program
    finally:
        if program.process.poll() is None:
            program.stop()


def page(address: str) -> str:
    with urlopen(address, timeout=20) as answer:  # noqa: S310 - the address this test was given by its own server
        text: str = answer.read().decode()
    return text
