"""What is kept of an inquiry. Whatever says who or what is sealed under the case's key."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from triage.core.database import Base
from triage.core.ids import new_id
from triage.core.sealed import Sealed
from triage.core.steps import StepColumns


class CaseEvidence(Base):
    """One piece of evidence. What it is does not change; what is made of it may."""

    __tablename__ = "case_evidence"
    __table_args__ = (Index("ix_case_evidence_case_id", "case_id"),)

    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    case_id: Mapped[str] = mapped_column(ForeignKey("cases.id"))
    kind: Mapped[str]
    source: Mapped[str]
    party_id: Mapped[str | None] = mapped_column(ForeignKey("case_parties.id"))
    """Whose statement or account it is."""
    of_id: Mapped[str | None]
    """The file of the report, or the message, that it is: their bytes stay where they are."""
    title: Mapped[bytes] = mapped_column(Sealed)
    origin: Mapped[bytes] = mapped_column(Sealed)
    """Where it came from, and how."""
    made_at: Mapped[datetime]
    """When it was said, written or taken."""
    text: Mapped[bytes] = mapped_column(Sealed)
    file_name: Mapped[bytes] = mapped_column(Sealed)
    media: Mapped[str]
    """What its content shows it to be."""
    size: Mapped[int]
    data: Mapped[bytes] = mapped_column(Sealed)
    sha256: Mapped[bytes] = mapped_column(Sealed)
    """Sealed: the plain hash of something that others have would give away that it is here."""
    added_by: Mapped[str]
    added_at: Mapped[datetime]

    confidential: Mapped[bool]
    """Who said it asked that it be kept to those who look into it."""
    hidden: Mapped[bool]
    """Kept out of what the person reported is given."""
    bearing: Mapped[str | None]
    carries: Mapped[bool]
    tested: Mapped[bool]
    tested_how: Mapped[bytes] = mapped_column(Sealed)
    """How it was put to the other side; where it was not, why."""


class CaseCustody(Base):
    """What happened to a piece of evidence: who, when. Rows are only added."""

    __tablename__ = "case_custody"
    __table_args__ = (UniqueConstraint("item_id", "sequence"),)

    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    case_id: Mapped[str] = mapped_column(ForeignKey("cases.id"))
    item_id: Mapped[str] = mapped_column(ForeignKey("case_evidence.id"))
    sequence: Mapped[int]
    at: Mapped[datetime]
    person_id: Mapped[str]
    act: Mapped[str]


class CaseBalance(Base):
    """Why a recommendation is made though not all was tested against the other side."""

    __tablename__ = "case_balances"
    __table_args__ = (Index("ix_case_balances_case_id", "case_id"),)

    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    case_id: Mapped[str] = mapped_column(ForeignKey("cases.id"))
    round: Mapped[int]
    """It counts until the case has been decided once more."""
    given_by: Mapped[str]
    at: Mapped[datetime]
    reason: Mapped[bytes] = mapped_column(Sealed)


class CaseNotice(Base):
    """The notice to one person reported. Without a row it is due, where they are named."""

    __tablename__ = "case_notices"
    __table_args__ = (
        UniqueConstraint("party_id"),
        Index("ix_case_notices_case_id", "case_id"),
        Index("ix_case_notices_state_reply_by", "state", "reply_by"),  # what is due
    )

    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    version: Mapped[int] = mapped_column()
    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - read by SQLAlchemy

    case_id: Mapped[str] = mapped_column(ForeignKey("cases.id"))
    party_id: Mapped[str] = mapped_column(ForeignKey("case_parties.id"))
    state: Mapped[str]
    state_since: Mapped[datetime]
    letter_id: Mapped[str | None] = mapped_column(ForeignKey("letters.id"))
    shown_at: Mapped[datetime | None]
    """When the reporter was shown the text."""
    shown_hash: Mapped[str | None]
    """Of the text that they were shown; or for which somebody said why they are not shown it
    again. Another text is not on its way yet."""
    shown_until: Mapped[datetime | None]
    skipped: Mapped[bytes] = mapped_column(Sealed)
    """Why the reporter was not asked."""
    reply_by: Mapped[datetime | None]
    ground: Mapped[str | None]
    recheck_at: Mapped[datetime | None]
    sent_at: Mapped[datetime | None]
    item_id: Mapped[str | None] = mapped_column(ForeignKey("case_evidence.id"))
    """Their account."""


class CaseNoticeStep(StepColumns, Base):
    """One step of one notice; numbered through the case."""

    __tablename__ = "case_notice_steps"
    __table_args__ = (UniqueConstraint("case_id", "sequence"),)

    case_id: Mapped[str] = mapped_column(ForeignKey("cases.id"))
    notice_id: Mapped[str] = mapped_column(ForeignKey("case_notices.id"))
    from_state: Mapped[str]


class CaseInterim(Base):
    """A measure that one person on duty set, until others have confirmed it or it is over."""

    __tablename__ = "case_interims"
    __table_args__ = (
        Index("ix_case_interims_case_id", "case_id"),
        Index("ix_case_interims_ended_at_lapses", "ended_at", "lapses"),  # what is due
    )

    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    version: Mapped[int] = mapped_column()
    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - read by SQLAlchemy

    case_id: Mapped[str] = mapped_column(ForeignKey("cases.id"))
    kind: Mapped[str]
    event_id: Mapped[str | None] = mapped_column(ForeignKey("events.id"))
    who: Mapped[bytes] = mapped_column(Sealed)
    place: Mapped[bytes] = mapped_column(Sealed)
    why: Mapped[bytes] = mapped_column(Sealed)
    author: Mapped[str]
    since: Mapped[datetime]
    lapses: Mapped[datetime]
    until: Mapped[datetime | None]
    ratified_by: Mapped[str | None]
    ratified_at: Mapped[datetime | None]
    ratified_why: Mapped[bytes] = mapped_column(Sealed)
    ended_at: Mapped[datetime | None]
    ended_by: Mapped[str | None]
    ending: Mapped[str | None]
    ended_why: Mapped[bytes] = mapped_column(Sealed)
    letter_id: Mapped[str | None] = mapped_column(ForeignKey("letters.id"))
    """The letter that it has ended."""
    told_at: Mapped[datetime | None]
    """When the person was told in another way that it has ended."""
    told_how: Mapped[bytes] = mapped_column(Sealed)


class CaseMeeting(Base):
    """A talk with somebody: with the reporter, where no party is named."""

    __tablename__ = "case_meetings"
    __table_args__ = (Index("ix_case_meetings_case_id", "case_id"),)

    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    case_id: Mapped[str] = mapped_column(ForeignKey("cases.id"))
    party_id: Mapped[str | None] = mapped_column(ForeignKey("case_parties.id"))
    at: Mapped[datetime]
    place: Mapped[bytes] = mapped_column(Sealed)
    added_by: Mapped[str]
    added_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]
    held: Mapped[bool | None]
    """Whether it took place; nothing while it lies ahead."""
    item_id: Mapped[str | None] = mapped_column(ForeignKey("case_evidence.id"))
    """The note of it."""
