"""What narrows the journal."""

from wtforms import StringField

from tracker.accounts.queries import may_have_acted
from tracker.audit.queries import LineFilter
from tracker.db import Session
from tracker.i18n import lazy as _l
from tracker.reports.queries.subjects import subject_id
from tracker.values.actor import Actor
from tracker.web.forms.fields import ChoiceField
from tracker.web.forms.filters import EVERYTHING, DayFilters, or_all
from tracker.web.journal_words import ACTIONS, SUBJECTS

CONSOLE = "console"
NOBODYS = 0
"""The id of no record: what is about a record that nobody knows is nothing."""


class JournalFilters(DayFilters):
    """``person=7`` (or ``console``), ``action=drop_off.voided``, ``kind=drop_off``, ``number=DES-R2026-00012``."""

    person = ChoiceField(_l("Person"), default=EVERYTHING)
    action = ChoiceField(_l("Action"), default=EVERYTHING)
    kind = ChoiceField(_l("About"), default=EVERYTHING)
    number = StringField(_l("Its number, code or login"), default="")

    def _offer(self, session: Session, actor: Actor) -> None:
        people = ((str(account_id), name) for account_id, name in may_have_acted(session, actor).items())
        self.person.offer(or_all([*people, (CONSOLE, _l("The machine's console"))]))
        self.action.offer(or_all(ACTIONS.items()))
        self.kind.offer(or_all(SUBJECTS.items()))

    def wanted(self, session: Session) -> LineFilter:
        person, kind, number = self.person.data, self.kind.data, (self.number.data or "").strip()
        asked = subject_id(session, kind, number) or NOBODYS if kind and number else None
        return LineFilter(
            account_id=int(person) if person and person != CONSOLE else None,
            by_console=person == CONSOLE,
            action=self.action.data or None,
            subject_kind=kind or None,
            subject_id=asked,
            days=self.days,
        )
