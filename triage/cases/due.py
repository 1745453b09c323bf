"""By when a state should be over (P-TIM-1): targets are settings. Pure."""

from datetime import datetime, timedelta

from triage.cases.rules import State
from triage.core.settings import Settings
from triage.staff.calendar import WorkCalendar, add_working_days


def due_at(
    state: State,
    since: datetime,
    calendar: WorkCalendar,
    settings: Settings,
    *,
    now_happening: bool = False,
) -> datetime | None:
    """The end of the target for a state; nothing for one that waits for nobody here."""
    if state is State.SUBMITTED and now_happening:
        return since + timedelta(minutes=settings.case_event_minutes)
    days = {
        State.SUBMITTED: settings.case_acknowledge_days,
        State.ACKNOWLEDGED: settings.case_triage_days,
        State.INVESTIGATING: settings.case_investigate_days,
        State.AWAITING_SUBJECT: settings.case_account_days,
        State.RECOMMENDED: settings.case_decide_days,
        State.DECIDED: settings.case_act_days,
        State.ACTIONING: settings.case_act_days,
        State.OUTCOME_DUE: settings.case_outcome_days,
        State.WITHDRAWN_REQUESTED: settings.case_triage_days,
    }.get(state)
    return None if days is None else add_working_days(calendar, since, days)
