"""What narrows the list of premiums."""

from collections.abc import Mapping, Sequence

from wtforms.widgets import HiddenInput

from tracker.db import Session
from tracker.i18n import lazy as _l
from tracker.premiums.models import EntryKind
from tracker.premiums.queries import OWED, PAID, EntryFilter
from tracker.values.actor import Actor
from tracker.web.forms.fields import ChoiceField, WholeField
from tracker.web.forms.filters import EVERYTHING, Filters, or_all

KIND_NAMES = {
    EntryKind.ENGINE: _l("By the scheme"),
    EntryKind.RECORDED: _l("Owed, as an old book says"),
    EntryKind.RECORDED_PAYMENT: _l("Paid, as an old book says"),
    EntryKind.REFUSAL: _l("Refused"),
    EntryKind.PAYMENT: _l("Paid out"),
}
_KINDS: Mapping[str, Sequence[EntryKind]] = {
    "owed": OWED,
    "paid": PAID,
    **{kind.value: (kind,) for kind in EntryKind},
}
_OFFERED = (("owed", _l("Owed")), ("paid", _l("Paid")), *((kind.value, name) for kind, name in KIND_NAMES.items()))


class PremiumFilters(Filters):
    """Days, depot and kind; also ``depositor=7``."""

    depositor = WholeField(_l("Depositor"), widget=HiddenInput())
    kind = ChoiceField(_l("Kind"), default=EVERYTHING, pairs=or_all(_OFFERED))

    def _offer(self, session: Session, actor: Actor) -> None:
        """A premium is of a whole drop-off: it has no category."""
        super()._offer(session, actor)
        del self.category

    def wanted(self) -> EntryFilter:
        return EntryFilter(
            days=self.days,
            depot_id=self.depot_id,
            depositor_id=self.depositor.data,
            kinds=_KINDS[self.kind.data] if self.kind.data else (),
        )
