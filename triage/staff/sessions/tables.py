"""Sessions, and the moment before which a person's logins are worth nothing any more."""

from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from triage.core.database import Base
from triage.core.ids import new_id


class StaffSession(Base):
    """One login of one person, from its first use until it ends."""

    __tablename__ = "staff_sessions"

    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    login_hash: Mapped[str] = mapped_column(unique=True)
    """Keyed hash of issuer, subject and time of the login: what the cookie is recognised by."""
    person_id: Mapped[str] = mapped_column(ForeignKey("people.id"), index=True)
    created_at: Mapped[datetime]
    last_seen_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    ended_why: Mapped[str | None]


class SessionBar(Base):
    """Logins of this person up to this moment open nothing, those never used here included."""

    __tablename__ = "session_bars"

    person_id: Mapped[str] = mapped_column(ForeignKey("people.id"), primary_key=True)
    logins_until: Mapped[datetime]
