"""Alarms, the steps taken for each, and the alerts that carry them."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from triage.core.database import Base
from triage.core.ids import new_id

OPEN = text("ended_at IS NULL")


class Alarm(Base):
    """Something that cannot wait, in one matter. At most one a matter is open at a time."""

    __tablename__ = "alarms"
    __table_args__ = (
        Index(  # one a matter; and raise_alarm(), seen(), over()
            "uq_alarms_matter_id_open",
            "matter_id",
            unique=True,
            sqlite_where=OPEN,
            postgresql_where=OPEN,
        ),
        Index(  # run_alarms(), open_alarms(): the open ones, oldest first
            "ix_alarms_open", "raised_at", "id", sqlite_where=OPEN, postgresql_where=OPEN
        ),
    )

    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    matter_id: Mapped[str]
    lane: Mapped[str]
    why: Mapped[str]
    raised_at: Mapped[datetime]
    raised_by: Mapped[str]
    apart_from: Mapped[str | None]
    """Who is not alerted while anybody else is there: they passed it on, or asked another."""
    ended_at: Mapped[datetime | None]
    ended_by: Mapped[str | None]
    """Who has it, where somebody does."""
    ended_how: Mapped[str | None]


class Alert(Base):
    """One mail to one person for one lane. It carries every alarm whose step names it."""

    __tablename__ = "alerts"
    __table_args__ = (Index("ix_alerts_person_id_sent_at", "person_id", "sent_at"),)

    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    person_id: Mapped[str] = mapped_column(ForeignKey("people.id"))
    lane: Mapped[str]
    sent_at: Mapped[datetime]
    """When it went into the outbox."""
    acknowledged_at: Mapped[datetime | None]


class AlarmStep(Base):
    """One step of one alarm: whom it was put to. Rows are only added."""

    __tablename__ = "alarm_steps"
    __table_args__ = (
        UniqueConstraint("alarm_id", "number"),  # two runners at once take each step once
        Index("ix_alarm_steps_alert_id", "alert_id"),  # what an alert carries
    )

    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    alarm_id: Mapped[str] = mapped_column(ForeignKey("alarms.id"))
    number: Mapped[int]
    at: Mapped[datetime]
    person_id: Mapped[str | None] = mapped_column(ForeignKey("people.id"))
    reach: Mapped[str]
    round: Mapped[int]
    alert_id: Mapped[str | None] = mapped_column(ForeignKey("alerts.id"))
    joined: Mapped[bool]
    """Whether the alert was under way already for another alarm."""
