"""What is kept of a request: who asks and what they said is sealed under the request's own key."""

from datetime import date, datetime

from sqlalchemy import JSON, Date, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from triage.core.database import Base
from triage.core.ids import new_id
from triage.core.sealed import Sealed
from triage.core.steps import StepColumns


class SubjectRequest(Base):
    """One request by a person about what is held of them. It is a matter of its own."""

    __tablename__ = "subject_requests"
    __table_args__ = (
        Index("ix_subject_requests_state_received_on", "state", "received_on"),  # what is due
        Index("ix_subject_requests_message_id", "message_id"),  # what was routed and not entered
    )

    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    version: Mapped[int] = mapped_column()
    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - read by SQLAlchemy

    kind: Mapped[str]
    state: Mapped[str]
    state_since: Mapped[datetime]
    message_id: Mapped[str | None]
    """The message by which it came, if it came by one. It may be erased before this."""
    staff_id: Mapped[str | None]
    """Who it is on the staff list: they have no part in it."""
    registered_by: Mapped[str]
    registered_at: Mapped[datetime]
    who: Mapped[bytes] = mapped_column(Sealed)
    contact: Mapped[bytes] = mapped_column(Sealed)
    """Where the answer goes."""
    asked_for: Mapped[bytes] = mapped_column(Sealed)
    """What they asked for, where it is not everything."""

    # -- the clock
    received_on: Mapped[date] = mapped_column(Date)
    identity_asked_on: Mapped[date | None] = mapped_column(Date)
    """Since when it is awaited who asks; nothing where it is not."""
    paused_days: Mapped[int]
    identity_how: Mapped[str | None]
    extended: Mapped[str | None]
    """Why more time was taken."""
    acknowledged_on: Mapped[date | None] = mapped_column(Date)

    # -- the answer
    reviewed_by: Mapped[str | None]
    seen_hash: Mapped[str | None]
    """Keyed hash of what the second person saw: nothing else is written."""
    overridden: Mapped[bool]
    """Whether the second person lets it go though it tells of somebody else."""
    refusal: Mapped[str | None]
    sent_on: Mapped[date | None] = mapped_column(Date)
    sent_how: Mapped[str | None]


class SubjectTerm(Base):
    """Something that somebody is known by, and is searched for."""

    __tablename__ = "subject_terms"
    __table_args__ = (Index("ix_subject_terms_request_id", "request_id"),)

    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    request_id: Mapped[str] = mapped_column(ForeignKey("subject_requests.id"))
    value: Mapped[bytes] = mapped_column(Sealed)
    added_by: Mapped[str]
    added_at: Mapped[datetime]


class SubjectItem(Base):
    """One thing that is held of somebody, and what was decided about it.

    It belongs to two matters: whoever has no part in the one it lies in sees no row of it.
    """

    __tablename__ = "subject_items"
    __table_args__ = (UniqueConstraint("request_id", "kind", "of_id"),)

    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    request_id: Mapped[str] = mapped_column(ForeignKey("subject_requests.id"))
    kind: Mapped[str]
    matter_id: Mapped[str]
    of_id: Mapped[str]
    why: Mapped[list[str]] = mapped_column(JSON)
    found_by: Mapped[str]
    found_at: Mapped[datetime]
    decision: Mapped[str | None]
    ground: Mapped[str | None]
    decided_by: Mapped[str | None]
    decided_at: Mapped[datetime | None]
    said: Mapped[bytes] = mapped_column(Sealed)
    """Of what is summed up: the summary. Else a note on the decision, which stays here."""
    hide: Mapped[bytes] = mapped_column(Sealed)
    """Further words that are not given out, a line each."""
    whole: Mapped[bool]
    """Nothing in it is to be hidden by itself: a second person has to agree."""
    outcome: Mapped[str | None]
    """Where its erasure was asked for: what came of it."""


class SubjectDisclosure(Base):
    """One file that was made for a person. The file itself is kept nowhere."""

    __tablename__ = "subject_disclosures"
    __table_args__ = (Index("ix_subject_disclosures_request_id_at", "request_id", "at"),)

    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    request_id: Mapped[str] = mapped_column(ForeignKey("subject_requests.id"))
    at: Mapped[datetime]
    by: Mapped[str]
    sha256: Mapped[str]
    size: Mapped[int]
    items: Mapped[int]


class SubjectStep(StepColumns, Base):
    """One step of one request: who, when, why, on which version."""

    __tablename__ = "subject_steps"
    __table_args__ = (UniqueConstraint("request_id", "sequence"), UniqueConstraint("token"))

    request_id: Mapped[str] = mapped_column(ForeignKey("subject_requests.id"))
    from_state: Mapped[str | None]
    token: Mapped[str | None]
