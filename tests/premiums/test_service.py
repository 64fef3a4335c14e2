import json

import pytest

from tests.support.people import IBRAHIM, bring, oumar
from tests.support.queries import count_queries
from tracker.catalogue.queries import categories_by_code
from tracker.db import Database
from tracker.errors import Conflict
from tracker.intake.rules import Entered
from tracker.premiums.queries import schemes
from tracker.premiums.rules.scheme import Scheme, parse_scheme
from tracker.premiums.service import add_scheme

LATER = {
    "code": "S9-TEST",
    "versions": [
        {
            "valid_from": "2012-01-01",
            "valid_to": "2012-12-31",
            "measure": "pieces",
            "period": "drop_off",
            "eligible": {"MOB": 1},
            "rule": {"kind": "whole", "tiers": [{"from": 0, "rate": 10}]},
            "bonus_percent": [{"from": 0, "percent": 5}],
        }
    ],
}


def scheme(books: Database, **version: object) -> Scheme:
    data = {**LATER, "versions": [{**LATER["versions"][0], **version}]}  # type: ignore[dict-item]
    with books.reading() as session:
        return parse_scheme(json.loads(json.dumps(data)), frozenset(categories_by_code(session)))


def test_one_scheme_covers_a_day(books: Database) -> None:
    with pytest.raises(Conflict, match="cover_overlaps"), books.writing() as session:
        add_scheme(session, IBRAHIM, scheme(books, valid_to="2013-01-01"))


def test_what_was_owed_does_not_change_afterwards(books: Database) -> None:
    """A drop-off weighed on a day without a scheme earned nothing: no later scheme reaches back to it."""
    with books.writing() as session:
        before = session.clock.now().replace(year=2012)
        bring(session, oumar(session), Entered("MOB", pieces=60), at=before)
    with pytest.raises(Conflict, match="days_priced"), books.writing() as session:
        add_scheme(session, IBRAHIM, scheme(books))
    with books.writing() as session:
        add_scheme(session, IBRAHIM, scheme(books, valid_from="2012-04-01"))


def test_schemes_are_read_in_one_question(books: Database) -> None:
    with count_queries(books.engine) as sent, books.reading() as session:
        assert [each.code for each in schemes(session)] == ["S1-PALIER-TOTAL"]
    assert len(sent) == 3
