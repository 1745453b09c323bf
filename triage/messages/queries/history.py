"""What happened to one message, in order, and when mail last came in."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from triage.core.access import SYSTEM, Action, Actor, check, visible
from triage.core.errors import NotFound
from triage.core.sealed import Vault
from triage.messages.beside.tables import RecipientAct
from triage.messages.rules import NO_SUCH_MESSAGE, FlagReason
from triage.messages.tables import ImportRun, Message, MessageFlag, MessageNote, MessageTransition
from triage.messages.telling import OwnAct
from triage.messages.wrote.tables import MessageWriter
from triage.staff.queries import names

CALLED = "called 999"


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a message's history."""

    at: datetime
    who: str
    what: str
    """An edge, ``note``, ``flag`` or ``writer_said``."""
    text: str
    """A colleague's words: reason, note. Drawn as outside text all the same."""
    details: dict[str, Any]


@dataclass(frozen=True, slots=True)
class LastImport:
    """The newest import: when, and which files were no mail. How many messages it brought is
    not told: a count would show that there is one which the viewer may not know of."""

    started_at: datetime
    ended_at: datetime | None
    unreadable: tuple[dict[str, str], ...]


def history(session: Session, *, viewer: Actor, vault: Vault, message_id: str) -> tuple[Entry, ...]:
    """Every step, flag and note. Of a blind message, why it is in the queue is left out.

    Colleagues' words are unsealed; one that does not open says why in its place.
    """
    check(viewer, Action.REVIEW)
    message = session.scalar(
        select(Message).where(visible(viewer, Message.id), Message.id == message_id)
    )
    if message is None:
        raise NotFound(NO_SUCH_MESSAGE)
    hidden = message.blind and message.decided_at is None
    transitions = session.scalars(
        select(MessageTransition)
        .where(MessageTransition.message_id == message_id)
        .order_by(MessageTransition.sequence)
    ).all()
    notes = session.scalars(select(MessageNote).where(MessageNote.message_id == message_id)).all()
    flags = session.scalars(
        select(MessageFlag).where(
            MessageFlag.message_id == message_id, MessageFlag.reason == FlagReason.MANUAL.value
        )
    ).all()
    said = session.scalars(
        select(MessageWriter).where(MessageWriter.message_id == message_id)
    ).all()
    calls = session.scalars(
        select(RecipientAct).where(
            RecipientAct.message_id == message_id, RecipientAct.act == OwnAct.CALLED_999.value
        )
    ).all()
    ids = {one.actor_id for one in transitions} | {one.person_id for one in notes}
    ids |= {one.person_id for one in said} | {one.person_id for one in calls}
    known = names(session, ids | {one.by for one in flags})
    known[SYSTEM.person_id] = "The system"

    def words(table: str, column: str, row_id: str, sealed: bytes) -> str:
        place = {"table": table, "column": column, "row_id": row_id}
        return vault.show(session, owner_id=message_id, sealed=sealed, **place)

    entries = [
        Entry(
            one.at,
            known.get(one.actor_id, "Somebody"),
            one.edge,
            words("message_transitions", "reason", one.id, one.reason),
            {} if hidden and one.actor_id == SYSTEM.person_id else one.details,
        )
        for one in transitions
    ]
    for n in notes:
        text = words("message_notes", "text", n.id, n.text)
        entries.append(Entry(n.at, known.get(n.person_id, "Somebody"), "note", text, {}))
    for w in said:
        text = words("message_writers", "reason", w.id, w.reason)
        entries.append(Entry(w.at, known.get(w.person_id, "Somebody"), "writer_said", text, {}))
    for f in flags:
        text = words("message_flags", "note", f.id, f.note)
        entries.append(Entry(f.at, known.get(f.by, "Somebody"), "flag", text, {}))
    entries += [
        Entry(one.happened_at or one.at, known.get(one.person_id, "Somebody"), CALLED, "", {})
        for one in calls
    ]
    return tuple(sorted(entries, key=lambda entry: entry.at))


def last_import(session: Session, *, viewer: Actor) -> LastImport | None:
    """The newest import, for everybody who works here."""
    if not viewer.roles:
        return None
    run = session.scalar(select(ImportRun).order_by(ImportRun.started_at.desc()).limit(1))
    if run is None:
        return None
    return LastImport(run.started_at, run.ended_at, tuple(run.unreadable))
