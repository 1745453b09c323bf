"""Messages as the grounds of what grew out of them: for those who decide there."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from triage.core.access import Action, Actor, check, visible
from triage.core.errors import NotFound
from triage.core.ids import ALPHABET
from triage.messages.rules import NO_SUCH_MESSAGE, State, Step
from triage.messages.tables import Message, MessageReveal, Original

BEFORE_PEOPLE = frozenset({State.RECEIVED, State.UNFLAGGED, State.ERASED})
"""Nobody has looked at it: it is flagged first."""
SHORTEST = 6
"""Characters of a reference that somebody types: as many as people say."""


@dataclass(frozen=True, slots=True)
class Ground:
    """One message as evidence. ``text`` and ``rest`` are ``None`` until the viewer uncovered it."""

    id: str
    sender_id: str | None
    received_at: datetime
    channel: str
    service: str | None
    from_name: str
    from_address: str | None
    subject: str
    dispositions: tuple[str, ...] | None
    severity: str | None
    state: str
    sha256: str
    size: int
    text: str | None
    rest: str | None


def grounds(session: Session, *, viewer: Actor, message_ids: Collection[str]) -> list[Ground]:
    """These messages, oldest first, as far as the viewer may know of them.

    The room that asks has checked that the viewer has a part in what grew out of them.
    """
    found = session.execute(
        select(Message, Original)
        .join(Original, Original.message_id == Message.id)
        .where(Message.id.in_(sorted(set(message_ids))), visible(viewer, Message.id))
        .order_by(Message.received_at, Message.id)
    ).all()
    seen = set(
        session.scalars(
            select(MessageReveal.message_id).where(
                MessageReveal.person_id == viewer.person_id,
                MessageReveal.step == Step.FULL.value,
                MessageReveal.message_id.in_([one.id for one, _ in found]),
            )
        )
    )
    return [
        Ground(
            id=one.id,
            sender_id=one.sender_id,
            received_at=one.received_at,
            channel=one.channel,
            service=one.service,
            from_name=one.from_name if one.id in seen else "",
            from_address=one.from_address,
            subject=one.subject if one.id in seen else "",
            dispositions=None if one.dispositions is None else tuple(one.dispositions),
            severity=one.severity,
            state=one.state,
            sha256=original.sha256,
            size=original.size,
            text=one.text if one.id in seen else None,
            rest=one.rest if one.id in seen else None,
        )
        for one, original in found
    ]


def to_act_on(session: Session, *, viewer: Actor, reference: str) -> Ground:
    """The one message of this reference, for who acts on it without reviewing.

    By the six characters that people say to each other, or the whole id; ``NotFound`` alike for
    none, for more than one, and for one that is not theirs to know.
    """
    check(viewer, Action.BEGIN_RESTRICTION)
    beginning = reference.strip().upper().replace("-", "").replace(" ", "")
    if len(beginning) < SHORTEST or set(beginning) - set(ALPHABET):
        raise NotFound(NO_SUCH_MESSAGE)
    found = session.scalars(
        select(Message.id)
        .where(
            Message.id.startswith(beginning),
            Message.state.not_in([one.value for one in BEFORE_PEOPLE]),
            visible(viewer, Message.id),
        )
        .limit(2)
    ).all()
    if len(found) != 1:
        raise NotFound(NO_SUCH_MESSAGE)
    [one] = grounds(session, viewer=viewer, message_ids=found)
    return one
