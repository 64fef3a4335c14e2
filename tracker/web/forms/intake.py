"""A drop-off as the counter enters it, what narrows the list of them, and the reason of a void."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID, uuid4

from flask_babel import gettext as _
from wtforms import Field, FieldList, FormField, StringField
from wtforms.validators import InputRequired, ValidationError
from wtforms.widgets import HiddenInput

from tracker.catalogue.queries import CategoryView, DepotView
from tracker.errors import Refusal
from tracker.i18n import language
from tracker.i18n import lazy as _l
from tracker.intake.queries import DropOffFilter, DropOffView, LineView
from tracker.intake.rules import Entered, lines_hash
from tracker.intake.service import NEWCOMER, NewDropOff
from tracker.people import rules as people
from tracker.people.models import Kind
from tracker.people.service import NewDepositor
from tracker.web.forms.fields import ChoiceField, Form, KilogramsField, MomentField, ReasonForm, WholeField, depot_clock
from tracker.web.forms.filters import EVERYTHING, Filters, or_all
from tracker.web.forms.lines import NOT_CHOSEN, Line, settle
from tracker.web.forms.people import KIND_NAMES

LINES_OFFERED = 3
"""To a browser without script; with one, lines are added in place."""
_WEIGHED, _ESTIMATED = "0", "1"


class LineForm(Line):
    """Category, pieces and/or a weighing."""

    pieces = WholeField(_l("Pieces"))
    gross = KilogramsField(_l("Gross"))
    tare = KilogramsField(_l("Tare"))
    refused = KilogramsField(_l("Refused"))

    def validate_gross(self, field: Field) -> None:
        if field.data is None and not field.errors and (self.tare.data or self.refused.data):
            raise ValidationError(_("Enter the gross weight that tare and refused weight are taken from."))

    def entered(self) -> Entered:
        return Entered(
            category=self.category.data,
            pieces=self.pieces.data,
            gross_grams=self.gross.data,
            tare_grams=self.tare.data or 0,
            refused_grams=self.refused.data or 0,
        )


class DropOffForm(Form):
    """A drop-off, from a depositor who is chosen or one who is added with it."""

    client_id = StringField()
    confirmed = StringField()
    """The lines that the clerk has looked at again and found right."""
    shared = StringField()
    """The telephone that the new depositor shares with another."""
    instead = WholeField()
    """Whom the clerk recognises by the telephone: it is nobody new."""
    depot = ChoiceField(_l("Depot"))
    depositor = WholeField(_l("Depositor"))
    find = StringField(_l("Name or telephone"))
    name = StringField(_l("Name"))
    phone = StringField(_l("Telephone"))
    kind = ChoiceField(
        _l("Who brings"),
        pairs=[(kind.value, name) for kind, name in KIND_NAMES.items()],
        default=Kind.INDIVIDUAL.value,
    )
    weighed_at = MomentField(_l("Weighed on"), [InputRequired(_l("Enter the day and the time of weighing."))])
    lines = FieldList(FormField(LineForm))

    def offer(self, depots: Sequence[DepotView], categories: Sequence[CategoryView], *, one_more: bool = False) -> None:
        """One depot is no choice: it is taken."""
        choices = [(str(depot.id), depot.name) for depot in depots]
        if len(depots) == 1:
            self.depot.data = choices[0][0]
        else:
            choices.insert(0, (NOT_CHOSEN, _("Choose the depot")))
        self.depot.offer(choices)
        names = [(each.code, f"{each.code} – {each.name(language())}") for each in categories]
        settle(self.lines, names, at_least=LINES_OFFERED, one_more=one_more)
        self.typical = {each.code: each.typical_unit_grams for each in categories if each.typical_unit_grams}
        self._recognise()

    def _recognise(self) -> None:
        if self.instead.data is not None:
            self.depositor.data, self.name.data, self.phone.data = self.instead.data, "", ""
            self.depositor.raw_data = None

    def validate_client_id(self, field: Field) -> None:
        try:
            UUID(field.data)
        except ValueError:
            raise ValidationError(_("This form has lost its number. Open a new one.")) from None

    def validate_depot(self, field: Field) -> None:
        if not field.data:
            raise ValidationError(_("Choose the depot."))

    def complete(self) -> bool:
        """Nothing is missing: not the depositor either, which a preview can do without."""
        valid = bool(self.validate())
        chosen, new = self.depositor.data is not None, self.names_newcomer
        if chosen and new:
            self.depositor.errors = [_("Choose a depositor or add a new one, not both.")]
        elif not chosen and not new and not self.depositor.errors:
            self.depositor.errors = [_("Choose the depositor, or add a new one.")]
        return valid and chosen is not new

    @property
    def depot_id(self) -> int | None:
        """Of those offered; nothing while none of them is chosen."""
        return int(self.depot.data) if self.depot.data and self.depot.data in self.depot.offered else None

    @property
    def names_newcomer(self) -> bool:
        return bool((self.name.data or "").strip() or (self.phone.data or "").strip())

    @property
    def newcomer(self) -> NewDepositor | None:
        """A depositor to be added with the drop-off, of a valid form."""
        if not self.names_newcomer:
            return None
        name, phone = (self.name.data or "").strip(), (self.phone.data or "").strip()
        shared = bool(phone) and self.shared.data == phone
        return NewDepositor(self.depot_id or 0, Kind(self.kind.data), name, phone, confirmed=shared)

    def added_already(self, saved: DropOffView) -> bool:
        """The newcomer is the depositor of ``saved``: the form is being sent again."""
        name, phone = people.checked_name(self.name.data or ""), people.checked_phone(self.phone.data or "")
        return (saved.depositor_name, saved.depositor_phone) == (name, phone)

    @property
    def entered(self) -> list[Entered]:
        return [line.form.entered() for line in self.lines if not line.form.blank]

    @property
    def digest(self) -> str:
        """What is confirmed by confirming these lines."""
        return lines_hash(self.entered)

    def id_of(self, doubt: Refusal) -> str:
        """The input that a refusal means: it counts the lines as sent, and these keep the numbers they had."""
        _lines, position, field = (doubt.field or "").split("-")
        found: Field = self.lines.entries[int(position)].form[field]
        return str(found.id)

    def command(self, depositor_id: int | None = None) -> NewDropOff:
        """For a valid form; ``depositor_id`` is the newcomer's once added."""
        return NewDropOff(
            client_id=UUID(self.client_id.data),
            depot_id=self.depot_id or 0,
            depositor_id=depositor_id or self.depositor.data or NEWCOMER,
            weighed_at=self.weighed_at.data,
            lines=self.entered,
            confirmed=self.confirmed.data == self.digest,
        )


def blank_entry() -> dict[str, Any]:
    """What a form opens with: its own number, and now by the depot's clock."""
    return {"client_id": str(uuid4()), "weighed_at": depot_clock().now()}


class CorrectionForm(DropOffForm, ReasonForm):
    """What the drop-off should have been, and why."""


def as_it_stands(drop_off: DropOffView) -> dict[str, Any]:
    """What a correction opens with."""
    return {
        "client_id": str(uuid4()),
        "depositor": drop_off.depositor_id,
        "weighed_at": drop_off.weighed_at,
        "lines": [_line_values(line) for line in drop_off.lines],
    }


def _line_values(line: LineView) -> dict[str, object]:
    """An old book knows the net weight only."""
    weighed = line.net_grams if not line.estimated else None
    return {
        "category": line.category_code,
        "pieces": line.pieces,
        "gross": weighed if line.gross_grams is None else line.gross_grams,
        "tare": line.tare_grams or None,
        "refused": line.refused_grams or None,
    }


class DropOffFilters(Filters):
    """Also ``depositor=7``, and ``estimated=1`` for the estimates alone, ``0`` for what was weighed."""

    depositor = WholeField(_l("Depositor"), widget=HiddenInput())
    estimated = ChoiceField(
        _l("Weighing"), default=EVERYTHING, pairs=or_all([(_WEIGHED, _l("Weighed")), (_ESTIMATED, _l("Estimate"))])
    )

    def wanted(self) -> DropOffFilter:
        return DropOffFilter(
            days=self.days,
            depot_id=self.depot_id,
            depositor_id=self.depositor.data,
            category_code=self.category_code,
            estimated=self.estimated.data == _ESTIMATED if self.estimated.data else None,
        )
