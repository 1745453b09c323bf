"""Reads on sessions."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from triage.core.access import Action, Actor, check
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


@dataclass(frozen=True, slots=True)
class SessionRow:
    """One session that is not over, as shown to who may end it."""

    id: str
    person_id: str
    created_at: datetime
    last_seen_at: datetime


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


def open_sessions(
    session: Session, *, viewer: Actor, now: datetime, person_id: str | None = None
) -> list[SessionRow]:
    """Sessions that are not over, newest first: one's own, or (an administrator) anybody's."""
    if person_id != viewer.person_id:
        check(viewer, Action.MANAGE_STAFF)
    wanted = select(StaffSession).where(StaffSession.ended_at.is_(None))
    if person_id is not None:
        wanted = wanted.where(StaffSession.person_id == person_id)
    rows = session.scalars(wanted.order_by(StaffSession.created_at.desc(), StaffSession.id))
    return [
        SessionRow(row.id, row.person_id, row.created_at, row.last_seen_at)
        for row in rows
        if over(
            now,
            ended=False,
            active=True,
            last_seen_at=row.last_seen_at,
            expires_at=row.expires_at,
        )
        is None
    ]


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
