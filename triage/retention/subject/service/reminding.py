"""Reminders of the day by which somebody is answered about their own data. Nothing is decided.

Whoever may answer is told twice, each time without a word of it: once when the day is near, once
when it is over. While it is awaited who asks, the clock stands, and the day does not come near.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from triage.core.access import SYSTEM, Action, can
from triage.core.commands import Runner, Tx
from triage.core.exclusions import is_excluded
from triage.core.jobs import Job
from triage.notify.rules import Kind as Alert
from triage.notify.service import queue_mail
from triage.retention.subject.due import Pressing, due_on, pressing
from triage.retention.subject.queries.listing import due_of, open_requests, routed, waits
from triage.retention.subject.rules import Kind
from triage.retention.subject.tables import SubjectRequest
from triage.staff.calendar import local_day
from triage.staff.queries import active_people

ALERTS: dict[Pressing, Alert] = {Pressing.SOON: Alert.DUE, Pressing.LATE: Alert.OVERDUE}


@dataclass(frozen=True, slots=True)
class Reminder:
    """One thing of which whoever may answer it is reminded, once for each day it is due."""

    matter_id: str
    why: Pressing
    due: date
    cause: str
    """What it came by: a message that was passed on, and is entered then, is one cause."""


def remind(runner: Runner, at: datetime) -> int:
    """Remind of what is due; of how many."""
    del at  # the day is the runner's clock's, as that of every command
    return runner.run(SYSTEM, remind_due)


REQUESTS = Job("data_requests", timedelta(minutes=15), remind)


def remind_due(tx: Tx) -> int:
    """Tell everybody who may answer, and nobody who has no part in it; how many are pressing."""
    tx.allow(Action.RUN_JOBS)
    people = [one for one in active_people(tx.session) if can(one.actor(), Action.ANSWER_SUBJECTS)]
    found = list(reminders(tx))
    for one in found:
        for person in people:
            if is_excluded(tx.session, matter_id=one.matter_id, person_id=person.id):
                continue
            queue_mail(
                tx, kind=ALERTS[one.why], to_person_id=person.id,
                dedupe_key=f"data:{one.cause}:{one.why}:{one.due.isoformat()}:{person.id}",
            )  # fmt: skip
    return len(found)


def reminders(tx: Tx) -> Iterator[Reminder]:
    """All that is near its day, or past it."""
    today = local_day(tx.now)
    for found in open_requests(tx.session):
        why = pressing(due_of(found, today), today) if waits(found) else None
        stands = found.identity_asked_on is not None
        if why is not None and not (stands and why is Pressing.SOON):
            yield Reminder(found.id, why, _settled(found), found.message_id or found.id)
    for one in routed(tx.session, viewer=SYSTEM, now=tx.now):
        if one.pressing is not None:
            yield Reminder(one.message_id, one.pressing, one.due_on, one.message_id)


def _settled(found: SubjectRequest) -> date:
    """The day without a wait that goes on: it does not move from one day to the next."""
    return due_on(
        Kind(found.kind),
        found.received_on,
        extended=found.extended is not None,
        paused=found.paused_days,
    )
