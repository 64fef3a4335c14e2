"""Fields that speak as people write: kilograms with a comma, whole numbers with spaces, the depot's wall clock."""

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime
from typing import Any

from flask_babel import gettext as _
from flask_wtf import FlaskForm
from wtforms import DateField, Field, RadioField, SelectField, StringField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than its types
from wtforms.validators import InputRequired, ValidationError
from wtforms.widgets import TextInput

from tracker.errors import Invalid
from tracker.i18n import kg_input
from tracker.i18n import lazy as _l
from tracker.values import number
from tracker.values.clock import Clock
from tracker.values.mass import grams_from_kilograms
from tracker.web.door import books
from tracker.wording import worded

LARGEST_WHOLE = 10**12
Pairs = Iterable[tuple[str, str]]


class Form(FlaskForm):
    """Every form: what the browser sent, else ``values``; always ``values`` with ``as_sent=False``."""

    def __init__(self, *, as_sent: bool = True, **values: Any) -> None:
        if as_sent:
            super().__init__(**values)  # type: ignore[no-untyped-call]
        else:
            super().__init__(formdata=None, **values)  # type: ignore[no-untyped-call]

    def sent_and_valid(self) -> bool:
        return bool(self.validate_on_submit())  # type: ignore[no-untyped-call]


def depot_clock() -> Clock:
    """The clock by which days and times are read."""
    return books().clock


class _TextField(Field):
    """Keeps what was typed, so that a mistake is shown as it was made."""

    widget = TextInput()

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return self._shown(self.data) if self.data is not None else ""

    def _shown(self, data: Any) -> str:
        return str(data)

    def process_formdata(self, valuelist: Sequence[str]) -> None:
        text = valuelist[0] if valuelist else ""
        self.data = self._read(text) if text.strip() else None

    def _read(self, text: str) -> Any:
        raise NotImplementedError


class KilogramsField(_TextField):
    """Kilograms as people write them (``12,5``), grams as the books keep them; empty for nothing."""

    def _shown(self, data: int) -> str:
        return kg_input(data)

    def _read(self, text: str) -> int:
        try:
            return grams_from_kilograms(text)
        except Invalid as refusal:
            raise ValueError(worded(refusal)) from refusal


class WholeField(_TextField):
    """A whole number that is not negative; spaces between thousands do no harm; empty for nothing."""

    def _read(self, text: str) -> int:
        digits = number.plain(text) or ""
        if not digits.isdigit() or int(digits[:20]) > LARGEST_WHOLE:
            raise ValueError(_("Enter a whole number, for example 25."))
        return int(digits)


class MomentField(_TextField):
    """Day and time on the depot's wall clock; an instant in the books."""

    widget = TextInput()
    widget.input_type = "datetime-local"

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return depot_clock().local(self.data).strftime("%Y-%m-%dT%H:%M") if self.data else ""

    def _read(self, text: str) -> datetime:
        try:
            moment = datetime.fromisoformat(text.strip())
            return moment.astimezone(UTC) if moment.tzinfo else depot_clock().at(moment)
        except (ValueError, OverflowError):
            raise ValueError(_("Enter a day and a time that exist.")) from None


class DayField(DateField):
    """A calendar day at the depot."""

    def process_formdata(self, valuelist: Sequence[str]) -> None:
        self.data: date | None = None
        text = valuelist[0].strip() if valuelist else ""
        if not text:
            return
        try:
            self.data = date.fromisoformat(text)
        except ValueError:
            raise ValueError(_("Enter a day that exists.")) from None


class _Offering(SelectField):
    """One of a list of (value, label) pairs, known when the class is written (``pairs``) or later (``offer``)."""

    def __init__(self, label: str | None = None, validators: Any = None, *, pairs: Pairs = (), **more: Any) -> None:
        super().__init__(label, validators, **more)
        self.offer(pairs)

    def offer(self, pairs: Pairs) -> None:
        choices = [SelectChoice(value, label) for value, label in pairs]
        self.choices = choices
        self.offered = {str(choice.value) for choice in choices}

    def pre_validate(self, form: Any) -> None:
        try:
            super().pre_validate(form)
        except ValidationError:
            raise ValidationError(_("Choose one of the list.")) from None


class ChoiceField(_Offering):
    """Chosen from a list that opens."""


class RadioChoiceField(_Offering, RadioField):
    """Chosen among a few that all stand on the page."""


class ReasonForm(Form):
    """Why something is taken back: a void, a cancelled draft, a reversal."""

    reason = StringField(_l("Reason"), [InputRequired(_l("Say why: the reason stays in the books."))])
