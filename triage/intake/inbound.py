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


class Verified(StrEnum):
    """What our own server found about the address that a mail claims to come from."""

    VERIFIED = "verified"
    NOT_VERIFIED = "not_verified"
    NOT_CHECKED = "not_checked"
    """Nobody whom we trust has looked."""


class How(StrEnum):
    """How a forwarded original stands in the forward."""

    ATTACHED = "attached"
    INLINE = "inline"
    NOT_FOUND = "not_found"


class ContactKind(StrEnum):
    """What a contact is; ``typed`` where somebody entered it and its form must tell."""

    PHONE = "phone"
    ACCOUNT = "account"
    HANDLE = "handle"
    TYPED = "typed"


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
class Forward:
    """Who forwarded a message to the desk's mailbox, and with what words.

    Everything else of the ``InboundMessage`` that has one is the original's; its bytes, and the
    day it came in, are the forward's.
    """

    by_name: str
    by_address: str | None
    by_verified: Verified
    how: How
    note: str
    """What the forwarder wrote above or below."""
    recipients: tuple[str, ...] = ()
    """Of the forward itself."""
    original: str | None = None
    """SHA-256 of an attached original, its line ends made LF and its end trimmed."""
    spellings: tuple[str, ...] = ()
    """SHA-256 of the same original as files may hold it: programs change line ends."""


@dataclass(frozen=True, slots=True)
class Contact:
    """By what else than an address who wrote is known, as it was written."""

    kind: ContactKind
    value: str
    network: str = ""
    """Of a handle, where its column or row says so."""


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
    """As the header says: lower case, not proven to be who wrote. For what a service sends on,
    who wrote by its own account; for a forward, the author of what was forwarded."""
    verified: Verified = Verified.NOT_CHECKED
    authentication: tuple[str, ...] = ()
    """What our server's checks said, as codes: ``spf:pass``, ``dmarc:fail``."""
    came_through: str | None = None
    """The address of the service that sent it on (``TRIAGE_RELAYS``). It is never who wrote."""
    service: str | None = None
    """Known by the way it came."""
    ticket_id: str | None = None
    """Of the helpdesk or service it came from; an outside text."""
    ticket_url: str | None = None
    """http or https, and never a link on a screen."""
    contacts: tuple[Contact, ...] = ()
    """Numbers, accounts and handles of who wrote, the surest first."""
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
    forward: Forward | None = None
