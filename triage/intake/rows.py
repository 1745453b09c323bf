"""One row of a table -> InboundMessage. Pure; never raises, whatever the cells hold."""

import hashlib
import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime

from triage.core.text import read_json
from triage.intake import body, quoting
from triage.intake.addresses import parse_addresses
from triage.intake.charsets import clean, clean_line
from triage.intake.columns import Field
from triage.intake.dates import parse_date
from triage.intake.fallback import parsed_or_quarantined
from triage.intake.html import to_text
from triage.intake.inbound import Channel, Contact, ContactKind, InboundMessage
from triage.intake.limits import Budget
from triage.intake.writer import web_address

MOST_SHOWN = 200
"""Characters of an outside id, name or phone number that are kept."""
MOST_SUBJECT = 2_000
HTML = re.compile(r"\s*<[a-z!][^<]*>.*>\s*", re.IGNORECASE | re.DOTALL)
CHANNELS: dict[Channel, tuple[str, ...]] = {
    Channel.PHONE: ("phone", "call", "voicemail"),
    Channel.SOCIAL: ("twitter", "facebook", "social", "whatsapp", "instagram", "mastodon"),
    Channel.FACE_TO_FACE: ("face", "person", "walk in"),
    Channel.EMAIL: ("mail",),
    Channel.WEB: ("web", "portal", "form", "widget", "chat", "online"),
}


NETWORKS = ("twitter", "facebook", "instagram", "mastodon", "bluesky", "tiktok")
"""Words of a channel that say where a handle is."""


def canonical(row: Mapping[str, object]) -> bytes:
    """A row's bytes: the same for the same cells, whatever their order, file or encoding."""
    return json.dumps(row, sort_keys=True, separators=(",", ":")).encode("ascii")


def parse_row(data: bytes, source: str, columns: Mapping[str, str]) -> InboundMessage:
    """The message in these bytes of a row (``canonical``): parsed, or quarantined. Never raises."""
    return parsed_or_quarantined(lambda: _parse(data, source, columns), data, source, None)


def _parse(data: bytes, source: str, columns: Mapping[str, str]) -> InboundMessage:
    cells = _cells(read_json(data), columns)
    written, quoted, signature = _split(cells.get(Field.TEXT, ""))
    name, address = _sender(cells)
    date = _date(cells.get(Field.DATE, ""))
    return InboundMessage(
        raw=data,
        sha256=hashlib.sha256(data).hexdigest(),
        source=clean_line(source),
        channel=_channel(cells, address),
        from_name=name,
        from_address=address,
        contacts=_contacts(cells),
        recipients=_recipients(cells.get(Field.TO, "")),
        subject=clean_line(cells.get(Field.SUBJECT, ""))[:MOST_SUBJECT],
        sent_at=date,
        received_at=date,
        written=written,
        quoted=quoted,
        signature=signature,
        ticket_id=clean_line(cells.get(Field.ID, ""))[:MOST_SHOWN] or None,
        ticket_url=web_address(clean_line(cells.get(Field.LINK, ""))),
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
    """(name, address or None); who left no address is named with their number or handle."""
    found = parse_addresses(cells.get(Field.FROM, ""))
    shown, address = next((one for one in found if one[1]), found[0] if found else ("", None))
    name = clean_line(cells.get(Field.NAME, ""))[:MOST_SHOWN] or shown[:MOST_SHOWN]
    other = next((cells[one] for one in (Field.PHONE, Field.HANDLE) if one in cells), "")
    other = clean_line(other)[:MOST_SHOWN]
    if address is None and other:
        name = f"{name} ({other})" if name else other
    return name, address


def _contacts(cells: Mapping[Field, str]) -> tuple[Contact, ...]:
    """By what else they are known: account, number, handle, the surest first."""
    said = cells.get(Field.CHANNEL, "")[:MOST_SHOWN].lower()
    network = next((one for one in NETWORKS if one in said), "")
    known = ((Field.ACCOUNT, ""), (Field.PHONE, ""), (Field.HANDLE, network))
    return tuple(
        Contact(ContactKind(kind.value), clean_line(cells[kind])[:MOST_SHOWN], where)
        for kind, where in known
        if kind in cells
    )


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
    if address is None and cells.get(Field.HANDLE):
        return Channel.SOCIAL
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
