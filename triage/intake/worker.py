"""The child that reads hostile mail: ``python -m triage.intake.worker``, run by MailParser.

It may use 5 s of computing time a message and 512 MB beyond what it starts with, may write no
files, and ends when its standard input does. Where the system knows no such limits (not POSIX), the
parent's clock alone holds.
"""

import math
import os
import signal
import sys
import time
from pathlib import Path
from typing import BinaryIO

from triage.intake.inbound import InboundMessage, RawMail
from triage.intake.limits import CPU_SECONDS, MEMORY_BYTES
from triage.intake.ours import Ours
from triage.intake.parse import parse_mail
from triage.intake.rows import parse_row
from triage.intake.wire import HELLO, pack_answer, pack_frame, read_request

WARM_UP = (
    b"From: =?utf-8?q?a?= <a@example.org>\nDate: Mon, 2 Nov 2026 10:00:00 +0000\n"
    b"Content-Type: text/html; charset=iso-8859-1\n\n<p style='x'>a <a href='b'>c</a>"
)
"""Read once at the start, so that the baseline of memory holds every import."""


def main() -> None:
    """Answer requests until there are no more."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    answers = _take_stdout()
    parse_mail(WARM_UP, "")
    _set_limits()
    answers.write(pack_frame(HELLO))
    while True:
        answers.flush()
        try:
            raw, ours = read_request(sys.stdin.buffer)
        except EOFError:
            return
        _allow_seconds(CPU_SECONDS)
        answers.write(pack_answer(_read(raw, ours)))


def _read(raw: RawMail, ours: Ours) -> InboundMessage:
    """What came, as mail or as a row of a table."""
    if raw.columns is None:
        return parse_mail(raw.data, raw.source, raw.envelope_date, ours)
    return parse_row(raw.data, raw.source, raw.columns)


def _take_stdout() -> BinaryIO:
    """A stream for frames alone; a stray print goes where standard error goes."""
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    return answers


def _set_limits() -> None:
    try:
        import resource
    except ImportError:
        return
    for kind, value in (
        (resource.RLIMIT_CORE, 0),  # a core file would hold mail
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_AS, address_space() + MEMORY_BYTES),
    ):
        hard = resource.getrlimit(kind)[1]
        within = value if hard == resource.RLIM_INFINITY else min(value, hard)
        try:
            resource.setrlimit(kind, (within, within))
        except (ValueError, OSError):
            continue  # some systems refuse a limit on address space


def address_space() -> int:
    """Bytes of address space in use; 256 MB where the system does not tell."""
    try:
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0])
    except (OSError, ValueError):
        return 256 * 1024 * 1024
    return pages * os.sysconf("SC_PAGE_SIZE")


def _allow_seconds(seconds: int) -> None:
    """Raise the limit on computing time to this much from now, in whole seconds below it."""
    try:
        import resource
    except ImportError:
        return
    hard = resource.getrlimit(resource.RLIMIT_CPU)[1]
    allowed = math.floor(time.process_time()) + seconds
    if hard != resource.RLIM_INFINITY:
        allowed = min(allowed, hard)
    resource.setrlimit(resource.RLIMIT_CPU, (allowed, hard))


if __name__ == "__main__":
    main()
