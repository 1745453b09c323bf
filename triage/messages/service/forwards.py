"""Flag by forwarding: who forwarded a message, which one it is, and what becomes of it.

Whoever forwards is its recipient and never its sender (lifecycles.md, rule 2). A forward by an
address that is not listed, or that our server found not to be the listed one's, is held: it waits
in the queue like any message, scored and marked, until a reviewer takes it in or sends it away.
"""

from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, or_, select
from sqlalchemy.orm import Session

from triage.core.access import SYSTEM, Action, can
from triage.core.commands import Tx
from triage.core.errors import KeyMissing
from triage.core.text import searchable
from triage.intake.inbound import Forward, InboundMessage, Verified
from triage.messages.rules import FlagReason, State
from triage.messages.service.flags import LONGEST_NOTE, add_flag, bring_back
from triage.messages.tables import Message
from triage.messages.wrote.tables import MessageForward
from triage.staff.queries import people_at, person


@dataclass(frozen=True, slots=True)
class Forwarder:
    """Who forwarded, as far as the address says."""

    person_id: str | None
    """Whose account the address is, listed or not: it came to them."""
    listed: bool
    """Whether their forward is taken in by itself."""


def forwarder_of(tx: Tx, forward: Forward) -> Forwarder:
    """Listed: whoever may flag on the desk, and volunteers named in the settings; but not where
    our own server found that the mail is not from that address."""
    address = forward.by_address or ""
    person_id = people_at(tx.session, [address]).get(address)
    account = None if person_id is None else person(tx.session, person_id)
    may_flag = account is not None and can(account.actor(), Action.FLAG)
    volunteers = {one.strip().lower() for one in tx.settings.forwarders}
    believed = forward.by_verified is not Verified.NOT_VERIFIED
    return Forwarder(person_id, believed and (may_flag or address in volunteers))


def is_known(session: Session, digest: str) -> bool:
    """Whether this very forward came in before, on its own or joined to a message."""
    of_forward = select(MessageForward.id).where(MessageForward.raw_hash == digest)
    of_message = select(Message.id).where(Message.raw_hash == digest)
    return session.scalar(of_forward) is not None or session.scalar(of_message) is not None


def same_original(tx: Tx, inbound: InboundMessage, own_text: str) -> Message | None:
    """The message that a forward is of, where we have it.

    An attached original is known by its bytes. A Message-ID is what anybody may write: it counts
    only where the words are the same too, or a threat could hide behind a harmless mail.
    """
    forward = inbound.forward
    if forward is not None and forward.original is not None:
        hashes = [tx.keys.of("raw", one.encode("ascii")) for one in forward.spellings]
        same = or_(
            Message.raw_hash.in_(hashes),
            Message.inner_hash == tx.keys.of("raw", forward.original.encode("ascii")),
        )
        found = tx.session.scalar(_earlier(same).limit(1))
        if found is not None:
            return found
    if inbound.message_id is None:
        return None
    digest = tx.keys.of("message-id", inbound.message_id.encode("utf-8", "replace"))
    words = searchable(own_text)
    candidates = tx.session.scalars(_earlier(Message.message_id_hash == digest))
    return next((one for one in candidates if searchable(one.text) == words), None)


def _earlier(same: ColumnElement[bool]) -> Select[Message]:
    # What is held may be anybody's fabrication: nothing joins it unseen.
    return (
        select(Message)
        .where(same, ~Message.held_forward, Message.state != State.ERASED.value)
        .order_by(Message.imported_at, Message.id)
        .with_for_update()
    )


def join(tx: Tx, message: Message, inbound: InboundMessage, by: Forwarder, digest: str) -> None:
    """The forward of a message that is here: its flag and its bytes are added to that one.

    What passed unflagged is queued, and what is closed comes back, as by any flag by hand.
    """
    keep(tx, message, inbound, by, digest, joined=True)
    flag_by_forward(tx, message, inbound, by)
    bring_back(tx, message)


def keep(
    tx: Tx,
    message: Message,
    inbound: InboundMessage,
    by: Forwarder,
    digest: str,
    *,
    joined: bool = False,
) -> None:
    """Write down who forwarded, and how; of a forward that joins, its bytes too."""
    forward = inbound.forward
    assert forward is not None
    tx.session.add(
        MessageForward(
            message_id=message.id,
            raw_hash=digest,
            raw=inbound.raw if joined else None,
            by_name=forward.by_name,
            by_address=forward.by_address,
            person_id=by.person_id,
            listed=by.listed,
            verified=forward.by_verified.value,
            how=forward.how.value,
            at=tx.now,
        )
    )
    code = "forward_joined" if joined else "forwarded"
    tx.record(code, message.id, how=forward.how.value, forwarder=by.person_id)
    if not by.listed:
        hold_forward(tx, message)


def hold_forward(tx: Tx, message: Message) -> None:
    """The one place where a held forward becomes known. Whoever must hear of it hears from here.

    It waits in the queue by its score; the mark keeps it apart until somebody has said whether
    it is ours.
    """
    message.held_forward = True
    tx.record("forward_held", message.id)


def flag_by_forward(tx: Tx, message: Message, inbound: InboundMessage, by: Forwarder) -> None:
    """The forwarder's flag by hand, with what they wrote beside the original."""
    assert inbound.forward is not None
    who = by.person_id if by.listed and by.person_id else SYSTEM.person_id
    note = inbound.forward.note[:LONGEST_NOTE]
    try:
        add_flag(tx, message, FlagReason.MANUAL, note=note, by=who)
    except KeyMissing:
        # No mail is refused for a missing key: the note stands in the forward's bytes.
        add_flag(tx, message, FlagReason.MANUAL, by=who)
