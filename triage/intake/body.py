"""One readable body out of the text parts of a message.

Where plain text and HTML say the same, the plain text is it. Whatever the HTML says beyond the
plain text is added: hostile words may stand in only one of them.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from triage.intake import quoting
from triage.intake.charsets import decode
from triage.intake.html import to_text
from triage.intake.limits import MAX_COMPARED, Budget
from triage.intake.mime import Part

META_CHARSET = re.compile(rb"<meta[^<>]{0,200}charset\s*=\s*[\"']?([\w.:-]{1,40})", re.IGNORECASE)
HTML_TYPES = ("text/html", "text/x-amp-html")
FOLDED_TYPES = ("text/calendar", "text/x-vcalendar", "text/vcard", "text/x-vcard", "text/directory")
FOLD = re.compile(r"\n[ \t]")
ESCAPED = re.compile(r"\\([nN,;\\])")
LINK = re.compile(r"<?\b(?:https?://|mailto:|www\.)[^\s<>]*>?", re.IGNORECASE)
WORDS = re.compile(r"\w+")
STOCK_PREAMBLES = ("this is a multi-part message", "this is a multipart message", "this is an")
HIDDEN = "[Text that the mail carries but does not show:]"
OUTSIDE = "[Text outside the parts of the mail:]"


@dataclass(frozen=True, slots=True)
class Said:
    """One body text, told apart. ``hidden`` is what a reader of the mail would not see."""

    written: str
    quoted: str = ""
    signature: str = ""
    hidden: str = ""
    is_html: bool = False
    visible: str = ""
    """All that shows, as it stood; empty for what is only added to another text."""

    def whole(self) -> str:
        """All that shows, one after the other."""
        return "\n".join((self.written, self.quoted, self.signature))


def read_text(part: Part, budget: Budget) -> tuple[str, str]:
    """(visible, hidden) text of a text part, whatever charset it claims. Never raises."""
    data = part.decoded()
    declared = part.parameter("charset")
    if part.content_type in HTML_TYPES:
        if not declared and (meta := META_CHARSET.search(data[:4096])):
            declared = meta[1].decode("ascii")
        return to_text(decode(data, declared), budget)
    text = decode(data, declared)
    if part.parameter("format").lower() == "flowed":
        text = unflow(text, delete_space=part.parameter("delsp").lower() == "yes")
    return unfold(text) if part.content_type in FOLDED_TYPES else text, ""


def read_said(part: Part, budget: Budget) -> Said:
    """A text part as body."""
    visible, hidden = read_text(part, budget)
    is_html = part.content_type in HTML_TYPES
    return Said(*quoting.split(visible), hidden, is_html, visible)


def unflow(text: str, *, delete_space: bool = False) -> str:
    """Lines of format=flowed (RFC 3676) joined again; quote marks and ``-- `` stay as they are."""
    out: list[list[str]] = []
    open_depth = -1
    for line in text.split("\n"):
        bare = line.lstrip(">")
        depth = len(line) - len(bare)
        bare = bare[1:] if bare.startswith(" ") else bare
        flows = bare.endswith(" ") and bare != "-- "
        if depth != open_depth or bare == "-- ":
            out.append([">" * depth + (" " if depth else "")])
        out[-1].append(bare[:-1] if flows and delete_space else bare)
        open_depth = depth if flows else -1
    return "\n".join("".join(pieces) for pieces in out)


def unfold(text: str) -> str:
    """A calendar or address card with its lines made whole (RFC 5545, 3.1; RFC 6350, 3.2).

    They are folded at a length, in the middle of words, and bear their line ends as ``\\n``.
    """
    whole = FOLD.sub("", text)
    return ESCAPED.sub(lambda match: "\n" if match[1] in "nN" else match[1], whole)


def merge(alternatives: list[list[Said]]) -> list[Said]:
    """What a multipart/alternative says: its plain text, and what the others say beyond it.

    Each entry is one alternative. The first that is not blank is the base, plain before HTML.
    """
    full = [each for each in alternatives if any(said.whole().strip() for said in each)]
    hidden = [s for each in alternatives for s in each if s.hidden and each not in full]
    if not full:
        return hidden
    base = next((each for each in full if not any(said.is_html for said in each)), full[0])
    out = list(base)
    for each in full:
        if each is not base:
            known = "\n".join(part.whole() for part in out)
            out += [_beyond(said, known) for said in each]
    return out + hidden


def _beyond(said: Said, known: str) -> Said:
    """Of one text, only the lines whose words do not stand, in this order, in what is known."""
    haystack = _words(known)
    texts = (said.written, said.quoted, said.signature)
    if len(haystack) * sum(text.count("\n") + 1 for text in texts) > MAX_COMPARED:
        return said
    written, quoted, signature = (
        "\n".join(line for line in text.split("\n") if _is_new(line, known, haystack))
        for text in texts
    )
    return Said(written, quoted, signature, said.hidden, said.is_html)


def _is_new(line: str, known: str, haystack: str) -> bool:
    words = _words(line)
    if words.strip():
        return words not in haystack
    # No word at all, but it may be pictures: they can threaten too.
    return not line.isascii() and line.strip() not in known


def _words(text: str) -> str:
    """Its words in lower case with a space around each; addresses left out."""
    return f" {' '.join(WORDS.findall(LINK.sub(' ', text).lower()))} "


def stray_text(parts: Iterable[Part]) -> str:
    """Text of multiparts that stands in no part, but for the stock sentence of old programs."""
    texts = (decode(raw).strip("\n") for part in parts for raw in part.stray)
    return "\n\n".join(
        text
        for text in texts
        if text.strip() and not text.lower().lstrip().startswith(STOCK_PREAMBLES)
    )


def join(texts: Iterable[str]) -> str:
    """Texts one after the other, a blank line between."""
    return "\n\n".join(text.strip("\n") for text in texts if text.strip())
