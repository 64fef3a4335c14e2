"""Repeated lines of a form: those that were filled in, and blank ones after them."""

from typing import Any

from flask_babel import gettext as _
from wtforms import Field, FieldList, FormField
from wtforms import Form as Enclosed
from wtforms.validators import ValidationError

from tracker.i18n import lazy as _l
from tracker.web.forms.fields import ChoiceField, Pairs

NOT_CHOSEN = ""


class Line(Enclosed):
    """A category and what there is of it. A line that was left blank is no line."""

    category = ChoiceField(_l("Category"), default=NOT_CHOSEN)

    @property
    def blank(self) -> bool:
        return not any(_given(field) for field in self)

    def validate_category(self, field: Field) -> None:
        if not field.data and not self.blank:
            raise ValidationError(_("Choose the category."))


def _given(field: Field) -> bool:
    sent: Any = field.raw_data or [field.data]
    return bool(str(sent[0] if sent[0] is not None else "").strip())


def settle(lines: "FieldList[FormField[Any]]", categories: Pairs, *, at_least: int, one_more: bool = False) -> None:
    """Takes out the lines left blank and puts new ones at the end: refusals count the lines that were filled in."""
    shown = max(at_least, len(lines) + one_more)
    lines.entries = [line for line in lines if not line.form.blank]
    lines.last_index = max((int(line.name.rpartition("-")[2]) for line in lines), default=-1)
    while len(lines) < shown:
        lines.append_entry()
    choices = [(NOT_CHOSEN, _("Choose")), *categories]
    for line in lines:
        line.form.category.offer(choices)
