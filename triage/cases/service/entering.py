"""Reports that somebody takes down for another, and events with their codes (P-INT-2, P-TIM-2)."""

import secrets
from dataclasses import replace
from datetime import datetime

from sqlalchemy import select

from triage.cases.tables import Event
from triage.core.access import Action
from triage.core.commands import Tx
from triage.core.errors import Conflict, Invalid, NotFound
from triage.core.ids import ALPHABET, new_id
from triage.core.text import needed
from triage.reports import service as reports
from triage.reports.answers import Answers, check

EVENT_CODE = 6
"""Characters of an event's code: short enough for a poster. It opens nothing but a form."""


def enter_report(tx: Tx, *, answers: Answers) -> str:
    """Take down what somebody tells face to face; their receipt code, shown once.

    The receipt is theirs: the first time it is used a new code must be chosen. Who takes it down
    reads nothing of it afterwards, and handles it only when assigned.
    """
    tx.allow(Action.ENTER_REPORT)
    taken = replace(answers, taken_by=tx.actor.person_id)
    check(taken)
    report_id, code = reports.enter_for(tx, answers=taken)
    tx.record("report_entered", None, report=report_id)
    return code


def add_event(
    tx: Tx,
    *,
    name: str,
    starts: datetime,
    ends: datetime,
    on_site: str,
    lead_id: str | None = None,
) -> str:
    """Set up an event with a code for its short report form; the code."""
    tx.allow(Action.SET_UP_EVENT)
    name = needed(name, field="name", ask="Enter the event's name.", longest=120)
    on_site = needed(
        on_site, field="on_site", ask="Enter whom to call on site, with a number.", longest=120
    )
    if not starts < ends:
        raise Invalid("An event ends after it starts.", field="ends")
    if ends <= tx.now:
        raise Invalid("This event is over.", field="ends")
    code = "".join(secrets.choice(ALPHABET) for _ in range(EVENT_CODE))
    made = new_id()
    tx.session.add(
        Event(
            id=made,
            code=code,
            name=name,
            starts=starts,
            ends=ends,
            on_site=on_site,
            lead_id=lead_id,
            added_by=tx.actor.person_id,
            added_at=tx.now,
        )
    )
    tx.session.flush()
    tx.record("event_added", None, event=made)
    return code


def end_event(tx: Tx, *, event_id: str) -> None:
    """Take an event's code out of use before its time."""
    tx.allow(Action.SET_UP_EVENT)
    event = tx.session.get(Event, event_id, with_for_update=True)
    if event is None:
        raise NotFound("There is no such event.")
    if event.ended_at is not None:
        raise Conflict("This event has been ended already.")
    event.ended_at = tx.now
    tx.record("event_ended", None, event=event_id)


def live_events(tx: Tx) -> list[Event]:
    """The events whose codes lead to a form at this moment."""
    found = select(Event).where(Event.ended_at.is_(None), Event.ends > tx.now)
    return list(tx.session.scalars(found.order_by(Event.starts, Event.id)))
