"""Who is on duty and when nobody is: arithmetic on spans of time, pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from triage.staff.calendar import Span, WorkCalendar

DAYS_AHEAD = 14
"""How far gaps are looked for."""


@dataclass(frozen=True, slots=True)
class Duty:
    """One person's shift or absence."""

    person_id: str
    span: Span


def present(shifts: Iterable[Duty], absences: Iterable[Duty]) -> tuple[Duty, ...]:
    """What is left of shifts when the absences of the same person are taken out."""
    away: dict[str, list[Span]] = {}
    for one in absences:
        away.setdefault(one.person_id, []).append(one.span)
    return tuple(
        Duty(shift.person_id, rest)
        for shift in shifts
        for rest in without([shift.span], away.get(shift.person_id, []))
    )


def without(spans: Iterable[Span], holes: Iterable[Span]) -> tuple[Span, ...]:
    """Spans with the holes cut out of them, in order."""
    left = sorted(spans, key=lambda one: one.starts)
    for hole in holes:
        cut = []
        for span in left:
            before = Span(span.starts, min(span.ends, hole.starts))
            behind = Span(max(span.starts, hole.ends), span.ends)
            if hole.ends <= span.starts or span.ends <= hole.starts or hole.starts >= hole.ends:
                cut.append(span)
                continue
            cut += [one for one in (before, behind) if one.starts < one.ends]
        left = cut
    return tuple(left)


def on_duty_at(shifts: Iterable[Duty], absences: Iterable[Duty], at: datetime) -> tuple[str, ...]:
    """The ids of those who are on duty and not away at a moment; each once, in order."""
    here = [
        one.person_id for one in present(shifts, absences) if one.span.starts <= at < one.span.ends
    ]
    return tuple(dict.fromkeys(here))


def gaps(
    calendar: WorkCalendar,
    shifts: Iterable[Duty],
    absences: Iterable[Duty],
    *,
    starts: datetime,
    days: int = DAYS_AHEAD,
) -> tuple[Span, ...]:
    """The working hours ahead in which nobody is on duty, in order."""
    ends = starts.astimezone(UTC) + timedelta(days=days)
    covered = [one.span for one in present(shifts, absences)]
    return without(calendar.open_spans(starts, ends), covered)
