"""What is kept of an erased message (lifecycles.md, section 1)."""

from sqlalchemy import JSON, Float, Index, false
from sqlalchemy.orm import Mapped, mapped_column

from triage.core.database import Base


class MessageStub(Base):
    """An erased message: no text, no name, no subject, no time finer than a month."""

    __tablename__ = "message_stubs"
    __table_args__ = (
        Index("ix_message_stubs_month", "month"),  # what a release counts
        Index("ix_message_stubs_decided_month", "decided_month"),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    """The message's own: exclusions and the record know it by that."""
    raw_hash: Mapped[str] = mapped_column(unique=True)
    """Keyed hash of the original bytes."""
    raw_key_version: Mapped[int]
    sender_hash: Mapped[str | None]
    """Keyed hash of the sender's id."""
    month: Mapped[str]
    """The one month in which it counts, like ``2026-10``."""
    decided_month: Mapped[str | None]
    """In which a person decided it last; without it, what was decided would not be counted."""
    service: Mapped[str | None]
    channel: Mapped[str]
    labels: Mapped[list[str]] = mapped_column(JSON)
    """What the model called it."""
    flagged: Mapped[bool]
    """Whether it stood in the queue for more than the sample."""
    sampled: Mapped[bool]
    sample_probability: Mapped[float] = mapped_column(Float)
    dispositions: Mapped[list[str] | None] = mapped_column(JSON)
    severity: Mapped[str | None]
    model_version: Mapped[str]
    concern: Mapped[float] = mapped_column(Float, server_default="0")
    """What the model gave it, to two places: finer, it would know a text again."""
    by_model: Mapped[bool] = mapped_column(server_default=false())
    """Whether the model flagged it."""
    outside: Mapped[bool] = mapped_column(server_default=false())
    """Whether all of its kind is reviewed, sample or no sample."""
    review_band: Mapped[str | None]
    """Hours from the queue to the first review, as a class (``messages.stubs.rules``)."""


class StubMark(Base):
    """By what an erased message is known again: its bytes, and those of forwards of it. It may
    outlive the stub: what was kept long and erased of late does not come back either."""

    __tablename__ = "stub_marks"

    raw_hash: Mapped[str] = mapped_column(primary_key=True)
    """Keyed."""
    message_id: Mapped[str]
    erased_month: Mapped[str]
