"""Who wrote, what they are known by, and which of them a person said are one."""

from datetime import datetime

from sqlalchemy import JSON, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from triage.core.database import Base
from triage.core.ids import new_id
from triage.core.sealed import Sealed


class Sender(Base):
    """Whoever wrote to us from one address, number, account or handle, over all services."""

    __tablename__ = "senders"

    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    first_seen: Mapped[datetime]
    """By all messages: for retention. What a viewer is shown is counted from what they may see."""
    last_seen: Mapped[datetime]
    last_flagged: Mapped[datetime | None]
    """When anything of theirs was flagged last, but for the blind sample: for retention."""
    last_stub: Mapped[str | None]
    """The newest month, like ``2026-10``, of which a stub of theirs is kept."""


class SenderIdentity(Base):
    """One identifier, in its canonical form."""

    __tablename__ = "sender_identities"
    __table_args__ = (
        Index("ix_sender_identities_sender_id", "sender_id"),  # what a sender is known by
        Index("ix_sender_identities_loose_hash", "loose_hash", "sender_id"),  # who is alike
    )

    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    sender_id: Mapped[str] = mapped_column(ForeignKey("senders.id"))
    kind: Mapped[str]
    namespace: Mapped[str]
    """Of an account, the service; of a handle, the network. Else empty."""
    identifier_hash: Mapped[str] = mapped_column(unique=True)
    """Keyed hash of the canonical form: recognised after the plain one is erased."""
    loose_hash: Mapped[str | None]
    """Keyed hash of the form without plus and dots: a ground to ask, never to take for one."""
    value: Mapped[str | None]
    key_version: Mapped[int]
    first_seen: Mapped[datetime]
    last_seen: Mapped[datetime]


class SenderLink(Base):
    """What one person said of two senders: one person, or two. It stands until it is taken back.

    It is a matter like any other: it carries the exclusions of the messages it came from.
    """

    __tablename__ = "sender_links"
    __table_args__ = (
        Index("ix_sender_links_one_id", "one_id"),  # the walk, from either end
        Index("ix_sender_links_other_id", "other_id"),
    )

    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    one_id: Mapped[str] = mapped_column(ForeignKey("senders.id"))
    """The lesser id of the two."""
    other_id: Mapped[str] = mapped_column(ForeignKey("senders.id"))
    verdict: Mapped[str]
    because: Mapped[list[str]] = mapped_column(JSON)
    """What the desk had suggested it by; empty where it had not. Never shown: it may come from
    messages that the reader may not know of."""
    reason: Mapped[str]
    note: Mapped[bytes] = mapped_column(Sealed)
    by: Mapped[str]
    at: Mapped[datetime]
    ended_by: Mapped[str | None]
    ended_at: Mapped[datetime | None]
    ended_reason: Mapped[str | None]
    ended_note: Mapped[bytes | None] = mapped_column(Sealed)
