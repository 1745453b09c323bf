"""What goes between the parser and its child: JSON in frames with their length. No pickle.

Request: two lengths (4 bytes each, big-endian), then JSON {source, envelope_date, columns, ours},
then the bytes of the mail or row. Answer: one length, then JSON. These bytes do not come back.
"""

import json
import struct
from dataclasses import asdict, fields
from datetime import datetime
from typing import Any, BinaryIO

from triage.core.text import read_json
from triage.intake.charsets import clean
from triage.intake.inbound import (
    Attachment,
    Channel,
    Contact,
    ContactKind,
    Forward,
    How,
    InboundMessage,
    ParseStatus,
    RawMail,
    Verified,
)
from triage.intake.ours import NOTHING, Ours, from_json, to_json

REQUEST = struct.Struct(">II")
ANSWER = struct.Struct(">I")
MAX_ANSWER = 512 * 1024 * 1024
"""Bytes; a longer answer is nonsense."""
HELLO = b'"ready"'
DATES = ("sent_at", "received_at")
LISTS = ("recipients", "references", "authentication", "spellings")
NESTED = ("attachments", "contacts")
OPTIONAL = (
    "from_address",
    "message_id",
    "quarantine_reason",
    "came_through",
    "service",
    "ticket_id",
    "ticket_url",
    "by_address",
    "original",
)
CODES = {
    "parse_status": ParseStatus,
    "channel": Channel,
    "verified": Verified,
    "by_verified": Verified,
    "how": How,
}


def read_exactly(stream: BinaryIO, size: int) -> bytes:
    """This many bytes, or EOFError."""
    data = stream.read(size)
    if len(data) < size:
        raise EOFError
    return data


def pack_request(raw: RawMail, ours: Ours = NOTHING) -> list[bytes]:
    """A request as pieces to write one after the other."""
    date = raw.envelope_date.isoformat() if raw.envelope_date else None
    columns = None if raw.columns is None else dict(raw.columns)
    said = {"source": raw.source, "envelope_date": date, "columns": columns, "ours": to_json(ours)}
    head = json.dumps(said).encode()
    return [REQUEST.pack(len(head), len(raw.data)) + head, raw.data]


def read_request(stream: BinaryIO) -> tuple[RawMail, Ours]:
    """The mail or row of the next request, and what is ours; EOFError when there is no other."""
    head_size, size = REQUEST.unpack(read_exactly(stream, REQUEST.size))
    head = read_json(read_exactly(stream, head_size))
    date = head["envelope_date"]
    raw = RawMail(
        read_exactly(stream, size),
        head["source"],
        datetime.fromisoformat(date) if date else None,
        head["columns"],
    )
    return raw, from_json(head["ours"])


def pack_answer(message: InboundMessage) -> bytes:
    """An answer frame."""
    values: dict[str, Any] = {
        each.name: getattr(message, each.name) for each in fields(message) if each.name != "raw"
    }
    for name in DATES:
        values[name] = values[name].isoformat() if values[name] else None
    for name in NESTED:
        values[name] = [asdict(each) for each in values[name]]
    values["forward"] = asdict(message.forward) if message.forward else None
    return pack_frame(json.dumps(values, ensure_ascii=False, check_circular=False).encode())


def pack_frame(body: bytes) -> bytes:
    """A frame of the child: length, then body."""
    return ANSWER.pack(len(body)) + body


def read_frame(stream: BinaryIO) -> bytes:
    """The body of the next frame of the child; EOFError, or ValueError where it is too long."""
    (size,) = ANSWER.unpack(read_exactly(stream, ANSWER.size))
    if size > MAX_ANSWER:
        raise ValueError(f"an answer of {size:,} bytes")
    return read_exactly(stream, size)


def unpack_answer(body: bytes, raw: bytes, sha256: str) -> InboundMessage:
    """The message of an answer, with the parent's own bytes.

    Raises ValueError where the answer is not of the right shape, or is about other bytes. The child
    reads hostile mail: nothing it says is believed unchecked.
    """
    values = read_json(body)
    if not isinstance(values, dict) or values.get("sha256") != sha256:
        raise ValueError("an answer about other bytes")
    nested = {name: values.pop(name, None) for name in NESTED}
    for name, held in nested.items():
        if not isinstance(held, list):
            raise ValueError(f"an answer without its list of {name}")
    forward = values.pop("forward", None)
    checked: dict[str, Any] = {name: _checked(name, value) for name, value in values.items()}
    try:
        return InboundMessage(
            raw=raw,
            attachments=tuple(_attachment(each) for each in nested["attachments"]),
            contacts=tuple(_contact(each) for each in nested["contacts"]),
            forward=None if forward is None else _forward(forward),
            **checked,
        )
    except TypeError as fault:
        raise ValueError("an answer with other fields") from fault


def _checked(name: str, value: object) -> object:
    if name in DATES or name in OPTIONAL:
        if value is None:
            return None
        return _date(_text(value)) if name in DATES else _text(value)
    if name in LISTS:
        if not isinstance(value, list):
            raise ValueError(f"{name} is no list")
        return tuple(_text(each) for each in value)
    return CODES[name](_text(value)) if name in CODES else _text(value)


def _forward(value: object) -> Forward:
    if not isinstance(value, dict):
        raise ValueError("no forward")
    checked: dict[str, Any] = {name: _checked(name, one) for name, one in value.items()}
    return Forward(**checked)


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise ValueError("a text was expected")
    return clean(value)


def _date(text: str) -> datetime:
    date = datetime.fromisoformat(text)
    if date.tzinfo is None:
        raise ValueError("a date without its zone")
    return date


def _contact(value: object) -> Contact:
    if not isinstance(value, dict):
        raise ValueError("no contact")
    return Contact(
        kind=ContactKind(_text(value.get("kind"))),
        value=_text(value.get("value")),
        network=_text(value.get("network")),
    )


def _attachment(value: object) -> Attachment:
    if not isinstance(value, dict) or not isinstance(value.get("size"), int):
        raise ValueError("no attachment")
    text = value.get("text")
    return Attachment(
        filename=_text(value.get("filename")),
        content_type=_text(value.get("content_type")),
        size=value["size"],
        sha256=_text(value.get("sha256")),
        text=None if text is None else _text(text),
    )
