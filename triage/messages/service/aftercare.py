"""Aftercare: whoever a message was sent to is told, once, that it has been dealt with.

The note says nothing of it. It goes after the time in which the decision could be undone, and not
at all where it was taken up again meanwhile.
"""

from datetime import datetime, timedelta
from functools import partial

from sqlalchemy import ColumnElement, exists, select
from sqlalchemy.orm import aliased

from triage.core.access import SYSTEM, Action
from triage.core.commands import Runner, Tx
from triage.core.exclusions import Exclusion, ExclusionKind
from triage.core.jobs import Job
from triage.core.text import is_address
from triage.messages import rules
from triage.messages.beside.tables import RecipientAct
from triage.messages.rules import State
from triage.messages.service.recipient import act
from triage.messages.tables import Message
from triage.messages.telling import OwnAct
from triage.notify.rules import Kind
from triage.notify.service import queue_mail
from triage.staff.queries import person
from triage.staff.queries.volunteers import volunteer

LATELY = timedelta(days=7)
"""What was closed longer ago is told to nobody: a desk that was down floods no mailbox."""


def tell_recipients(runner: Runner, at: datetime) -> int:
    """Tell whoever is to be told; how many were."""
    if not runner.settings.aftercare:
        return 0
    with runner.database.read() as session:
        found = session.execute(
            select(Message.id, Exclusion.person_id)
            .join(Exclusion, Exclusion.matter_id == Message.id)
            .where(*_to_tell(runner, at))
            .order_by(Message.decided_at, Message.id, Exclusion.person_id)
        ).all()
    return sum(
        runner.run(SYSTEM, partial(_tell, message_id=one.id, person_id=one.person_id))
        for one in found
    )


def _to_tell(runner: Runner, at: datetime) -> list[ColumnElement[bool]]:
    other = aliased(Exclusion)
    otherwise = exists().where(
        other.matter_id == Exclusion.matter_id,
        other.person_id == Exclusion.person_id,
        other.kind != ExclusionKind.RECIPIENT.value,
    )
    told = exists().where(
        RecipientAct.message_id == Message.id,
        RecipientAct.person_id == Exclusion.person_id,
        RecipientAct.act == OwnAct.TOLD.value,
    )
    return [
        Message.state.in_([one.value for one in rules.TERMINAL]),
        Message.decided_at <= at - runner.settings.undo_time,
        Message.decided_at > at - LATELY,
        Exclusion.kind == ExclusionKind.RECIPIENT.value,
        ~otherwise,
        ~told,
    ]


def _tell(tx: Tx, *, message_id: str, person_id: str) -> bool:
    tx.allow(Action.RUN_JOBS)
    message = tx.session.get(Message, message_id, with_for_update=True)
    stands = (
        message is not None
        and State(message.state) in rules.TERMINAL
        and message.decided_at is not None
        and message.decided_at <= tx.now - tx.settings.undo_time
    )
    if not stands:
        return False  # taken up again since it was looked up
    key = f"result:{message_id}:{person_id}"
    outside = volunteer(tx.session, person_id)
    if person(tx.session, person_id) is not None:
        queued = queue_mail(tx, kind=Kind.RESULT, dedupe_key=key, to_person_id=person_id)
    elif outside is not None and outside.active and is_address(outside.email):
        queued = queue_mail(tx, kind=Kind.RESULT, dedupe_key=key, address=outside.email)
    else:
        return False  # the account is closed, or there is no address to write to
    if queued:
        act(tx, message_id, OwnAct.TOLD, whose=person_id)
        tx.record("recipient_told", message_id, recipient=person_id)
    return queued


AFTERCARE = Job("aftercare", timedelta(minutes=5), tell_recipients)
