"""What goes between the parser and its child: JSON in frames with their length. No pickle.

Request: two lengths (4 bytes each, big-endian), then JSON {source, envelope_date, columns}, then
the bytes of the mail or row. Answer: one length, then JSON. These bytes do not come back.
"""

import json
import struct
from dataclasses import asdict, fields
from datetime import datetime
from typing import Any, BinaryIO

from triage.intake.charsets import clean
from triage.intake.inbound import Attachment, Channel, InboundMessage, ParseStatus, RawMail

REQUEST = struct.Struct(">II")
ANSWER = struct.Struct(">I")
MAX_ANSWER = 512 * 1024 * 1024
"""Bytes; a longer answer is nonsense."""
HELLO = b'"ready"'
DATES = ("sent_at", "received_at")
LISTS = ("recipients", "references")
OPTIONAL = ("from_address", "message_id", "quarantine_reason")


def read_exactly(stream: BinaryIO, size: int) -> bytes:
    """This many bytes, or EOFError."""
    data = stream.read(size)
    if len(data) < size:
        raise EOFError
    return data


def pack_request(raw: RawMail) -> list[bytes]:
    """A request as pieces to write one after the other."""
    date = raw.envelope_date.isoformat() if raw.envelope_date else None
    columns = None if raw.columns is None else dict(raw.columns)
    said = {"source": raw.source, "envelope_date": date, "columns": columns}
    head = json.dumps(said).encode()
    return [REQUEST.pack(len(head), len(raw.data)) + head, raw.data]


def read_request(stream: BinaryIO) -> RawMail:
    """The mail or row of the next request, or EOFError when there is no other."""
    head_size, size = REQUEST.unpack(read_exactly(stream, REQUEST.size))
    head = json.loads(read_exactly(stream, head_size))
    date = head["envelope_date"]
    return RawMail(
        read_exactly(stream, size),
        head["source"],
        datetime.fromisoformat(date) if date else None,
        head["columns"],
    )


def pack_answer(message: InboundMessage) -> bytes:
    """An answer frame."""
    values: dict[str, Any] = {
        each.name: getattr(message, each.name) for each in fields(message) if each.name != "raw"
    }
    for name in DATES:
        values[name] = values[name].isoformat() if values[name] else None
    values["attachments"] = [asdict(each) for each in message.attachments]
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
    values = json.loads(body)
    if not isinstance(values, dict) or values.get("sha256") != sha256:
        raise ValueError("an answer about other bytes")
    attachments = values.pop("attachments", None)
    if not isinstance(attachments, list):
        raise ValueError("an answer without its list of attachments")
    checked: dict[str, Any] = {name: _checked(name, value) for name, value in values.items()}
    try:
        return InboundMessage(
            raw=raw, attachments=tuple(_attachment(each) for each in attachments), **checked
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
    if name == "parse_status":
        return ParseStatus(_text(value))
    return Channel(_text(value)) if name == "channel" else _text(value)


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise ValueError("a text was expected")
    return clean(value)


def _date(text: str) -> datetime:
    date = datetime.fromisoformat(text)
    if date.tzinfo is None:
        raise ValueError("a date without its zone")
    return date


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
