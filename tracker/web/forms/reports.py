"""Whose year a report tells."""

from tracker.db import Session
from tracker.values.actor import Actor
from tracker.web.forms.filters import Filters


class ReportFilters(Filters):
    """``depot=DES``, else every depot in the actor's reach together. The year stands in the address itself."""

    def _offer(self, session: Session, actor: Actor) -> None:
        super()._offer(session, actor)
        del self.first
        del self.last
        del self.category
