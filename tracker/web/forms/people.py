"""Looking for depositors, and adding one."""

from collections.abc import Sequence

from wtforms import BooleanField, SearchField, StringField, TelField
from wtforms.validators import InputRequired

from tracker.catalogue.queries import DepotView
from tracker.i18n import lazy as _l
from tracker.people.models import Kind
from tracker.people.service import NewDepositor
from tracker.web.forms.fields import ChoiceField, Form, RadioChoiceField

KIND_NAMES = {
    Kind.INDIVIDUAL: _l("Individual"),
    Kind.REPAIRER: _l("Repairer"),
    Kind.COLLECTOR: _l("Collector"),
    Kind.ORGANISATION: _l("Organisation"),
}


class SearchForm(Form):
    """Asked by GET: there is nothing to protect, and the address can be kept."""

    class Meta:
        csrf = False

    q = SearchField(_l("Name or telephone"))


class DepositorForm(Form):
    name = StringField(_l("Name"), [InputRequired(_l("Enter the depositor's name."))])
    phone = TelField(_l("Telephone"))
    kind = RadioChoiceField(
        _l("Who brings"),
        pairs=[(kind.value, name) for kind, name in KIND_NAMES.items()],
        default=Kind.INDIVIDUAL.value,
    )
    depot = ChoiceField(_l("Depot"), [InputRequired(_l("Choose the depot."))])
    confirmed = BooleanField(_l("It is somebody else, who shares the telephone"))

    def offer(self, depots: Sequence[DepotView]) -> None:
        """One depot is no choice: it is taken."""
        self._only = depots[0].id if len(depots) == 1 else None
        self.depot.offer([("", _l("Choose")), *((str(depot.id), depot.name) for depot in depots)])
        if self._only is not None:
            del self.depot

    def command(self) -> NewDepositor:
        return NewDepositor(
            depot_id=int(self.depot.data) if self._only is None else self._only,
            kind=Kind(self.kind.data),
            name=self.name.data or "",
            phone=self.phone.data or "",
            confirmed=self.confirmed.data,
        )
