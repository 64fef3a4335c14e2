"""The style sheet and the pages know the same classes, and every size and colour is one of the scales'."""

import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
STATIC = ROOT / "tracker" / "static"
SHEET = re.sub(r"/\*.*?\*/", "", (STATIC / "css" / "tracker.css").read_text(encoding="utf-8"), flags=re.DOTALL)
TEMPLATES = [file.read_text(encoding="utf-8") for file in sorted((ROOT / "templates").rglob("*.html"))]
SCRIPTS = [file.read_text(encoding="utf-8") for file in sorted((STATIC / "js").glob("*.js"))]
CODE = [file.read_text(encoding="utf-8") for file in sorted((ROOT / "tracker" / "web").rglob("*.py"))]
BOOTSTRAP = {"visually-hidden"}
"""What we take from it beside its reset."""
EXPRESSION = re.compile(r"\{\{.*?\}\}|\{%.*?%\}", re.DOTALL)


def styled() -> set[str]:
    """Classes that a rule of ours names."""
    selectors = re.findall(r"([^{};]+)\{", SHEET)
    return {name for selector in selectors for name in re.findall(r"\.([a-z][\w-]*)", selector)}


def literal_classes() -> Iterator[str]:
    """Classes that a template gives as they stand; what an expression makes is left out."""
    for template in TEMPLATES:
        for given in re.findall(r'class="((?:\{\{.*?\}\}|\{%.*?%\}|[^"])*)"', template, re.DOTALL):
            yield from (name for name in EXPRESSION.sub(" ", given).split() if not name.endswith("-"))


def test_every_class_of_a_page_is_styled() -> None:
    assert set(literal_classes()) - styled() - BOOTSTRAP == set()


def test_every_style_is_used() -> None:
    """By its name as a whole word: in a template, a script, or what code gives a template to show."""
    words = set(re.findall(r"[a-z][\w-]*", " ".join([*TEMPLATES, *SCRIPTS, *CODE])))
    made = {"series-1", "series-2"}
    """Numbered by a chart, with the states that records are in: see components/chart.html and status.html."""
    assert styled() - words - made == set()


def test_sizes_of_text_and_colours_are_those_of_the_scales() -> None:
    _, _, rules = SHEET.partition("\nhtml {")
    on_screen = re.sub(r"@media print \{.*?\n\}", "", rules, flags=re.DOTALL)
    assert re.findall(r"font-size: (?!var\(|inherit)([\d.]+rem)", on_screen) == []
    assert [colour for colour in re.findall(r"#[0-9a-fA-F]{3,6}", on_screen) if colour != "#fff"] == []
