"""Messages that WriteToThem holds back, for who looks after it."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from triage.core.access import Action, Actor, check
from triage.restrictions.queries.reach import known_to
from triage.restrictions.tables import EnforcementTask, FrozenMessage, Restriction, ServiceScope


@dataclass(frozen=True, slots=True)
class FrozenRow:
    """One message that is held back. ``reference`` is the service's own id of it."""

    id: str
    task_id: str
    reference: str
    frozen_at: datetime
    due_at: datetime
    overdue: bool


def frozen_waiting(session: Session, *, viewer: Actor, now: datetime) -> tuple[FrozenRow, ...]:
    """What is held back and nobody has looked at, what is due first, first."""
    check(viewer, Action.WORK_TASKS)
    scope = select(ServiceScope.target).where(ServiceScope.person_id == viewer.person_id)
    found = session.scalars(
        select(FrozenMessage)
        .join(EnforcementTask, EnforcementTask.id == FrozenMessage.task_id)
        .join(Restriction, Restriction.id == EnforcementTask.restriction_id)
        .where(
            known_to(viewer),
            EnforcementTask.target.in_(scope),
            FrozenMessage.outcome.is_(None),
        )
        .order_by(FrozenMessage.due_at, FrozenMessage.id)
    )
    return tuple(
        FrozenRow(one.id, one.task_id, one.reference, one.frozen_at, one.due_at, one.due_at <= now)
        for one in found
    )
