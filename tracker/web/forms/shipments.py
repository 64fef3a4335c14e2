"""A draft as a manager writes it, each of a shipment's steps, and what narrows the list."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, cast

from babel import Locale
from flask_babel import gettext as _
from wtforms import Field, FieldList, FormField, StringField
from wtforms import Form as Enclosed
from wtforms.validators import InputRequired, ValidationError

from tracker.catalogue.queries import categories_by_code
from tracker.db import Session
from tracker.i18n import kg, language
from tracker.i18n import lazy as _l
from tracker.shipments.models import State
from tracker.shipments.queries import ShipmentFilter, ShipmentView
from tracker.shipments.rules import LineEntered
from tracker.shipments.service import NewShipment
from tracker.stock.queries import held
from tracker.values.actor import Actor
from tracker.values.text import fold
from tracker.web.forms.fields import ChoiceField, DayField, Form, KilogramsField, Pairs, WholeField
from tracker.web.forms.filters import EVERYTHING, Filters, Flag, or_all
from tracker.web.forms.lines import NOT_CHOSEN, Line, settle

LINES_OFFERED = 5
STATE_NAMES = {
    State.DRAFT: _l("Draft"),
    State.SENT: _l("Sent"),
    State.RECEIVED: _l("Received"),
    State.CANCELLED: _l("Cancelled"),
    State.REVERSED: _l("Reversed"),
}
FIRST_COUNTRIES = ("FR", "BE")
"""Where the depot's shipments have gone so far."""
NOT_ISO = {"AC", "CP", "CQ", "DG", "EA", "EU", "EZ", "IC", "QO", "TA", "UN", "XA", "XB", "XK", "ZZ"}
"""Two letters that name a territory to software, and none in ISO 3166-1."""


def country_names() -> dict[str, str]:
    """By ISO 3166-1 alpha-2 code, in the reader's language and order, the usual ones first."""
    territories = Locale(language()).territories
    names = {code: name for code, name in territories.items() if len(code) == len("FR") and code not in NOT_ISO}
    ordered = sorted(names, key=lambda code: fold(names[code]))
    return {code: names[code] for code in (*FIRST_COUNTRIES, *ordered)}


class ShipmentLine(Line):
    net = KilogramsField(_l("Net weight"))

    def validate_net(self, field: Field) -> None:
        if not self.blank:
            _refuse_nothing(field, _("Enter the net weight."))


class ShipmentForm(Form):
    consignee = StringField(_l("Consignee"), [InputRequired(_l("Enter who receives it."))])
    country = ChoiceField(_l("Country"), [InputRequired(_l("Choose the country."))], default=NOT_CHOSEN)
    container = StringField(_l("Container number"))
    packages = WholeField(_l("Packages"))
    lines = FieldList(FormField(ShipmentLine))

    def offer(self, session: Session, actor: Actor, depot_id: int, *, one_more: bool = False) -> None:
        self.country.offer([(NOT_CHOSEN, _("Choose the country")), *country_names().items()])
        settle(self.lines, _categories(session, actor, depot_id), at_least=LINES_OFFERED, one_more=one_more)

    def command(self, depot_id: int) -> NewShipment:
        """For a valid form."""
        filled = [line.form for line in self.lines if not line.form.blank]
        return NewShipment(
            depot_id=depot_id,
            consignee=self.consignee.data or "",
            country=self.country.data or "",
            container=self.container.data or "",
            packages=self.packages.data,
            lines=[LineEntered(line.category.data, line.net.data) for line in filled],
        )


def _categories(session: Session, actor: Actor, depot_id: int) -> Pairs:
    """What the depot holds first, each with how much; then the rest of the catalogue."""
    holds = {row.category_code: row.grams for row in held(session, actor, depot_id) if row.grams}
    known = categories_by_code(session)
    ordered = sorted(known.values(), key=lambda category: category.code not in holds)
    return [
        (category.code, _category_label(f"{category.code} – {category.name(language())}", holds.get(category.code, 0)))
        for category in ordered
        if category.code in holds or not category.retired
    ]


def _category_label(name: str, grams: int) -> str:
    return f"{name} · " + (_("%(mass)s held", mass=kg(grams)) if grams else _("none held"))


def as_it_stands(shipment: ShipmentView) -> dict[str, Any]:
    """What changing a draft opens with."""
    return {
        "consignee": shipment.consignee,
        "country": shipment.country,
        "container": shipment.container,
        "packages": shipment.packages,
        "lines": [{"category": line.category_code, "net": line.net_grams} for line in shipment.lines],
    }


class SendForm(Form):
    departed_on = DayField(_l("Left on"))

    def validate_departed_on(self, field: Field) -> None:
        _refuse_nothing(field, _("Enter the day it left."))

    @property
    def day(self) -> date:
        """Of a valid form."""
        return cast(date, self.departed_on.data)


class ReceiveForm(Form):
    """With one field ``received-MOB`` for each category that was sent: ``receive_form`` makes it."""

    received_on = DayField(_l("Received on"))
    received: "FormField[Any]"

    def validate_received_on(self, field: Field) -> None:
        _refuse_nothing(field, _("Enter the day it was received."))

    @property
    def day(self) -> date:
        """Of a valid form."""
        return cast(date, self.received_on.data)

    @property
    def grams(self) -> dict[str, int]:
        """By category code, of those that were entered."""
        return {field.short_name: field.data for field in self.received.form if field.data is not None}


def receive_form(codes: Sequence[str], names: Mapping[str, str], **values: Any) -> ReceiveForm:
    asked = InputRequired(_l("Enter the received weight, 0 if nothing arrived."))
    weights = type("Weights", (Enclosed,), {code: KilogramsField(names[code], [asked]) for code in codes})
    made: type[ReceiveForm] = type("ReceiveForm", (ReceiveForm,), {"received": FormField(weights)})
    return made(**values)


def _refuse_nothing(field: Field, message: str) -> None:
    """White space is nothing; what cannot be read is told as such."""
    if field.data is None and not field.errors:
        raise ValidationError(message)


class ShipmentFilters(Filters):
    """Also ``country=FR``, ``state=sent``, and ``departed=1`` for those whose grams have left the stock."""

    country = ChoiceField(_l("Country"), default=EVERYTHING)
    state = ChoiceField(
        _l("State"), default=EVERYTHING, pairs=or_all((state.value, name) for state, name in STATE_NAMES.items())
    )
    departed = Flag(_l("Only what has left"))

    def _offer(self, session: Session, actor: Actor) -> None:
        super()._offer(session, actor)
        self.country.offer(or_all(country_names().items()))

    def wanted(self) -> ShipmentFilter:
        return ShipmentFilter(
            days=self.days,
            depot_id=self.depot_id,
            country=self.country.data or None,
            state=State(self.state.data) if self.state.data else None,
            category_code=self.category_code,
            departed=self.departed.data,
        )
