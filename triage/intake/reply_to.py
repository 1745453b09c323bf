"""The writer of a mail that a web form sent on: who is to be answered, not who sent it."""

from dataclasses import replace

from triage.intake.addresses import parse_addresses
from triage.intake.fallback import HEAD_BYTES, VALUE_CHARS
from triage.intake.headers import read_head
from triage.intake.inbound import InboundMessage, Verified
from triage.intake.limits import OverLimitError


def from_reply_to(message: InboundMessage) -> InboundMessage:
    """The same, from the first address of its Reply-To; as it is where there is none. Bounded, and
    it never raises: only the first 64 kB are looked at, and of the header 1,000 characters."""
    if message.forward is not None:
        return message
    head = message.raw[:HEAD_BYTES]
    try:
        headers, _ = read_head(head, 0, len(head))
        found = parse_addresses(headers.first("reply-to")[:VALUE_CHARS])
    except OverLimitError:
        return message
    named = next((one for one in found if one[1]), None)
    if named is None:
        return message
    checked = message.verified
    return replace(
        message,
        from_name=named[0],
        from_address=named[1],
        # What our server checked was the address it came through, and not this one.
        verified=Verified.NOT_CHECKED if checked is Verified.VERIFIED else checked,
        came_through=message.from_address,
    )
