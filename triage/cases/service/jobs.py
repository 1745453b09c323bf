"""What runs by itself for cases: reports are opened, what reporters add is taken in, parts that
nobody has are filled, whoever is late is reminded."""

from datetime import datetime, timedelta

from sqlalchemy import select

from triage.cases.due import due_at
from triage.cases.rules import OPEN, State
from triage.cases.service import entering, opening, parts, recusing, settlers, thread
from triage.cases.service.stepping import holders
from triage.cases.tables import Case
from triage.core.access import SYSTEM, Action
from triage.core.commands import Runner, Tx
from triage.core.jobs import Job
from triage.core.roles import Role
from triage.notify.rules import Kind
from triage.notify.service import queue_mail
from triage.reports import published
from triage.reports import service as reports
from triage.staff.calendar import local_day
from triage.staff.processes import Part
from triage.staff.queries import active_people
from triage.staff.queries.duty import covered_until
from triage.staff.queries.team import away, work_calendar


def run_cases(runner: Runner, at: datetime) -> int:
    """Do what is due; how much."""
    done = 0
    for command in (opening.open_waiting, thread.take_in, look_after, remind):
        done += runner.run(SYSTEM, command)
    runner.run(SYSTEM, publish)
    return done


CASES = Job("cases", timedelta(minutes=1), run_cases, stale_after=timedelta(minutes=10))


def look_after(tx: Tx) -> int:
    """Keep every open case with somebody: whose account was closed is replaced, and beside who is
    away past the target another has the part too (lifecycles.md, rule 7); how many were given."""
    tx.allow(Action.RUN_JOBS)
    filled = 0
    calendar = work_calendar(tx.session, tx.settings)
    here = {one.id for one in active_people(tx.session)}
    for case in _open_cases(tx):
        if State(case.state) is State.SUBMITTED:
            recusing.keep_waiting(tx, case)
            continue
        due = due_at(State(case.state), case.state_since, calendar, tx.settings)
        gone = away(tx.session, tx.now, target=due) if due is not None else frozenset()
        for people in holders(tx, case.id).values():
            for person_id in people:
                if person_id not in here:
                    parts.end(tx, case, person_id)
        before = holders(tx, case.id)
        parts.cover(tx, case, without=gone)
        settlers.see_to_challenges(tx, case)
        filled += sum(len(people) for people in holders(tx, case.id).values()) - sum(
            len(people) for people in before.values()
        )
    return filled


def staff_changed(tx: Tx) -> None:
    """Somebody joined us, or came back: whether an open case speaks of them is found now, in the
    transaction in which they did, and before any alarm can reach them (P-REC-2)."""
    actor, tx.actor = tx.actor, SYSTEM
    try:
        for case in _open_cases(tx):
            if State(case.state) is State.SUBMITTED:
                recusing.keep_waiting(tx, case)
            else:
                parts.cover(tx, case)
    finally:
        tx.actor = actor


def remind(tx: Tx) -> int:
    """Whoever has an overdue case is told, once a day and without a word of it (P-TIM-1)."""
    tx.allow(Action.RUN_JOBS)
    calendar = work_calendar(tx.session, tx.settings)
    late = 0
    for case in _open_cases(tx):
        due = due_at(State(case.state), case.state_since, calendar, tx.settings)
        if due is None or due > tx.now or State(case.state) is State.SUBMITTED:
            continue
        late += 1
        for person_id in _whose(tx, case):
            day = local_day(tx.now).isoformat()
            queue_mail(
                tx,
                kind=Kind.OVERDUE,
                dedupe_key=f"case:{case.id}:late:{day}:{person_id}",
                to_person_id=person_id,
            )
    return late


def publish(tx: Tx) -> None:
    """Tell the form what it shows: who may be picked, whether somebody is on duty, events."""
    tx.allow(Action.RUN_JOBS)
    team = tuple(
        published.Member(one.id, one.name)
        for one in active_people(tx.session)
        if one.roles & TEAM_ROLES
    )
    until = covered_until(tx.session, tx.now)
    events = tuple(
        published.Event(one.code, one.name, one.on_site) for one in entering.live_events(tx)
    )
    reports.publish(tx, key=published.TEAM, value=published.team_value(team))
    reports.publish(tx, key=published.ON_DUTY, value=published.duty_value(until))
    reports.publish(tx, key=published.EVENTS, value=published.events_value(events))


TEAM_ROLES = frozenset(
    {Role.HANDLER, Role.INVESTIGATOR, Role.DECIDER, Role.ON_DUTY, Role.CUSTODIAN}
)
"""Whoever could have a part in a case may be the one whom it is about."""


def _whose(tx: Tx, case: Case) -> list[str]:
    held = holders(tx, case.id)
    part = Part.DECIDER if State(case.state) is State.RECOMMENDED else Part.HANDLER
    return list(dict.fromkeys([*held.get(part, ()), *held.get(Part.HANDLER, ())]))


def _open_cases(tx: Tx) -> list[Case]:
    found = select(Case).where(Case.state.in_([one.value for one in OPEN]))
    return list(tx.session.scalars(found.order_by(Case.opened_at, Case.id).with_for_update()))
