"""Who is reminded of what waits for a decision: whoever may still take it, and nobody who has no
part in it. A reminder is the same for all, and says nothing of the matter (P-CON-2)."""

from sqlalchemy import select

from triage.core.access import Action
from triage.core.commands import Tx
from triage.core.errors import NotAllowed
from triage.notify.chasing import chase
from triage.restrictions import rules
from triage.restrictions.rules import State, Team
from triage.restrictions.service.moving import open_appeal, team_of
from triage.restrictions.tables import Restriction
from triage.staff.calendar import WorkCalendar, add_working_days, local_day
from triage.staff.processes import Process
from triage.staff.queries.team import may_decide, work_calendar

REVIEWED = (State.APPROVED, State.DUE_REVIEW)
"""In force, and looked at again at a date: also what nobody has put in place yet."""
WAIT = (State.PROPOSED, State.APPEALED, *REVIEWED)


def remind_waiting(tx: Tx) -> int:
    """Remind of proposals and appeals that wait for longer than their targets, and of reviews that
    are due, until somebody has done them; how many there are.

    On working days only, and each person once a day, however many wait and however long nothing
    ran before (P-TIM-1).
    """
    tx.allow(Action.RUN_JOBS)
    calendar = work_calendar(tx.session, tx.settings)
    today = local_day(tx.now)
    waiting = tx.session.scalars(
        select(Restriction)
        .where(Restriction.state.in_([one.value for one in WAIT]))
        .order_by(Restriction.proposed_at, Restriction.id)
    ).all()
    late = [one for one in waiting if _is_late(tx, calendar, one)]
    if calendar.is_working_day(today):
        for one in late:
            remind(tx, one, f"restrictions:waiting:{today.isoformat()}")
    return len(late)


def remind(tx: Tx, restriction: Restriction, key: str) -> None:
    """Everybody who may decide it as it stands, also from outside; once for each key."""
    state, team = State(restriction.state), team_of(tx, restriction)
    process = Process.APPEAL if state is State.APPEALED else Process.RESTRICTION
    free = {
        one
        for one in may_decide(tx.session, process, matter_id=restriction.id, at=tx.now)
        if _may(state, team, one)
    }
    never = {*team.excluded, team.proposer, *([team.done_by] if team.done_by else [])}
    chase(tx, key=key, free=free, never=never)


def _is_late(tx: Tx, calendar: WorkCalendar, restriction: Restriction) -> bool:
    """Past its target; of an appeal, also once the review that it holds up is due; and of what is
    in force, once its review is."""
    if State(restriction.state) in REVIEWED:
        return tx.now >= restriction.review_at
    if State(restriction.state) is State.PROPOSED:
        days = tx.settings.restriction_decide_days
        return tx.now >= add_working_days(calendar, restriction.proposed_at, days)
    appeal = open_appeal(tx, restriction.id)
    came = restriction.state_since if appeal is None else appeal.came_at
    due = add_working_days(calendar, came, tx.settings.restriction_appeal_days)
    return tx.now >= min(due, restriction.review_at)


def _may(state: State, team: Team, person_id: str) -> bool:
    """Whether the rules let somebody decide it now. A review is also for who had said yes."""
    try:
        if state is State.APPEALED:
            rules.check_appeal_decider(team, person_id)
        elif state is State.PROPOSED or state in rules.TO_RATIFY:
            rules.check_approver(team, person_id)
    except NotAllowed:
        return False
    return True
