"""Forwards, and people's word on who wrote."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from triage.core.database import Base
from triage.core.ids import new_id
from triage.core.sealed import Sealed


class MessageForward(Base):
    """One forward to the desk's mailbox: who sent it, and which message it was of."""

    __tablename__ = "message_forwards"
    __table_args__ = (Index("ix_message_forwards_message_id", "message_id"),)

    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    message_id: Mapped[str] = mapped_column(ForeignKey("messages.id"))
    raw_hash: Mapped[str] = mapped_column(unique=True)
    """Keyed hash of the forward's bytes: the same forward again is known."""
    raw: Mapped[bytes | None] = mapped_column(LargeBinary)
    """Its bytes, where it joined a message that was there; else they are that message's own."""
    by_name: Mapped[str]
    by_address: Mapped[str | None]
    person_id: Mapped[str | None]
    """Whose account the address is; ``None`` for a volunteer, and for who is not listed."""
    listed: Mapped[bool]
    verified: Mapped[str]
    how: Mapped[str]
    at: Mapped[datetime]


class MessageWriter(Base):
    """Somebody's word on who wrote a message. Only added; the newest holds."""

    __tablename__ = "message_writers"
    __table_args__ = (Index("ix_message_writers_message_id_at", "message_id", "at"),)

    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    message_id: Mapped[str] = mapped_column(ForeignKey("messages.id"))
    person_id: Mapped[str]
    at: Mapped[datetime]
    sender_id: Mapped[str | None] = mapped_column(ForeignKey("senders.id"))
    """``None``: nobody knows."""
    reason: Mapped[bytes] = mapped_column(Sealed)
