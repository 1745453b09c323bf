"""Flags by hand, and notes."""

from triage.alarms.rules import Why
from triage.alarms.service import raising
from triage.core.access import SYSTEM, Action, visible
from triage.core.commands import Tx
from triage.core.errors import Conflict, Invalid
from triage.core.ids import new_id
from triage.messages import rules
from triage.messages.placing import Rank, lane_of, lift
from triage.messages.queries.listing import NEWEST_FIRST, Page, read_page
from triage.messages.rules import Edge, FlagReason, State
from triage.messages.service.indexing import index_message
from triage.messages.service.review import take_up_again
from triage.messages.service.stepping import load, put_first, step
from triage.messages.tables import Message, MessageFlag, MessageNote
from triage.senders import canonical
from triage.senders.queries import openly_one_person
from triage.senders.service import known_as, note_flagged
from triage.senders.standing.queries import standing_of

LONGEST_NOTE = 4000
"""Characters."""


def flag(tx: Tx, *, message_id: str, note: str, urgent: bool = False) -> None:
    """Put any message before a reviewer, whatever the model said: a person's flag always wins.

    A message that is closed already is reopened, by a reviewer.
    """
    tx.allow(Action.FLAG)
    message = load(tx, message_id)
    if not note.strip():
        raise Invalid("Say in a few words why somebody should look at it.", field="note")
    add_flag(tx, message, FlagReason.MANUAL, note=note)
    state = State(message.state)
    if state is State.UNFLAGGED:
        enter_queue(tx, message, rank=Rank.PLAIN, reasons=[FlagReason.MANUAL])
    elif state in rules.TERMINAL:
        tx.allow(Action.REVIEW)
        take_up_again(tx, message, reason=note, new_evidence=True)
    elif state not in rules.WAITING and not urgent:
        raise Conflict(f"Somebody is dealing with this: it is {rules.words(state)}.")
    if urgent:
        raise_alarm(tx, message)


def raise_alarm(tx: Tx, message: Message) -> None:
    """Somebody says that a person may be in danger: the message goes on top."""
    message.urgent = True
    put_first(message, Rank.ALARM)
    lane = lane_of(message.rank or Rank.ALARM).value
    raising.raise_alarm(tx, matter_id=message.id, lane=lane, why=Why.BY_HAND)


def look_up(tx: Tx, *, address: str) -> Page | None:
    """All mail from one exact address, number or handle, to flag what the model missed.

    Each look is recorded. ``None`` where nobody wrote from it. Unflagged mail is reached in no
    other way but from a message of the same person that the reviewer has open.
    """
    tx.allow(Action.FIND_UNFLAGGED)
    identifier = canonical.recognise(address)
    if identifier is None:
        raise Invalid(
            "Enter the whole address, like name@example.org, number, or handle with its @.",
            field="address",
        )
    sender_id = known_as(tx.session, tx.keys, identifier)
    if sender_id is None:
        return None
    where = [visible(tx.actor, Message.id), Message.sender_id == sender_id]
    page = read_page(tx.session, tx.actor, tx.now, where, 1, NEWEST_FIRST)
    for row in page.rows:
        tx.record("looked_up", row.id)
    return page if page.rows else None


def add_note(tx: Tx, *, message_id: str, text: str) -> None:
    """Add a note for colleagues. Notes are never changed."""
    tx.allow(Action.REVIEW)
    load(tx, message_id)
    text = text.strip()
    if not text:
        raise Invalid("Write the note first.", field="note")
    if len(text) > LONGEST_NOTE:
        raise Invalid(f"A note has at most {LONGEST_NOTE:,} characters.", field="note")
    identifier = new_id()
    tx.session.add(
        MessageNote(
            id=identifier,
            message_id=message_id,
            person_id=tx.actor.person_id,
            at=tx.now,
            text=tx.seal(message_id, "message_notes", "text", identifier, text),
        )
    )
    tx.record("note_added", message_id)


def add_flag(
    tx: Tx, message: Message, reason: FlagReason, *, note: str = "", by: str | None = None
) -> None:
    """Write down one reason why a message is in the queue; ``by`` whom, if not the actor."""
    identifier = new_id()
    tx.session.add(
        MessageFlag(
            id=identifier,
            message_id=message.id,
            reason=reason.value,
            by=by or tx.actor.person_id,
            at=tx.now,
            note=tx.seal(message.id, "message_flags", "note", identifier, note.strip()),
        )
    )
    if reason is not FlagReason.SAMPLE and message.sender_id is not None:
        note_flagged(tx.session, sender_id=message.sender_id, at=tx.now)
    tx.record("flagged", message.id, reason=reason.value)


def enter_queue(tx: Tx, message: Message, *, rank: Rank, reasons: list[FlagReason]) -> None:
    """Put a message into the queue; from here on it can be found by its words.

    Whoever is under cease contact, blocked, or asked to stop stands before the others (P-MSG-4),
    by whatever confirmed address they write.
    """
    # Its place is the same for all: it rests on no link from which somebody is excluded.
    person = openly_one_person(tx.session, [message.sender_id] if message.sender_id else [])
    known = bool(standing_of(tx.session, person, tx.now))
    message.rank, message.queued_at = int(lift(rank, known=known)), tx.now
    by = None if FlagReason.MANUAL in reasons else SYSTEM
    step(tx, message, Edge.QUEUE, State.QUEUED, by=by, reasons=[one.value for one in reasons])
    index_message(tx.session, message)


def bring_back(tx: Tx, message: Message) -> None:
    """Before people, for somebody who flags it: what passed unflagged is queued by them, and what
    is closed comes back of itself, on something new."""
    state = State(message.state)
    if state is State.UNFLAGGED:
        enter_queue(tx, message, rank=Rank.PLAIN, reasons=[FlagReason.MANUAL])
    elif state in rules.TERMINAL:
        take_up_again(tx, message, by=SYSTEM, new_evidence=True)
