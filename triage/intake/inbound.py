"""What every way in makes of what came: one shape, however it arrived."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class ParseStatus(StrEnum):
    """Whether the original could be read within the limits."""

    PARSED = "parsed"
    QUARANTINED = "quarantined"


class Channel(StrEnum):
    """How it reached us (P-MSG-1: phone, e-mail and online messages)."""

    EMAIL = "email"
    WEB = "web"
    PHONE = "phone"
    VOICEMAIL = "voicemail"
    FACE_TO_FACE = "face_to_face"
    SOCIAL = "social"


@dataclass(frozen=True, slots=True)
class RawMail:
    """One message as it lies in a file, or one row of a table: its bytes, and where they stood."""

    data: bytes
    source: str
    """For people: ``inbox.mbox, message 17``."""
    envelope_date: datetime | None = None
    """From an mbox ``From `` line: written by the receiving server, not by the sender."""
    columns: Mapping[str, str] | None = None
    """For a row of a table: column -> field (``columns.py``), and ``data`` is the row's JSON."""


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A file that could not be read as mail at all; it is listed, never passed over in silence."""

    source: str
    reason: str


@dataclass(frozen=True, slots=True)
class Attachment:
    """A part that is no body text. ``text`` only where the part is itself text."""

    filename: str
    content_type: str
    size: int
    """Bytes, after transfer decoding."""
    sha256: str
    text: str | None = None


@dataclass(frozen=True, slots=True)
class InboundMessage:
    """One message, ready to be received. Texts hold no NUL and no lone surrogate."""

    raw: bytes
    sha256: str
    """Of ``raw``, hexadecimal."""
    source: str
    channel: Channel = Channel.EMAIL
    parse_status: ParseStatus = ParseStatus.PARSED
    quarantine_reason: str | None = None
    from_name: str = ""
    from_address: str | None = None
    """As the header says: lower case, not proven to be who wrote."""
    recipients: tuple[str, ...] = ()
    """Lower-case addresses of To, Cc, Delivered-To and X-Original-To, each once."""
    subject: str = ""
    message_id: str | None = None
    """With its angle brackets."""
    references: tuple[str, ...] = ()
    """In-Reply-To and References, oldest first, each once."""
    sent_at: datetime | None = None
    """The sender's own Date header: the sender can write what they like there."""
    received_at: datetime | None = None
    """By our side's servers: the topmost Received header, else the mbox envelope."""
    written: str = ""
    """What the sender wrote, without quoted mail and signature."""
    quoted: str = ""
    """Quoted or forwarded mail in the body."""
    signature: str = ""
    attachments: tuple[Attachment, ...] = field(default=())
