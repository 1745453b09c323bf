"""Messages as the grounds of what grew out of them: for those who decide there."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from triage.core.access import Actor, visible
from triage.messages.rules import Step
from triage.messages.tables import Message, MessageReveal, Original


@dataclass(frozen=True, slots=True)
class Ground:
    """One message as evidence. ``text`` and ``rest`` are ``None`` until the viewer uncovered it."""

    id: str
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
