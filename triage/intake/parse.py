"""Bytes -> InboundMessage. Pure; never raises, whatever the bytes."""

import hashlib
import re
from dataclasses import replace
from datetime import datetime

from triage.intake import body, forwards
from triage.intake.addresses import parse_addresses
from triage.intake.charsets import clean_line
from triage.intake.dates import parse_date, received_date
from triage.intake.fallback import parsed_or_quarantined
from triage.intake.headers import Headers, subject
from triage.intake.inbound import Forward, How, InboundMessage, Verified
from triage.intake.limits import MAX_ADDRESSES, Budget, OverLimitError
from triage.intake.mime import as_lines, read_tree
from triage.intake.ours import NOTHING, Ours
from triage.intake.quoting import split
from triage.intake.texts import Content, Gathered, Original, read_content
from triage.intake.writer import who_wrote

REFERENCE = re.compile(r"<[^<>\s]{1,996}>")
RECIPIENTS = ("to", "cc", "delivered-to", "x-original-to")


def parse_mail(
    data: bytes, source: str, envelope_date: datetime | None = None, ours: Ours = NOTHING
) -> InboundMessage:
    """The message in these bytes: parsed, or quarantined with a plain reason. Never raises.

    ``source`` says where it stood, for people; ``envelope_date`` (aware) comes from an mbox. Limits
    in ``limits.py``; a quarantined message has its first 20,000 characters as ``written``.
    CPU and memory are bounded by ``MailParser``, which runs this in a child process.
    """
    return parsed_or_quarantined(
        lambda: _parse(data, source, envelope_date, ours), data, source, envelope_date
    )


def _parse(data: bytes, source: str, envelope_date: datetime | None, ours: Ours) -> InboundMessage:
    raw, data = data, as_lines(data)
    gathered = Gathered(Budget())
    root = read_tree(data, gathered.budget)
    if set(_recipients(root.headers)) & set(ours.forward_to):
        gathered.originals = []
    content = read_content(root, gathered)
    found = _message(root.headers, content, ours)
    if gathered.originals is not None:
        found = _forwarded(found, content, gathered.originals, ours)
    return replace(
        found,
        raw=raw,
        sha256=hashlib.sha256(raw).hexdigest(),
        source=clean_line(source),
        received_at=received_date(root.headers.first("received")) or envelope_date,
        attachments=tuple(gathered.attachments),
    )


def _message(headers: Headers, content: Content, ours: Ours) -> InboundMessage:
    """What headers and texts say; the bytes, where they stood and what is attached come after."""
    wrote = who_wrote(headers, content.whole() if ours.relays else "", ours)
    return InboundMessage(
        raw=b"",
        sha256="",
        source="",
        channel=wrote.channel,
        from_name=wrote.name,
        from_address=wrote.address,
        verified=wrote.verified,
        authentication=wrote.codes,
        came_through=wrote.came_through,
        service=wrote.service,
        ticket_id=wrote.ticket_id,
        ticket_url=wrote.ticket_url,
        recipients=_recipients(headers),
        subject=subject(headers),
        message_id=message_id(headers),
        references=_references(headers),
        sent_at=parse_date(headers.first("date")),
        written=content.written,
        quoted=content.quoted,
        signature=content.signature,
    )


def _forwarded(
    outer: InboundMessage, content: Content, originals: list[Original], ours: Ours
) -> InboundMessage:
    """The original of a forward, as the message. Whoever forwarded it is never who wrote."""
    forward = Forward(
        by_name=outer.from_name,
        by_address=outer.from_address or outer.came_through,
        by_verified=outer.verified,
        how=How.NOT_FOUND,
        note="",
        recipients=outer.recipients,
    )
    if originals:
        found = [_message(one.headers, one.content, ours) for one in originals]
        forward = replace(forward, how=How.ATTACHED, note=content.written)
        if len(found) == 1:
            original, known_as = forwards.spellings(originals[0].data)
            forward = replace(forward, original=original, spellings=known_as)
        together = found[0] if len(found) == 1 else _together(found)
        beside = body.join((together.quoted, content.quoted))
        return replace(together, quoted=beside, forward=forward)
    inline = forwards.find_inline(content.visible)
    if inline is None:
        return _nobodys(outer, content, forward)
    note, beside, _ = split(inline.note)
    written, quoted, signature = forwards.split_original(inline.body)
    texts = Content(written, quoted, signature, inline.body, "")
    message = _message(inline.headers, texts, ours)
    return replace(
        message,
        subject=message.subject or outer.subject,
        quoted=body.join((quoted, inline.head, beside, content.beyond)),
        # It is what the forwarder's program wrote down, and no server of ours saw it.
        verified=Verified.NOT_VERIFIED,
        authentication=(),
        forward=replace(forward, how=How.INLINE, note=note),
    )


def _together(found: list[InboundMessage]) -> InboundMessage:
    """Several attached originals as one; of different authors, they are nobody's: people say."""
    first = found[0]
    alone = len({one.from_address for one in found}) == 1
    return replace(
        first,
        from_name=first.from_name if alone else "",
        from_address=first.from_address if alone else None,
        verified=Verified.NOT_VERIFIED,
        authentication=(),
        recipients=tuple(dict.fromkeys(to for one in found for to in one.recipients)),
        message_id=None,
        references=(),
        written=body.join(
            body.join((one.subject if one is not first else "", one.written)) for one in found
        ),
        quoted=body.join(one.quoted for one in found),
        signature=body.join(one.signature for one in found),
    )


def _nobodys(outer: InboundMessage, content: Content, forward: Forward) -> InboundMessage:
    """A forward in which no original was found: all of its text counts, and nobody wrote it."""
    bare = InboundMessage(raw=b"", sha256="", source="", subject=outer.subject)
    return replace(bare, sent_at=outer.sent_at, written=content.whole(), forward=forward)


def message_id(headers: Headers) -> str | None:
    """The Message-ID with its angle brackets, which are added where they lack."""
    value = clean_line(headers.first("message-id"))
    match = REFERENCE.search(value)
    bare = value.strip("<> ").replace(" ", "")[:996]
    return match[0] if match else (f"<{bare}>" if bare else None)


def _references(headers: Headers) -> tuple[str, ...]:
    values = [*headers.all("references"), *headers.all("in-reply-to")]
    return tuple(dict.fromkeys(each for value in values for each in REFERENCE.findall(value)))


def _recipients(headers: Headers) -> tuple[str, ...]:
    found: dict[str, None] = {}
    entries = 0
    for value in headers.all(*RECIPIENTS):
        addresses = parse_addresses(value)
        entries += len(addresses)
        found |= dict.fromkeys(address for _, address in addresses if address)
    if entries > MAX_ADDRESSES:
        raise OverLimitError(f"more than {MAX_ADDRESSES:,} addresses")
    return tuple(found)
