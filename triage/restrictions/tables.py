"""What is kept of a restriction, where it applies, who agreed, and of an appeal."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from triage.core.database import Base
from triage.core.ids import new_id
from triage.core.sealed import Sealed
from triage.core.steps import StepColumns


class Restriction(Base):
    """One decision on one person: ceasing contact, a block, an exclusion. Reasons are sealed."""

    __tablename__ = "restrictions"
    __table_args__ = (
        Index("ix_restrictions_sender_id_state", "sender_id", "state"),  # in force for a sender
        Index("ix_restrictions_state_review_at", "state", "review_at"),  # due for review
        Index(  # one emergency measure a sender at a time (lifecycles.md, section 3)
            "uq_restrictions_emergency",
            "sender_id",
            unique=True,
            sqlite_where=text("state = 'emergency'"),
            postgresql_where=text("state = 'emergency'"),
        ),
    )

    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    version: Mapped[int] = mapped_column()
    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - read by SQLAlchemy

    kind: Mapped[str]
    origin: Mapped[str]
    """How it came: proposal, emergency, already_done."""
    state: Mapped[str]
    state_since: Mapped[datetime]
    sender_id: Mapped[str | None] = mapped_column(ForeignKey("senders.id"))
    """Whom it is about; none only for somebody at an event who never wrote."""
    person: Mapped[bytes] = mapped_column(Sealed)
    """Who it is, in words, where there is no sender."""
    clause: Mapped[str]
    grave: Mapped[bool]
    """Whether who proposed it called it a threat of high severity."""
    reason: Mapped[bytes] = mapped_column(Sealed)
    """The internal reason. It goes nowhere outside."""
    public_reason: Mapped[bytes] = mapped_column(Sealed)
    """One sentence that may be read by anybody: it may stand in public in a service."""
    proportionality: Mapped[bytes] = mapped_column(Sealed)
    """Why no less would do; for a block, why more than ceasing contact (P-BLK-1)."""
    event: Mapped[bytes] = mapped_column(Sealed)
    """Of an exclusion: which event. There is no refund, and no field for one (P-ACT-3)."""

    proposed_by: Mapped[str]
    proposed_at: Mapped[datetime]
    done_by: Mapped[str | None]
    """Who had done it already, where that is recorded afterwards."""
    since: Mapped[datetime | None]
    """From when on it holds."""
    review_at: Mapped[datetime]
    expires_at: Mapped[datetime | None]
    lapses_at: Mapped[datetime | None]
    """Of what one person did alone: when it ends, unless a second one confirms."""
    ratified_by: Mapped[str | None]
    ended_at: Mapped[datetime | None]
    letter_withheld: Mapped[bytes] = mapped_column(Sealed)
    """Why the person was not written to before it took hold; empty where they were."""
    appeal_hash: Mapped[str | None] = mapped_column(unique=True)
    """Keyed hash of the code in the notice, by which an appeal is known."""
    appealed: Mapped[bool]
    """Once a restriction."""
    case_id: Mapped[str | None]
    """The incident report that it came of: who has no part in that has none in this. No key of a
    table above, and no message stands behind it."""
    decision_id: Mapped[str | None]
    """The decision there, on which it rests."""


class RestrictionGround(Base):
    """A message on which a restriction rests. No foreign key: erased, its stub has the same id."""

    __tablename__ = "restriction_grounds"
    __table_args__ = (Index("ix_restriction_grounds_message_id", "message_id"),)

    restriction_id: Mapped[str] = mapped_column(ForeignKey("restrictions.id"), primary_key=True)
    message_id: Mapped[str] = mapped_column(primary_key=True)


class RestrictionApproval(Base):
    """One person's yes."""

    __tablename__ = "restriction_approvals"

    restriction_id: Mapped[str] = mapped_column(ForeignKey("restrictions.id"), primary_key=True)
    person_id: Mapped[str] = mapped_column(primary_key=True)
    at: Mapped[datetime]


class RestrictionTransition(StepColumns, Base):
    """One step of one restriction: who, when, why, under which policy, on which version."""

    __tablename__ = "restriction_transitions"
    __table_args__ = (
        UniqueConstraint("restriction_id", "sequence"),
        UniqueConstraint("token"),
    )

    restriction_id: Mapped[str] = mapped_column(ForeignKey("restrictions.id"))
    from_state: Mapped[str | None]
    details: Mapped[dict[str, Any]] = mapped_column(JSON)
    token: Mapped[str | None]


class EnforcementTask(Base):
    """One restriction in one service or channel."""

    __tablename__ = "enforcement_tasks"
    __table_args__ = (
        UniqueConstraint("restriction_id", "target"),
        Index("ix_enforcement_tasks_target_state", "target", "state"),  # what a service is asked
    )

    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    version: Mapped[int] = mapped_column()
    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - read by SQLAlchemy

    restriction_id: Mapped[str] = mapped_column(ForeignKey("restrictions.id"))
    target: Mapped[str]
    state: Mapped[str]
    state_since: Mapped[datetime]
    level: Mapped[str | None]
    """Of a service block: ban or close."""
    subject: Mapped[bytes] = mapped_column(Sealed)
    """The address, number or account it is about, in the service's own form."""
    proportionality: Mapped[bytes] = mapped_column(Sealed)
    """Why here, given what this service or channel is for other people."""
    unverified_reason: Mapped[bytes] = mapped_column(Sealed)
    """Why an address that was never verified is this person's."""
    note: Mapped[bytes] = mapped_column(Sealed)
    """What happened: why it failed, where it was looked up."""
    applied_by: Mapped[str | None]
    applied_at: Mapped[datetime | None]
    verified_by: Mapped[str | None]
    removed_by: Mapped[str | None]


class EnforcementSubject(Base):
    """What a task is about, as a keyed hash: found on a service's list after the plain one is
    erased. A subject may name several addresses or numbers."""

    __tablename__ = "enforcement_subjects"
    __table_args__ = (Index("ix_enforcement_subjects_entry_hash", "entry_hash"),)  # reconcile

    task_id: Mapped[str] = mapped_column(ForeignKey("enforcement_tasks.id"), primary_key=True)
    entry_hash: Mapped[str] = mapped_column(primary_key=True)


class FrozenMessage(Base):
    """A message that a rule of WriteToThem held back: somebody looks at it within a working day.

    Nothing of it is kept here: what the service calls it, when it was held, what became of it.
    """

    __tablename__ = "frozen_messages"
    __table_args__ = (UniqueConstraint("task_id", "reference"),)

    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    task_id: Mapped[str] = mapped_column(ForeignKey("enforcement_tasks.id"))
    reference: Mapped[str]
    """The service's own id of it."""
    frozen_at: Mapped[datetime]
    noted_by: Mapped[str]
    due_at: Mapped[datetime]
    outcome: Mapped[str | None]
    """released, or kept."""
    settled_by: Mapped[str | None]
    settled_at: Mapped[datetime | None]
    note: Mapped[bytes] = mapped_column(Sealed)


class Appeal(Base):
    """The person's own word against a restriction. One each."""

    __tablename__ = "appeals"

    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    restriction_id: Mapped[str] = mapped_column(ForeignKey("restrictions.id"), unique=True)
    came_at: Mapped[datetime]
    recorded_by: Mapped[str]
    recorded_at: Mapped[datetime]
    message_id: Mapped[str | None]
    """The mail by which it came, where it came by mail; erased by now, perhaps."""
    words: Mapped[bytes] = mapped_column(Sealed)
    decided_by: Mapped[str | None]
    decided_at: Mapped[datetime | None]
    outcome: Mapped[str | None]
    reason: Mapped[bytes] = mapped_column(Sealed)


class ServiceScope(Base):
    """Which service or channel a service admin looks after: they see its tasks and nothing else."""

    __tablename__ = "service_scopes"

    person_id: Mapped[str] = mapped_column(ForeignKey("people.id"), primary_key=True)
    target: Mapped[str] = mapped_column(primary_key=True)


class BlockListEntry(Base):
    """One row of a service's own block list, as a run of reconcile found it: hashes alone."""

    __tablename__ = "block_list_entries"

    target: Mapped[str] = mapped_column(primary_key=True)
    entry_hash: Mapped[str] = mapped_column(primary_key=True)
    """Keyed hash of the service and the entry's matching form."""
    baseline: Mapped[bool]
    """There at the first run: the service's own, and no news."""
    first_seen: Mapped[datetime]
    gone_at: Mapped[datetime | None]


class ReconcileRun(Base):
    """One comparison of a service's list with what was decided. Counts alone."""

    __tablename__ = "reconcile_runs"
    __table_args__ = (Index("ix_reconcile_runs_target_at", "target", "at"),)

    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    target: Mapped[str]
    at: Mapped[datetime]
    by: Mapped[str]
    baseline: Mapped[bool]
    entries: Mapped[int]
    matched: Mapped[int]
    unknown: Mapped[int]
    """New there, and nothing that we decided."""
    missing: Mapped[int]
    """Decided, applied, and not on the list."""
