"""People who sign in, the roles they hold, and when they are there."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from triage.core.database import Base
from triage.core.ids import new_id

HR = "hr"
"""Named to take HR's part, where HR's own person cannot."""


class Person(Base):
    """A member of staff, a volunteer with an account, or a guest."""

    __tablename__ = "people"
    __table_args__ = (
        # One account for one identity; SQLite can add an index to a table, and no constraint.
        Index("uq_people_oidc_issuer_oidc_subject", "oidc_issuer", "oidc_subject", unique=True),
    )

    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    name: Mapped[str]
    email: Mapped[str] = mapped_column(unique=True)
    """Lower case. Mail to it makes this person a recipient."""
    active: Mapped[bool] = mapped_column(default=True)
    shortcuts: Mapped[bool] = mapped_column(default=True)
    """Single keys on the review page; each person can switch theirs off (WCAG 2.1.4)."""
    added_at: Mapped[datetime]
    oidc_issuer: Mapped[str | None]
    """Who vouches for the identity. Empty until the first sign-in links it."""
    oidc_subject: Mapped[str | None]
    """The ``sub`` that the issuer gives; the e-mail address plays no part once it is known."""
    disabled_at: Mapped[datetime | None]


class PersonRole(Base):
    """One role of one person."""

    __tablename__ = "person_roles"

    person_id: Mapped[str] = mapped_column(ForeignKey("people.id"), primary_key=True)
    role: Mapped[str] = mapped_column(primary_key=True)
    reason: Mapped[str | None]
    """Why a manager holds it, or why it is held beside manager (lifecycles.md, rule 6)."""


class Guest(Base):
    """One invitation: one person, one matter, up to a moment. In force by its dates alone."""

    __tablename__ = "guests"
    __table_args__ = (Index("ix_guests_person_id_expires_at", "person_id", "expires_at"),)

    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    person_id: Mapped[str] = mapped_column(ForeignKey("people.id"))
    matter_id: Mapped[str]
    invited_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    """The first moment at which it is over; brought forward where it is withdrawn."""


class DutyShift(Base):
    """Somebody's turn on the rota."""

    __tablename__ = "duty_shifts"
    __table_args__ = (Index("ix_duty_shifts_ends", "ends"),)

    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    person_id: Mapped[str] = mapped_column(ForeignKey("people.id"))
    starts: Mapped[datetime]
    ends: Mapped[datetime]


class Absence(Base):
    """When somebody is away. Never why."""

    __tablename__ = "absences"
    __table_args__ = (Index("ix_absences_ends", "ends"),)

    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    person_id: Mapped[str] = mapped_column(ForeignKey("people.id"))
    starts: Mapped[datetime]
    ends: Mapped[datetime]


class Closure(Base):
    """A day on which the charity is closed, beside weekends and bank holidays."""

    __tablename__ = "closures"

    day: Mapped[date] = mapped_column(primary_key=True)
    added_at: Mapped[datetime]


class Fallback(Base):
    """Somebody named to step in, for one process or for all."""

    __tablename__ = "fallbacks"
    __table_args__ = (UniqueConstraint("person_id", "process"),)

    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    person_id: Mapped[str] = mapped_column(ForeignKey("people.id"))
    process: Mapped[str]
    """A process, or ``all``; or ``hr``, which is none: a part that somebody outside has."""
    named_at: Mapped[datetime]
    tried_at: Mapped[datetime | None]
    """When a drill last reached them."""


class Volunteer(Base):
    """Somebody without an account to whom messages come. They see their own by a signed link."""

    __tablename__ = "volunteers"

    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    """Becomes the id of their account, should they ever get one: what was sent to them stays so."""
    name: Mapped[str]
    email: Mapped[str] = mapped_column(unique=True)
    """Lower case. Mail to it makes this volunteer a recipient."""
    active: Mapped[bool] = mapped_column(default=True)
    """Once this is false, every link of theirs is dead."""
    link_version: Mapped[int] = mapped_column(default=0)
    """Stands in the link: a new one ends those before."""
    added_at: Mapped[datetime]
