"""The premium engine, against adding up the same lines in plain Python."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from importlib import resources

from bench.measure import Figure, per_second
from tracker.catalogue.service import shipped_categories
from tracker.premiums.rules.engine import Line, Visit, price
from tracker.premiums.rules.scheme import parse_scheme

VISITS, DEPOSITORS = 2_000, 300
FIRST = datetime(2025, 1, 2, 9, tzinfo=UTC)


def figures() -> Iterator[Figure]:
    shipped = resources.files("tracker.premiums").joinpath("default_scheme.json").read_text(encoding="utf-8")
    categories = frozenset(category.code for category in shipped_categories())
    versions = parse_scheme(json.loads(shipped), categories).versions
    visits = [_visit(number) for number in range(VISITS)]
    limit = per_second(lambda: sum(line.pieces or 0 for visit in visits for line in visit.lines), VISITS)
    ours = per_second(lambda: price(versions, visits), VISITS)
    yield Figure("a drop-off priced and explained", ours, limit, "sums in plain Python")


def _visit(number: int) -> Visit:
    moment = FIRST + timedelta(hours=number)
    lines = (Line("MOB", 40 + number % 300, 6_000), Line("CHG", None, 2_000))
    return Visit(number, number % DEPOSITORS, moment, moment.date(), lines)
