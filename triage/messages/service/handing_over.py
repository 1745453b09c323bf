"""What becomes of a person's messages and welfare tasks when their account is closed.

Told by ``triage.handover``, in the transaction that closes the account. Nothing is returned, not
even a count: whoever closes the account may be excluded from some of it.
"""

from collections.abc import Sequence

from sqlalchemy import select

from triage.core.access import Action
from triage.core.commands import Tx
from triage.core.exclusions import is_excluded
from triage.messages import rules
from triage.messages.placing import Rank
from triage.messages.rules import Edge, State
from triage.messages.service.stepping import (
    open_welfare,
    put_first,
    settle_expired,
    standing,
    step,
)
from triage.messages.tables import Message, WelfareTask


def hand_over(tx: Tx, *, person_id: str, to: Sequence[str] = ()) -> None:
    """Put back what somebody holds, and pass on the welfare tasks they own.

    A task goes to the first of ``to`` who is not excluded from its message; else to whoever has
    the message open; else the message is in the queue's welfare lane, where anybody may take the
    task over. It stays open until somebody says what was done.
    """
    tx.allow(Action.MANAGE_STAFF)
    _put_back(tx, person_id)
    owned = select(WelfareTask.message_id).where(
        WelfareTask.owner_id == person_id, WelfareTask.done_at.is_(None)
    )
    for message_id in sorted(tx.session.scalars(owned)):
        # The message is locked first, as everywhere, and the task read again under its lock.
        message = tx.session.get_one(Message, message_id, with_for_update=True)
        task = open_welfare(tx, message_id)
        if task is not None and task.owner_id == person_id:
            settle_expired(tx, message)
            _pass_on(tx, message, task, to)


def _put_back(tx: Tx, person_id: str) -> None:
    held = tx.session.scalars(
        select(Message)
        .where(Message.claimed_by == person_id, Message.state == State.CLAIMED.value)
        .order_by(Message.id)
        .with_for_update()
    )
    for message in held.all():
        settle_expired(tx, message)
        if message.state == State.CLAIMED.value:
            back = rules.after_release(standing(tx, message))
            step(tx, message, Edge.RELEASE, back, handed_over=True)


def _pass_on(tx: Tx, message: Message, task: WelfareTask, to: Sequence[str]) -> None:
    before, fit = task.owner_id, None
    for person_id in to:
        if not is_excluded(tx.session, matter_id=message.id, person_id=person_id):
            fit = person_id
            break
    if fit is None and message.state == State.CLAIMED.value:
        fit = message.claimed_by
    if fit is not None:
        task.owner_id = fit
        message.state_since = tx.now
        tx.record("welfare_handed_over", message.id, before=before, now=fit)
        return
    if message.state == State.WELFARE_OPEN.value:
        step(tx, message, Edge.RESUME, State.CLAIMED, handed_over=True)
        back = rules.after_release(standing(tx, message))
        put_first(message, Rank.WELFARE)
        message.queued_at = tx.now
        step(tx, message, Edge.RELEASE, back, handed_over=True)
    tx.record("welfare_handed_over", message.id, before=before)
