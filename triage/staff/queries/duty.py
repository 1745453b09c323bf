"""Reads on turns of duty: who has it, who has it next, and when one's own began."""

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from triage.core.settings import Settings
from triage.staff import rota
from triage.staff.queries import names
from triage.staff.queries.team import absences, on_duty, shifts, work_calendar
from triage.staff.rota import DAYS_AHEAD, Duty
from triage.staff.team import DutyNow

DAYS_BACK = 2
"""How far back a turn of adjoining shifts is followed."""


def duty_now(session: Session, at: datetime, *, settings: Settings) -> DutyNow:
    """Who is on duty at a moment and not away, and who begins next in the days ahead."""
    following = rota.next_turns(_turns(session, at), at)
    known = names(session, {one.person_id for one in following})
    calendar = work_calendar(session, settings)
    return DutyNow(
        here=tuple((one.id, one.name) for one in on_duty(session, at)),
        following=tuple(sorted(known.items(), key=lambda one: (one[1], one[0]))),
        following_at=following[0].span.starts if following else None,
        open_now=any(calendar.open_spans(at, at + timedelta(microseconds=1))),
    )


def turn_since(session: Session, *, person_id: str, at: datetime) -> datetime | None:
    """When the turn began that somebody is in, or has just ended."""
    turn = rota.turn_of(_turns(session, at), person_id, at)
    return None if turn is None else turn.starts


def covered_until(session: Session, at: datetime) -> datetime | None:
    """Until when somebody is on duty without a gap; ``None`` where nobody is at the moment."""
    ends = None
    for one in _turns(session, at):  # in the order in which they begin
        if one.span.starts <= (ends or at) < one.span.ends:
            ends = one.span.ends
    return ends


def _turns(session: Session, at: datetime) -> tuple[Duty, ...]:
    starts, ends = at - timedelta(days=DAYS_BACK), at + timedelta(days=DAYS_AHEAD)
    return rota.turns(
        [Duty(one.person_id, one.span) for one in shifts(session, starts, ends)],
        [Duty(one.person_id, one.span) for one in absences(session, starts, ends)],
    )
