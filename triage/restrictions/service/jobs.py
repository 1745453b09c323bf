"""What happens by date alone: lapses and ends are noted, reviews fall due, people are reminded.

Nothing here decides whether a restriction holds: that is read from its dates (rule 8). The job
notes what is so already, makes the removal tasks, and brings things before people.
"""

from datetime import datetime, timedelta
from functools import partial

from sqlalchemy import or_, select

from triage.core.access import SYSTEM, Action
from triage.core.commands import Runner, Tx
from triage.core.jobs import Job
from triage.core.roles import Role
from triage.notify.rules import Kind as Alert
from triage.notify.service import queue_mail
from triage.restrictions import rules
from triage.restrictions.rules import Edge, State
from triage.restrictions.service.linked import remind_unlinked
from triage.restrictions.service.moving import load, step, without_part
from triage.restrictions.service.reminding import remind, remind_waiting
from triage.restrictions.spans import alone_until
from triage.restrictions.tables import EnforcementTask, FrozenMessage, Restriction, ServiceScope
from triage.staff.calendar import add_working_days, local_day
from triage.staff.queries import active_people
from triage.staff.queries.team import work_calendar

LAST_DAY = timedelta(hours=24)
"""Before a measure lapses, beside the reminder at half its time."""


def note_dates(runner: Runner, at: datetime) -> int:
    """Note what lapsed, ended or fell due; remind who can confirm it; how many."""
    alone = [one.value for one in rules.TO_RATIFY]
    with runner.database.read() as session:
        found = session.scalars(
            select(Restriction.id)
            .where(
                Restriction.state.in_([one.value for one in rules.HOLDS]),
                or_(
                    Restriction.state.in_(alone),
                    Restriction.expires_at <= at,
                    Restriction.review_at <= at,
                ),
            )
            .order_by(Restriction.id)
        ).all()
    done = sum(runner.run(SYSTEM, partial(_note, restriction_id=one)) for one in found)
    waiting = runner.run(SYSTEM, remind_waiting)
    waiting += runner.run(SYSTEM, remind_unlinked)
    return done + waiting + runner.run(SYSTEM, chase_tasks) + runner.run(SYSTEM, chase_frozen)


def _note(tx: Tx, *, restriction_id: str) -> bool:
    tx.allow(Action.RUN_JOBS)
    restriction = load(tx, restriction_id)
    state = State(restriction.state)
    alone = alone_until(restriction.lapses_at, restriction.expires_at)
    if state in rules.TO_RATIFY and _past(alone, tx.now):
        step(tx, restriction, Edge.LAPSE)
        return True
    if (state, Edge.EXPIRE) in rules.TRANSITIONS and _past(restriction.expires_at, tx.now):
        step(tx, restriction, Edge.EXPIRE)
        return True
    if state is State.ACTIVE and _past(restriction.review_at, tx.now):
        step(tx, restriction, Edge.FALL_DUE)
        return True
    if state in rules.TO_RATIFY and alone is not None:
        begun, ends = restriction.state_since, alone
        if tx.now >= begun + (ends - begun) / 2:
            _remind(tx, restriction, "half")
        if tx.now >= ends - LAST_DAY:
            _remind(tx, restriction, "last_day")
    return False


def _past(moment: datetime | None, now: datetime) -> bool:
    return moment is not None and moment <= now


def _remind(tx: Tx, restriction: Restriction, why: str) -> None:
    """Everybody who can decide it, and nobody who has no part in it; once for each cause."""
    remind(tx, restriction, f"restriction:{restriction.id}:{why}")


def chase_tasks(tx: Tx) -> int:
    """Remind who looks after a service of what was asked for and not done, did not work, or was
    done and not looked up; where nobody does, those who decide. Once a person and working day,
    however much is late. How many are late."""
    tx.allow(Action.RUN_JOBS)
    calendar = work_calendar(tx.session, tx.settings)
    waiting = tx.session.scalars(
        select(EnforcementTask)
        .join(Restriction, Restriction.id == EnforcementTask.restriction_id)
        .where(
            EnforcementTask.state.in_([one.value for one in rules.CHASED]),
            Restriction.state.not_in([one.value for one in rules.NEVER_HELD]),
        )
        .order_by(EnforcementTask.id)
    ).all()
    late, day = 0, local_day(tx.now)
    for task in waiting:
        due = add_working_days(calendar, task.state_since, rules.VERIFY_WITHIN)
        if tx.now < due:
            continue
        late += 1
        for person_id in _who_works(tx, task) if calendar.is_working_day(day) else ():
            key = f"tasks:{day.isoformat()}:{person_id}"
            queue_mail(tx, kind=Alert.OVERDUE, dedupe_key=key, to_person_id=person_id)
    return late


def chase_frozen(tx: Tx) -> int:
    """Remind of what WriteToThem holds back and nobody has looked at in time; how many."""
    tx.allow(Action.RUN_JOBS)
    waiting = tx.session.execute(
        select(FrozenMessage, EnforcementTask)
        .join(EnforcementTask, EnforcementTask.id == FrozenMessage.task_id)
        .where(FrozenMessage.outcome.is_(None), FrozenMessage.due_at <= tx.now)
        .order_by(FrozenMessage.id)
    ).all()
    for frozen, task in waiting:
        for person_id in _who_works(tx, task):
            key = f"frozen:{frozen.id}:{person_id}"
            queue_mail(tx, kind=Alert.OVERDUE, dedupe_key=key, to_person_id=person_id)
    return len(waiting)


def _who_works(tx: Tx, task: EnforcementTask) -> list[str]:
    scope = select(ServiceScope.person_id).where(ServiceScope.target == task.target)
    looks_after = set(tx.session.scalars(scope))
    barred = without_part(tx, task.restriction_id)
    people = [one for one in active_people(tx.session) if one.id not in barred]
    working = [
        one.id for one in people if one.id in looks_after and Role.SERVICE_ADMIN in one.roles
    ]
    return working or [one.id for one in people if Role.DECIDER in one.roles]


RESTRICTIONS = Job("restrictions", timedelta(minutes=5), note_dates)
