"""A book as a file: bytes in any usual encoding and separator in, rows of tidy cells out."""

import csv
import io
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tracker.errors import Invalid

IDENTIFYING = (
    "slip",
    "kind",
    "date",
    "category",
    "pieces",
    "grams",
    "phone_e164",
    "premium_xof",
    "destination",
    "container",
)
"""The columns that say what happened. ``row`` and ``flags`` speak of an earlier reading of the book."""
COLUMNS = ("row", *IDENTIFYING, "flags")
NEEDED = ("kind", "date", "category", "grams")
SEPARATORS = ",;\t"
HEADER = 1


@dataclass(frozen=True, slots=True)
class Line:
    """One row of the spreadsheet; ``row`` counts from the header's 1."""

    row: int
    cells: Mapping[str, str]
    """By heading; blank cells and unknown columns are left out."""
    overflows: bool = False
    """There is text to the right of the last heading."""

    @property
    def blank(self) -> bool:
        return not self.overflows and not any(column in self.cells for column in IDENTIFYING)


@dataclass(frozen=True, slots=True)
class Book:
    lines: Sequence[Line]
    ignored: Sequence[str]
    """Headings that are none of ``COLUMNS``."""


def read_book(content: bytes) -> Book:
    """A CSV with the native headings, in any order.

    Raises ``Invalid``: "book_not_text", "book_unreadable", "headings_missing", "headings_repeated".
    """
    header, *records = _records(_text(content)) or [[]]
    headings = [tidy(heading).casefold() for heading in header]
    _check_headings(headings)
    lines = [_line(row, headings, record) for row, record in enumerate(records, start=HEADER + 1)]
    return Book(lines, [heading for heading in headings if heading and heading not in COLUMNS])


def tidy(text: str) -> str:
    """One spelling whatever the encoding: composed accents, single plain spaces."""
    return " ".join(unicodedata.normalize("NFC", text).split())


def _text(content: bytes) -> str:
    """UTF-8 with or without a mark, or else Windows-1252."""
    for encoding in ("utf-8-sig", "cp1252"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    raise Invalid("book_not_text")


def _records(text: str) -> list[list[str]]:
    header = text.split("\n", 1)[0]
    separator = max(SEPARATORS, key=header.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    try:
        return list(reader)
    except csv.Error as error:
        raise Invalid("book_unreadable", line=reader.line_num, detail=str(error)) from error


def _check_headings(headings: Sequence[str]) -> None:
    if missing := [heading for heading in NEEDED if heading not in headings]:
        raise Invalid("headings_missing", missing=", ".join(missing))
    if repeated := [heading for heading in COLUMNS if headings.count(heading) > 1]:
        raise Invalid("headings_repeated", repeated=", ".join(repeated))


def _line(row: int, headings: Sequence[str], record: Sequence[str]) -> Line:
    texts = [tidy(cell) for cell in record]
    named = zip(headings, texts, strict=False)
    cells = {heading: text for heading, text in named if text and heading in COLUMNS}
    return Line(row, cells, overflows=any(texts[len(headings) :]))
