"""What is kept of a case beside its report. Whatever says who or what is sealed."""

from datetime import datetime

from sqlalchemy import JSON, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from triage.core.database import Base
from triage.core.ids import new_id
from triage.core.sealed import Sealed
from triage.core.steps import StepColumns


class Case(Base):
    """One incident report on its way. Its id is random: there is no number, and so no gap."""

    __tablename__ = "cases"
    __table_args__ = (
        Index("ix_cases_state_state_since", "state", "state_since"),  # the board, what is due
    )

    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    version: Mapped[int] = mapped_column()
    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - read by SQLAlchemy

    report_id: Mapped[str] = mapped_column(ForeignKey("reports.id"), unique=True)
    state: Mapped[str]
    state_since: Mapped[datetime]
    received_at: Mapped[datetime]
    opened_at: Mapped[datetime]
    entered_by: Mapped[str | None]
    """Who took it down for somebody; nothing where it came by the form."""
    event_id: Mapped[str | None] = mapped_column(ForeignKey("events.id"))
    happening_now: Mapped[bool]
    held_outside: Mapped[bool]
    """Whether it might be about anybody of the team: the outside fallback alone knows of it."""
    service_too: Mapped[bool]
    """Whether a part of it is a complaint about a service."""
    muted: Mapped[bool]
    """Whether what its reporter adds alerts nobody. It is never closed for that."""
    finding: Mapped[str | None]
    finding_round: Mapped[int]
    """How often it was decided."""
    matched_with: Mapped[str | None]
    """Mark of the staff list among which whom it speaks of was looked for last."""


class CaseTransition(StepColumns, Base):
    """One step of one case: who, when, why, under which policy, on which version."""

    __tablename__ = "case_transitions"
    __table_args__ = (UniqueConstraint("case_id", "sequence"), UniqueConstraint("token"))

    case_id: Mapped[str] = mapped_column(ForeignKey("cases.id"))
    from_state: Mapped[str | None]
    details: Mapped[dict[str, object]] = mapped_column(JSON)
    token: Mapped[str | None]


class CasePart(Base):
    """Who has, or had, which part in a case. Rule 6 looks at all that anybody ever had."""

    __tablename__ = "case_parts"
    __table_args__ = (
        Index("ix_case_parts_person_id", "person_id"),  # mine
        Index(
            "uq_case_parts_held",
            "case_id",
            "person_id",
            "part",
            unique=True,
            sqlite_where=text("until IS NULL"),
            postgresql_where=text("until IS NULL"),
        ),
    )

    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    case_id: Mapped[str] = mapped_column(ForeignKey("cases.id"))
    person_id: Mapped[str]
    part: Mapped[str]
    since: Mapped[datetime]
    until: Mapped[datetime | None]
    how: Mapped[str]
    """``took``, ``assigned``, ``stepped_in``: by themselves, by a member, for want of another."""


class CaseParty(Base):
    """Somebody a report speaks of. The reporter's own name stays in the report."""

    __tablename__ = "case_parties"
    __table_args__ = (Index("ix_case_parties_case_id", "case_id"),)

    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    case_id: Mapped[str] = mapped_column(ForeignKey("cases.id"))
    kind: Mapped[str]
    party: Mapped[str | None]
    name: Mapped[bytes] = mapped_column(Sealed)
    role: Mapped[bytes] = mapped_column(Sealed)
    contact: Mapped[bytes] = mapped_column(Sealed)
    support: Mapped[bytes] = mapped_column(Sealed)
    """Help that they need to take part (P-ACC-1)."""
    staff_id: Mapped[str | None]
    """Who it is on the staff list, where that is certain."""
    added_by: Mapped[str | None]
    added_at: Mapped[datetime]


class CaseMatch(Base):
    """Why somebody of ours was kept away from a case when it was opened, or later."""

    __tablename__ = "case_matches"
    __table_args__ = (UniqueConstraint("case_id", "person_id", "kind"),)

    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    case_id: Mapped[str] = mapped_column(ForeignKey("cases.id"))
    person_id: Mapped[str]
    kind: Mapped[str]
    at: Mapped[datetime]
    cleared_by: Mapped[str | None]
    cleared_at: Mapped[datetime | None]
    reason: Mapped[bytes] = mapped_column(Sealed, default=b"")
    """How somebody knew that they were not meant, or (picked at the desk) that they were."""


class CaseDeclaration(Base):
    """What somebody said before they read the account: the newest counts."""

    __tablename__ = "case_declarations"
    __table_args__ = (Index("ix_case_declarations_case_id_person_id", "case_id", "person_id"),)

    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    case_id: Mapped[str] = mapped_column(ForeignKey("cases.id"))
    person_id: Mapped[str]
    ties: Mapped[list[str]] = mapped_column(JSON)
    at: Mapped[datetime]


class CaseSecond(Base):
    """What a handler asks for and a second person settles: to set a case aside, to let it go."""

    __tablename__ = "case_seconds"
    __table_args__ = (Index("ix_case_seconds_case_id", "case_id"),)

    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    case_id: Mapped[str] = mapped_column(ForeignKey("cases.id"))
    edge: Mapped[str]
    asked_by: Mapped[str]
    asked_at: Mapped[datetime]
    reason: Mapped[bytes] = mapped_column(Sealed)
    settled_by: Mapped[str | None]
    settled_at: Mapped[datetime | None]
    agreed: Mapped[bool | None]
    answer: Mapped[bytes] = mapped_column(Sealed)


class CaseChallenge(Base):
    """A colleague says that somebody has a conflict: they are out until another has decided."""

    __tablename__ = "case_challenges"
    __table_args__ = (Index("ix_case_challenges_case_id", "case_id"),)

    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    case_id: Mapped[str] = mapped_column(ForeignKey("cases.id"))
    person_id: Mapped[str]
    raised_by: Mapped[str]
    raised_at: Mapped[datetime]
    reason: Mapped[bytes] = mapped_column(Sealed)
    parts: Mapped[list[str]] = mapped_column(JSON)
    """What they held, which they get back where there is no conflict."""
    settled_by: Mapped[str | None]
    settled_at: Mapped[datetime | None]
    upheld: Mapped[bool | None]


class Event(Base):
    """An event of ours, with the code that leads to its short report form (P-TIM-2)."""

    __tablename__ = "events"
    __table_args__ = (UniqueConstraint("code"),)

    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    code: Mapped[str]
    name: Mapped[str]
    starts: Mapped[datetime]
    ends: Mapped[datetime]
    on_site: Mapped[str]
    """Whom to call, as it stands on the form: a role, and a number."""
    lead_id: Mapped[str | None]
    added_by: Mapped[str]
    added_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]


class CaseStub(Base):
    """What of an erased case is still counted: where it was, who was reported, on what ground, as
    codes, sealed under a key of its own; and no day."""

    __tablename__ = "case_stubs"
    __table_args__ = (UniqueConstraint("case_id"),)

    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    """Owner of its key: that of the case is destroyed."""
    case_id: Mapped[str] = mapped_column(ForeignKey("cases.id"))
    ended_as: Mapped[str]
    """The state in which it was erased: what was passed on counts as no incident (P-RTE-2)."""
    counted: Mapped[bytes] = mapped_column(Sealed)
