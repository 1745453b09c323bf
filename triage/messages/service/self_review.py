"""Rule 2's self-review: a recipient who reviews, alone for hours, asks for a second look.

That is all it is: no label stands, nothing closes, nothing is proposed. Somebody else decides.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from triage.conduct.kinds import Disposition, Severity
from triage.core.access import Action, Actor, can
from triage.core.commands import Tx
from triage.core.errors import Conflict, Invalid, NotAllowed
from triage.core.exclusions import Exclusion
from triage.core.roles import Role
from triage.core.settings import Settings
from triage.messages import rules
from triage.messages.queries.own import UNCOVERED_FOR
from triage.messages.rules import Edge, State
from triage.messages.service.recipient import act, has_done, own
from triage.messages.service.stepping import (
    done_before,
    hold,
    settle_expired,
    step,
    what_happened,
)
from triage.messages.telling import OwnAct
from triage.staff.calendar import add_working_hours
from triage.staff.queries import active_people
from triage.staff.queries.team import there_within, work_calendar


def self_review(
    tx: Tx,
    *,
    message_id: str,
    labels: Iterable[Disposition],
    severity: Severity | None,
    note: str,
    token: str | None = None,
) -> None:
    """Say what one thinks one's own message is, and ask another person to look, in one step.

    Only while nobody else who may review it is on the rota for the coming working hours, and on
    a message that waits. It is marked as this, and goes no further than a second look. A mark of
    particular concern is not theirs to set, since a referral begins with it; the alarm is.
    """
    tx.allow(Action.REVIEW)
    if done_before(tx, token):
        return
    message = own(tx, message_id)
    settle_expired(tx, message)
    if State(message.state) is not State.QUEUED:
        raise Conflict(f"Only what waits can be sent on. {what_happened(tx, message)}")
    if not note.strip():
        raise Invalid("Say in a few words what the other person should look at.", field="note")
    rules.check_seen(
        has_done(
            tx,
            message_id,
            OwnAct.MASKED,
            OwnAct.FULL,
            since=tx.now - UNCOVERED_FOR,
            until=tx.now - rules.SHOWN_AT_LEAST,
        )
    )
    if others_there(tx.session, tx.actor, message_id, tx.now, tx.settings):
        raise NotAllowed(
            "A colleague who can review this is on the rota: they look at it.", what="self_review"
        )
    step(tx, message, Edge.CLAIM, State.CLAIMED, self_review=True)
    hold(tx, message)
    message.second_look_by = tx.actor.person_id
    chosen = frozenset(labels)
    step(
        tx,
        message,
        Edge.ASK_SECOND_LOOK,
        State.SECOND_LOOK,
        reason=note,
        token=token,
        labels=[label.value for label in Disposition if label in chosen],
        severity=severity,
        concern=message.particular_concern,
        self_review=True,
    )
    act(tx, message_id, OwnAct.SELF_REVIEW)
    tx.record("self_review", message_id)


def others_there(
    session: Session, actor: Actor, message_id: str, now: datetime, settings: Settings
) -> bool:
    """Whether somebody else who may review this is on the rota at any moment from now until four
    working hours (setting) have passed.

    Who may: an open account, the role, and no exclusion from this message, of whatever kind. Where
    no rota is kept, whoever is not away for all of that time counts as there.
    """
    out = set(session.scalars(select(Exclusion.person_id).where(Exclusion.matter_id == message_id)))
    others = {
        one.id
        for one in active_people(session)
        if Role.REVIEWER in one.roles and one.id != actor.person_id and one.id not in out
    }
    calendar = work_calendar(session, settings)
    until = add_working_hours(calendar, now, timedelta(hours=settings.self_review_hours))
    return bool(others & there_within(session, others, now, until))


def may_self_review(
    session: Session, *, viewer: Actor, message_id: str, now: datetime, settings: Settings
) -> bool:
    """Whether the page offers it: a reviewer, with nobody else there. The command asks again."""
    return can(viewer, Action.REVIEW) and not others_there(
        session, viewer, message_id, now, settings
    )
