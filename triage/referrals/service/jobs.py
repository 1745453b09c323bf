"""Reminders: what waits to be decided, a reference that has not come, news to be asked for."""

from datetime import datetime, timedelta
from functools import partial

from sqlalchemy import or_, select

from triage.core.access import SYSTEM, Action
from triage.core.commands import Runner, Tx
from triage.core.exclusions import is_excluded
from triage.core.jobs import Job
from triage.core.roles import Role
from triage.notify.chasing import chase
from triage.referrals import rules
from triage.referrals.queries.unlinked import resting_on_links, unlinked
from triage.referrals.rules import State, Team
from triage.referrals.service.moving import load, matter_ids, team_of
from triage.referrals.tables import Referral
from triage.staff.calendar import end_of_working_day, local_day
from triage.staff.processes import Process
from triage.staff.queries import active_people
from triage.staff.queries.team import may_decide, work_calendar


def remind(runner: Runner, at: datetime) -> int:
    """Remind, once a day and person, of what is past its time; how many referrals are. Where
    nobody is there who may do it, the admins are told that this is so."""
    late = runner.run(SYSTEM, partial(_remind, at=at))
    return late + runner.run(SYSTEM, remind_unlinked)


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
        team = team_of(tx, referral)
        key = f"referral:{referral.id}:{state.value}:{local_day(tx.now).isoformat()}"
        never = team.excluded | (team.put_forward if undecided else frozenset())
        chase(tx, key=key, free=_whose(tx, referral, team, state), never=never)
    return late


def remind_unlinked(tx: Tx) -> int:
    """Remind, once each, of what rests on a link that was taken back: who decides, until it is
    handed over; from then on, who handles it. How many referrals do."""
    tx.allow(Action.RUN_JOBS)
    lost = [one for one in resting_on_links(tx.session) if unlinked(tx.session, one)]
    for one in lost:
        referral = load(tx, one)
        team, handed_over = team_of(tx, referral), State(referral.state) in rules.WITH_THE_POLICE
        # Of what is authorised, who decides takes it back; nobody hands it over so.
        free = _whose(tx, referral, team, State.SUBMITTED if handed_over else State.CONSIDERING)
        never = team.excluded | (frozenset() if handed_over else team.put_forward)
        chase(tx, key=f"referral:{one}:unlinked", free=free, never=never)
    return len(lost)


def _whose(tx: Tx, referral: Referral, team: Team, state: State) -> set[str]:
    """Who may take the next step: of who decides, also from outside, not who has said no already;
    of who submits, not who authorised it."""
    if state is State.CONSIDERING:
        offices = (Process.REFERRAL, Process.NOT_REFERRED)
        found = set(may_decide(tx.session, *offices, matter_id=referral.id, at=tx.now))
        found -= team.against
    else:
        found = {one.id for one in active_people(tx.session) if Role.HANDLER in one.roles}
        found -= {team.authorised_by or ""} if state is State.AUTHORISED else set()
    rests_on = matter_ids(tx, referral.id)
    return {
        one
        for one in found
        if not any(is_excluded(tx.session, matter_id=each, person_id=one) for each in rests_on)
    }


REFERRALS = Job("referrals", timedelta(minutes=15), remind)
