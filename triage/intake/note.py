"""What somebody enters by hand: a call, a voicemail, a word on the doorstep, a post, a paste."""

import json
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256

from triage.core.text import storable
from triage.intake.inbound import Channel, Contact, ContactKind, InboundMessage
from triage.intake.quoting import split

_ADDRESS = re.compile(r"[^@\s]*[^@\s:/]@[^@\s]+\.[^@\s]+")


@dataclass(frozen=True, slots=True)
class Note:
    """One message as a colleague enters it. Who wrote may be unknown; to whom it came may not."""

    channel: Channel | None
    at: datetime | None
    """When the call was, or when it was sent."""
    words: str
    colleagues: tuple[str, ...] = ()
    """Ids of people on the staff list to whom it was sent, or who took the call."""
    other: str = ""
    """To whom else: a volunteer or anybody without an account, a shared mailbox."""
    name: str = ""
    contact: str = ""
    """Address, phone number or handle of who wrote or called."""
    service: str | None = None


def tidy(note: Note) -> Note:
    """The same note as it is kept: what tells two equal notes apart by chance is gone."""
    return Note(
        channel=note.channel,
        at=None if note.at is None else note.at.astimezone(UTC).replace(second=0, microsecond=0),
        words=storable(note.words).replace("\r\n", "\n").replace("\r", "\n").strip(),
        colleagues=tuple(sorted(set(note.colleagues))),
        other=_line(note.other),
        name=_line(note.name),
        contact=_line(note.contact),
        service=note.service,
    )


def original(note: Note) -> bytes:
    """The original bytes of a tidy note: canonical JSON of what was entered.

    Who entered it and what they ticked is no part of them, so that a double press, or the same
    note from two colleagues, is one message.
    """
    entered = {
        "kind": "note",
        "channel": note.channel,
        "at": None if note.at is None else note.at.isoformat(),
        "words": note.words,
        "to": note.colleagues,
        "to_other": note.other,
        "name": note.name,
        "contact": note.contact,
        "service": note.service,
    }
    text = json.dumps(entered, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return text.encode()


def inbound_of(note: Note) -> InboundMessage:
    """A tidy note as a message like any other. To whom it came is never who sent it."""
    raw = original(note)
    address = sender_address(note.contact)
    named = (note.name, "" if address else note.contact)
    written, quoted, signature = note.words, "", ""
    if note.channel is Channel.EMAIL:
        parts = split(note.words)
        # Where all of it reads as quoted, a forwarded mail was pasted: its words are meant.
        if parts[0].strip():
            written, quoted, signature = parts
    return InboundMessage(
        raw=raw,
        sha256=sha256(raw).hexdigest(),
        source="entered at the desk" + (f", for {note.other}" if note.other else ""),
        channel=note.channel or Channel.PHONE,
        from_name=", ".join(one for one in named if one),
        from_address=address,
        contacts=() if address or not note.contact else (Contact(ContactKind.TYPED, note.contact),),
        received_at=note.at,
        written=written,
        quoted=quoted,
        signature=signature,
    )


def sender_address(contact: str) -> str | None:
    """The contact, where it is an e-mail address; else ``None``.

    A number or a handle stands with the name, and is known again by its canonical form.
    """
    return contact.lower() if _ADDRESS.fullmatch(contact) else None


def _line(text: str) -> str:
    return " ".join(storable(text).split())
