"""Files that people open in a spreadsheet and programs read: nothing in them runs, nothing in them is dressed up.

Numbers carry no separator of thousands and no no-break space; the decimal sign is the comma of the French.
"""

import csv
import io
import itertools
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Generic, TypeVar

from tracker.reports.queries.year import YearReport, document
from tracker.reports.rules import StockLine

Row = TypeVar("Row")
Cell = str | int | Decimal | date | None
DELIMITER = ";"
BOM = "\ufeff"
"""Excel takes a file without the mark for one of the machine's own code page."""
PIECE = 32 * 1024
_RUNS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""What a spreadsheet takes for the start of a formula, or passes over to find one; the wide forms are Excel's too."""


@dataclass(frozen=True, slots=True)
class Register(Generic[Row]):
    """A list as a file: its name, and by heading what stands in a row's cell."""

    name: str
    columns: Mapping[str, Callable[[Row], Cell]]

    @property
    def headings(self) -> list[str]:
        return list(self.columns)

    def cells(self, row: Row) -> list[Cell]:
        return [cell(row) for cell in self.columns.values()]


def csv_file(headings: Sequence[str], rows: Iterable[Sequence[Cell]]) -> bytes:
    """The whole file. Text is made harmless; a number is a number, a minus sign before it included."""
    return b"".join(csv_stream(headings, rows))


def csv_stream(headings: Sequence[str], rows: Iterable[Sequence[Cell]]) -> Iterator[bytes]:
    """The same file, in pieces: no more of it is held than ``PIECE`` characters."""
    text = io.StringIO(newline="")
    text.write(BOM)
    writer = csv.writer(text, delimiter=DELIMITER)
    for row in itertools.chain([headings], rows):
        writer.writerow([_cell(value) for value in row])
        if text.tell() > PIECE:
            yield _taken(text)
    yield _taken(text)


def _taken(text: io.StringIO) -> bytes:
    taken = text.getvalue().encode()
    text.seek(0)
    text.truncate()
    return taken


def _cell(value: Cell) -> str:
    match value:
        case None:
            return ""
        case str():
            return harmless(value)
        case Decimal():
            return f"{value:f}".replace(".", ",")
        case _:
            return str(value)


def harmless(text: str) -> str:
    """The text as a spreadsheet shows it and does not run it: an apostrophe goes before what would start a formula."""
    return f"'{text}" if text.startswith(_RUNS) else text


def tonnes(grams: int) -> Decimal:
    """``95000000`` → 95.000: three decimals, to the nearest kilogram, ties to even, as everywhere a tonne is shown."""
    return Decimal(grams).scaleb(-6).quantize(Decimal("0.001"))


def year_json(report: YearReport) -> bytes:
    """The year's report as programs read it: one JSON document, in UTF-8."""
    return (json.dumps(document(report), ensure_ascii=False, indent=2) + "\n").encode()


YEAR_HEADINGS = (
    "Rubrique",
    "Code",
    "Libellé",
    "Date",
    "Pays",
    "Conteneur",
    "Colis",
    "Nombre",
    "Pièces",
    "Masse (g)",
    "Masse (t)",
    "Masse reçue (g)",
    "Masse reçue (t)",
    "Montant (F CFA)",
)
"""French whoever asks, and fixed: programs read the file by them."""


def year_csv(report: YearReport, names: Mapping[str, str]) -> bytes:
    """The year's report, one figure a row. ``names`` are the categories' by code.

    ``Rubrique`` says what the row is: filter on it in a spreadsheet, or read it in a program. A total and what it
    is made of have headings of their own (``Reçu``, ``Reçu par mois``), so no column is to be summed unfiltered.
    """
    return csv_file(YEAR_HEADINGS, (_tidy(figure) for figure in _year_figures(report, names)))


@dataclass(frozen=True, slots=True)
class _Figure:
    """A row of the year's file; what does not apply is empty."""

    heading: str
    code: str | None = None
    label: str | None = None
    day: date | None = None
    country: str | None = None
    container: str | None = None
    packages: int | None = None
    count: int | None = None
    pieces: int | None = None
    grams: int | None = None
    received_grams: int | None = None
    francs: int | None = None


def _tidy(figure: _Figure) -> list[Cell]:
    return [
        *(figure.heading, figure.code, figure.label, figure.day, figure.country, figure.container),
        *(figure.packages, figure.count, figure.pieces),
        *_grams_and_tonnes(figure.grams),
        *_grams_and_tonnes(figure.received_grams),
        figure.francs,
    ]


def _grams_and_tonnes(grams: int | None) -> tuple[Cell, Cell]:
    return (None, None) if grams is None else (grams, tonnes(grams))


def _year_figures(report: YearReport, names: Mapping[str, str]) -> Iterator[_Figure]:
    yield _Figure("Exercice", str(report.year), report.depot_code or "Tous les dépôts")
    yield from _received_figures(report, names)
    yield from _shipped_figures(report, names)
    yield from _stock_figures(report, names)
    yield _Figure("Primes dues", francs=report.premiums_xof)
    yield _Figure("Primes versées", francs=report.paid_xof)


def _received_figures(report: YearReport, names: Mapping[str, str]) -> Iterator[_Figure]:
    weighed = report.received_grams - report.estimated_grams
    yield _Figure("Reçu", count=report.drop_offs, pieces=report.received_pieces, grams=report.received_grams)
    yield _Figure("Reçu, pesé", grams=weighed)
    yield _Figure("Reçu, estimé", grams=report.estimated_grams)
    yield from _split("Reçu par mois", report.received_by_month)
    yield from _split("Reçu par catégorie", report.received_by_category, names)


def _shipped_figures(report: YearReport, names: Mapping[str, str]) -> Iterator[_Figure]:
    yield _Figure("Expédié", count=len(report.shipments), grams=report.shipped_grams)
    yield from _split("Expédié par pays", report.shipped_by_country)
    yield from _split("Expédié par mois", report.shipped_by_month)
    yield from _split("Expédié par catégorie", report.shipped_by_category, names)
    for row in report.shipments:
        yield _Figure(
            "Expédition",
            code=row.reference,
            label=row.consignee,
            day=row.departed_on,
            country=row.country,
            container=row.container,
            packages=row.packages,
            grams=row.net_grams,
            received_grams=row.received_grams,
        )


def _stock_figures(report: YearReport, names: Mapping[str, str]) -> Iterator[_Figure]:
    yield _Figure("Stock d'ouverture", grams=report.opening_stock_grams)
    yield _Figure("Perte au tri", grams=report.loss_grams)
    yield _Figure("Stock de clôture", grams=report.closing_stock_grams)
    for heading, grams in _STOCK_COLUMNS.items():
        yield from _split(heading, {line.category_code: grams(line) for line in report.stock}, names)


_STOCK_COLUMNS: Mapping[str, Callable[[StockLine], int]] = {
    "Stock d'ouverture par catégorie": lambda line: line.opening_grams,
    "Entré par apport": lambda line: line.received_grams,
    "Entré par tri": lambda line: line.sorted_in_grams,
    "Sorti par tri": lambda line: line.sorted_out_grams,
    "Sorti par expédition": lambda line: line.shipped_grams,
    "Stock de clôture par catégorie": lambda line: line.closing_grams,
}


def _split(heading: str, grams: Mapping[str, int], names: Mapping[str, str] | None = None) -> Iterator[_Figure]:
    for code, mass in grams.items():
        yield _Figure(heading, code, (names or {}).get(code), grams=mass)
