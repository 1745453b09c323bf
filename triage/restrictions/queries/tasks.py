"""Tasks in services and channels: a service admin's own, and those that are late."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from triage.core.access import Action, Actor, check
from triage.core.sealed import Vault
from triage.core.settings import Settings
from triage.restrictions import rules
from triage.restrictions.queries.reach import known_to, within_reach
from triage.restrictions.rules import TargetState
from triage.restrictions.tables import EnforcementTask, Restriction, ServiceScope
from triage.staff.calendar import WorkCalendar, add_working_days
from triage.staff.queries.team import work_calendar

OPEN = frozenset(
    {
        TargetState.REQUESTED,
        TargetState.APPLIED,
        TargetState.FAILED,
        TargetState.REMOVAL_REQUESTED,
    }
)
"""Something is left to do."""


@dataclass(frozen=True, slots=True)
class MyTask:
    """All that a service admin learns: no kind, reason, message, case, colleague or history.

    ``subject`` is outside text, and ``public_reason`` was typed by a colleague.
    """

    id: str
    version: int
    target: str
    subject: str
    public_reason: str
    level: str | None
    review_at: datetime
    state: TargetState
    state_since: datetime
    due_at: datetime | None
    """By when it is to be looked up that it holds; of what was applied."""
    overdue: bool
    mail_stops: bool
    """Whether it also stops our own mail to the person: the letter goes first."""


@dataclass(frozen=True, slots=True)
class LateTask:
    """One task that is past its time, for who decides."""

    id: str
    restriction_id: str
    target: str
    state: TargetState
    state_since: datetime
    due_at: datetime


def my_tasks(
    session: Session,
    *,
    viewer: Actor,
    vault: Vault,
    now: datetime,
    settings: Settings,
    done: bool = False,
) -> tuple[MyTask, ...]:
    """The tasks of the services that the viewer looks after, oldest first.

    Only what was decided, or stands alone for a while: of a proposal nobody in a service learns.
    ``done`` lists what nothing is left to do for, instead.
    """
    check(viewer, Action.WORK_TASKS)
    scope = select(ServiceScope.target).where(ServiceScope.person_id == viewer.person_id)
    states = [one.value for one in TargetState if (one in OPEN) is not done]
    found = session.execute(
        select(EnforcementTask, Restriction)
        .join(Restriction, Restriction.id == EnforcementTask.restriction_id)
        .where(
            known_to(viewer),
            EnforcementTask.target.in_(scope),
            EnforcementTask.state.in_(states),
            _to_be_done(),
        )
        .order_by(EnforcementTask.state_since, EnforcementTask.id)
    ).all()
    calendar = work_calendar(session, settings)

    def made(task: EnforcementTask, one: Restriction) -> MyTask:
        due = due_at(task, calendar)
        return MyTask(
            id=task.id,
            version=task.version,
            target=task.target,
            subject=vault.show_of(session, one.id, task, "subject"),
            public_reason=vault.show_of(session, one.id, one, "public_reason"),
            level=task.level,
            review_at=one.review_at,
            state=TargetState(task.state),
            state_since=task.state_since,
            due_at=due,
            overdue=due is not None and due <= now,
            mail_stops=task.target in rules.STOPS_OUR_MAIL,
        )

    return tuple(made(task, one) for task, one in found)


def overdue_tasks(
    session: Session, *, viewer: Actor, now: datetime, settings: Settings
) -> tuple[LateTask, ...]:
    """What was asked for, did not work or was applied, and is past its time to be done and looked
    up; oldest first.

    Three working days, for each step (lifecycles.md, section 3).
    """
    found = session.scalars(
        select(EnforcementTask)
        .join(Restriction, Restriction.id == EnforcementTask.restriction_id)
        .where(
            within_reach(session, viewer, now),
            EnforcementTask.state.in_([one.value for one in rules.CHASED]),
            _to_be_done(),
        )
        .order_by(EnforcementTask.state_since, EnforcementTask.id)
    ).all()
    return tuple(_late(found, work_calendar(session, settings), now))


def due_at(task: EnforcementTask, calendar: WorkCalendar) -> datetime | None:
    """When a task is late in the state it is in; ``None`` where it cannot be."""
    if TargetState(task.state) not in rules.CHASED:
        return None
    return add_working_days(calendar, task.state_since, rules.VERIFY_WITHIN)


def _late(
    found: Iterable[EnforcementTask], calendar: WorkCalendar, now: datetime
) -> Iterable[LateTask]:
    for one in found:
        due = due_at(one, calendar)
        if due is not None and due <= now:
            yield LateTask(
                one.id,
                one.restriction_id,
                one.target,
                TargetState(one.state),
                one.state_since,
                due,
            )


def _to_be_done() -> ColumnElement[bool]:
    """Decided on by somebody: neither a mere proposal, nor one that was declined."""
    return Restriction.state.not_in([one.value for one in rules.NEVER_HELD])
