"""Every word a person may read is in both catalogues, and says the same blanks."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po

ROOT = Path(__file__).parents[2]
BLANK = re.compile(r"%\((\w+)\)s")


@pytest.fixture(scope="module")
def wording(tmp_path_factory: pytest.TempPathFactory) -> Catalog:
    """What code and templates say."""
    template = tmp_path_factory.mktemp("catalogues") / "messages.pot"
    extract = [
        "-m",
        "babel.messages.frontend",
        "-q",
        "extract",
        "-F",
        "pyproject.toml",
        "-k",
        "_l",
        "-o",
        str(template),
        ".",
    ]
    subprocess.run([sys.executable, *extract], cwd=ROOT, check=True)
    with template.open("rb") as file:
        return read_po(file)


@pytest.fixture(scope="module", params=["fr", "en"])
def catalogue(request: pytest.FixtureRequest) -> Catalog:
    file = ROOT / "tracker" / "translations" / request.param / "LC_MESSAGES" / "messages.po"
    with file.open("rb") as opened:
        return read_po(opened, locale=request.param)


def texts(of: str | tuple[str, ...] | list[str] | None) -> list[str]:
    return [of] if isinstance(of, str) else list(of or [""])


def messages(catalogue: Catalog) -> dict[str, Message]:
    return {"\0".join(texts(message.id)): message for message in catalogue if message.id}


def test_both_catalogues_hold_every_word_and_no_other(wording: Catalog, catalogue: Catalog) -> None:
    assert messages(catalogue).keys() == messages(wording).keys(), "run `make catalogues` and translate"


def test_nothing_is_left_untranslated(catalogue: Catalog) -> None:
    left = [message.id for message in messages(catalogue).values() if message.fuzzy or not all(texts(message.string))]
    assert left == []


def test_translations_fill_the_same_blanks(catalogue: Catalog) -> None:
    for message in messages(catalogue).values():
        asked = set(BLANK.findall(" ".join(texts(message.id))))
        assert set(BLANK.findall(" ".join(texts(message.string)))) == asked, message.id


def test_french_marks_stand_after_a_no_break_space(catalogue: Catalog) -> None:
    if str(catalogue.locale) == "fr":
        loose = [text for m in messages(catalogue).values() for text in texts(m.string) if re.search(r" [:;?!»]", text)]
        assert loose == []
