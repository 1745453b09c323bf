"""A message cut into its parts, as slices of the original bytes: what is hashed is what came.

The library's own tree is not used: it recurses, costs a Python step a line, and forgets the bytes
of a forwarded message. Its reader of header parameters is.
"""

import binascii
import re
from dataclasses import dataclass, field
from email.message import Message

from triage.intake.charsets import decode
from triage.intake.headers import Headers, read_head, unbase64
from triage.intake.limits import MAX_PARAMETER_CHARS, MAX_PARTS, Budget, OverLimitError

TAIL = re.compile(rb"(--)?[ \t]*(?:\r?\n|\Z)")
ENCODING = re.compile(r"[\s\"']*([\w-]+)")
"""The name of a transfer encoding; quotes, comments and parameters around it mean nothing."""
SOFT_END = re.compile(rb"=[ \t]*(?:\r\n?|\n)")
LINE_END = re.compile(rb"\r+\n|\r|\n")
NOT_BASE64 = re.compile(rb"[^A-Za-z0-9+/=\s]|[^\s][ \t]+[^\s]")


@dataclass(slots=True)
class Part:
    """One part: its headers, ``data[start:end]`` as its undecoded body, and what it holds."""

    headers: Headers
    fields: "Message[str, str]"
    content_type: str
    data: bytes
    start: int
    end: int
    children: list["Part"] = field(default_factory=list)
    stray: list[bytes] = field(default_factory=list)
    """Bytes of a multipart that stand in no part: before the first boundary, after the last."""

    def parameter(self, name: str, header: str = "content-type") -> str:
        """A parameter of a header as text (RFC 2231 decoded), or an empty text."""
        try:
            value = self.fields.get_param(name, header=header)
        except (ValueError, TypeError, IndexError, AttributeError):
            return ""  # say, a continuation number of 5,000 digits
        if isinstance(value, tuple):
            raw = value[2].encode("latin-1", "replace") if value[2] else b""
            return decode(raw, value[0] or None)
        return value if isinstance(value, str) else ""

    def decoded(self) -> bytes:
        """The body after transfer decoding. Text that follows a base64 text part is kept."""
        raw = self.data[self.start : self.end]
        named = ENCODING.match(self.headers.first("content-transfer-encoding"))
        encoding = named[1].lower() if named else ""
        if encoding == "base64":
            return self._from_base64(raw)
        if encoding == "quoted-printable":
            # A soft line end may have blanks or a lone CR behind it; the library keeps the one
            # as text, and at the other passes over all that stands on the line.
            return binascii.a2b_qp(SOFT_END.sub(b"=\n", raw))
        if encoding in ("x-uuencode", "uuencode", "uue", "x-uue"):
            return _uudecode(raw)
        return raw

    def _from_base64(self, raw: bytes) -> bytes:
        if not self.content_type.startswith("text/"):
            return unbase64(raw)
        other = NOT_BASE64.search(raw)
        # A list's footer, say. Its first line may begin like base64: the whole line is text.
        stop = raw.rfind(b"\n", 0, other.start()) + 1 if other else len(raw)
        rest = raw[stop:].strip(b"\r\n")
        return unbase64(raw[:stop]) + (b"\n" + rest if rest else b"")


def as_lines(data: bytes) -> bytes:
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


def read_tree(data: bytes, budget: Budget) -> Part:
    """The message as a tree of parts. Raises OverLimitError."""
    return _read(data, 0, len(data), budget, 1, "text/plain")


def _read(data: bytes, start: int, end: int, budget: Budget, depth: int, default: str) -> Part:
    budget.take_part(depth)
    headers, body = read_head(data, start, end)
    fields: Message[str, str] = Message()
    for name in ("content-type", "content-disposition"):
        value = headers.first(name)
        if len(value) > MAX_PARAMETER_CHARS:
            raise OverLimitError(
                f"a {name.title()} header above {MAX_PARAMETER_CHARS:,} characters"
            )
        if value:
            fields.set_raw(name, value)
    fields.set_default_type(default)
    part = Part(headers, fields, fields.get_content_type(), data, body, end)
    if part.content_type.startswith("multipart/"):
        _read_multipart(part, budget, depth)
    elif part.content_type in ("message/rfc822", "message/global"):
        if headers.first("content-transfer-encoding"):
            inner = part.decoded()
            child = _read(inner, 0, len(inner), budget, depth + 1, "text/plain")
        else:
            child = _read(data, body, end, budget, depth + 1, "text/plain")
        part.children = [child]
    return part


def _read_multipart(part: Part, budget: Budget, depth: int) -> None:
    boundary = part.parameter("boundary").rstrip().encode("utf-8", "replace")
    spans: list[tuple[int, int]] = []
    if boundary:
        spans, part.stray = _cut(part.data, part.start, part.end, boundary, budget)
    default = "message/rfc822" if part.content_type == "multipart/digest" else "text/plain"
    for start, end in spans:
        part.children.append(_read(part.data, start, end, budget, depth + 1, default))
    if not spans:
        # No boundary, or one that never comes: all of it is one text.
        head = part.data[part.start : part.start + 1000].lower()
        part.content_type = "text/html" if b"<html" in head or b"<body" in head else "text/plain"
        part.stray = []


def _cut(
    data: bytes, start: int, end: int, boundary: bytes, budget: Budget
) -> tuple[list[tuple[int, int]], list[bytes]]:
    """(start, end) of each part between boundary lines, and the stray bytes around them."""
    mark = b"--" + boundary
    spans: list[tuple[int, int]] = []
    opened, closed, pos = -1, -1, start
    while closed < 0:
        if pos == start and data.startswith(mark, start, end):
            at = start
        else:
            at = data.find(b"\n" + mark, max(pos - 1, start), end) + 1
        if at == 0:
            break
        budget.take_boundary()
        tail = TAIL.match(data, at + len(mark), end)
        pos = at + len(mark)
        if tail is None:
            continue
        if opened < 0:
            preamble = data[start:at]
        else:
            spans.append((opened, max(opened, _before(data, at))))
        if len(spans) > MAX_PARTS:
            raise OverLimitError(f"more than {MAX_PARTS} parts")
        opened = pos = tail.end()
        if tail[1]:
            closed = opened
    if opened < 0:
        return [], []
    if closed < 0:
        spans.append((opened, end))
    epilogue = data[closed:end] if closed >= 0 else b""
    return spans, [each for each in (preamble, epilogue) if each.strip()]


def _before(data: bytes, at: int) -> int:
    """Where a part ends: the line end before a boundary belongs to the boundary."""
    return at - 2 if data[at - 2 : at] == b"\r\n" else at - 1


def _uudecode(raw: bytes) -> bytes:
    """Decoded uuencode between ``begin`` and ``end``; the bytes as they are where it is none."""
    lines = iter(raw.split(b"\n"))
    if not any(line.startswith(b"begin ") for line in lines):
        return raw
    out = []
    for line in lines:
        if line.strip() == b"end":
            break
        try:
            out.append(binascii.a2b_uu(line.rstrip(b"\r")))
        except binascii.Error:
            out.append(line + b"\n")
    before, rest = raw.split(b"begin ", 1)[0], b"\n".join(lines)
    return before + b"".join(out) + rest
