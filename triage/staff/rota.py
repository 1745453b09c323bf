"""Who is on duty and when nobody is: arithmetic on spans of time, pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from triage.staff.calendar import Span, WorkCalendar

DAYS_AHEAD = 14
"""How far gaps are looked for."""
GRACE = timedelta(hours=2)
"""A turn that ended so long ago is still whose hand-over is written."""


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


def present_since(
    shifts: Iterable[Duty], absences: Iterable[Duty], at: datetime
) -> tuple[tuple[str, datetime], ...]:
    """(who is on duty at a moment, since when): turns that touch are one."""
    here: dict[str, datetime] = {}
    there = sorted(present(shifts, absences), key=lambda one: one.span.starts)
    for one in there:
        if one.span.starts <= at < one.span.ends:
            here[one.person_id] = one.span.starts
    for one in reversed(there):
        if one.span.ends == here.get(one.person_id):
            here[one.person_id] = one.span.starts
    return tuple(here.items())


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


def turns(shifts: Iterable[Duty], absences: Iterable[Duty]) -> tuple[Duty, ...]:
    """Who is there from when to when: shifts of one person that adjoin are one turn. In order."""
    found: list[Duty] = []
    for one in sorted(present(shifts, absences), key=lambda one: (one.person_id, one.span.starts)):
        last = found[-1] if found else None
        if last and last.person_id == one.person_id and one.span.starts <= last.span.ends:
            whole = Span(last.span.starts, max(last.span.ends, one.span.ends))
            found[-1] = Duty(one.person_id, whole)
        else:
            found.append(one)
    return tuple(sorted(found, key=lambda one: (one.span.starts, one.person_id)))


def next_turns(all_turns: Iterable[Duty], at: datetime) -> tuple[Duty, ...]:
    """The turns that begin next after a moment: several where they begin together."""
    ahead = [one for one in all_turns if one.span.starts > at]
    first = min((one.span.starts for one in ahead), default=None)
    return tuple(one for one in ahead if one.span.starts == first)


def turn_of(all_turns: Iterable[Duty], person_id: str, at: datetime) -> Span | None:
    """The turn that somebody is in, or that ended just before; ``None`` where there is none."""
    ours = [
        one.span
        for one in all_turns
        if one.person_id == person_id and one.span.starts <= at < one.span.ends + GRACE
    ]
    return ours[-1] if ours else None
