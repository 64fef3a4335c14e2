"""What narrows a list: read from its address, shown in the form above it."""

from collections.abc import Iterable
from urllib.parse import urlencode

from flask import request
from werkzeug.datastructures import MultiDict
from wtforms import BooleanField

from tracker.catalogue.queries import categories_by_code, depots
from tracker.db import Session
from tracker.errors import Invalid
from tracker.i18n import language
from tracker.i18n import lazy as _l
from tracker.values import period
from tracker.values.actor import Actor
from tracker.values.period import FIRST_YEAR, LAST_YEAR, Days
from tracker.web.door import whole
from tracker.web.forms.fields import ChoiceField, DayField, Form

EVERYTHING = ""
Choices = Iterable[tuple[str, str]]


class DayFilters(Form):
    """Days by their names in the address: ``from``, ``to``.

    ``year=2013`` and ``month=2013-02`` stand for the days they name, and show as such. A list is asked for by GET:
    there is nothing to protect, and its address can be kept, sent and followed.

    Raises ``Invalid("address_invalid")`` for what cannot be read.
    """

    class Meta:
        csrf = False

    first = DayField(_l("From"), name="from")
    last = DayField(_l("To"), name="to")

    def __init__(self, session: Session, actor: Actor) -> None:
        super().__init__(formdata=_asked())
        self._offer(session, actor)
        self._check()

    def _offer(self, session: Session, actor: Actor) -> None:
        """What the choices are. Nothing here: a filter by days needs none."""

    def _check(self) -> None:
        """The form itself offers only what can be read: anything else was typed into the address."""
        self.validate()
        for field in self:
            if field.errors:
                raise Invalid("address_invalid", field=field.name, entered=request.args.get(field.name))

    @property
    def days(self) -> Days | None:
        if self.first.data is None and self.last.data is None:
            return None
        first, last = period.year(FIRST_YEAR).first, period.year(LAST_YEAR).last
        return Days(self.first.data or first, self.last.data or last)


class Filters(DayFilters):
    """Days, depot and category: ``depot=DES``, ``category=MOB``. A depot out of the actor's reach cannot be read."""

    depot = ChoiceField(_l("Depot"), default=EVERYTHING)
    category = ChoiceField(_l("Category"), default=EVERYTHING)

    def _offer(self, session: Session, actor: Actor) -> None:
        self._depots = {depot.code: depot for depot in depots(session, actor, with_retired=True)}
        self.depot.offer(or_all((code, depot.name) for code, depot in self._depots.items()))
        names = {code: category.name(language()) for code, category in categories_by_code(session).items()}
        self.category.offer(or_all((code, f"{code} – {name}") for code, name in names.items()))

    @property
    def depot_id(self) -> int | None:
        return self._depots[self.depot.data].id if self.depot.data else None

    @property
    def category_code(self) -> str | None:
        return self.category.data or None


class Flag(BooleanField):
    """Set by ``1``; ``0`` does not set it."""

    false_values = (False, "false", "0", "")


def or_all(choices: Choices) -> list[tuple[str, str]]:
    """The choices of a filter, the one that filters nothing first."""
    return [(EVERYTHING, _l("All")), *choices]


def next_address(after: int | None) -> str:
    """Where the list goes on, filtered as it is; empty at its end."""
    return "" if after is None else "?" + urlencode({**request.args.to_dict(), "after": after})


def _asked() -> MultiDict[str, str]:
    """The address's own words, with the days that a year or a month names; days that are given go before them."""
    asked = MultiDict(request.args)
    if (days := _named_days()) is not None:
        asked.setdefault("from", days.first.isoformat())
        asked.setdefault("to", days.last.isoformat())
    return asked


def _named_days() -> Days | None:
    """Raises ``Invalid``: "month_invalid", "year_invalid", "address_invalid"."""
    if month := request.args.get("month"):
        return period.month(month)
    year = whole("year")
    return None if year is None else period.year(year)
