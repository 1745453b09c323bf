"""By what a message's sender is known, and what in it may tell who else they are."""

from triage.core.commands import Tx
from triage.core.crypto import KeyedHash
from triage.intake.inbound import Contact, ContactKind, InboundMessage, ParseStatus
from triage.messages.beside.tables import MessageTrace
from triage.messages.tables import Message
from triage.senders import canonical
from triage.senders.rules import SUREST, Identifier
from triage.senders.service import identifier_hash

LONG_TEXT = 200
"""Letters and digits from which on the same text tells something; "Thank you" does not."""
LOOKED_AT = 20_000
"""Characters of a text in which phone numbers are looked for."""
CONTACT, TEXT = "contact", "text"


def identifiers_of(message: InboundMessage, service: str | None) -> tuple[Identifier, ...]:
    """Every identifier of who wrote, canonical, the surest first; what has no form is left out."""
    found = [_identifier(one, service) for one in message.contacts]
    if message.from_address:
        found.append(canonical.address(message.from_address))
    whole = dict.fromkeys(one for one in found if one is not None)
    return tuple(sorted(whole, key=lambda one: SUREST.index(one.kind)))


def _identifier(contact: Contact, service: str | None) -> Identifier | None:
    match contact.kind:
        case ContactKind.PHONE:
            return canonical.phone(contact.value)
        case ContactKind.ACCOUNT:
            return canonical.account(contact.value, service)
        case ContactKind.HANDLE:
            return canonical.handle(contact.value, contact.network)
        case ContactKind.TYPED:
            return canonical.recognise(contact.value)


def leave_traces(tx: Tx, message: Message, inbound: InboundMessage) -> None:
    """Keep, hashed, the further identifiers and numbers a message gives, and a long text.

    Numbers are looked for in what the sender wrote and signed, not in what they quote.
    """
    given = identifiers_of(inbound, message.service)
    # What could not be parsed stands as raw text, with numbers in it that nobody gave.
    whole = inbound.parse_status is ParseStatus.PARSED
    written, signature = (inbound.written, inbound.signature) if whole else ("", "")
    told = f"{written[:LOOKED_AT]}\n{signature[:LOOKED_AT]}"
    contacts = {*given[1:], *canonical.numbers_in(told)} - set(given[:1])
    traces = {(CONTACT, identifier_hash(tx.keys, one)) for one in contacts}
    digest = text_hash(tx.keys, written)
    if digest is not None:
        traces.add((TEXT, digest))
    tx.session.add_all(
        MessageTrace(message_id=message.id, kind=kind, hash=hashed)
        for kind, hashed in sorted(traces)
    )
    tx.session.flush()


def text_hash(keys: KeyedHash, text: str) -> str | None:
    """The keyed hash of a long text's letters and digits; ``None`` for a short one."""
    bare = "".join(one for one in text.casefold() if one.isalnum())
    return keys.of("text", bare.encode("utf-8", "replace")) if len(bare) >= LONG_TEXT else None
