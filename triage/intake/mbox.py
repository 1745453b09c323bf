"""An mbox file, one message at a time: never more than one in memory."""

import re
from collections.abc import Iterator
from typing import BinaryIO

from triage.intake.dates import envelope_date
from triage.intake.inbound import RawMail
from triage.intake.limits import MAX_KEPT_BYTES, MIB

CHUNK = 64 * 1024
"""Bytes read at once; longer lines come in pieces."""
DATED = re.compile(rb"From .{0,300}\d:\d\d.{0,60}\b(19|20)\d\d\b")
FIELD = re.compile(rb"[!-9;-~]+:")
QUOTED = re.compile(rb">+From ")


def is_separator(line: bytes, following: bytes) -> bool:
    """Whether a ``From `` line parts two messages: it has a date, or a header follows it.

    Old writers leave a body line such as "From my window I see" unquoted after a blank line.
    """
    if not line.startswith(b"From "):
        return False
    return DATED.match(line) is not None or FIELD.match(following) is not None


def read_mbox(file: BinaryIO, name: str) -> Iterator[RawMail]:
    """The messages of an open mbox file, in order, as they were before mbox quoting.

    ``From `` lines count at the start of the file and after a blank line. One ``>`` is taken off
    ``>From ``, ``>>From ``... (mboxrd), and the blank line that ends a message. Bytes before the
    first separator are a message of their own. Of a message above 64 MiB the first 64 MiB are
    kept, and ``source`` says so. Raises OSError where the file cannot be read on.
    """
    number = 0
    kept = _Kept()
    opening: bytes | None = None
    for line, starts, separates in _lines(file):
        if separates:
            if opening is not None or kept.has_text:
                number += 1
                yield kept.take(f"{name}, message {number}", opening)
            kept = _Kept()
            opening = line
        else:
            kept.add(line[1:] if starts and QUOTED.match(line) else line)
    if opening is not None or kept.has_text:
        yield kept.take(f"{name}, message {number + 1}", opening)


def _lines(file: BinaryIO) -> Iterator[tuple[bytes, bool, bool]]:
    """(piece of a line, whether it starts one, whether it is a separator)."""
    after_blank = starts = True
    line = file.readline(CHUNK)
    while line:
        following = file.readline(CHUNK)
        separates = starts and after_blank and is_separator(line, following)
        yield line, starts, separates
        after_blank = starts and line in (b"\n", b"\r\n")
        starts = line.endswith(b"\n")
        line = following


class _Kept:
    """The pieces of one message, up to 64 MiB of them."""

    def __init__(self) -> None:
        self.pieces: list[bytes] = []
        self.size = 0
        self.held = 0
        self.has_text = False

    def add(self, piece: bytes) -> None:
        self.size += len(piece)
        self.has_text = self.has_text or not piece.isspace()
        if self.held < MAX_KEPT_BYTES:
            piece = piece[: MAX_KEPT_BYTES - self.held]
            self.pieces.append(piece)
            self.held += len(piece)

    def take(self, source: str, opening: bytes | None) -> RawMail:
        if self.held == self.size and self.pieces and self.pieces[-1] in (b"\n", b"\r\n"):
            self.pieces.pop()
        data = b"".join(self.pieces)
        self.pieces = []
        if self.held < self.size:
            source += cut_note(self.size)
        return RawMail(data, source, envelope_date(opening) if opening else None)


def cut_note(size: int) -> str:
    """What ``source`` says of a message that was too large to keep whole."""
    return f" (only the first {MAX_KEPT_BYTES // MIB} MiB of {size / MIB:.0f} MiB kept)"
