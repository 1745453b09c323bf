"""What is kept of how a case ends. Whatever says who, what or why is sealed for the case."""

from datetime import datetime

from sqlalchemy import JSON, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from triage.core.database import Base
from triage.core.ids import new_id
from triage.core.sealed import Sealed


class CaseRecommendation(Base):
    """What the investigator recommends (P-DEC-1); and that it was sent back, where it was."""

    __tablename__ = "case_recommendations"
    __table_args__ = (UniqueConstraint("case_id", "number"),)

    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    case_id: Mapped[str] = mapped_column(ForeignKey("cases.id"))
    number: Mapped[int]
    """1, 2, 3 … in one case: the newest stands."""
    by: Mapped[str]
    at: Mapped[datetime]
    finding: Mapped[str]
    clauses: Mapped[list[str]] = mapped_column(JSON)
    kinds: Mapped[list[str]] = mapped_column(JSON)
    actions: Mapped[list[str]] = mapped_column(JSON)
    policy_version: Mapped[str]
    reasons: Mapped[bytes] = mapped_column(Sealed)
    sent_back_by: Mapped[str | None]
    sent_back_at: Mapped[datetime | None]
    sent_back_why: Mapped[bytes] = mapped_column(Sealed)


class CaseOpening(Base):
    """Somebody who decides has opened the account and the evidence, as it was recommended on."""

    __tablename__ = "case_openings"
    __table_args__ = (UniqueConstraint("recommendation_id", "person_id"),)

    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    case_id: Mapped[str] = mapped_column(ForeignKey("cases.id"))
    recommendation_id: Mapped[str] = mapped_column(ForeignKey("case_recommendations.id"))
    person_id: Mapped[str]
    at: Mapped[datetime]


class CaseDecision(Base):
    """What was decided, once a recommendation (P-DEC-2)."""

    __tablename__ = "case_decisions"
    __table_args__ = (
        UniqueConstraint("recommendation_id"),
        Index("ix_case_decisions_case_id_round", "case_id", "round"),
    )

    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    case_id: Mapped[str] = mapped_column(ForeignKey("cases.id"))
    recommendation_id: Mapped[str] = mapped_column(ForeignKey("case_recommendations.id"))
    round: Mapped[int]
    """The first decision of a case is 1; taken up again, there is another."""
    by: Mapped[str]
    at: Mapped[datetime]
    finding: Mapped[str]
    clauses: Mapped[list[str]] = mapped_column(JSON)
    actions: Mapped[list[str]] = mapped_column(JSON)
    policy_version: Mapped[str]
    clause_texts: Mapped[str]
    """What those clauses said then, in our own words (P-SCO-2): JSON, clause -> text."""
    reasons: Mapped[bytes] = mapped_column(Sealed)
    no_independent: Mapped[bytes] = mapped_column(Sealed)
    """Why it is upheld though nothing but the report supports it; empty where something does."""


class CaseVoice(Base):
    """A decider who decided, or who agreed to it."""

    __tablename__ = "case_voices"

    decision_id: Mapped[str] = mapped_column(ForeignKey("case_decisions.id"), primary_key=True)
    person_id: Mapped[str] = mapped_column(primary_key=True)
    at: Mapped[datetime]


class CaseAction(Base):
    """One thing that follows from a decision. There is no refund, and no field for one."""

    __tablename__ = "case_actions"
    __table_args__ = (
        Index("ix_case_actions_decision_id", "decision_id"),
        Index("ix_case_actions_sender_id", "sender_id"),  # one sender's
        Index("ix_case_actions_child_id", "child_id"),
    )

    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    version: Mapped[int] = mapped_column()
    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - read by SQLAlchemy

    case_id: Mapped[str] = mapped_column(ForeignKey("cases.id"))
    decision_id: Mapped[str] = mapped_column(ForeignKey("case_decisions.id"))
    kind: Mapped[str]
    clause: Mapped[str]
    state: Mapped[str]
    state_since: Mapped[datetime]
    set_up_by: Mapped[str]
    set_up_at: Mapped[datetime]
    party_id: Mapped[str | None] = mapped_column(ForeignKey("case_parties.id"))
    """Whom it is about, of those the report speaks of."""
    sender_id: Mapped[str | None] = mapped_column(ForeignKey("senders.id"))
    """The sender that they are known to be, where they have written to us."""
    event_id: Mapped[str | None] = mapped_column(ForeignKey("events.id"))
    child_id: Mapped[str | None]
    """The restriction or referral that carries it out."""
    letter_id: Mapped[str | None]
    what: Mapped[bytes] = mapped_column(Sealed)
    """What is done, or asked for, and why."""
    event: Mapped[bytes] = mapped_column(Sealed)
    """Of an expulsion: from which event, and how far it reaches."""
    done_by: Mapped[str | None]
    """Who said or did it; not always who notes it."""
    done_at: Mapped[datetime | None]
    outcome: Mapped[bytes] = mapped_column(Sealed)
    """What was done, HR's receipt, or why it was waived."""
    settled_by: Mapped[str | None]
    in_place_of_hr: Mapped[str | None]
    """The fallback who takes HR's part, where HR's own person has none (P-HR-1)."""


class CaseOutcome(Base):
    """Somebody was told how it ended; or is not told, and why not."""

    __tablename__ = "case_outcomes"
    __table_args__ = (
        Index("ix_case_outcomes_decision_id", "decision_id"),
        UniqueConstraint("appeal_hash"),
    )

    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    case_id: Mapped[str] = mapped_column(ForeignKey("cases.id"))
    decision_id: Mapped[str] = mapped_column(ForeignKey("case_decisions.id"))
    told: Mapped[str]
    party_id: Mapped[str | None] = mapped_column(ForeignKey("case_parties.id"))
    how: Mapped[str]
    letter_id: Mapped[str | None]
    by: Mapped[str]
    at: Mapped[datetime]
    why: Mapped[bytes] = mapped_column(Sealed)
    """Why they are not told; empty where they are."""
    kept_until: Mapped[datetime | None]
    appeal_hash: Mapped[str | None]
    """Keyed hash of the code in the letter, by which an appeal is known."""


class CaseAppeal(Base):
    """The word of the person reported against a finding. One for each letter."""

    __tablename__ = "case_appeals"
    __table_args__ = (UniqueConstraint("outcome_id"),)

    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    case_id: Mapped[str] = mapped_column(ForeignKey("cases.id"))
    outcome_id: Mapped[str] = mapped_column(ForeignKey("case_outcomes.id"))
    came_at: Mapped[datetime]
    recorded_by: Mapped[str]
    recorded_at: Mapped[datetime]
    words: Mapped[bytes] = mapped_column(Sealed)
    decided_by: Mapped[str | None]
    decided_at: Mapped[datetime | None]
    outcome: Mapped[str | None]
    reason: Mapped[bytes] = mapped_column(Sealed)


class CaseIdentity(Base):
    """Somebody asks to know who reported: asked, allowed by another, opened by the custodian."""

    __tablename__ = "case_identities"
    __table_args__ = (Index("ix_case_identities_case_id", "case_id"),)

    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    case_id: Mapped[str] = mapped_column(ForeignKey("cases.id"))
    asked_by: Mapped[str]
    asked_at: Mapped[datetime]
    reason: Mapped[bytes] = mapped_column(Sealed)
    settled_by: Mapped[str | None]
    settled_at: Mapped[datetime | None]
    approved: Mapped[bool | None]
    answer: Mapped[bytes] = mapped_column(Sealed)
    opened_by: Mapped[str | None]
    opened_at: Mapped[datetime | None]
    close_noted_at: Mapped[datetime | None]
    """When the record was told that it had closed; it closes by the clock, not by this."""


class CaseWording(Base):
    """Somebody agrees that a sentence for the person reported stands word for word, though the
    check found in it what could tell who reported (P-NAM-1)."""

    __tablename__ = "case_wordings"
    __table_args__ = (Index("ix_case_wordings_case_id", "case_id"),)

    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    case_id: Mapped[str] = mapped_column(ForeignKey("cases.id"))
    words_hash: Mapped[str]
    by: Mapped[str]
    at: Mapped[datetime]
    reason: Mapped[bytes] = mapped_column(Sealed)
