"""The outbox, and where else people want their alerts."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from triage.core.database import Base
from triage.core.ids import new_id

KNOWN_TO = "person_id IS NOT NULL OR address IS NOT NULL OR state = 'sent'"
"""A mail that is still to go has somewhere to go."""


class OutboxMail(Base):
    """One alert to one address. It says nothing: its words are made from its kind when it goes."""

    __tablename__ = "outbox"
    __table_args__ = (
        UniqueConstraint("dedupe_key", "position"),
        CheckConstraint(KNOWN_TO, name="has_an_address"),
        Index(  # deliver_due(): what is to go, oldest first
            "ix_outbox_waiting",
            "next_try",
            "id",
            sqlite_where=text("state = 'queued'"),
            postgresql_where=text("state = 'queued'"),
        ),
    )

    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    kind: Mapped[str]
    lane: Mapped[str | None]
    person_id: Mapped[str | None] = mapped_column(ForeignKey("people.id"))
    position: Mapped[int]
    """Which of the person's addresses: 0 their account's, then ``NotifyAddress``. It is looked
    up when the mail goes, so that an old address or a closed account gets nothing."""
    address: Mapped[str | None]
    """Of somebody without an account; forgotten once the mail is sent."""
    dedupe_key: Mapped[str]
    """What it is about, in ids and codes: one alert for one cause."""
    link_id: Mapped[str | None]
    """What the mail's link is for. The link itself is made when the mail goes, and not kept."""
    queued_at: Mapped[datetime]
    next_try: Mapped[datetime]
    state: Mapped[str]
    tries: Mapped[int] = mapped_column(default=0)
    lease: Mapped[str | None]
    """Who is sending it now, as a random word: so is told apart who was slower than their lease."""
    leased_until: Mapped[datetime | None]
    message_id: Mapped[str | None]
    """Set at the first try and the same for ever: a mail sent twice is seen to be one."""
    sent_at: Mapped[datetime | None]
    problem: Mapped[str | None]


class NotifyAddress(Base):
    """Another address of a person for alerts, beside their account's."""

    __tablename__ = "notify_addresses"

    person_id: Mapped[str] = mapped_column(ForeignKey("people.id"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    address: Mapped[str]
