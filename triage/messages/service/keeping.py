"""What is kept of an arrival beside its row: the original, and who has no part in it."""

from sqlalchemy import select

from triage.core.access import Action
from triage.core.commands import Tx
from triage.core.exclusions import ExclusionKind, exclude, inherit
from triage.intake.inbound import InboundMessage
from triage.messages.service.forwards import Forwarder
from triage.messages.stubs.tables import StubMark
from triage.messages.tables import Message, MessageAttachment, MessageChild, Original
from triage.messages.wrote.tables import MessageForward
from triage.staff.queries import people_at
from triage.staff.queries.volunteers import volunteers_at


def take_out(
    tx: Tx,
    message_id: str,
    inbound: InboundMessage,
    recipient_ids: tuple[str, ...],
    by: Forwarder | None,
) -> None:
    """Whoever it came to has no part in it, nor has the colleague whose address it claims.

    A forward came to who forwarded it, and to those whom its original names. Whom a listed
    forwarder put beside the mailbox was asked to look; of a held one, nobody knows.
    """
    recipients = set(inbound.recipients)
    if inbound.forward is not None and by is not None and not by.listed:
        recipients |= set(inbound.forward.recipients)
    forwarder = () if by is None or inbound.forward is None else (inbound.forward.by_address,)
    outside = recipients | {one for one in forwarder if one}
    came_to = {
        *people_at(tx.session, recipients).values(),
        *volunteers_at(tx.session, outside).values(),
        *recipient_ids,
    }
    if by is not None and by.person_id is not None:
        came_to.add(by.person_id)
    claimed = people_at(tx.session, [inbound.from_address] if inbound.from_address else [])
    for kind, people in (
        (ExclusionKind.RECIPIENT, came_to),
        (ExclusionKind.EXCLUDED, set(claimed.values()) - came_to),
    ):
        for person_id in people:
            exclude(tx.session, matter_id=message_id, person_id=person_id, kind=kind, at=tx.now)


def keep_original(tx: Tx, message: Message, inbound: InboundMessage) -> None:
    """The bytes as they came, and what is attached to them, by name, size and hash."""
    tx.session.add(
        Original(
            message_id=message.id,
            raw=inbound.raw,
            sha256=inbound.sha256,
            size=len(inbound.raw),
        )
    )
    tx.session.add_all(
        MessageAttachment(
            message_id=message.id,
            position=position,
            filename=part.filename,
            content_type=part.content_type,
            size=part.size,
            sha256=part.sha256,
        )
        for position, part in enumerate(inbound.attachments)
    )
    tx.session.flush()


def came_to(tx: Tx, hashes: list[str], recipient_ids: tuple[str, ...]) -> None:
    """Messages that are known came to these people as well: they have no part in them (F17)."""
    tx.allow(Action.RECEIVE)
    own = select(Message.id).where(Message.raw_hash.in_(hashes))
    joined = select(MessageForward.message_id).where(MessageForward.raw_hash.in_(hashes))
    gone = select(StubMark.message_id).where(StubMark.raw_hash.in_(hashes))
    for message_id in tx.session.scalars(own.union(joined, gone)).all():
        for person_id in recipient_ids:
            exclude(
                tx.session,
                matter_id=message_id,
                person_id=person_id,
                kind=ExclusionKind.RECIPIENT,
                at=tx.now,
            )
        hand_down(tx, message_id)


def hand_down(tx: Tx, message_id: str) -> None:
    """Who has no part in a message has none in what grew out of it either, whenever it turned out:
    its restrictions and referrals, their letters and what the record says of them."""
    tx.session.flush()
    grown = select(MessageChild.child_id).where(MessageChild.message_id == message_id)
    for child_id in tx.session.scalars(grown.order_by(MessageChild.child_id)).all():
        inherit(tx.session, parent_id=message_id, child_id=child_id, at=tx.now)
