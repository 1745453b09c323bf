"""Taking a note: what came by phone, on the doorstep or by paste goes the way of all mail."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

from sqlalchemy import select

from triage.classifier.assessment import Scorer
from triage.core.access import SYSTEM, Action
from triage.core.commands import Tx
from triage.core.errors import Conflict, Invalid
from triage.core.exclusions import is_excluded
from triage.intake.inbound import Channel
from triage.intake.note import Note, inbound_of, sender_address, tidy
from triage.messages.rules import FlagReason
from triage.messages.service.flags import add_flag, bring_back, raise_alarm
from triage.messages.service.importing import assess
from triage.messages.service.receive import raw_hash, receive
from triage.messages.service.recipient import act, has_done
from triage.messages.service.weighing import Arrival, suspected
from triage.messages.stubs.service import erased
from triage.messages.tables import Message, MessageFlag
from triage.messages.telling import OwnAct
from triage.staff.queries import PersonRow, active_people
from triage.staff.queries.volunteers import volunteer_called

LONGEST_WORDS = 50_000
"""Characters."""
LONGEST_LINE = 500
"""Characters of a name, a contact, a volunteer."""
SERVICE = re.compile(r"[a-z0-9_-]{1,60}")
LINES = {
    "name": "The name of who wrote or called",
    "contact": "The address, number or handle",
    "other": "To whom else it came",
}


def take_note(
    tx: Tx, *, note: Note, scorer: Scorer, flagged: bool = False, urgent: bool = False
) -> bool:
    """Keep what somebody enters, once, and score it like mail; whether it stands in the queue.

    P-MSG-1: calls, e-mail and online messages to staff and volunteers go through one queue.
    Whoever it was sent to, or who took the call, has no part in it from then on, also where
    they enter it themselves (lifecycles.md, rule 2): they learn no more than what they entered
    and ticked would bring about on any desk. Who enters it for somebody else is no recipient;
    the record says who entered it. ``flagged`` and ``urgent`` win over the score.
    """
    tx.allow(Action.TAKE_NOTE)
    note = checked(tx, note)
    arrival = assess(scorer, [inbound_of(note)])[0]
    # Receiving and scoring is the system's part; what was entered and ticked, the person's.
    system = Tx(
        tx.session, SYSTEM, tx.now, tx.settings, tx.keys, happenings=tx.happenings, vault=tx.vault
    )
    to = (*note.colleagues, *_volunteers(tx, note))
    if erased(tx.session, [raw_hash(tx.keys, arrival.message.sha256)]):
        raise Conflict(
            "This was entered before and has been erased since. If it came again, enter the day "
            "and time at which it came now."
        )
    receipt = receive(system, [arrival], service=note.service, recipient_ids=to, typed=True)[0]
    message = _received(tx, arrival)
    tx.record("note_taken" if receipt.message_id else "note_taken_again", message.id)
    if tx.actor.person_id in to:
        _remember(tx, message, flagged=flagged, urgent=urgent)
    if flagged or urgent:
        _tick(tx, message, urgent=urgent)
    if is_excluded(tx.session, matter_id=message.id, person_id=tx.actor.person_id):
        return flagged or urgent or suspected(arrival)
    return message.rank is not None


def checked(tx: Tx, note: Note) -> Note:
    """The note as it is kept; ``Invalid`` with all that is missing or wrong, each by its field."""
    # A time without a place is none: it is said, and not read by the clock of this machine.
    known = note.at is not None and note.at.tzinfo is not None
    kept = tidy(note if known else replace(note, at=None))
    wrong = [
        *_how_and_when(note, kept, tx.now),
        *_words(kept),
        *_to_whom(kept, active_people(tx.session)),
        *_lines(kept),
    ]
    if wrong:
        raise Invalid.all_of(wrong)
    return kept


def _how_and_when(note: Note, kept: Note, now: datetime) -> Iterator[Invalid]:
    if not isinstance(note.channel, Channel):
        yield Invalid("Choose how it came.", field="channel")
    if kept.at is None:
        yield Invalid("Enter the day and the time it came.", field="at")
    elif note.at is not None and note.at > now:
        yield Invalid("The day and time lie in the future.", field="at")


def _words(note: Note) -> Iterator[Invalid]:
    if not note.words:
        yield Invalid("Enter what was said or written, or what happened.", field="words")
    elif len(note.words) > LONGEST_WORDS:
        yield Invalid(
            f"At most {LONGEST_WORDS:,} characters can be entered, and this is "
            f"{len(note.words):,}. Longer mail can be imported as a file.",
            field="words",
        )


def _to_whom(note: Note, people: list[PersonRow]) -> Iterator[Invalid]:
    """Somebody it came to is named, from the list where they are on it, and is not the sender."""
    by_id = {one.id: one for one in people}
    if not note.colleagues and not note.other:
        yield Invalid("Say to whom it was sent, or who took the call.", field="colleagues")
    elif not set(note.colleagues) <= by_id.keys():
        yield Invalid("Choose colleagues from the list.", field="colleagues")
    typed = note.other.casefold()
    if any(typed in {one.name.casefold(), one.email.casefold()} for one in people):
        # Typed, nothing would keep them from reviewing their own.
        yield Invalid("They are on the list of colleagues: choose them there.", field="other")
    address = sender_address(note.contact)
    named = {by_id[one].email for one in note.colleagues if one in by_id}
    if address is not None and address in named:
        yield Invalid("Who it came to cannot be who sent it.", field="contact")


def _lines(note: Note) -> Iterator[Invalid]:
    for name, what in LINES.items():
        if len(getattr(note, name)) > LONGEST_LINE:
            yield Invalid(f"{what} has at most {LONGEST_LINE} characters.", field=name)
    if note.service is not None and not SERVICE.fullmatch(note.service):
        yield Invalid("Choose a service from the list.", field="service")


def _volunteers(tx: Tx, note: Note) -> tuple[str, ...]:
    """The volunteer it came to: who enters it by their link, or whom a colleague names."""
    if tx.actor.is_volunteer:
        return (tx.actor.person_id,)
    named = volunteer_called(tx.session, note.other)
    return () if named is None else (named,)


def _remember(tx: Tx, message: Message, *, flagged: bool, urgent: bool) -> None:
    """What a recipient did themselves stands on their own page."""
    for done, what in (
        (True, OwnAct.ENTERED),
        (flagged or urgent, OwnAct.FLAGGED),
        (urgent, OwnAct.ALARM),
    ):
        if done and not has_done(tx, message.id, what):
            act(tx, message.id, what)


def _received(tx: Tx, arrival: Arrival) -> Message:
    digest = raw_hash(tx.keys, arrival.message.sha256)
    return tx.session.scalars(
        select(Message).where(Message.raw_hash == digest).with_for_update()
    ).one()


def _tick(tx: Tx, message: Message, *, urgent: bool) -> None:
    """Put the message before people by hand, once a person, whatever became of it before.

    What is closed already comes back: a person who flags it anew, or raises the alarm, is news.
    """
    mine = select(MessageFlag.id).where(
        MessageFlag.message_id == message.id,
        MessageFlag.reason == FlagReason.MANUAL.value,
        MessageFlag.by == tx.actor.person_id,
    )
    if tx.session.scalar(mine.limit(1)) is not None and (message.urgent or not urgent):
        return
    add_flag(tx, message, FlagReason.MANUAL)
    bring_back(tx, message)
    if urgent:
        raise_alarm(tx, message)
