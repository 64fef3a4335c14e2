"""Sessions: each is one browser signed in. They end on the server, whatever a browser keeps."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import timedelta

import sqlalchemy as sa

from tracker.accounts import rules
from tracker.accounts.models import Account, WebSession
from tracker.accounts.policy import Permission, require
from tracker.db import Session
from tracker.errors import NotFound
from tracker.values.actor import Actor

TOKEN_BYTES = 32
NOTED_EVERY = timedelta(minutes=1)
"""How fine the last action of a session is known: enough to recognise it by, and no trace of somebody's day."""


@dataclass(frozen=True, slots=True)
class Presence:
    """Who holds a session."""

    session_id: int
    actor: Actor
    must_change_password: bool


def presence(session: Session, token: str) -> Presence | None:
    """Who holds this token; nobody once the session has ended or the account is deactivated."""
    wanted = (
        sa.select(WebSession.id, Account)
        .join(WebSession, WebSession.account_id == Account.id)
        .where(
            WebSession.token_hash == digest(token),
            WebSession.ended_at.is_(None),
            WebSession.expires_at > session.clock.now(),
            Account.deactivated_at.is_(None),
        )
    )
    if (found := session.execute(wanted).one_or_none()) is None:
        return None
    session_id, account = found
    actor = Actor(account.id, account.login, account.role, account.depot_id)
    return Presence(session_id, actor, must_change_password=account.password_lent_at is not None)


def actor_of(session: Session, token: str) -> Actor | None:
    held = presence(session, token)
    return held.actor if held else None


def begin_session(session: Session, account: Account, device: str | None) -> str:
    """The token of a new session; ``device`` as ``rules.device_of`` says it."""
    token, now = fresh_token(), session.clock.now()
    session.add(
        WebSession(
            token_hash=digest(token),
            account_id=account.id,
            created_at=now,
            expires_at=now + rules.SESSION_LASTS,
            ended_at=None,
            acted_at=None,
            device=device,
        )
    )
    session.flush()
    return token


def note_action(session: Session, token: str) -> None:
    """That this session sent something.

    Never waits for whoever is ending it: two who wait for each other would wait for ever.
    """
    now = session.clock.now()
    stale = sa.or_(WebSession.acted_at.is_(None), WebSession.acted_at <= now - NOTED_EVERY)
    free = sa.select(WebSession.id).where(WebSession.token_hash == digest(token), stale)
    noted = sa.update(WebSession).where(WebSession.id.in_(free.with_for_update(skip_locked=True)))
    session.execute(noted.values(acted_at=now))


def sign_out(session: Session, token: str) -> None:
    """Ends this session; its token opens nothing any more."""
    _end(session, WebSession.token_hash == digest(token))


def end_session(session: Session, actor: Actor, session_id: int) -> None:
    """One of the actor's own, left open elsewhere. Raises ``NotFound("session_not_found")``."""
    require(actor, Permission.USE_SESSION)
    if not _end(session, WebSession.id == session_id, WebSession.account_id == actor.account_id):
        raise NotFound("session_not_found")


def end_other_sessions(session: Session, actor: Actor, token: str) -> None:
    """Every session of the actor but the one that asks."""
    require(actor, Permission.USE_SESSION)
    _end(session, WebSession.account_id == actor.account_id, WebSession.token_hash != digest(token))


def end_sessions(session: Session, account_id: int) -> None:
    _end(session, WebSession.account_id == account_id)


def _end(session: Session, *which: sa.ColumnElement[bool]) -> bool:
    """Whether there was one to end."""
    standing = sa.update(WebSession).where(*which, WebSession.ended_at.is_(None))
    ended = session.scalars(standing.values(ended_at=session.clock.now()).returning(WebSession.id))
    return bool(ended.all())


def fresh_token() -> str:
    return secrets.token_urlsafe(TOKEN_BYTES)


def digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
