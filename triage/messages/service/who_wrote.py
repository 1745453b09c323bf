"""Who is taken to have written a message: by its address, or by a person's word."""

from dataclasses import replace
from datetime import datetime

from sqlalchemy import select

from triage.core.commands import Tx
from triage.core.errors import Invalid, NotAllowed
from triage.core.exclusions import Exclusion, ExclusionKind, exclude
from triage.core.ids import new_id
from triage.intake.inbound import InboundMessage
from triage.intake.note import sender_address
from triage.intake.ours import ours_of
from triage.messages.rules import NoSender
from triage.messages.service.keeping import hand_down
from triage.messages.service.stepping import held
from triage.messages.service.tracing import identifiers_of
from triage.messages.tables import Message
from triage.messages.wrote.tables import MessageWriter
from triage.senders import canonical
from triage.senders.service import remember
from triage.staff.queries import people_at


def is_ours(tx: Tx, address: str) -> bool:
    """Whether an address is of this house: its domains and mailboxes, and everybody who may
    forward. None of them is a sender without a person's word."""
    settings = tx.settings
    domain = address.rpartition("@")[2]
    known = (*settings.service_addresses, *settings.forward_to, *settings.forwarders)
    if address in {one.strip().lower() for one in known}:
        return True
    own = [one.strip().lower().removeprefix("@") for one in settings.own_domains]
    if any(domain == one or domain.endswith(f".{one}") for one in own):
        return True
    return bool(people_at(tx.session, [address]))


def sender_of(
    tx: Tx,
    inbound: InboundMessage,
    at: datetime,
    *,
    service: str | None,
    typed: bool,
    held_forward: bool,
) -> tuple[str | None, NoSender | None]:
    """(the sender's id, or why there is none). What is claimed stays to be seen.

    ``typed``: a colleague entered who wrote, which is a person's word. An address of our own is
    left aside; a number or an account beside it still says who wrote.
    """
    address = inbound.from_address
    if ours_of(tx.settings).relay(address) is not None or (inbound.came_through and not address):
        return None, NoSender.RELAY
    if held_forward:
        return None, NoSender.HELD
    by = inbound.forward.by_address if inbound.forward else None
    own = address is not None and not typed and (address == by or is_ours(tx, address))
    known_by = identifiers_of(replace(inbound, from_address=None) if own else inbound, service)
    if known_by:
        return remember(tx.session, tx.keys, identifier=known_by[0], at=at), None
    if own:
        return None, NoSender.OWN
    return None, NoSender.FORWARD if inbound.forward is not None and address is None else None


def say_who_wrote(tx: Tx, *, message_id: str, version: int, address: str, reason: str) -> None:
    """Who holds a message says who wrote it; with no address, that nobody knows.

    One of our own addresses counts as the sender by such a word alone. The colleague whose it is
    has no part in the message from then on.
    """
    message = held(tx, message_id, version)
    set_writer(tx, message, address=address, reason=reason)
    tx.session.flush()


def set_writer(tx: Tx, message: Message, *, address: str, reason: str) -> None:
    """Write down the actor's word on who wrote, with its reason."""
    if not reason.strip():
        raise Invalid("Say in a few words how you know who wrote it.", field="reason")
    known = _checked(tx, message, address.strip()) if address.strip() else None
    message.sender_id = None
    if known is not None:
        at = message.received_at
        identifier = canonical.address(known)
        if identifier is None:
            raise Invalid("Enter the whole address, like name@example.org.", field="address")
        message.sender_id = remember(tx.session, tx.keys, identifier=identifier, at=at)
    message.said_address, message.said_by = known, tx.actor.person_id
    message.no_sender = NoSender.SAID.value if known is None else None
    row_id = new_id()
    tx.session.add(
        MessageWriter(
            id=row_id,
            message_id=message.id,
            person_id=tx.actor.person_id,
            at=tx.now,
            sender_id=message.sender_id,
            reason=tx.seal(message.id, "message_writers", "reason", row_id, reason.strip()),
        )
    )
    tx.record("writer_said", message.id, known=known is not None)


def _checked(tx: Tx, message: Message, typed: str) -> str:
    """The address in its matching form; whose account it is is taken out as the subject."""
    address = sender_address(typed)
    if address is None:
        raise Invalid("Enter the whole address, like name@example.org.", field="address")
    if ours_of(tx.settings).relay(address) is not None:
        raise Invalid(
            "This is a service's address: it sends on what others write.", field="address"
        )
    person_id = people_at(tx.session, [address]).get(address)
    if person_id is None:
        return address
    if person_id == tx.actor.person_id:
        raise NotAllowed(
            "Nobody reviews what they wrote themselves: put it back for a colleague.",
            what="own_message",
        )
    came_to = select(Exclusion.id).where(
        Exclusion.matter_id == message.id,
        Exclusion.person_id == person_id,
        Exclusion.kind == ExclusionKind.RECIPIENT.value,
    )
    if tx.session.scalar(came_to) is not None:
        raise Invalid("Who it came to cannot be who sent it.", field="address")
    exclude(
        tx.session,
        matter_id=message.id,
        person_id=person_id,
        kind=ExclusionKind.SUBJECT,
        at=tx.now,
    )
    hand_down(tx, message.id)
    return address
