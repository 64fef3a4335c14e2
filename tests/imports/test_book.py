from pathlib import Path

import pytest

from tracker.errors import Invalid
from tracker.imports.rules.book import read_book

NATIVE = (Path(__file__).parents[1] / "data" / "legacy_2013_normalised.csv").read_text(encoding="utf-8")
SMALL = "kind,date,category,grams,destination\nshipment,2013-02-21,MOB,6200000,Côte d'Ivoire\n"


@pytest.mark.parametrize(
    "content",
    [
        SMALL.encode(),
        SMALL.encode("utf-8-sig"),
        SMALL.encode("cp1252"),
        SMALL.replace("ô", "o\u0302").encode(),
        SMALL.replace(",", ";").encode(),
        SMALL.replace("\n", "\r\n").replace(",", " , ").encode(),
        SMALL.replace("kind,", "KIND,").replace("category", '"Category"').encode(),
    ],
)
def test_a_book_reads_the_same_however_it_was_saved(content: bytes) -> None:
    assert read_book(content) == read_book(SMALL.encode())


def test_rows_are_the_spreadsheets() -> None:
    book = read_book((SMALL + "\n" + 'reception,2013-02-22,MOB,"6\n200",\n' + SMALL.splitlines()[1]).encode())
    assert [line.row for line in book.lines] == [2, 3, 4, 5]
    assert [line.blank for line in book.lines] == [False, True, False, False]
    assert book.lines[2].cells["grams"] == "6 200"


def test_a_row_of_separators_is_blank_even_with_its_old_number() -> None:
    book = read_book(b"row,kind,date,category,grams\n7,,,,\n")
    assert book.lines[0].blank


def test_unknown_columns_are_named_and_left_aside() -> None:
    book = read_book(b"kind,date,category,grams,Observations,\nreception,2013-02-21,MOB,100,vu,\n")
    assert (book.ignored, "Observations" in book.lines[0].cells) == (["observations"], False)


def test_text_under_no_heading_is_seen() -> None:
    assert read_book(b"kind,date,category,grams\nreception,2013-02-21,MOB,100,,x\n").lines[0].overflows


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "headings_missing"),
        (b"N\xc2\xb0 bon;Date\n1;2013-01-01\n", "headings_missing"),
        (b"kind,date,category,grams,date\n", "headings_repeated"),
        (b"PK\x03\x04\x00\x00", "book_not_text"),
        (SMALL.encode("utf-16"), "book_not_text"),
        (b"kind,date,category,grams\n\x81\n", "book_not_text"),
        (b'kind,date,category,grams\nreception,"2013-01-01,MOB,100\n', "book_unreadable"),
    ],
)
def test_what_is_no_book_is_refused(content: bytes, code: str) -> None:
    with pytest.raises(Invalid, match=code):
        read_book(content)


def test_the_native_book_has_325_rows_and_no_blank_one() -> None:
    lines = read_book(NATIVE.encode()).lines
    assert (len(lines), any(line.blank for line in lines)) == (325, False)
