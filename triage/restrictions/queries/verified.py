"""Whether a mail from an address was ever shown to be from there, of those that one may know of."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from triage.core.access import Actor, visible
from triage.intake.inbound import Verified
from triage.messages.tables import Message
from triage.senders import canonical


def address_is_verified(session: Session, *, viewer: Actor, sender_id: str, subject: str) -> bool:
    """Whether the servers vouched for a mail of this sender, from just this address.

    Of those that the viewer may know of: else the question that is not asked would tell a
    recipient of what came to them (P-REC-4).
    """
    wanted = canonical.address(subject)
    if wanted is None:
        return False
    found = session.scalars(
        select(Message.from_address)
        .where(
            visible(viewer, Message.id),
            Message.sender_id == sender_id,
            Message.verified == Verified.VERIFIED.value,
        )
        .distinct()
    )
    return any(one is not None and canonical.address(one) == wanted for one in found)
