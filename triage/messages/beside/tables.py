"""Marks by which messages are found again, what recipients did, and handover notes."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from triage.core.database import Base
from triage.core.ids import new_id
from triage.core.sealed import Sealed


class MessageTrace(Base):
    """What a message holds that may tell who else its sender is: looked up, never shown."""

    __tablename__ = "message_traces"
    __table_args__ = (
        UniqueConstraint("message_id", "kind", "hash"),
        Index("ix_message_traces_hash", "hash", "kind", "message_id"),  # who else left it
    )

    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    message_id: Mapped[str] = mapped_column(ForeignKey("messages.id"))
    kind: Mapped[str]
    """``contact`` or ``text``."""
    hash: Mapped[str]
    """Keyed: of a number, account or handle as senders are known by; or of a long text."""


class MessageSketch(Base):
    """One mark by which a message is found among others that say nearly the same (campaigns.py),
    for as long as it waits. A keyed hash: without the key it says nothing."""

    __tablename__ = "message_sketches"
    __table_args__ = (Index("ix_message_sketches_hash_message_id", "hash", "message_id"),)

    message_id: Mapped[str] = mapped_column(ForeignKey("messages.id"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    hash: Mapped[str]


class RecipientAct(Base):
    """What somebody to whom a message was sent did about it, or was told. Rows are only added."""

    __tablename__ = "recipient_acts"
    __table_args__ = (Index("ix_recipient_acts_message_id_person_id", "message_id", "person_id"),)

    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    message_id: Mapped[str] = mapped_column(ForeignKey("messages.id"))
    person_id: Mapped[str]
    """Somebody on the staff list, or a volunteer without an account."""
    act: Mapped[str]
    at: Mapped[datetime]
    happened_at: Mapped[datetime | None]
    """When 999 was called, where that is what they say."""


class HandoverNote(Base):
    """What somebody tells whoever has the desk next. A matter of its own: who is excluded from a
    message that it refers to is excluded from it too."""

    __tablename__ = "handover_notes"
    __table_args__ = (Index("ix_handover_notes_at", "at"),)

    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    person_id: Mapped[str]
    at: Mapped[datetime]
    since: Mapped[datetime]
    """From when on it tells."""
    text: Mapped[bytes] = mapped_column(Sealed)
