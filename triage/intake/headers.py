"""Header blocks, read in one pass, with no recursion and nothing quadratic."""

import binascii
import re
from dataclasses import dataclass

from triage.intake.charsets import clean_line, decode
from triage.intake.limits import MAX_ENCODED_WORDS, MAX_HEADER_BYTES, OverLimitError

FIELD = re.compile(rb"([!-9;-~]+)[ \t]*:")
"""Old mail may have blanks before the colon (RFC 5322, 4.5)."""
WORD = re.compile(r"=\?([\w.:+*-]{1,60})\?([bBqQ])\?([^?]*)\?=")
BASE64_RUN = re.compile(rb"[A-Za-z0-9+/]+")


@dataclass(frozen=True, slots=True)
class Headers:
    """One header block: (lower-case name, unfolded value) in the order they stand."""

    fields: tuple[tuple[str, str], ...] = ()

    def first(self, name: str) -> str:
        """The topmost value under this lower-case name, or an empty text."""
        return next((value for each, value in self.fields if each == name), "")

    def all(self, *names: str) -> list[str]:
        """All values under these lower-case names, top to bottom."""
        return [value for each, value in self.fields if each in names]


def read_head(data: bytes, start: int, end: int) -> tuple[Headers, int]:
    """The header block at ``start``, and where the body begins.

    The block ends at the first blank line, or at the first line that is no header: such a line is
    body, so that no text is lost. Raises OverLimitError above ``MAX_HEADER_BYTES``.
    """
    fields: list[tuple[bytes, list[bytes]]] = []
    pos = start
    while pos < end:
        newline = data.find(b"\n", pos, end)
        stop = end if newline < 0 else newline + 1
        match = FIELD.match(data, pos, stop)
        folded = data[pos : pos + 1] in (b" ", b"\t")
        envelope = pos == 0 and data.startswith((b"From ", b">From "))
        if match is None and not (folded and fields) and not envelope:
            if data[pos:stop].strip(b"\r\n") == b"" and stop - pos <= 2:
                pos = stop
            break
        if stop - start > MAX_HEADER_BYTES:
            raise OverLimitError(f"headers above {MAX_HEADER_BYTES // 1024} kB")
        if match is not None:
            fields.append((match[1], [data[match.end() : stop]]))
        elif not envelope:
            fields[-1][1].append(data[pos:stop])
        pos = stop
    unfolded = ((name, b"".join(lines)) for name, lines in fields)
    return Headers(tuple((n.decode().lower(), _value(v)) for n, v in unfolded)), pos


def _value(raw: bytes) -> str:
    return decode(raw.replace(b"\r", b"").replace(b"\n", b"")).strip()


def decode_words(value: str) -> str:
    """One clean line of a header value, its RFC 2047 encoded words made text.

    Neighbouring words of one charset are joined before decoding (some senders cut characters in
    two). What is no valid word stays as it stands. Raises OverLimitError above 1,000 words.
    """
    if "=?" not in value:
        return clean_line(value)
    out: list[str] = []
    waiting, charset, last = b"", "", 0
    for count, match in enumerate(WORD.finditer(value), start=1):
        if count > MAX_ENCODED_WORDS:
            raise OverLimitError(f"more than {MAX_ENCODED_WORDS:,} encoded words in a header")
        gap, declared = value[last : match.start()], match[1].split("*")[0].lower()
        if last == 0 or gap.strip() or declared != charset:
            out += [decode(waiting, charset), gap if last == 0 or gap.strip() else ""]
            waiting, charset = b"", declared
        waiting += _word_bytes(match[2], match[3])
        last = match.end()
    out += [decode(waiting, charset), value[last:]]
    return clean_line("".join(out))


def subject(headers: Headers) -> str:
    """The Subject. Where there are several, all of them: programs differ on which they show."""
    return decode_words(" ".join(dict.fromkeys(headers.all("subject"))))


def _word_bytes(encoding: str, text: str) -> bytes:
    raw = text.encode("utf-8", "replace")
    if encoding in "bB":
        return unbase64(raw)
    return binascii.a2b_qp(raw, header=True)


def unbase64(data: bytes) -> bytes:
    """Every base64 run in these bytes, decoded; what is outside the alphabet is skipped.

    Each ``=`` ends a run, so that what follows an early end is read too.
    """
    packed = data.translate(None, delete=b" \t\r\n")
    if packed.count(b"=") > 10_000:
        packed = packed.translate(None, delete=b"=")  # no mail program's; one run then
    out = []
    for run in BASE64_RUN.findall(packed):
        whole = run[: len(run) - 1] if len(run) % 4 == 1 else run
        try:
            out.append(binascii.a2b_base64(whole + b"=="))
        except binascii.Error:
            continue
    return b"".join(out)
