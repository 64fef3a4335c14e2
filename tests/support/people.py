"""The people of the depot, and what they say most often."""

from datetime import datetime
from uuid import UUID, uuid4

from tracker.accounts.service import NewAccount, add_account
from tracker.db import Session
from tracker.intake.rules import Entered
from tracker.intake.service import NewDropOff, accept_drop_off
from tracker.people.models import Kind
from tracker.people.service import NewDepositor, add_depositor
from tracker.values.actor import CONSOLE, Actor, Role

DES = 1
AWA = Actor(None, "awa", Role.CLERK, DES)
MOUSSA = Actor(None, "moussa", Role.MANAGER, DES)
FANTA = Actor(None, "fanta", Role.AUDITOR)
IBRAHIM = Actor(None, "ibrahim", Role.ADMIN)


def hire(session: Session, login: str, role: Role = Role.MANAGER, depot_id: int = DES) -> Actor:
    """Somebody of the depot with an account of their own, where it matters who did what."""
    new = NewAccount(login, "mangue verte 7", role, depot_id)
    return Actor(add_account(session, CONSOLE, new), login, role, depot_id)


def oumar(session: Session) -> int:
    """A repairer who comes often."""
    return add_depositor(session, AWA, NewDepositor(DES, Kind.REPAIRER, "Sidibé Oumar", "70 00 18 03", confirmed=True))


def bring(
    session: Session, depositor_id: int, *lines: Entered, at: datetime | None = None, client_id: UUID | None = None
) -> int:
    """Awa logs a drop-off, now unless said otherwise."""
    moment = at or session.clock.now()
    new = NewDropOff(client_id or uuid4(), DES, depositor_id, moment, lines, confirmed=True)
    return accept_drop_off(session, AWA, new).drop_off_id
