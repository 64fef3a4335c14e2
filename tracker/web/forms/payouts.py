"""What a manager ticks and says, what a clerk writes when handing over, and what narrows the lists."""

from collections.abc import Sequence
from datetime import date
from typing import cast

from flask import request
from flask_babel import gettext as _
from wtforms import Field, StringField
from wtforms.validators import InputRequired, ValidationError
from wtforms.widgets import HiddenInput

from tracker.db import Session
from tracker.errors import Invalid
from tracker.i18n import lazy as _l
from tracker.payouts.models import State
from tracker.payouts.queries.papers import PayoutFilter
from tracker.payouts.queries.queue import Place
from tracker.values.actor import Actor
from tracker.web.door import MOST_DIGITS
from tracker.web.forms.fields import ChoiceField, DayField, Form, WholeField
from tracker.web.forms.filters import EVERYTHING, Filters, or_all

STATE_NAMES = {
    State.APPROVED: _l("To be handed over"),
    State.PAID: _l("Paid"),
    State.WITHDRAWN: _l("Withdrawn"),
}


class TickedField(Field):
    """Records by their ids, each with a box of its own on the page."""

    data: Sequence[int]

    def process_formdata(self, valuelist: Sequence[str]) -> None:
        if not all(text.isascii() and text.isdigit() and len(text) <= MOST_DIGITS for text in valuelist):
            raise ValueError(_("Choose one of the list."))
        self.data = [int(text) for text in valuelist]


class ApproveForm(Form):
    drop_off = TickedField(_l("Drop-offs"))
    seen = WholeField()
    """The last entry that the page showed: what was posted since is looked at before it is approved."""

    def validate_drop_off(self, field: Field) -> None:
        if not field.data:
            raise ValidationError(_("Tick at least one drop-off."))


class PayForm(Form):
    reference = StringField(
        _l("Cash voucher"),
        [InputRequired(_l("Enter the number of the cash voucher, or what else proves the payment."))],
    )
    paid_on = DayField(_l("Handed over on"))

    def validate_paid_on(self, field: Field) -> None:
        if field.data is None and not field.errors:
            raise ValidationError(_("Enter the day it was handed over."))

    @property
    def day(self) -> date:
        """Of a valid form."""
        return cast(date, self.paid_on.data)


class QueueFilters(Filters):
    """By depot only: what waits has no end."""

    def _offer(self, session: Session, actor: Actor) -> None:
        super()._offer(session, actor)
        del self.first, self.last, self.category


class PayoutFilters(Filters):
    """The days of handing over, depot and state; also ``depositor=7``."""

    depositor = WholeField(_l("Depositor"), widget=HiddenInput())
    state = ChoiceField(
        _l("State"), default=EVERYTHING, pairs=or_all((state.value, name) for state, name in STATE_NAMES.items())
    )

    def _offer(self, session: Session, actor: Actor) -> None:
        super()._offer(session, actor)
        del self.category

    def wanted(self) -> PayoutFilter:
        return PayoutFilter(
            days=self.days,
            depot_id=self.depot_id,
            depositor_id=self.depositor.data,
            state=State(self.state.data) if self.state.data else None,
        )


def place_asked() -> Place | None:
    """Where the queue goes on: ``after=2026-03-05.12``. Raises ``Invalid("address_invalid")``."""
    if not (text := request.args.get("after", "")):
        return None
    day, _dot, depositor_id = text.partition(".")
    try:
        return Place(date.fromisoformat(day), int(depositor_id[:18]))
    except ValueError:
        raise Invalid("address_invalid", field="after", entered=text) from None


def place_named(place: Place | None) -> str | None:
    return None if place is None else f"{place.day.isoformat()}.{place.depositor_id}"
