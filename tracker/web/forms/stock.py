"""What narrows the ledger of grams."""

from tracker.i18n import lazy as _l
from tracker.stock.models import MovementKind
from tracker.stock.queries import MovementFilter
from tracker.web.forms.fields import ChoiceField
from tracker.web.forms.filters import EVERYTHING, Filters, or_all

KIND_NAMES = {
    MovementKind.OPENING: _l("Opening stock"),
    MovementKind.DROP_OFF: _l("Drop-off"),
    MovementKind.SORTING: _l("Sorting"),
    MovementKind.SHIPMENT: _l("Shipment"),
}
WEIGHED, ESTIMATED = "0", "1"


class MovementFilters(Filters):
    """Also ``kind=drop_off`` and ``estimated=1``, or ``0`` for what was weighed."""

    kind = ChoiceField(_l("Event"), default=EVERYTHING, pairs=or_all((k.value, name) for k, name in KIND_NAMES.items()))
    estimated = ChoiceField(
        _l("Weighing"), default=EVERYTHING, pairs=or_all([(WEIGHED, _l("Weighed")), (ESTIMATED, _l("Estimate"))])
    )

    def wanted(self) -> MovementFilter:
        return MovementFilter(
            days=self.days,
            depot_id=self.depot_id,
            category_code=self.category_code,
            kind=MovementKind(self.kind.data) if self.kind.data else None,
            estimated=self.estimated.data == ESTIMATED if self.estimated.data else None,
        )
