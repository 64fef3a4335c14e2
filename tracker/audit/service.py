"""Writing the journal: every row a verb touched, in the verb's own transaction.

Rows are collected as the unit of work flushes them. A commit that would leave one of them without a journal
line is refused, so no verb can forget.
"""

from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import InstanceState, UOWTransaction

from tracker.audit import rules
from tracker.audit.models import JournalChain, JournalEntry
from tracker.db import Base, Session, insert
from tracker.values.actor import Actor

HOUSE_CHAIN = 0
_PENDING = "rows awaiting their journal line"
_TURNS = "chains held by this unit of work"

Image = dict[str, Any]


class UnjournalledWriteError(RuntimeError):
    """A verb changed rows and wrote no journal line: a defect of that verb."""


def take_turn(session: Session, depot_id: int | None) -> None:
    """One writer at a time at a depot, or in what belongs to none; held until the unit of work ends.

    Every verb that writes begins with it, the depot's turn before the house's: whatever rows verbs then touch, in
    whatever order, no two of them wait for each other, and the second sees what the first did.
    """
    _hold_chain(session, HOUSE_CHAIN if depot_id is None else depot_id)


def record(
    session: Session,
    actor: Actor,
    action: str,
    *,
    subject: tuple[str, int],
    depot_id: int | None = None,
    reason: str | None = None,
) -> None:
    """Write one line for everything changed since the last one. Flushes."""
    session.flush()
    head = _hold_chain(session, HOUSE_CHAIN if depot_id is None else depot_id)
    entry = JournalEntry(
        chain=head.chain,
        position=head.length + 1,
        at=session.clock.now(),
        account_id=actor.account_id,
        action=action,
        subject_kind=subject[0],
        subject_id=subject[1],
        reason=reason,
        changes=rules.dumps(session.info.pop(_PENDING, [])),
        previous=head.last,
    )
    key = session.journal_key
    entry.hash = rules.link(key, chain=head.chain, position=entry.position, previous=head.last, content=entry.content())
    head.length, head.last = entry.position, entry.hash
    head.seal = rules.seal(key, chain=head.chain, length=head.length, last=head.last)
    session.add(entry)
    session.flush()


def _hold_chain(session: Session, chain: int) -> JournalChain:
    """The chain's end, held until this unit of work is over: lines follow one another."""
    turns: dict[int, JournalChain] = session.info.setdefault(_TURNS, {})
    if chain not in turns:
        turns[chain] = _wait_for(session, chain)
    return turns[chain]


def _wait_for(session: Session, chain: int) -> JournalChain:
    held = sa.select(JournalChain).where(JournalChain.chain == chain).with_for_update()
    fresh = held.execution_options(populate_existing=True)
    if (head := session.scalars(fresh).one_or_none()) is not None:
        return head
    _begin_chain(session, chain)
    return session.scalars(fresh).one()


def _begin_chain(session: Session, chain: int) -> None:
    """Two first writers may begin a chain at once; the second waits for the first and finds it begun."""
    end = rules.seal(session.journal_key, chain=chain, length=0, last=rules.FIRST_LINK)
    first = insert(session, JournalChain).values(chain=chain, length=0, last=rules.FIRST_LINK, seal=end)
    session.execute(first.on_conflict_do_nothing())


@sa.event.listens_for(Session, "after_flush")
def _collect(session: Session, _context: UOWTransaction) -> None:
    images = [image for row in _journalled(session) if (image := _image(session, row)) is not None]
    session.info.setdefault(_PENDING, []).extend(images)


@sa.event.listens_for(Session, "before_commit")
def _refuse_unjournalled(session: Session) -> None:
    session.flush()
    if pending := session.info.get(_PENDING):
        raise UnjournalledWriteError(", ".join(f"{image['table']} {image['id']}" for image in pending))


@sa.event.listens_for(Session, "after_soft_rollback")
def _forget(session: Session, _previous: object) -> None:
    session.info.pop(_PENDING, None)
    session.info.pop(_TURNS, None)


@sa.event.listens_for(Session, "after_commit")
def _give_turns_back(session: Session) -> None:
    session.info.pop(_TURNS, None)


def _journalled(session: Session) -> Iterator[Base]:
    """In the order of their tables and ids, so that a line reads the same however the flush was ordered."""
    changed = {*session.new, *session.dirty, *session.deleted}
    rows = [row for row in changed if row.__journalled__]
    return iter(sorted(rows, key=lambda row: (row.__tablename__, row.__dict__["id"])))


def _image(session: Session, row: Base) -> Image | None:
    """One row before and after; ``None`` when nothing of it changed."""
    state: InstanceState[Base] = sa.inspect(row)
    columns = row.__mapper__.column_attrs.keys()
    now = {name: row.__dict__.get(name) for name in columns}
    if row in session.new:
        before, after = None, _written(session, row, now)
    elif row in session.deleted:
        before, after = _written(session, row, now), None
    else:
        changed = {name: state.attrs[name].history for name in columns}
        old = {name: past.deleted[0] for name, past in changed.items() if past.deleted}
        new = {name: now[name] for name, past in changed.items() if past.added}
        if not new:
            return None
        before, after = _written(session, row, old), _written(session, row, new)
    return {"table": row.__tablename__, "id": row.__dict__["id"], "before": before, "after": after}


def _written(session: Session, row: Base, values: dict[str, object]) -> dict[str, Any]:
    """The values as the journal may hold them: personal and secret ones veiled, salts left out."""
    columns = row.metadata.tables[row.__tablename__].columns
    kept = {name: value for name, value in values.items() if not columns[name].info.get("salt")}
    return {name: written(session, columns[name], row.__dict__, value) for name, value in kept.items()}


def written(session: Session, column: sa.Column[Any], row: Any, value: object) -> Any:
    """One value as the journal holds it; ``row`` maps names to the row's present values."""
    if value is None or not (column.info.get("personal") or column.info.get("secret")):
        return rules.canonical(value)
    veiled = rules.veil(
        session.journal_key,
        row=f"{column.table.name} {row['id']}",
        column=column.name,
        salt=row.get("salt") or "",
        value=value,
    )
    return {"veiled": veiled}
