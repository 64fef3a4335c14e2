"""Every refusal and every step of the arithmetic has its sentence."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from tracker.wording import REFUSALS, STEPS

TRACKER = Path(__file__).parents[2] / "tracker"
REFUSING = {"Invalid", "NeedsConfirmation", "NotPermitted", "NotFound", "Conflict"}


def first_words(names: set[str], folder: Path) -> Iterator[str]:
    """The first argument, when it is a word, of every call to one of ``names``."""
    for module in folder.rglob("*.py"):
        for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in names:
                match node.args:
                    case [ast.Constant(value=str(word)), *_]:
                        yield word


def test_every_refusal_is_worded() -> None:
    assert set(first_words(REFUSING, TRACKER)) == set(REFUSALS)


def test_every_step_is_worded() -> None:
    engine = (TRACKER / "premiums" / "rules" / "engine.py").read_text(encoding="utf-8")
    codes = set(re.findall(r'"(\w+)"', engine))
    assert set(first_words({"Step", "_Part", "_part_at_rate"}, TRACKER / "premiums")) <= set(STEPS)
    assert set(STEPS) - {"recorded", "refused", "counted_once"} <= codes
