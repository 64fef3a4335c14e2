"""Colours that meet on a page can be told apart, by day and in the dark: measured from the style sheet."""

import re
from itertools import pairwise
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SHEET = (ROOT / "tracker" / "static" / "css" / "tracker.css").read_text(encoding="utf-8")
LOOK = (ROOT / "docs" / "look.md").read_text(encoding="utf-8")
TEXT, GRAPHIC = 4.5, 3.0
"""WCAG 2.2 AA: what is read, and what is only seen (edges, focus, bars)."""
READ = [
    *((ink, ground) for ink in ("ink", "ink-soft", "link") for ground in ("paper", "ground", "quiet-ground")),
    *(("on-accent", ground) for ground in ("accent", "accent-strong")),
    ("on-bright", "bright"),
    *(
        (state, ground)
        for state in ("danger", "warning", "success")
        for ground in ("paper", "ground", f"{state}-ground")
    ),
    *(("ink", f"{state}-ground") for state in ("danger", "warning")),
    *(("link", f"{state}-ground") for state in ("danger", "warning")),
]
SEEN = [
    *((edge, ground) for edge in ("line-strong",) for ground in ("paper", "ground", "quiet-ground")),
    ("danger", "paper"),
    ("bright", "accent-strong"),
    ("series-1", "paper"),
    ("series-2-edge", "paper"),
    ("focus", "focus-edge"),
]


def colours(block: str) -> dict[str, str]:
    return dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", block))


def modes() -> dict[str, dict[str, str]]:
    """By mode, every colour by name; the dark says only what differs."""
    blocks = re.findall(r":root \{(.*?)\}", SHEET, re.DOTALL)
    day, dark = colours(blocks[0]), colours(blocks[1])
    return {"light": day, "dark": day | dark}


def luminance(colour: str) -> float:
    """Relative, as WCAG defines it."""
    channels = [int(colour[at:to], 16) / 255 for at, to in pairwise((1, 3, 5, 7))]
    linear = [each / 12.92 if each <= 0.04045 else ((each + 0.055) / 1.055) ** 2.4 for each in channels]
    return sum(weight * each for weight, each in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def ratio(first: str, second: str) -> float:
    high, low = sorted((luminance(first), luminance(second)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def test_the_measure_is_right() -> None:
    assert ratio("#000000", "#ffffff") == pytest.approx(21)
    assert ratio("#777777", "#ffffff") == pytest.approx(4.48, abs=0.005)


@pytest.mark.parametrize("mode", ["light", "dark"])
@pytest.mark.parametrize(("pairs", "least"), [(READ, TEXT), (SEEN, GRAPHIC)], ids=["read", "seen"])
def test_colours_that_meet_can_be_told_apart(mode: str, pairs: list[tuple[str, str]], least: float) -> None:
    known = modes()[mode]
    measured = {pair: ratio(known[pair[0]], known[pair[1]]) for pair in pairs}
    assert {pair: round(found, 2) for pair, found in measured.items() if found < least} == {}


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_a_focused_part_stands_out_from_whatever_it_is_on(mode: str) -> None:
    """The ring has two tones: on every ground one of them is seen."""
    known = modes()[mode]
    for ground in ("paper", "ground", "accent", "accent-strong", "bright", "danger-ground"):
        assert max(ratio(known[ring], known[ground]) for ring in ("focus", "focus-edge")) >= GRAPHIC, ground


def test_the_look_tells_the_measured_ratios() -> None:
    """A row of its table: the pair, by day, in the dark."""
    rows = re.findall(r"^\| `([\w-]+)` on `([\w-]+)` \| ([\d.]+) \| ([\d.]+) \|$", LOOK, re.MULTILINE)
    assert {(ink, ground) for ink, ground, *_ in rows} == {*READ, *SEEN}
    known = modes()
    for ink, ground, *told in rows:
        measured = [f"{ratio(known[mode][ink], known[mode][ground]):.1f}" for mode in ("light", "dark")]
        assert told == measured, f"{ink} on {ground}: write {measured}"
