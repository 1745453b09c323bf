"""What a colleague forwarded to the desk: the original in it, and what they wrote beside it.

The original is attached, or stands in the text below the head that mail programs write. Only the
first head counts: it is the forwarder's own program's; what stands further in is quoted mail.
"""

import hashlib
import re
from dataclasses import dataclass

from triage.intake import quoting
from triage.intake.addresses import LOOSE, parse_addresses
from triage.intake.headers import Headers
from triage.intake.limits import MAX_SPLIT_LINES
from triage.intake.quoting import DIVIDER, FROM_LINE, SEEN

HEAD_LINE = re.compile(
    r"\*?(From|Sent|Date|To|Cc|Bcc|Subject|Reply-To|Importance|Attachments)\s?:\*?\s*(.*)",
    re.IGNORECASE,
)
HEAD_LINES = 40
VALUE_CHARS = 2_000
MAILTO = re.compile(r"[<\[(]mailto:([^<>\[\]()\s]{1,400})[>\])]", re.IGNORECASE)
RULE = re.compile(r"[\s_*=-]*")
NAMES_PEOPLE = ("from", "to", "cc", "bcc", "reply-to")


@dataclass(frozen=True, slots=True)
class Inline:
    """An original that stands in the text of its forward."""

    note: str
    headers: Headers
    """From its head: ``from``, ``to``, ``cc``, ``date``, ``subject``, ``reply-to``."""
    head: str
    """The same as text."""
    body: str


def find_inline(text: str) -> Inline | None:
    """The first original in a text, with or without ``>`` before its lines. Linear."""
    lines = text.split("\n")
    if len(lines) > MAX_SPLIT_LINES:
        return None
    for at, line in enumerate(lines):
        depth, bare = _bare(line)
        if DIVIDER.fullmatch(bare):
            start = at + 1
            while start < len(lines) and not _bare(lines[start])[1]:
                start += 1
            headers, end = _head(lines, start)
            if start < len(lines):
                depth = max(depth, _bare(lines[start])[0])
            return _inline(lines, at, headers, max(end, at + 1), depth)
        if FROM_LINE.match(bare):
            headers, end = _head(lines, at)
            named = {name for name, _ in headers}
            if "date" in named and named & {"to", "subject"}:
                return _inline(lines, at, headers, end, depth)
    return None


def _bare(line: str) -> tuple[int, str]:
    """(how many ``>`` stand before it, the line without them and the blanks around it)."""
    depth = at = 0
    while at < len(line) and at < SEEN and line[at] in "> \t":
        depth += line[at] == ">"
        at += 1
    return depth, line[at : at + SEEN].strip()


def _head(lines: list[str], at: int) -> tuple[list[tuple[str, str]], int]:
    """The fields of a head that begins here, and the index after it; none where none begins."""
    found: list[tuple[str, str]] = []
    for index in range(at, min(at + HEAD_LINES, len(lines))):
        _, bare = _bare(lines[index])
        match = HEAD_LINE.match(bare)
        if match:
            name = match[1].lower()
            found.append(("date" if name == "sent" else name, match[2].strip(" *")))
        elif found and bare and found[-1][0] in NAMES_PEOPLE and ("@" in bare or ";" in bare):
            name, value = found[-1]  # a list of people goes over several lines
            found[-1] = (name, f"{value} {bare}"[:VALUE_CHARS])
        else:
            return found, index
    return found, min(at + HEAD_LINES, len(lines))


def _inline(
    lines: list[str], at: int, fields: list[tuple[str, str]], end: int, depth: int
) -> Inline:
    stop = len(lines)
    if depth:
        quoted = range(end, len(lines))
        stop = next((i for i in quoted if lines[i].strip() and _bare(lines[i])[0] < depth), stop)
    above = list(lines[:at])
    while above and RULE.fullmatch(above[-1][:SEEN]):
        above.pop()
    note = "\n".join((*above, *lines[stop:]))
    body = "\n".join(_without(line, depth) for line in lines[end:stop])
    headers = Headers(tuple((n, author(v) if n == "from" else _people(v)) for n, v in fields))
    return Inline(note.strip("\n"), headers, "\n".join(lines[at:end]), body.strip("\n"))


def _without(line: str, depth: int) -> str:
    """The line with so many ``>`` fewer."""
    for _ in range(depth):
        bare = line.lstrip(" ")
        if not bare.startswith(">"):
            break
        line = bare[1:].removeprefix(" ")
    return line


def _people(value: str) -> str:
    """``<mailto:…>`` taken out beside an address, and as the address where there is no other."""
    bare = MAILTO.sub("", value)
    return bare if "@" in bare else MAILTO.sub(r"<\1>", value)


def author(value: str) -> str:
    """A From line of a head as a From header has it: programs write ``Pat [mailto:p@…]`` too."""
    value = _people(value[:VALUE_CHARS])
    if any(address for _, address in parse_addresses(value)):
        return value
    loose = LOOSE.search(value)
    return loose[0] if loose else value


def split_original(body: str) -> tuple[str, str, str]:
    """(written, quoted, signature) of an original; where all reads as quoted, all is meant."""
    written, quoted, signature = quoting.split(body)
    return (written, quoted, signature) if written.strip() else (body, "", "")


def spellings(data: bytes) -> tuple[str, tuple[str, ...]]:
    """(SHA-256 with line ends LF and no blank end, SHA-256 of all that files may make of it)."""
    plain = data.replace(b"\r\n", b"\n").rstrip(b"\n")
    wide = plain.replace(b"\n", b"\r\n")
    forms = (data, plain, plain + b"\n", wide, wide + b"\r\n")
    digests = [hashlib.sha256(one).hexdigest() for one in forms]
    return digests[1], tuple(dict.fromkeys(digests))
