"""What is kept of a report to the police."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from triage.core.database import Base
from triage.core.ids import new_id
from triage.core.sealed import Sealed
from triage.core.steps import StepColumns


class Referral(Base):
    """One report to the police, or the thought of one. Whatever says who or what is sealed."""

    __tablename__ = "referrals"
    __table_args__ = (
        Index("ix_referrals_state_chase_at", "state", "chase_at"),  # what is due
        Index("ix_referrals_sender_id", "sender_id"),  # one sender's
    )

    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    version: Mapped[int] = mapped_column()
    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - read by SQLAlchemy

    state: Mapped[str]
    state_since: Mapped[datetime]
    sender_id: Mapped[str | None] = mapped_column(ForeignKey("senders.id"))
    considered_by: Mapped[str]
    considered_at: Mapped[datetime]
    reason: Mapped[bytes] = mapped_column(Sealed)
    """Why it is thought of."""

    authorised_by: Mapped[str | None]
    authorised_at: Mapped[datetime | None]
    lawful_basis: Mapped[str | None]
    disclosed: Mapped[bytes] = mapped_column(Sealed)
    """What is to be handed over, in words."""
    reporter_data: Mapped[bool]
    """Whether anything of who reported an incident goes with it. Out, unless somebody says so."""
    reporter_wish: Mapped[str | None]
    """What the person affected wished, where an incident report stands behind it."""

    danger_now: Mapped[bool]
    """Reported at once, before anybody had authorised it."""
    route: Mapped[str | None]
    other_route: Mapped[bytes] = mapped_column(Sealed)
    force: Mapped[bytes] = mapped_column(Sealed)
    submitted_by: Mapped[str | None]
    submitted_at: Mapped[datetime | None]
    """When it really was."""
    recorded_at: Mapped[datetime | None]
    pack_hash: Mapped[str | None]
    """SHA-256 of the evidence that went with it."""
    reference: Mapped[bytes] = mapped_column(Sealed)
    reference_kind: Mapped[str | None]
    officer: Mapped[bytes] = mapped_column(Sealed)
    chase_at: Mapped[datetime | None]
    """When the reference, or news, is asked for next."""
    at_risk: Mapped[str | None]
    """What became of telling the person who may be at risk."""
    at_risk_note: Mapped[bytes] = mapped_column(Sealed)
    at_risk_by: Mapped[str | None]
    conclusion: Mapped[str | None]
    ended_at: Mapped[datetime | None]


class ReferralMatter(Base):
    """A message, restriction or case that a referral rests on: all of them are held."""

    __tablename__ = "referral_matters"
    __table_args__ = (Index("ix_referral_matters_matter_id", "matter_id"),)

    referral_id: Mapped[str] = mapped_column(ForeignKey("referrals.id"), primary_key=True)
    matter_id: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[str]


class ReferralRefusal(Base):
    """One decider's word that it is not to be referred; the second one ends it."""

    __tablename__ = "referral_refusals"
    __table_args__ = (UniqueConstraint("referral_id", "round", "person_id"),)

    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    referral_id: Mapped[str] = mapped_column(ForeignKey("referrals.id"))
    round: Mapped[int]
    """How often it had been taken up again: an old word does not count for a new question."""
    person_id: Mapped[str]
    at: Mapped[datetime]
    reason: Mapped[bytes] = mapped_column(Sealed)


class ReferralTransition(StepColumns, Base):
    """One step of one referral: who, when, why, under which policy, on which version."""

    __tablename__ = "referral_transitions"
    __table_args__ = (
        UniqueConstraint("referral_id", "sequence"),
        UniqueConstraint("token"),
    )

    referral_id: Mapped[str] = mapped_column(ForeignKey("referrals.id"))
    from_state: Mapped[str | None]
    details: Mapped[dict[str, Any]] = mapped_column(JSON)
    token: Mapped[str | None]


class Disclosure(Base):
    """One thing that was told or handed to the police, by whom, when, on what basis."""

    __tablename__ = "disclosures"
    __table_args__ = (Index("ix_disclosures_referral_id_at", "referral_id", "at"),)

    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    referral_id: Mapped[str] = mapped_column(ForeignKey("referrals.id"))
    at: Mapped[datetime]
    recorded_at: Mapped[datetime]
    by: Mapped[str]
    to_whom: Mapped[bytes] = mapped_column(Sealed)
    what: Mapped[bytes] = mapped_column(Sealed)
    lawful_basis: Mapped[str]
    pack_hash: Mapped[str | None]
