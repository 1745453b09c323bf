"""Reads on the team: who is there, who is on duty, what they can carry."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import create_engine, select
from sqlalchemy.orm import Session

from triage.core.access import Action, Actor, check, visible
from triage.core.database import driver_url
from triage.core.roles import Role
from triage.core.settings import Settings
from triage.staff import capability, rota
from triage.staff.calendar import Nation, Span, WorkCalendar
from triage.staff.capability import Line, Member, Outsider
from triage.staff.processes import Process
from triage.staff.queries import PersonRow, active_people, everybody
from triage.staff.rota import DAYS_AHEAD, Duty
from triage.staff.service import ALL
from triage.staff.service.duty import LONGEST_SHIFT
from triage.staff.tables import HR, Absence, Closure, DutyShift, Fallback, Guest, Person
from triage.staff.team import FallbackRow, GuestRow, Look, TeamPage, TimeRow

_MOMENT = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class OnDuty:
    """Somebody who is on duty, and since when without a break."""

    person: PersonRow
    since: datetime


def team(session: Session) -> tuple[Member, ...]:
    """Everybody who works here and has an open account. Guests are no part of the team."""
    return tuple(
        Member(one.id, one.roles) for one in active_people(session) if Role.GUEST not in one.roles
    )


def fallbacks(session: Session) -> tuple[FallbackRow, ...]:
    """Who is named to step in, with an open account, by name."""
    guests = {one.id for one in active_people(session) if Role.GUEST in one.roles}
    found = session.execute(
        select(Fallback, Person.name)
        .join(Person, Person.id == Fallback.person_id)
        .where(Person.active, Fallback.process != HR)
        .order_by(Person.name, Fallback.process)
    )
    return tuple(
        FallbackRow(
            person_id=row.person_id,
            name=name,
            process=None if row.process == ALL else row.process,
            outside=row.person_id in guests,
            tried_at=row.tried_at,
        )
        for row, name in found
    )


def outsiders(session: Session) -> tuple[Outsider, ...]:
    """The fallbacks as the solver takes them: one a person."""
    named: dict[str, list[FallbackRow]] = {}
    for row in fallbacks(session):
        named.setdefault(row.person_id, []).append(row)
    return tuple(
        Outsider(
            id=person_id,
            processes=frozenset()
            if any(row.process is None for row in rows)
            else frozenset(Process(row.process) for row in rows if row.process),
            tried=any(row.tried_at is not None for row in rows),
            outside=rows[0].outside,
        )
        for person_id, rows in named.items()
    )


def may_decide(
    session: Session, *processes: Process, matter_id: str, at: datetime
) -> frozenset[str]:
    """Everybody who may decide in a matter by their office, as ``deciders.allow_decider`` asks of
    one: the deciders, and who is named from outside for one of these and invited to it."""
    named = {
        one.id for one in outsiders(session) if any(one.serves(process) for process in processes)
    }
    invited = session.scalars(
        select(Guest.person_id).where(
            Guest.matter_id == matter_id, Guest.invited_at <= at, Guest.expires_at > at
        )
    ).all()
    return frozenset(
        one.id
        for one in active_people(session)
        if Role.DECIDER in one.roles or (one.id in named and one.id in invited)
    )


def away(session: Session, at: datetime, *, target: datetime | None = None) -> frozenset[str]:
    """Who is absent at a moment; with a ``target``, only who will not be back before it.

    Absent past a target counts as unavailable (lifecycles.md, rule 7).
    """
    wanted = select(Absence.person_id).where(Absence.starts <= at, Absence.ends > at)
    if target is not None:
        wanted = wanted.where(Absence.ends > target)
    return frozenset(session.scalars(wanted))


def work_calendar(session: Session, settings: Settings) -> WorkCalendar:
    """Working days and hours in force: the nation's, less our closure days."""
    closed: frozenset[date] = frozenset(session.scalars(select(Closure.day)))
    return WorkCalendar(Nation(settings.nation), closed, settings.opens, settings.closes)


def shifts(session: Session, starts: datetime, ends: datetime) -> tuple[TimeRow, ...]:
    """The rota between two moments: shifts of open accounts, in order."""
    return _times(session, DutyShift, starts, ends)


def absences(session: Session, starts: datetime, ends: datetime) -> tuple[TimeRow, ...]:
    """Absences between two moments, in order."""
    return _times(session, Absence, starts, ends)


def on_duty_now(session: Session, at: datetime) -> tuple[OnDuty, ...]:
    """Who is on duty, longest here first; the same order whoever asks."""
    since = dict(
        rota.present_since(
            _duties(shifts(session, at - LONGEST_SHIFT, at + _MOMENT)),
            _duties(absences(session, at - LONGEST_SHIFT, at + _MOMENT)),
            at,
        )
    )
    here = [OnDuty(one, since[one.id]) for one in active_people(session) if one.id in since]
    return tuple(sorted(here, key=lambda one: (one.since, one.person.name, one.person.id)))


def next_on_duty(session: Session, at: datetime) -> datetime | None:
    """When somebody comes on duty next; ``None`` where the rota has nobody in the days ahead."""
    ends = at + timedelta(days=DAYS_AHEAD)
    there = rota.present(_duties(shifts(session, at, ends)), _duties(absences(session, at, ends)))
    return min((one.span.starts for one in there if one.span.starts > at), default=None)


def on_duty(session: Session, at: datetime) -> tuple[PersonRow, ...]:
    """Who is on the rota at a moment, has an open account and is not away; by name."""
    just_after = at + timedelta(microseconds=1)
    ids = rota.on_duty_at(
        _duties(shifts(session, at, just_after)), _duties(absences(session, at, just_after)), at
    )
    return tuple(one for one in active_people(session) if one.id in ids)


def there_within(
    session: Session, people: Collection[str], starts: datetime, ends: datetime
) -> frozenset[str]:
    """Who of these people is there at any moment of a stretch of time.

    By the rota, less absences. Where no rota is kept, around now, for anybody at all: whoever is
    not away for the whole of it.
    """
    asked = Span(starts, ends)
    away_then = _duties(absences(session, starts, ends))
    around = timedelta(days=DAYS_AHEAD)
    if shifts(session, starts - around, ends + around):
        turns = _duties(shifts(session, starts, ends))
    else:
        turns = tuple(Duty(one, asked) for one in people)
    here = {
        one.person_id
        for one in rota.present(turns, away_then)
        if max(one.span.starts, starts) < min(one.span.ends, ends)
    }
    return frozenset(here & set(people))


def gaps(
    session: Session, starts: datetime, *, settings: Settings, days: int = DAYS_AHEAD
) -> tuple[Span, ...]:
    """The working hours of the days ahead in which nobody is on duty."""
    ends = starts + timedelta(days=days)
    return rota.gaps(
        work_calendar(session, settings),
        _duties(shifts(session, starts, ends)),
        _duties(absences(session, starts, ends)),
        starts=starts,
        days=days,
    )


def report(session: Session, at: datetime | None = None) -> tuple[Line, ...]:
    """What the team can carry: at a moment, or with nobody away where none is given."""
    absent = frozenset[str]() if at is None else away(session, at)
    return capability.report(team(session), outsiders(session), absent=absent)


def guests(session: Session, *, viewer: Actor, at: datetime) -> tuple[GuestRow, ...]:
    """Invitations in force to matters that the viewer may know of."""
    found = session.execute(
        select(Guest, Person.name)
        .join(Person, Person.id == Guest.person_id)
        .where(
            Person.active,
            Guest.invited_at <= at,
            Guest.expires_at > at,
            visible(viewer, Guest.matter_id),
        )
        .order_by(Person.name, Guest.id)
    )
    return tuple(
        GuestRow(row.person_id, name, row.matter_id, row.expires_at) for row, name in found
    )


def team_page(session: Session, *, viewer: Actor, at: datetime, settings: Settings) -> TeamPage:
    """The staff page. A guest is on it as a named fallback, or where their matter is visible."""
    check(viewer, Action.READ_TEAM)
    invited = guests(session, viewer=viewer, at=at)
    named = fallbacks(session)
    known = {one.person_id for one in invited} | {one.person_id for one in named}
    people = tuple(
        one
        for one in everybody(session)
        if one.active and (Role.GUEST not in one.roles or one.id in known)
    )
    calendar = work_calendar(session, settings)
    return TeamPage(
        people=people,
        away=away(session, at),
        lines=report(session, at),
        on_duty=tuple(one.name for one in on_duty(session, at)),
        gaps=gaps(session, at, settings=settings),
        has_rota=bool(shifts(session, at, at + timedelta(days=DAYS_AHEAD))),
        open_now=any(calendar.open_spans(at, at + timedelta(microseconds=1))),
        fallbacks=named,
        guests=invited,
    )


def look_at_team(url: str) -> Look:
    """The team of the database at a URL, opened for a look only (for ``triage doctor``)."""
    engine = create_engine(driver_url(url))
    try:
        with Session(engine, autoflush=False) as session:
            return Look(
                people=len(active_people(session)),
                lines=report(session),
                problems=capability.production_problems(outsiders(session)),
            )
    finally:
        engine.dispose()


def _times(
    session: Session, table: type[DutyShift] | type[Absence], starts: datetime, ends: datetime
) -> tuple[TimeRow, ...]:
    found = session.execute(
        select(table.id, table.person_id, Person.name, table.starts, table.ends)
        .join(Person, Person.id == table.person_id)
        .where(Person.active, table.starts < ends, table.ends > starts)
        .order_by(table.starts, table.id)
    )
    return tuple(TimeRow(one[0], one[1], one[2], Span(one[3], one[4])) for one in found)


def _duties(rows: tuple[TimeRow, ...]) -> tuple[Duty, ...]:
    return tuple(Duty(one.person_id, one.span) for one in rows)
