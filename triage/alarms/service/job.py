"""The job that takes each open alarm to the next person, when that is due."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from sqlalchemy import select, text

from triage.alarms.queries import answerable
from triage.alarms.rules import ANOTHER, Due, Pace, People, Reach, Ready, Step, Why, due
from triage.alarms.service.raising import mail_key, remind_of_said
from triage.alarms.tables import Alarm, AlarmStep, Alert
from triage.core.access import SYSTEM, Action
from triage.core.closed import let_in, members_of
from triage.core.commands import Runner, Tx
from triage.core.exclusions import excluded
from triage.core.ids import new_id
from triage.core.jobs import Job
from triage.core.settings import Settings
from triage.notify.queries import standings
from triage.notify.rules import Kind, Lane, MailState
from triage.notify.service import queue_mail
from triage.staff.processes import Process
from triage.staff.queries import active_people
from triage.staff.queries.team import away, on_duty_now, outsiders

BATCH = 100
STEPPING_LOCK = 7_203_115
"""PostgreSQL advisory lock: two runners at once would each send their own mail."""
LATE = timedelta(minutes=2)
"""A step that was due for longer says on the record since when: nothing ran meanwhile."""
PROCESSES = {
    Lane.URGENT: Process.REVIEW,
    Lane.WELFARE: Process.WELFARE,
    Lane.ORDINARY: Process.REVIEW,
    Lane.REPORT: Process.CASE,
    Lane.EVENT: Process.CASE,
}
"""Lane -> the process whose fallbacks are alerted."""


@dataclass(slots=True)
class _Round:
    """What one transaction looks up once: who is there now, and which mails are under way."""

    pace: dict[Lane, Pace]
    on_duty: tuple[Ready, ...]
    fallbacks: dict[Lane, tuple[str, ...]]
    accounts: frozenset[str]
    there: frozenset[str]
    """Those of them who are not away."""
    under_way: dict[tuple[str, str], Alert | None] = field(default_factory=dict)
    """(person, lane) -> the alert that a further alarm joins."""


def run_alarms(runner: Runner, at: datetime) -> int:
    """Take every open alarm one step on, if one is due; how many were."""
    runner.run(SYSTEM, _remind)
    wanted = select(Alarm.id).where(Alarm.ended_at.is_(None)).order_by(Alarm.raised_at, Alarm.id)
    with runner.database.read() as session:
        found = session.scalars(wanted).all()
    taken = 0
    for start in range(0, len(found), BATCH):
        some = partial(_take_steps, alarm_ids=found[start : start + BATCH])
        taken += runner.run(SYSTEM, some)
    return taken


ALARMS = Job("alarms", timedelta(minutes=1), run_alarms, stale_after=timedelta(minutes=10))


def _remind(tx: Tx) -> int:
    tx.allow(Action.RUN_JOBS)
    return remind_of_said(tx)


def _take_steps(tx: Tx, *, alarm_ids: Sequence[str]) -> int:
    tx.allow(Action.RUN_JOBS)
    if tx.session.get_bind().dialect.name == "postgresql":
        tx.session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": STEPPING_LOCK})
    alarms = tx.session.scalars(
        select(Alarm)
        .where(Alarm.id.in_(alarm_ids), Alarm.ended_at.is_(None))
        .order_by(Alarm.raised_at, Alarm.id)
        .with_for_update()
    ).all()
    round_ = _look_round(tx)
    taken: dict[str, list[AlarmStep]] = {one.id: [] for one in alarms}
    steps = select(AlarmStep).where(AlarmStep.alarm_id.in_(taken)).order_by(AlarmStep.number)
    for step in tx.session.scalars(steps):
        taken[step.alarm_id].append(step)
    last = [steps[-1].alert_id for steps in taken.values() if steps and steps[-1].alert_id]
    failed = _failed(tx, {one for one in last if one})
    barred = excluded(tx.session, [one.matter_id for one in alarms])
    who = members_of(tx.session, [one.matter_id for one in alarms])
    count = 0
    for alarm in alarms:
        past = [_told(step, failed, round_.accounts) for step in taken[alarm.id]]
        members = who.get(alarm.matter_id)
        people = _people(alarm, barred.get(alarm.matter_id, frozenset()), members, round_)
        found = due(alarm.raised_at, past, people, round_.pace[Lane(alarm.lane)], tx.now)
        if found is not None:
            _step(tx, alarm, found, past, people, round_)
            count += 1
    return count


def _people(
    alarm: Alarm, barred: frozenset[str], members: frozenset[str] | None, round_: _Round
) -> People:
    """Who could be alerted: others than who passed it on, and them too where there is nobody else,
    unless it is another person that is asked for.

    Of a closed matter its members alone: those on duty, then the others who are there, and then
    the fallbacks, who are let in by being asked.
    """
    all_ = People(round_.on_duty, round_.fallbacks[Lane(alarm.lane)], barred)
    if members is not None:
        here = tuple(one for one in round_.on_duty if one.person_id in members)
        rest = sorted(members & round_.there - {one.person_id for one in here})
        all_ = People(here, tuple(dict.fromkeys([*rest, *all_.fallbacks])), barred)
    if alarm.apart_from is None:
        return all_
    others = replace(all_, barred=barred | {alarm.apart_from})
    anybody = others.here() or others.behind()
    return others if anybody or Why(alarm.why) in ANOTHER else all_


def _look_round(tx: Tx) -> _Round:
    absent = away(tx.session, tx.now)
    accounts = frozenset(one.id for one in active_people(tx.session))
    named = [one for one in outsiders(tx.session) if one.id not in absent]
    return _Round(
        pace=_paces(tx.settings),
        on_duty=tuple(Ready(one.person.id, one.since) for one in on_duty_now(tx.session, tx.now)),
        fallbacks={
            lane: tuple(one.id for one in named if one.serves(process))
            for lane, process in PROCESSES.items()
        },
        accounts=accounts,
        there=accounts - absent,
    )


def _paces(settings: Settings) -> dict[Lane, Pace]:
    """A report that is not happening now leaves each person more time than a threat does."""
    again = timedelta(hours=settings.alarm_again_hours)
    soon = Pace(timedelta(minutes=settings.alarm_minutes), again)
    calm = Pace(timedelta(minutes=settings.report_alarm_minutes), max(again, timedelta(days=1)))
    return {lane: calm if lane is Lane.REPORT else soon for lane in Lane}


def _told(step: AlarmStep, failed: frozenset[str], accounts: frozenset[str]) -> Step:
    gone = step.person_id is not None and step.person_id not in accounts
    lost = gone or step.alert_id in failed
    return Step(step.at, step.person_id, Reach(step.reach), step.round, lost)


def _failed(tx: Tx, alert_ids: set[str]) -> frozenset[str]:
    """Those alerts of which every mail was given up (P-ALR-1)."""
    by_key = {mail_key(one): one for one in alert_ids}
    found = standings(tx.session, by_key)
    return frozenset(by_key[key] for key, states in found.items() if states == {MailState.FAILED})


def _step(
    tx: Tx, alarm: Alarm, found: Due, past: list[Step], people: People, round_: _Round
) -> None:
    """Take one step: a mail of its own, or one that is under way to the same person."""
    number = len(past) + 1
    alert, joined = None, False
    if found.person_id is not None:
        let_in(tx.session, matter_id=alarm.matter_id, person_id=found.person_id, at=tx.now)
        alert, joined = _alert(tx, found.person_id, alarm.lane, round_)
    tx.session.add(
        AlarmStep(
            id=new_id(),
            alarm_id=alarm.id,
            number=number,
            at=tx.now,
            person_id=found.person_id,
            reach=found.reach.value,
            round=found.round,
            alert_id=None if alert is None else alert.id,
            joined=joined,
        )
    )
    tx.session.flush()
    late: dict[str, Any] = {"due": found.since.isoformat()} if tx.now - found.since > LATE else {}
    if not people.here() and (not past or past[-1].reach is Reach.ON_DUTY):
        tx.record("nobody_on_duty", alarm.matter_id, excused=bool(people.on_duty))
    if past:
        tx.record("escalated", alarm.matter_id, step=number, round=found.round)
    if found.person_id is None:
        tx.record("nobody_to_alert", alarm.matter_id, step=number, **late)
        return
    tx.record(
        "alert_sent",
        alarm.matter_id,
        person=found.person_id,
        step=number,
        reach=found.reach.value,
        joined=joined,
        **late,
    )


def _alert(tx: Tx, person_id: str, lane: str, round_: _Round) -> tuple[Alert, bool]:
    """The alert that carries a step, and whether it was there: a flood is one mail, not many."""
    key = (person_id, lane)
    if key not in round_.under_way:
        round_.under_way[key] = _under_way(tx, person_id, lane, round_.pace[Lane(lane)])
    standing = round_.under_way[key]
    if standing is not None:
        return standing, True
    made = Alert(id=new_id(), person_id=person_id, lane=lane, sent_at=tx.now)
    tx.session.add(made)
    tx.session.flush()
    queue_mail(
        tx,
        kind=Kind.ALARM,
        dedupe_key=mail_key(made.id),
        to_person_id=person_id,
        lane=lane,
        link_id=made.id,
    )
    round_.under_way[key] = made
    return made, False


def _under_way(tx: Tx, person_id: str, lane: str, pace: Pace) -> Alert | None:
    """Their newest alert of a lane, if it holds something open of which they may know, and is
    young or has gone to none of their addresses. What they read and found settled wakes nobody."""
    newest = tx.session.scalar(
        select(Alert)
        .where(Alert.person_id == person_id, Alert.lane == lane)
        .order_by(Alert.sent_at.desc(), Alert.id)
        .limit(1)
    )
    if newest is None or answerable(tx.session, newest.id, tx.now) is None:
        return None
    states = standings(tx.session, [mail_key(newest.id)]).get(mail_key(newest.id), frozenset())
    if MailState.SENT in states:
        return newest if tx.now - newest.sent_at < pace.each else None
    return newest if MailState.QUEUED in states else None
