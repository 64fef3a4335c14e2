"""The year as a report: a page whose every figure leads to the rows it sums, and the same figures as files."""

from datetime import timedelta

from flask import redirect, render_template, url_for
from werkzeug.wrappers import Response

from tracker.accounts.policy import Permission
from tracker.catalogue.queries import categories_by_code
from tracker.db import Session
from tracker.exports import year_csv as csv_of
from tracker.exports import year_json as json_of
from tracker.reports.queries.year import YearReport, year_report
from tracker.reports.queries.years import held_before, span
from tracker.values import period
from tracker.values.actor import Actor
from tracker.web.door import Pages, category_names
from tracker.web.forms.reports import ReportFilters
from tracker.web.forms.shipments import country_names
from tracker.web.pictures import moved_by_month, split

pages = Pages("reports", __name__, url_prefix="/reports")


@pages.reads("/", Permission.READ_REPORTS)
def index(reading: Session, actor: Actor) -> Response:
    """On to the last year of which the books say something."""
    days = span(reading, actor)
    last = days.last if days else reading.clock.today()
    return redirect(url_for(".year", year=last.year))


@pages.reads("/<int:year>", Permission.READ_REPORTS)
def year(reading: Session, actor: Actor, year: int) -> str:
    form = ReportFilters(reading, actor)
    days = period.year(year)
    return render_template(
        "reports/year.html",
        form=form,
        report=year_report(reading, actor, year, form.depot_id),
        before=held_before(reading, actor, days.first, form.depot_id),
        days=days,
        eve=days.first - timedelta(days=1),
        span=span(reading, actor, form.depot_id),
        scope={"depot": form.depot.data} if form.depot.data else {},
        names=category_names(reading),
        countries=country_names(),
        month=period.month,
        moved_by_month=moved_by_month,
        split=split,
        months=period.months_of(days),
    )


@pages.reads("/<int:year>.csv", Permission.READ_REPORTS)
def year_csv(reading: Session, actor: Actor, year: int) -> Response:
    report = _report(reading, actor, year)
    names = {code: category.name_fr for code, category in categories_by_code(reading).items()}
    return _file(report, csv_of(report, names), "csv", "text/csv")


@pages.reads("/<int:year>.json", Permission.READ_REPORTS)
def year_json(reading: Session, actor: Actor, year: int) -> Response:
    report = _report(reading, actor, year)
    return _file(report, json_of(report), "json", "application/json")


def _report(reading: Session, actor: Actor, year: int) -> YearReport:
    return year_report(reading, actor, year, ReportFilters(reading, actor).depot_id)


def _file(report: YearReport, content: bytes, extension: str, mimetype: str) -> Response:
    """Kept under a name that says the year and the depot."""
    name = "-".join(filter(None, ("tracker", str(report.year), report.depot_code)))
    kept = {"Content-Disposition": f'attachment; filename="{name}.{extension}"'}
    return Response(content, mimetype=mimetype, headers=kept)
