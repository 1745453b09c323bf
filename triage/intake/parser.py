"""Reads mail in a child process, so that no mail can stop or starve this one."""

import hashlib
import os
import signal
import subprocess
import sys
import threading
import time
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Self

import triage
from triage.core.errors import TriageError
from triage.intake.fallback import quarantine, too_large
from triage.intake.inbound import InboundMessage, RawMail
from triage.intake.limits import CPU_SECONDS, MAX_MESSAGE_BYTES, WALL_SECONDS
from triage.intake.ours import NOTHING, Ours
from triage.intake.wire import HELLO, pack_request, read_frame, unpack_answer

STARTS = 3
"""Tries to start the child before it is given up as broken."""
MESSAGES_A_CHILD = 20_000
"""Then a new one is started: what a library may leak stays small."""
KEPT_ENVIRONMENT = ("PATH", "LANG", "LC_ALL", "SYSTEMROOT", "TMPDIR", "VIRTUAL_ENV")
"""No secrets of this process reach the one that reads hostile mail."""


class _Child:
    """One running worker, killed by a watchdog thread when a message takes too long."""

    def __init__(self, watch_seconds: float) -> None:
        kept = {name: os.environ[name] for name in KEPT_ENVIRONMENT if name in os.environ}
        home = str(Path(triage.__file__).parents[1])
        self.process = subprocess.Popen(
            [sys.executable, "-P", "-m", "triage.intake.worker"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=kept | {"PYTHONPATH": home, "PYTHONDONTWRITEBYTECODE": "1"},
            start_new_session=True,
        )
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.requests: BinaryIO = self.process.stdin  # type: ignore[assignment]
        self.answers: BinaryIO = self.process.stdout  # type: ignore[assignment]
        self.watch_seconds = watch_seconds
        self.served = 0
        self.timed_out = False
        self._deadline: float | None = None
        self._ended = threading.Event()
        self._watchdog = threading.Thread(target=self._watch, daemon=True)
        self._watchdog.start()

    def _watch(self) -> None:
        while not self._ended.wait(self.watch_seconds):
            deadline = self._deadline
            if deadline is not None and time.monotonic() > deadline:
                self.timed_out = True
                self.process.kill()
                return

    def greet(self) -> bool:
        """Whether it says that it is ready, within the 20 s that a start may take."""
        return self.ask([], WALL_SECONDS) == HELLO

    def ask(self, pieces: list[bytes], seconds: float) -> bytes:
        """Send a request and read the answer. OSError, EOFError, ValueError: no usable answer."""
        self._deadline = time.monotonic() + seconds
        for piece in pieces:
            self.requests.write(piece)
        if pieces:
            self.requests.flush()
        answer = read_frame(self.answers)
        self._deadline = None
        self.served += 1
        return answer

    def end(self, *, kill: bool) -> int:
        """Stop the child and wait for it: its return code."""
        self._ended.set()
        if kill:
            self.process.kill()
        with suppress(OSError):  # what was still to be written has no reader
            self.requests.close()
        try:
            code = self.process.wait(timeout=5)
        except subprocess.TimeoutExpired:
            self.process.kill()
            code = self.process.wait()
        self.answers.close()
        self._watchdog.join()
        return code


class MailParser:
    """``with MailParser() as parser: parser.parse(raw)``. The child starts with the first mail.

    Whatever happens to the child, ``parse`` answers: the message it failed on is quarantined, and
    the next one goes to a new child. One message at a time; threads wait for each other.
    """

    def __init__(self, *, wall_seconds: float = WALL_SECONDS) -> None:
        self.wall_seconds = wall_seconds
        self._child: _Child | None = None
        self._lock = threading.Lock()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """End the child, if there is one."""
        with self._lock:
            self._drop(kill=False)

    @property
    def child_pid(self) -> int | None:
        """The process id of the running child; None before the first message."""
        return self._child.process.pid if self._child else None

    def parse(self, raw: RawMail, ours: Ours = NOTHING) -> InboundMessage:
        """This message, parsed or quarantined. Raises TriageError only if no child starts.

        ``ours`` is what the reading needs to know of us: the child has no settings."""
        if len(raw.data) > MAX_MESSAGE_BYTES:
            return too_large(raw.data, raw.source, raw.envelope_date)
        with self._lock:
            return self._parse(raw, ours)

    def _parse(self, raw: RawMail, ours: Ours) -> InboundMessage:
        child = self._running()
        pieces = pack_request(raw, ours)
        try:
            answer = child.ask(pieces, self.wall_seconds)
            return unpack_answer(answer, raw.data, hashlib.sha256(raw.data).hexdigest())
        except (OSError, EOFError, ValueError, RecursionError, MemoryError) as fault:
            # A child that answered nonsense is alive, and is not trusted with another message.
            code = self._drop(kill=isinstance(fault, ValueError | RecursionError | MemoryError))
            reason = self._why(code, timed_out=child.timed_out)
        except BaseException:
            self._drop(kill=True)  # interrupted half way: its next answer would be the wrong one
            raise
        return quarantine(raw.data, raw.source, raw.envelope_date, reason)

    def _running(self) -> _Child:
        """The child, started where there is none, or where the last one has ended since."""
        if self._child is not None:
            ended = self._child.process.poll() is not None
            if not ended and self._child.served <= MESSAGES_A_CHILD:
                return self._child
            self._drop(kill=ended)
        for _ in range(STARTS):
            self._child = _Child(min(0.5, self.wall_seconds / 4))
            with suppress(OSError, EOFError, ValueError):
                if self._child.greet():
                    return self._child
            self._drop(kill=True)
        raise TriageError("The program that reads mail does not start. Nothing was read.")

    def _drop(self, *, kill: bool) -> int:
        child, self._child = self._child, None
        return child.end(kill=kill) if child else 0

    def _why(self, code: int, *, timed_out: bool) -> str:
        if timed_out:
            return f"reading it took more than {self.wall_seconds:g} seconds"
        if code == -getattr(signal, "SIGXCPU", 0) and code:
            return f"reading it took more than {CPU_SECONDS} seconds of computing time"
        return "the program that reads mail stopped at it"
