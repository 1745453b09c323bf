"""Reads on sessions."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from triage.core.access import Actor
from triage.staff.queries import PersonRow, person
from triage.staff.sessions.rules import Standing, over
from triage.staff.sessions.tables import StaffSession


@dataclass(frozen=True, slots=True)
class Here:
    """A live session, with its person as they are at this moment."""

    session_id: str
    person: PersonRow
    last_seen_at: datetime
    expires_at: datetime


def standing(session: Session, *, login_hash: str, now: datetime) -> tuple[Standing, Here | None]:
    """How a login stands: new to us, live (and then with whom), or ended for good."""
    row = session.scalars(select(StaffSession).where(StaffSession.login_hash == login_hash)).first()
    if row is None:
        return Standing.NEW, None
    who = person(session, row.person_id, now)
    why = over(
        now,
        ended=row.ended_at is not None,
        active=who is not None,
        last_seen_at=row.last_seen_at,
        expires_at=row.expires_at,
    )
    if why is not None or who is None:
        return Standing.ENDED, None
    return Standing.LIVE, Here(row.id, who, row.last_seen_at, row.expires_at)


def last_here(session: Session, *, viewer: Actor, session_id: str) -> datetime | None:
    """When the viewer was last here before the session that they are in now."""
    began = select(StaffSession.created_at).where(
        StaffSession.id == session_id, StaffSession.person_id == viewer.person_id
    )
    return session.scalar(
        select(func.max(StaffSession.last_seen_at)).where(
            StaffSession.person_id == viewer.person_id,
            StaffSession.id != session_id,
            StaffSession.last_seen_at < began.scalar_subquery(),
        )
    )
