"""Which messages are of somebody who is not taken for a given person: links are taken back too."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from triage.messages.tables import Message
from triage.senders.queries import one_person


def of_others(
    session: Session,
    *,
    sender_id: str | None,
    message_ids: Collection[str],
    at: datetime | None = None,
) -> tuple[str, ...]:
    """The messages among these of whose sender nobody says any more that they are this person.

    By every link that stands, whoever may know of it: what somebody may not know of holds all the
    same. ``at``: by what nobody had taken back by then. Whoever asks has checked who may know of
    what rests on them.
    """
    if sender_id is None:
        return ()
    found = session.execute(
        select(Message.id, Message.sender_id)
        .where(Message.id.in_(sorted(set(message_ids))), Message.sender_id != sender_id)
        .order_by(Message.received_at, Message.id)
    ).all()
    if not found:
        return ()
    theirs = one_person(session, {sender_id}, at=at)
    return tuple(message_id for message_id, other_id in found if other_id not in theirs)
