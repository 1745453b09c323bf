"""Messages and mail files for the tests. Nobody in them exists."""

import hashlib
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

from triage.intake.inbound import InboundMessage

_numbers = count(1)
START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
"""A Monday morning."""


def inbound(text: str = "Where is my reply?", **changes: Any) -> InboundMessage:
    """A parsed message with this text, unlike any other; any field may be given."""
    number = next(_numbers)
    raw = changes.pop("raw", f"{number}\n{text}".encode("utf-8", "replace"))
    fields: dict[str, Any] = {
        "raw": raw,
        "sha256": hashlib.sha256(raw).hexdigest(),
        "source": f"test {number}",
        "from_name": "Pat Example",
        "from_address": "pat@example.org",
        "recipients": ("team@charity.example.org",),
        "subject": "Hello",
        "message_id": f"<{number}@example.org>",
        "written": text,
    }
    return InboundMessage(**(fields | changes))


def eml(number: int, text: str = "Where is my reply?", *, to: str = "team@example.org") -> bytes:
    """One small mail as it comes over the wire."""
    sent = START + timedelta(minutes=number)
    return (
        f"From: Writer {number} <writer{number % 7}@example.org>\r\n"
        f"To: {to}\r\n"
        f"Subject: Letter {number}\r\n"
        f"Date: {sent:%a, %d %b %Y %H:%M:%S} +0000\r\n"
        f"Message-ID: <letter-{number}@example.org>\r\n"
        "MIME-Version: 1.0\r\n"
        "Content-Type: text/plain; charset=utf-8\r\n"
        "\r\n"
        f"Letter number {number}. {text}\r\n"
    ).encode()


def write_folder(folder: Path, number: int) -> Path:
    """A folder of so many mails, one a file."""
    folder.mkdir(parents=True, exist_ok=True)
    for one in range(number):
        (folder / f"{one:05}.eml").write_bytes(eml(one))
    return folder
