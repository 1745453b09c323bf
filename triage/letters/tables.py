"""Letters, each step of them, and their way to the mail server."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from triage.core.database import Base
from triage.core.ids import new_id
from triage.core.sealed import Sealed
from triage.core.steps import StepColumns


class Letter(Base):
    """One letter to one person. What was sent stays as it was: a trigger refuses any change to
    its words once it is on its way; erasure destroys the key that opens them."""

    __tablename__ = "letters"
    __table_args__ = (
        Index("ix_letters_matter_id_drafted_at", "matter_id", "drafted_at"),  # of a matter
        Index("ix_letters_sender_id_drafted_at", "sender_id", "drafted_at"),  # of a sender
        Index(  # waiting for a second person
            "ix_letters_second",
            "state_since",
            "id",
            sqlite_where=text("state = 'needs_second_person'"),
            postgresql_where=text("state = 'needs_second_person'"),
        ),
    )

    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    version: Mapped[int] = mapped_column()
    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - read by SQLAlchemy
    matter_id: Mapped[str]
    """The message, case, restriction or referral it is about: who is excluded from that has no
    part in the letter. No key of a table above."""
    sender_id: Mapped[str | None] = mapped_column(ForeignKey("senders.id"))
    """The sender it goes to; nothing for a reporter, or a person who never wrote."""
    kind: Mapped[str]
    state: Mapped[str]
    state_since: Mapped[datetime]
    drafted_by: Mapped[str]
    drafted_at: Mapped[datetime]
    edited_by: Mapped[str]

    # -- what goes: frozen once it is on its way
    to_address: Mapped[bytes | None] = mapped_column(Sealed)
    """Where it goes by mail; without one it can be copied out alone."""
    to_report_id: Mapped[str | None]
    """The report to whose writer it goes, at the address that they gave: nobody who writes or
    sends the letter is shown that. It is read as the letter goes. No key of a table."""
    from_address: Mapped[str]
    reply_to: Mapped[str]
    signed_as: Mapped[str]
    subject: Mapped[bytes] = mapped_column(Sealed)
    text: Mapped[bytes] = mapped_column(Sealed)

    # -- what was checked
    guarded: Mapped[bool] = mapped_column(default=False)
    """Whether it goes to a person reported: of whatever kind, it goes only once it was checked
    for what could tell who reported."""
    cease_override: Mapped[bytes | None] = mapped_column(Sealed)
    """Why it is written though cease contact is in force."""
    leak_check: Mapped[str | None]
    leak_hash: Mapped[str | None]
    """Of the text that was checked: for any other text the check counts for nothing."""
    approved_hash: Mapped[str | None]
    """Of what was approved: nothing else may go."""
    sent_at: Mapped[datetime | None]
    sent_by: Mapped[str | None]
    """Who pressed send, or copied it out."""


class LetterTransition(StepColumns, Base):
    """One step of one letter: who, when, why, under which policy, based on which version."""

    __tablename__ = "letter_transitions"
    __table_args__ = (UniqueConstraint("letter_id", "sequence"),)

    letter_id: Mapped[str] = mapped_column(ForeignKey("letters.id"))
    from_state: Mapped[str]


class LetterMail(Base):
    """A letter's way to the mail server: one row for one text, so that a text which goes twice
    goes under one Message-ID, and another text never does."""

    __tablename__ = "letter_mails"
    __table_args__ = (
        UniqueConstraint("letter_id", "text_hash"),
        Index(  # deliver_due(): what is to go, oldest first
            "ix_letter_mails_waiting",
            "next_try",
            "id",
            sqlite_where=text("state = 'queued'"),
            postgresql_where=text("state = 'queued'"),
        ),
    )

    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    letter_id: Mapped[str] = mapped_column(ForeignKey("letters.id"))
    text_hash: Mapped[str]
    queued_at: Mapped[datetime]
    next_try: Mapped[datetime]
    state: Mapped[str]
    tries: Mapped[int] = mapped_column(default=0)
    lease: Mapped[str | None]
    leased_until: Mapped[datetime | None]
    message_id: Mapped[str | None]
    sent_at: Mapped[datetime | None]
    problem: Mapped[str | None]
