"""Whether a mail from an address was ever shown to be from there."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from triage.intake.inbound import Verified
from triage.messages.tables import Message
from triage.senders import canonical


def address_is_verified(session: Session, sender_id: str, subject: str) -> bool:
    """Whether the servers vouched for a mail of this sender, from just this address."""
    wanted = canonical.address(subject)
    if wanted is None:
        return False
    found = session.scalars(
        select(Message.from_address)
        .where(Message.sender_id == sender_id, Message.verified == Verified.VERIFIED.value)
        .distinct()
    )
    return any(one is not None and canonical.address(one) == wanted for one in found)
