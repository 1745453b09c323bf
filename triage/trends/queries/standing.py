"""How the system itself stood at the end of a period: what was tried, and what was not covered."""

from datetime import date, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from triage.core.settings import Settings
from triage.staff import rota
from triage.staff.calendar import local_day
from triage.staff.queries.team import absences, shifts, work_calendar
from triage.staff.rota import Duty
from triage.staff.tables import HR, Fallback
from triage.trends.assurance import Check, Tried, facts
from triage.trends.queries.belonging import stretch
from triage.trends.queries.counting import reveals
from triage.trends.rules import WITHHELD, Period, Style, figure
from triage.trends.tables import AssuranceCheck

REVIEWERS = 3
"""Active ones, under whom nothing is said of exposure."""


def told(session: Session, *, period: Period, settings: Settings) -> tuple[tuple[str, str], ...]:
    """The facts beside the tables: exposure as a band, and assurance about the system."""
    return (("exposure", _exposure(session, period)), *_assurance(session, period, settings))


def _exposure(session: Session, period: Period) -> str:
    """Grave texts read for each active reviewer, as a band; of fewer than three nothing."""
    read = reveals(session, period)
    if len(read) < REVIEWERS:
        return WITHHELD
    return figure(sum(read.values()) // len(read), Style.BAND)


def _assurance(session: Session, period: Period, settings: Settings) -> tuple[tuple[str, str], ...]:
    span = stretch(period)
    found = session.execute(
        select(AssuranceCheck.kind, AssuranceCheck.day, AssuranceCheck.held)
        .where(AssuranceCheck.day < period.after)
        .order_by(AssuranceCheck.day, AssuranceCheck.recorded_at)
    )
    tried = [Tried(Check(kind), day, held) for kind, day, held in found]
    calendar = work_calendar(session, settings)
    given = [
        [Duty(one.person_id, one.span) for one in read(session, span.starts, span.ends)]
        for read in (shifts, absences)
    ]
    gaps = rota.gaps(calendar, *given, starts=span.starts, days=period.days)
    there = [one.length for one in calendar.open_spans(span.starts, span.ends)]
    return facts(
        tried,
        fallback=_fallback(session, period),
        uncovered=round(sum((one.length for one in gaps), timedelta()) / timedelta(hours=1)),
        open_hours=round(sum(there, timedelta()) / timedelta(hours=1)),
    )


def _fallback(session: Session, period: Period) -> date | None:
    """When a drill last reached a fallback, as it stood at the end of the period."""
    tried = select(func.max(Fallback.tried_at)).where(
        Fallback.tried_at < stretch(period).ends, Fallback.process != HR
    )
    newest = session.scalar(tried)
    return None if newest is None else local_day(newest)
