"""What a rule of WriteToThem held back: each message is looked at within one working day.

It is somebody's way to their representative: a person releases it, or keeps it back and says why.
"""

import re
from datetime import datetime
from enum import StrEnum

from sqlalchemy import select

from triage.core.commands import Tx
from triage.core.errors import Conflict, Invalid, NotFound
from triage.core.ids import new_id
from triage.core.text import needed, short_enough
from triage.restrictions import rules
from triage.restrictions.service.tasks import NO_SUCH_TASK, opened_task
from triage.restrictions.tables import FrozenMessage
from triage.staff.calendar import add_working_days
from triage.staff.queries.team import work_calendar

_REFERENCE = re.compile(r"[A-Za-z0-9-]{1,40}")
"""An id, and no words: nothing of the message gets in here."""


class FrozenOutcome(StrEnum):
    """What became of it."""

    RELEASED = "released"
    KEPT = "kept"


def note_frozen(tx: Tx, *, task_id: str, reference: str, frozen_at: datetime) -> str:
    """A message was held back in the service, by this task's rule; the id of what is to be done.

    Noted again it changes nothing. The time runs from when it was held, not from when it was noted.
    """
    task, restriction = opened_task(tx, task_id)
    if task.target != rules.REPRESENTATIVE:
        raise Invalid("Only WriteToThem holds messages back.", field="task")
    reference = reference.strip()
    if not _REFERENCE.fullmatch(reference):
        raise Invalid("Enter the service's own id of the message.", field="reference")
    if frozen_at > tx.now:
        raise Invalid("The time it was held lies in the future.", field="frozen_at")
    known = select(FrozenMessage.id).where(
        FrozenMessage.task_id == task_id, FrozenMessage.reference == reference
    )
    found = tx.session.scalar(known)
    if found is not None:
        return found
    identifier = new_id()
    calendar = work_calendar(tx.session, tx.settings)
    tx.session.add(
        FrozenMessage(
            id=identifier,
            task_id=task_id,
            reference=reference,
            frozen_at=frozen_at,
            noted_by=tx.actor.person_id,
            due_at=add_working_days(calendar, frozen_at, rules.FROZEN_WITHIN),
            note=b"",
        )
    )
    tx.session.flush()
    tx.record("frozen_noted", restriction.id, task=task_id, frozen=identifier)
    return identifier


def settle_frozen(tx: Tx, *, frozen_id: str, outcome: FrozenOutcome, note: str = "") -> None:
    """Somebody looked, and let it go to the representative, or keeps it back and says why."""
    row = tx.session.get(FrozenMessage, frozen_id)
    if row is None:
        raise NotFound(NO_SUCH_TASK)
    _, restriction = opened_task(tx, row.task_id)  # locked: two people take turns
    tx.session.refresh(row)
    if row.outcome is not None:
        raise Conflict("Somebody has settled this already.")
    note = short_enough(note, field="note")
    if outcome is FrozenOutcome.KEPT:
        needed(note, field="note", ask="Say why it does not reach the representative.")
    row.outcome = outcome.value
    row.settled_by, row.settled_at = tx.actor.person_id, tx.now
    row.note = tx.seal(restriction.id, "frozen_messages", "note", row.id, note.strip())
    tx.session.flush()
    tx.record("frozen_settled", restriction.id, frozen=frozen_id, outcome=outcome.value)
