"""What stands in for a message that could not be read within the limits."""

import hashlib
from collections.abc import Callable
from datetime import datetime

from triage.intake.addresses import parse_addresses
from triage.intake.charsets import clean, clean_line
from triage.intake.dates import received_date
from triage.intake.headers import Headers, decode_words, read_head
from triage.intake.inbound import InboundMessage, ParseStatus
from triage.intake.limits import FALLBACK_CHARS, MAX_MESSAGE_BYTES, MIB, OverLimitError

HEAD_BYTES = 64 * 1024
VALUE_CHARS = 1_000


def parsed_or_quarantined(
    read: Callable[[], InboundMessage], data: bytes, source: str, envelope_date: datetime | None
) -> InboundMessage:
    """What ``read`` makes of these bytes, or the message quarantined with a plain reason. Never
    raises."""
    if len(data) > MAX_MESSAGE_BYTES:
        return too_large(data, source, envelope_date)
    try:
        return read()
    except OverLimitError as over:
        reason = str(over)
    except MemoryError:
        reason = "reading it took too much memory"
    except Exception as fault:  # noqa: BLE001 - hostile bytes end as a quarantined message
        reason = f"it could not be read ({type(fault).__name__})"
    return quarantine(data, source, envelope_date, reason)


def quarantine(
    data: bytes, source: str, envelope_date: datetime | None, reason: str
) -> InboundMessage:
    """The message as its first 20,000 characters of raw text (utf-8), and why.

    Sender, subject and Message-ID are read where they stand in the first 64 kB, cut at 1,000
    characters. Cheap and bounded: it runs in the parent process. Never raises.
    """
    try:
        headers, _ = read_head(data[:HEAD_BYTES], 0, min(len(data), HEAD_BYTES))
    except OverLimitError:
        headers = Headers()
    from_name, from_address = _sender(headers.first("from")[:VALUE_CHARS])
    identifier = clean_line(headers.first("message-id"))
    whole = identifier.startswith("<") and identifier.endswith(">")
    return InboundMessage(
        raw=data,
        sha256=hashlib.sha256(data).hexdigest(),
        source=clean_line(source),
        parse_status=ParseStatus.QUARANTINED,
        quarantine_reason=reason,
        from_name=from_name,
        from_address=from_address,
        subject=_words(headers.first("subject")[:VALUE_CHARS]),
        message_id=identifier if whole and len(identifier) <= 998 else None,
        received_at=received_date(headers.first("received")) or envelope_date,
        written=clean(data[: 4 * FALLBACK_CHARS].decode("utf-8", "replace"))[:FALLBACK_CHARS],
    )


def too_large(data: bytes, source: str, envelope_date: datetime | None) -> InboundMessage:
    """Quarantine for size."""
    reason = f"larger than {MAX_MESSAGE_BYTES // MIB} MB ({len(data) / MIB:.0f} MB)"
    return quarantine(data, source, envelope_date, reason)


def _sender(value: str) -> tuple[str, str | None]:
    try:
        found = parse_addresses(value)
    except OverLimitError:
        return "", None
    return next((each for each in found if each[1]), found[0] if found else ("", None))


def _words(value: str) -> str:
    try:
        return decode_words(value)
    except OverLimitError:
        return clean_line(value)
