"""What is kept of a message."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Float, ForeignKey, Index, LargeBinary, UniqueConstraint, false, text
from sqlalchemy.orm import Mapped, mapped_column

from triage.core.database import Base
from triage.core.ids import new_id
from triage.core.sealed import Sealed
from triage.core.steps import StepColumns

WAITING = "IN ('claimed', 'queued', 'second_look')"
"""The states of the queue's partial index, as literal SQL: a query that says the same uses it."""


class Message(Base):
    """One inbound message, where it stands, and what the model made of it."""

    __tablename__ = "messages"
    __table_args__ = (
        # The queue: gravest first, then oldest; the id breaks ties.
        Index(
            "ix_messages_queue",
            "rank",
            "received_at",
            "id",
            sqlite_where=text(f"state {WAITING}"),
            postgresql_where=text(f"state {WAITING}"),
        ),
        Index("ix_messages_sender_id_received_at", "sender_id", "received_at"),  # one sender
        # Who was found abusive: the order of the queue.
        Index(
            "ix_messages_found_abusive",
            "sender_id",
            sqlite_where=text("severity IS NOT NULL"),
            postgresql_where=text("severity IS NOT NULL"),
        ),
        Index("ix_messages_claimed_by", "claimed_by"),  # what I hold
        Index("ix_messages_message_id_hash", "message_id_hash"),  # threads; flag by Message-ID
        Index("ix_messages_imported_at", "imported_at"),  # blind sample: today's figures
        Index("ix_messages_inner_hash", "inner_hash"),  # the same original forwarded again
        Index("ix_messages_queued_at", "queued_at"),  # what came to the queue since
        Index("ix_messages_decided_at", "decided_at"),  # what was decided or closed since
    )

    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    version: Mapped[int] = mapped_column()
    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - read by SQLAlchemy

    # -- what came
    raw_hash: Mapped[str] = mapped_column(unique=True)
    """Keyed hash of the original bytes: the same message twice is one message."""
    raw_key_version: Mapped[int]
    source: Mapped[str]
    channel: Mapped[str]
    service: Mapped[str | None]
    parse_status: Mapped[str]
    quarantine_reason: Mapped[str | None]
    sender_id: Mapped[str | None] = mapped_column(ForeignKey("senders.id"))
    from_name: Mapped[str]
    from_address: Mapped[str | None]
    verified: Mapped[str] = mapped_column(server_default="not_checked")
    """What our server found about ``from_address`` (``intake.inbound.Verified``)."""
    authentication: Mapped[list[str]] = mapped_column(JSON, server_default="[]")
    came_through: Mapped[str | None]
    """The address of the service that sent it on; never who wrote."""
    no_sender: Mapped[str | None]
    """Why nobody is taken to be the sender though an address may be there (``NoSender``)."""
    said_address: Mapped[str | None]
    """Who wrote, as a person said who looked at it; it goes before ``from_address``."""
    said_by: Mapped[str | None]
    held_forward: Mapped[bool] = mapped_column(server_default=false())
    """Forwarded by an address that is not listed, and neither taken in nor sent away yet."""
    inner_hash: Mapped[str | None]
    """Keyed hash of an attached original, its line ends made alike."""
    ticket_id: Mapped[str | None]
    ticket_url: Mapped[str | None]
    subject: Mapped[str]
    message_id_hash: Mapped[str | None]
    references: Mapped[list[str]] = mapped_column(JSON)
    """Keyed hashes of the Message-IDs it answers."""
    sent_at: Mapped[datetime | None]
    received_at: Mapped[datetime]
    imported_at: Mapped[datetime]
    text: Mapped[str]
    """Subject and what the sender wrote: what is scored, and what signals point into."""
    length: Mapped[int]
    """Characters of ``text``."""
    rest: Mapped[str]
    """Quoted mail, signature and text of attachments: shown apart, scored apart."""

    # -- what the model made of it
    model_version: Mapped[str]
    scores: Mapped[dict[str, float]] = mapped_column(JSON)
    concern: Mapped[float] = mapped_column(Float)
    band: Mapped[str]
    unread: Mapped[str | None]
    flagged: Mapped[bool]
    """What the model said; the flags say why the message is in the queue."""
    routes: Mapped[list[str]] = mapped_column(JSON)
    signals: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    in_rest: Mapped[bool]
    """Whether it was what stands below or attached that raised the concern. Only a threat that is
    attached has more than the lowest band."""
    sample_probability: Mapped[float] = mapped_column(Float)
    """Chance that this message had of being in the blind sample; 0 where it had none."""
    sampled: Mapped[bool]

    # -- where it stands
    state: Mapped[str]
    state_since: Mapped[datetime]
    rank: Mapped[int | None]
    """Place in the queue (placing.py); ``None`` for what never stood in it."""
    queued_at: Mapped[datetime | None]
    claimed_by: Mapped[str | None]
    claim_expires: Mapped[datetime | None]
    shown_at: Mapped[datetime | None]
    second_look_by: Mapped[str | None]
    blind: Mapped[bool]
    """Until it is decided, nothing of the model is shown anywhere."""
    urgent: Mapped[bool]
    """Somebody raised the alarm by hand."""
    particular_concern: Mapped[bool]
    concern_by: Mapped[str | None]
    concern_at: Mapped[datetime | None]
    concern_withdrawal_by: Mapped[str | None]
    """Who asked for the mark to be taken back; another person confirms."""
    concern_settled: Mapped[str | None]
    """How the mark was resolved, as the room of referrals told us."""
    dispositions: Mapped[list[str] | None] = mapped_column(JSON)
    severity: Mapped[str | None]
    decided_by: Mapped[str | None]
    decided_at: Mapped[datetime | None]


class Original(Base):
    """The bytes as they came, never rewritten."""

    __tablename__ = "originals"

    message_id: Mapped[str] = mapped_column(ForeignKey("messages.id"), primary_key=True)
    raw: Mapped[bytes] = mapped_column(LargeBinary)
    sha256: Mapped[str]
    size: Mapped[int]


class MessageAttachment(Base):
    """One attachment, by name, size and hash; its bytes stay in the original."""

    __tablename__ = "message_attachments"
    __table_args__ = (Index("ix_message_attachments_message_id", "message_id", "position"),)

    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    message_id: Mapped[str] = mapped_column(ForeignKey("messages.id"))
    position: Mapped[int]
    filename: Mapped[str]
    content_type: Mapped[str]
    size: Mapped[int]
    sha256: Mapped[str]


class MessageTransition(StepColumns, Base):
    """One step of one message: who, when, why, under which policy, based on which version."""

    __tablename__ = "message_transitions"
    __table_args__ = (
        UniqueConstraint("message_id", "sequence"),  # history, in order; never two of one number
        UniqueConstraint("token"),  # a double click is one decision
    )

    message_id: Mapped[str] = mapped_column(ForeignKey("messages.id"))
    from_state: Mapped[str]
    details: Mapped[dict[str, Any]] = mapped_column(JSON)
    token: Mapped[str | None]


class MessageChild(Base):
    """What grew out of a message in a room above, and where it stands, as that room told us."""

    __tablename__ = "message_children"
    __table_args__ = (
        UniqueConstraint("message_id", "child_id"),
        Index("ix_message_children_child_id", "child_id"),  # told by the child
    )

    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    message_id: Mapped[str] = mapped_column(ForeignKey("messages.id"))
    child_id: Mapped[str]
    """A matter of another room: no foreign key leads upward."""
    kind: Mapped[str]
    state: Mapped[str]
    since: Mapped[datetime]
    state_since: Mapped[datetime]


class MessageFlag(Base):
    """One reason why a message is in the queue."""

    __tablename__ = "message_flags"
    __table_args__ = (Index("ix_message_flags_message_id", "message_id"),)

    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    message_id: Mapped[str] = mapped_column(ForeignKey("messages.id"))
    reason: Mapped[str]
    by: Mapped[str]
    at: Mapped[datetime]
    note: Mapped[bytes] = mapped_column(Sealed)


class MessageReveal(Base):
    """Who uncovered how much of which message, and when: the measure of exposure.

    It is kept beside the stub of an erased message: what somebody has read, they have read.
    """

    __tablename__ = "message_reveals"
    __table_args__ = (Index("ix_message_reveals_person_id_at", "person_id", "at"),)

    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    message_id: Mapped[str]
    person_id: Mapped[str]
    step: Mapped[str]
    severe: Mapped[bool]
    at: Mapped[datetime]


class MessageNote(Base):
    """A reviewer's note. Only added."""

    __tablename__ = "message_notes"
    __table_args__ = (Index("ix_message_notes_message_id_at", "message_id", "at"),)

    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    message_id: Mapped[str] = mapped_column(ForeignKey("messages.id"))
    person_id: Mapped[str]
    at: Mapped[datetime]
    text: Mapped[bytes] = mapped_column(Sealed)


class MessageSkip(Base):
    """An item that a reviewer passed over, out of their sight for one sitting."""

    __tablename__ = "message_skips"
    __table_args__ = (UniqueConstraint("sitting", "message_id"),)

    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    sitting: Mapped[str]
    message_id: Mapped[str] = mapped_column(ForeignKey("messages.id"))
    person_id: Mapped[str]
    at: Mapped[datetime]


class WelfareTask(Base):
    """Care for somebody who may be at risk: an owner, and in the end what was done."""

    __tablename__ = "welfare_tasks"
    __table_args__ = (Index("ix_welfare_tasks_message_id", "message_id"),)

    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    message_id: Mapped[str] = mapped_column(ForeignKey("messages.id"))
    owner_id: Mapped[str]
    opened_at: Mapped[datetime]
    due_at: Mapped[datetime]
    done_at: Mapped[datetime | None]
    outcome: Mapped[str | None]
    done_note: Mapped[bytes | None] = mapped_column(Sealed)


class ImportRun(Base):
    """One import: what it brought, for "last import 10:42" and for what could not be read."""

    __tablename__ = "import_runs"
    __table_args__ = (Index("ix_import_runs_started_at", "started_at"),)

    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    started_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    new: Mapped[int]
    known: Mapped[int]
    quarantined: Mapped[int]
    unreadable: Mapped[list[dict[str, str]]] = mapped_column(JSON)
