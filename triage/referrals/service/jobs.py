"""Reminders: what waits to be decided, a reference that has not come, news to be asked for."""

from datetime import datetime, timedelta
from functools import partial

from sqlalchemy import or_, select

from triage.core.access import SYSTEM, Action
from triage.core.commands import Runner, Tx
from triage.core.exclusions import is_excluded
from triage.core.jobs import Job
from triage.core.roles import Role
from triage.notify.rules import Kind as Alert
from triage.notify.service import queue_mail
from triage.referrals import rules
from triage.referrals.rules import State
from triage.referrals.tables import Referral
from triage.staff.calendar import end_of_working_day, local_day
from triage.staff.queries import active_people
from triage.staff.queries.team import work_calendar

WHO: dict[State, Role] = {
    State.CONSIDERING: Role.DECIDER,
    State.AUTHORISED: Role.HANDLER,
    State.SUBMITTED: Role.HANDLER,
    State.REFERENCED: Role.HANDLER,
    State.IN_PROGRESS: Role.HANDLER,
}
"""Who is reminded in which state."""


def remind(runner: Runner, at: datetime) -> int:
    """Remind, once a day and person, of what is past its time; how many referrals are."""
    return runner.run(SYSTEM, partial(_remind, at=at))


def _remind(tx: Tx, *, at: datetime) -> int:
    tx.allow(Action.RUN_JOBS)
    calendar = work_calendar(tx.session, tx.settings)
    live = [one.value for one in rules.LIVE]
    found = tx.session.scalars(
        select(Referral)
        .where(
            Referral.state.in_(live), or_(Referral.chase_at.is_(None), Referral.chase_at <= tx.now)
        )
        .order_by(Referral.id)
    ).all()
    late = 0
    for referral in found:
        state = State(referral.state)
        undecided = state in {State.CONSIDERING, State.AUTHORISED}
        # The policy's own word is "will": what is of particular concern is settled the same day.
        if undecided and tx.now < end_of_working_day(calendar, referral.state_since, 0):
            continue
        late += 1
        for one in active_people(tx.session):
            barred = is_excluded(tx.session, matter_id=referral.id, person_id=one.id)
            if WHO[state] in one.roles and not barred:
                day = local_day(tx.now).isoformat()
                key = f"referral:{referral.id}:{state.value}:{day}:{one.id}"
                queue_mail(tx, kind=Alert.OVERDUE, dedupe_key=key, to_person_id=one.id)
    return late


REFERRALS = Job("referrals", timedelta(minutes=15), remind)
