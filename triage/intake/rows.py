"""One row of a table -> InboundMessage. Pure; never raises, whatever the cells hold."""

import hashlib
import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime

from triage.intake import body, quoting
from triage.intake.addresses import parse_addresses
from triage.intake.charsets import clean, clean_line
from triage.intake.columns import Field
from triage.intake.dates import parse_date
from triage.intake.fallback import parsed_or_quarantined
from triage.intake.html import to_text
from triage.intake.inbound import Channel, InboundMessage
from triage.intake.limits import Budget

MOST_SHOWN = 200
"""Characters of an outside id, address of a page, name or phone number that are kept."""
MOST_SUBJECT = 2_000
HTML = re.compile(r"\s*<[a-z!][^<]*>.*>\s*", re.IGNORECASE | re.DOTALL)
LINK = re.compile(r"https?://[^\s<>\"]+")
CHANNELS: dict[Channel, tuple[str, ...]] = {
    Channel.PHONE: ("phone", "call", "voicemail"),
    Channel.SOCIAL: ("twitter", "facebook", "social", "whatsapp", "instagram", "mastodon"),
    Channel.FACE_TO_FACE: ("face", "person", "walk in"),
    Channel.EMAIL: ("mail",),
    Channel.WEB: ("web", "portal", "form", "widget", "chat", "online"),
}


def canonical(row: Mapping[str, object]) -> bytes:
    """A row's bytes: the same for the same cells, whatever their order, file or encoding."""
    return json.dumps(row, sort_keys=True, separators=(",", ":")).encode("ascii")


def parse_row(data: bytes, source: str, columns: Mapping[str, str]) -> InboundMessage:
    """The message in these bytes of a row (``canonical``): parsed, or quarantined. Never raises."""
    return parsed_or_quarantined(lambda: _parse(data, source, columns), data, source, None)


def _parse(data: bytes, source: str, columns: Mapping[str, str]) -> InboundMessage:
    cells = _cells(json.loads(data), columns)
    written, quoted, signature = _split(cells.get(Field.TEXT, ""))
    name, address = _sender(cells)
    date = _date(cells.get(Field.DATE, ""))
    return InboundMessage(
        raw=data,
        sha256=hashlib.sha256(data).hexdigest(),
        source=_source(source, cells),
        channel=_channel(cells, address),
        from_name=name,
        from_address=address,
        recipients=_recipients(cells.get(Field.TO, "")),
        subject=clean_line(cells.get(Field.SUBJECT, ""))[:MOST_SUBJECT],
        sent_at=date,
        received_at=date,
        written=written,
        quoted=quoted,
        signature=signature,
    )


def _cells(row: Mapping[str, object], columns: Mapping[str, str]) -> dict[Field, str]:
    """Field -> text; several columns of one field stand one after the other."""
    found: dict[Field, list[str]] = {}
    for column, kind in columns.items():
        text = _as_text(row.get(column))
        if text.strip():
            found.setdefault(Field(kind), []).append(text)
    return {kind: "\n\n".join(texts) for kind, texts in found.items()}


def _as_text(value: object) -> str:
    if value is None:
        return ""
    return clean(value if isinstance(value, str) else json.dumps(value, ensure_ascii=False))


def _split(text: str) -> tuple[str, str, str]:
    """(written, quoted, signature); a text that is HTML from end to end is read as such."""
    hidden = ""
    if text.lstrip().startswith("<") and HTML.fullmatch(text):
        text, hidden = to_text(text, Budget())
    written, quoted, signature = quoting.split(text)
    if hidden:
        quoted = body.join((quoted, f"{body.HIDDEN}\n{hidden}"))
    return written, quoted, signature


def _sender(cells: Mapping[Field, str]) -> tuple[str, str | None]:
    """(name, address or None); who left no address is named with their phone number."""
    found = parse_addresses(cells.get(Field.FROM, ""))
    shown, address = next((one for one in found if one[1]), found[0] if found else ("", None))
    name = clean_line(cells.get(Field.NAME, ""))[:MOST_SHOWN] or shown[:MOST_SHOWN]
    phone = clean_line(cells.get(Field.PHONE, ""))[:MOST_SHOWN]
    if address is None and phone:
        name = f"{name} ({phone})" if name else phone
    return name, address


def _recipients(value: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(one for _, one in parse_addresses(value) if one))


def _channel(cells: Mapping[Field, str], address: str | None) -> Channel:
    """By the words of its column; without them e-mail where there is an address, else the web."""
    said = cells.get(Field.CHANNEL, "")[:MOST_SHOWN].lower().replace("-", " ")
    for channel, words in CHANNELS.items():
        if any(word in said for word in words):
            return channel
    if address is None and cells.get(Field.PHONE):
        return Channel.PHONE
    return Channel.EMAIL if address else Channel.WEB


def _date(text: str) -> datetime | None:
    """ISO 8601 or as mail writes it; UTC without a zone. 3/4/2026 can be two days: none."""
    text = text.strip()[:200]
    try:
        date = datetime.fromisoformat(text.removesuffix(" UTC"))
        date = date if date.tzinfo else date.replace(tzinfo=UTC)
        return date.astimezone(UTC) if 1970 <= date.year <= 2100 else None
    except (ValueError, OverflowError):
        return parse_date(text) if text else None


def _source(source: str, cells: Mapping[Field, str]) -> str:
    """Where the row stood, with the outside ticket's id and address."""
    parts = [source]
    identifier = clean_line(cells.get(Field.ID, ""))[:MOST_SHOWN]
    if identifier:
        parts.append(f"ticket {identifier}")
    link = LINK.match(clean_line(cells.get(Field.LINK, "")))
    if link:
        parts.append(link[0][: 2 * MOST_SHOWN])
    return clean_line(", ".join(parts))
