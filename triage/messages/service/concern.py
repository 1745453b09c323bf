"""Taking back the mark "of particular concern": alone for ten minutes, then by two people."""

from datetime import datetime

from sqlalchemy import or_, select

from triage.core.access import Action
from triage.core.commands import Tx
from triage.core.errors import Conflict, NotAllowed
from triage.messages.placing import Rank
from triage.messages.rules import ChildState, Edge
from triage.messages.service.stepping import held, last_transition, load
from triage.messages.tables import Message, MessageChild


def withdraw_own(tx: Tx, *, message_id: str, version: int) -> None:
    """The marker takes the mark back, within ten minutes, if nothing has happened since."""
    tx.allow(Action.REVIEW)
    message = load(tx, message_id, version=version)
    _marked(message)
    last = last_transition(tx, message_id)
    if message.concern_by != tx.actor.person_id:
        raise NotAllowed("Only who set the mark may take it back alone.", what="concern_withdraw")
    untouched = (
        last is not None
        and last.edge == Edge.ASK_SECOND_LOOK.value
        and last.actor_id == tx.actor.person_id
        and message.concern_at is not None
        and tx.now - message.concern_at <= tx.settings.undo_time
        and not _acted_upon(tx, message, message.concern_at)
    )
    if not untouched:
        raise Conflict("It is too late to take this back alone: it now needs two people.")
    _clear(tx, message)


def ask_withdrawal(tx: Tx, *, message_id: str, version: int) -> None:
    """The holder thinks the mark is wrong; another person must agree before it goes."""
    message = held(tx, message_id, version)
    _marked(message)
    message.concern_withdrawal_by = tx.actor.person_id
    tx.record("concern_withdrawal_asked", message_id)


def confirm_withdrawal(tx: Tx, *, message_id: str, version: int) -> None:
    """The second person, who holds the message now, agrees: the mark is gone."""
    message = held(tx, message_id, version)
    _marked(message)
    if message.concern_withdrawal_by is None:
        raise Conflict("Nobody has asked to take this mark back.")
    if message.concern_withdrawal_by == tx.actor.person_id:
        raise NotAllowed("You asked for this yourself: somebody else confirms.", what="own_concern")
    _clear(tx, message)


def _marked(message: Message) -> None:
    if not message.particular_concern:
        raise Conflict("This message is not marked as of particular concern.")


def _acted_upon(tx: Tx, message: Message, marked_at: datetime) -> bool:
    """Whether the mark is settled, or something grew out of the message since it was set, or
    moved on: the message itself does not move by that."""
    child = MessageChild
    moved = child.state_since > marked_at
    decided = (child.state_since == marked_at) & (child.state != ChildState.OPEN.value)
    found = select(child.id).where(
        child.message_id == message.id, or_(child.since > marked_at, moved, decided)
    )
    return message.concern_settled is not None or tx.session.scalar(found.limit(1)) is not None


def _clear(tx: Tx, message: Message) -> None:
    message.particular_concern = False
    message.rank = int(Rank.CONCERN_WITHDRAWN)  # whoever waits for it still finds it on top
    message.concern_by = message.concern_at = message.concern_withdrawal_by = None
    message.concern_settled = None
    tx.record("concern_withdrawn", message.id)
    tx.session.flush()
