"""Drop-offs that earn, and a manager who logged none of them."""

from datetime import UTC, datetime

from tests.support.people import IBRAHIM, bring, hire, oumar
from tracker.catalogue.queries import categories_by_code
from tracker.db import Database
from tracker.intake.rules import Entered
from tracker.intake.service import void_drop_off
from tracker.payouts.queries.due import dues
from tracker.payouts.service import approve, pay
from tracker.premiums.queries import balance
from tracker.premiums.rules.scheme import parse_scheme
from tracker.premiums.service import add_scheme
from tracker.values.actor import Actor, Role

PIECE = 25
"""Francs a piece, from 50 to 199 pieces, under the scheme that the product ships."""
IN_2012 = datetime(2012, 6, 5, 9, tzinfo=UTC)
"""Before that scheme begins: ``monthly`` is in force."""
MONTHLY = {
    "code": "AU-MOIS",
    "name_fr": "Au mois",
    "name_en": "By month",
    "versions": [
        {
            "valid_from": "2012-01-01",
            "valid_to": "2012-12-31",
            "measure": "pieces",
            "period": "month",
            "eligible": {"MOB": 1},
            "rule": {"kind": "whole", "tiers": [{"from": 0, "rate": 0}, {"from": 100, "rate": 10}]},
            "rounding_step": 5,
        }
    ],
}
"""10 F a piece once the month has brought 100: a drop-off's worth depends on those before it."""
REFERENCE = "bon 114"


class Depot:
    """Oumar's francs at the depot, and the three who see to them; each verb is a unit of work of its own."""

    def __init__(self, books: Database) -> None:
        self.books = books
        with books.writing() as session:
            self.awa = hire(session, "awa", Role.CLERK)
            self.moussa, self.sekou = hire(session, "moussa"), hire(session, "sekou")
            self.oumar = oumar(session)

    def pay_by_the_month(self) -> None:
        """In 2012."""
        with self.books.writing() as session:
            add_scheme(session, IBRAHIM, parse_scheme(MONTHLY, frozenset(categories_by_code(session))))

    def bring(self, pieces: int, *, at: datetime | None = None) -> int:
        """At 25 F a piece from 50 to 199 pieces."""
        with self.books.writing() as session:
            return bring(session, self.oumar, Entered("MOB", pieces=pieces), at=at)

    def void(self, drop_off: int) -> None:
        with self.books.writing() as session:
            void_drop_off(session, self.moussa, drop_off, "erreur")

    def approve(self, *drop_offs: int, by: Actor | None = None) -> int:
        with self.books.writing() as session:
            return approve(session, by or self.moussa, self.oumar, drop_offs)

    def pay(self, payout: int, *, by: Actor | None = None) -> None:
        with self.books.writing() as session:
            pay(session, by or self.awa, payout, REFERENCE, session.clock.today())

    def francs(self) -> tuple[int, int]:
        """What is owed in all, and what waits less what is owed back."""
        with self.books.reading() as session:
            return balance(session, self.oumar), sum(due.francs for due in dues(session, self.oumar))
