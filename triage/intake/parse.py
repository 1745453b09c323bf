"""Bytes -> InboundMessage. Pure; never raises, whatever the bytes."""

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import PurePosixPath

from triage.intake import body
from triage.intake.addresses import parse_addresses
from triage.intake.body import Said
from triage.intake.charsets import clean_line, without_controls
from triage.intake.dates import parse_date, received_date
from triage.intake.fallback import parsed_or_quarantined
from triage.intake.headers import Headers, decode_words
from triage.intake.inbound import Attachment, InboundMessage
from triage.intake.limits import (
    MAX_ADDRESSES,
    MAX_ATTACHMENT_TEXT,
    MAX_FILENAME,
    Budget,
    OverLimitError,
)
from triage.intake.mime import Part, read_tree

REFERENCE = re.compile(r"<[^<>\s]{1,996}>")
RECIPIENTS = ("to", "cc", "delivered-to", "x-original-to")
LINE_END = re.compile(rb"\r+\n|\r|\n")
TEXT_NAMES = (".txt", ".md", ".csv", ".log", ".htm", ".html")


@dataclass(slots=True)
class Gathered:
    """What is collected on the way through the parts."""

    budget: Budget
    attachments: list[Attachment] = field(default_factory=list)


def parse_mail(data: bytes, source: str, envelope_date: datetime | None = None) -> InboundMessage:
    """The message in these bytes: parsed, or quarantined with a plain reason. Never raises.

    ``source`` says where it stood, for people; ``envelope_date`` (aware) comes from an mbox. Limits
    in ``limits.py``; a quarantined message has its first 20,000 characters as ``written``.
    CPU and memory are bounded by ``MailParser``, which runs this in a child process.
    """
    return parsed_or_quarantined(
        lambda: _parse(data, source, envelope_date), data, source, envelope_date
    )


def _parse(data: bytes, source: str, envelope_date: datetime | None) -> InboundMessage:
    raw, data = data, _as_lines(data)
    gathered = Gathered(Budget())
    root = read_tree(data, gathered.budget)
    headers = root.headers
    said = _texts(root, gathered, is_root=True)
    stray = body.stray_text(_all(root))
    quoted = body.join(each.quoted for each in said)
    hidden = body.join(each.hidden for each in said)
    if hidden:
        quoted = body.join((quoted, f"{body.HIDDEN}\n{hidden}"))
    if stray:
        quoted = body.join((quoted, f"{body.OUTSIDE}\n{stray}"))
    from_name, from_address = sender(headers)
    return InboundMessage(
        raw=raw,
        sha256=hashlib.sha256(raw).hexdigest(),
        source=clean_line(source),
        from_name=from_name,
        from_address=from_address,
        recipients=_recipients(headers),
        subject=subject(headers),
        message_id=message_id(headers),
        references=_references(headers),
        sent_at=parse_date(headers.first("date")),
        received_at=received_date(headers.first("received")) or envelope_date,
        written=body.join(each.written for each in said),
        quoted=quoted,
        signature=body.join(each.signature for each in said),
        attachments=tuple(gathered.attachments),
    )


def _as_lines(data: bytes) -> bytes:
    """The same mail with line ends that can be found: utf-16 made utf-8, odd line ends LF.

    The first line end tells: where it is a lone CR, every lone CR is one; some gateways double CR.
    """
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16", "replace").encode("utf-8", "replace")
    data = data.removeprefix(b"\xef\xbb\xbf").lstrip(b"\r\n") if data[:1] in b"\r\n\xef" else data
    first = LINE_END.search(data)
    if first is None or first[0] in (b"\n", b"\r\n"):
        return data
    if first[0] == b"\r":
        return data.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    return data.replace(first[0], b"\n")


def _all(part: Part) -> Iterator[Part]:
    yield part
    for child in part.children:
        yield from _all(child)


def sender(headers: Headers) -> tuple[str, str | None]:
    """(display name, lower-case address or None) of the first From address."""
    found = parse_addresses(headers.first("from"))
    return next((each for each in found if each[1]), found[0] if found else ("", None))


def subject(headers: Headers) -> str:
    """The Subject. Where there are several, all of them: programs differ on which they show."""
    return decode_words(" ".join(dict.fromkeys(headers.all("subject"))))


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


def _texts(part: Part, gathered: Gathered, *, is_root: bool = False) -> list[Said]:
    """The body texts of a part and of those in it; its attachments go to ``gathered``."""
    kind = part.content_type
    if part.children and kind.startswith("multipart/"):
        each = [_texts(child, gathered) for child in part.children]
        if kind == "multipart/alternative":
            return body.merge(each)
        return [said for texts in each for said in texts]
    if kind.startswith("text/") and (is_root or not _filename(part)):
        return [body.read_said(part, gathered.budget)]
    _attach(part, gathered)
    return []


def _attach(part: Part, gathered: Gathered) -> None:
    """Add this attachment, and after it those of a message it holds."""
    data = part.decoded()
    text: str | None = None
    inner: list[Attachment] = []
    if part.children:
        nested = Gathered(gathered.budget)
        said = _texts(part.children[0], nested, is_root=True)
        title = subject(part.children[0].headers)
        text = body.join((title, *(each.whole() for each in said), *(s.hidden for s in said)))
        inner = nested.attachments
    elif _is_text(part, data):
        text = body.join(body.read_text(part, gathered.budget))
    default = "message.eml" if part.children else "unnamed"
    gathered.attachments.append(
        Attachment(
            filename=_filename(part) or default,
            content_type=clean_line(part.content_type)[:200],
            size=len(data),
            sha256=hashlib.sha256(data).hexdigest(),
            text=None if text is None else text[:MAX_ATTACHMENT_TEXT],
        )
    )
    gathered.attachments += inner


def _is_text(part: Part, data: bytes) -> bool:
    """Whether a part is text: by its type, or (phones send .txt so) unnamed bytes that are."""
    if part.content_type.startswith(("text/", "message/")):
        return True
    if part.content_type != "application/octet-stream":
        return False
    return _filename(part).lower().endswith(TEXT_NAMES) and b"\x00" not in data


def _filename(part: Part) -> str:
    """The file name: no folders, no control characters, at most 200 characters; or empty."""
    given = part.parameter("filename", "content-disposition") or part.parameter("name")
    if not given:
        return ""
    name = without_controls(decode_words(given)).replace("\\", "/").rstrip("/ ").rpartition("/")[2]
    name = name.strip()
    if name in ("", ".", ".."):
        return "unnamed"
    if len(name) > MAX_FILENAME:
        ending = PurePosixPath(name).suffix[:20]
        name = name[: MAX_FILENAME - len(ending)] + ending
    return name
