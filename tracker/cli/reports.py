"""``tracker report``."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import click
from flask_babel import gettext as _

from config import Settings
from tracker import i18n
from tracker.accounts.policy import Permission
from tracker.catalogue.queries import CategoryView, categories_by_code, depot_coded
from tracker.cli.door import command, prepared_books, settings
from tracker.db import Session
from tracker.errors import NotFound
from tracker.exports import year_csv, year_json
from tracker.reports.queries.year import YearReport, year_report
from tracker.values.actor import CONSOLE
from tracker.values.period import FIRST_YEAR, LAST_YEAR, month

FORMATS = ("table", "json", "csv")
NARROW_SPACES = str.maketrans({"\u00a0": " ", "\u202f": " "})
"""A table goes into files and pipes too, where a no-break space is a trap."""
Table = Sequence[Sequence[str]]


@click.group("report")
def group() -> None:
    """Reports."""


@command(group, "year", requires=Permission.READ_REPORTS)
@click.argument("year", type=click.IntRange(FIRST_YEAR, LAST_YEAR))
@click.option("--depot", "code", help="One depot; else all of them together.")
@click.option("--format", "form", type=click.Choice(FORMATS), default="table", show_default=True)
@click.option("--output", type=click.Path(dir_okay=False, path_type=Path), help="Write to this file.")
def year(year: int, code: str | None, form: str, output: Path | None) -> None:
    """What was received, shipped, held, owed and paid in YEAR."""
    given = settings()
    with prepared_books(given).reading() as session:
        report = _report(session, year, code)
        categories = categories_by_code(session)
    _deliver(_written(given, report, categories, form), output)


def _report(session: Session, year: int, code: str | None) -> YearReport:
    try:
        depot_id = None if code is None else depot_coded(session, CONSOLE, code).id
    except NotFound as refusal:
        raise click.BadParameter(f"no depot has the code {code!r}.", param_hint="--depot") from refusal
    return year_report(session, CONSOLE, year, depot_id)


def _written(given: Settings, report: YearReport, categories: dict[str, CategoryView], form: str) -> bytes:
    if form == "json":
        return year_json(report)
    if form == "csv":
        return year_csv(report, {code: category.name_fr for code, category in categories.items()})
    with i18n.speaking(given):
        names = {code: category.name(i18n.language()) for code, category in categories.items()}
        return ("\n".join(_lines(report, names)) + "\n").translate(NARROW_SPACES).encode()


def _deliver(content: bytes, output: Path | None) -> None:
    if output is None:
        click.echo(content, nl=False)
        return
    try:
        output.write_bytes(content)
    except OSError as error:
        raise click.BadParameter(f"{output}: {error.strerror}", param_hint="--output") from error


def _lines(report: YearReport, names: dict[str, str]) -> Iterator[str]:
    """The report as a person reads it, in tonnes and francs, one section after the other."""
    yield _("Year %(year)s, %(depot)s", year=report.year, depot=report.depot_code or _("all depots"))
    yield from _section(_("Received"), _received(report))
    yield from _section(_("Received by month, t"), _by_month(report.received_by_month))
    yield from _section(_("Received by category, t"), _by_code(report.received_by_category, names))
    yield from _section(_("Shipped"), _shipped(report))
    yield from _section(_("Shipped by country, t"), _by_code(report.shipped_by_country, {}))
    yield from _section(_("Shipped by month, t"), _by_month(report.shipped_by_month))
    yield from _section(_("Shipped by category, t"), _by_code(report.shipped_by_category, names))
    yield from _section(_("Shipments"), _shipments(report), texts=4)
    yield from _section(_("Stock, t"), _stock(report))
    yield from _section(_("Premiums"), _premiums(report))


def _section(title: str, table: Table, *, texts: int = 1) -> Iterator[str]:
    """A title and its rows, the first ``texts`` columns to the left and the figures to the right; none if empty."""
    if not table:
        return
    widths = [max(map(len, column)) for column in zip(*table, strict=True)]
    yield from ("", title)
    for row in table:
        cells = [
            cell.ljust(width) if place < texts else cell.rjust(width)
            for place, (cell, width) in enumerate(zip(row, widths, strict=True))
        ]
        yield f"  {'  '.join(cells)}".rstrip()


def _received(report: YearReport) -> Table:
    share = report.weighed_share
    return [
        (_("Drop-offs"), i18n.count(report.drop_offs)),
        (_("Pieces"), i18n.count(report.received_pieces)),
        (_("Received"), i18n.tonnes(report.received_grams)),
        (_("of which estimated"), i18n.tonnes(report.estimated_grams)),
        (_("Weighed share"), "—" if share is None else i18n.percent(share, decimals=2)),
    ]


def _shipped(report: YearReport) -> Table:
    return [
        (_("Shipments"), i18n.count(len(report.shipments))),
        (_("Shipped"), i18n.tonnes(report.shipped_grams)),
    ]


def _by_month(grams: dict[str, int]) -> Table:
    return [(i18n.month_label(month(key).first), _tonnes(mass)) for key, mass in grams.items()]


def _by_code(grams: dict[str, int], names: dict[str, str]) -> Table:
    return [(f"{code}  {names.get(code, '')}".rstrip(), _tonnes(mass)) for code, mass in grams.items()]


def _shipments(report: YearReport) -> Table:
    if not report.shipments:
        return []
    headings = (_("Number"), _("Left on"), _("To"), _("Container"), _("Packages"), _("Sent, t"), _("Received, t"))
    return [
        headings,
        *(
            (
                row.reference,
                i18n.day_label(row.departed_on),
                f"{row.country}  {row.consignee or ''}".rstrip(),
                row.container or "",
                "" if row.packages is None else i18n.count(row.packages),
                _tonnes(row.net_grams),
                "" if row.received_grams is None else _tonnes(row.received_grams),
            )
            for row in report.shipments
        ),
    ]


def _stock(report: YearReport) -> Table:
    """What sorting lost belongs to no category: it stands on a line of its own, before the closing total."""
    headings = ("", _("Opening"), _("Received"), _("From sorting"), _("To sorting"), _("Shipped"), _("Closing"))
    lines = [(line.category_code, *map(_tonnes, line.as_data().values())) for line in report.stock]
    whole = [sum(column) for column in zip(*(line.as_data().values() for line in report.stock), strict=True)]
    total = [(_("Total"), *map(_tonnes, whole or [0] * 6))]
    loss = [(_("Lost in sorting"), "", "", "", _tonnes(report.loss_grams), "", "")] if report.loss_grams else []
    return [headings, *lines, *total, *loss]


def _premiums(report: YearReport) -> Table:
    return [(_("Owed"), i18n.xof(report.premiums_xof)), (_("Paid"), i18n.xof(report.paid_xof))]


def _tonnes(grams: int) -> str:
    return i18n.tonnes(grams, unit=False)
