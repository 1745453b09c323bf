"""One connection to an IMAP server, for reading alone: EXAMINE and BODY.PEEK, nothing else.

What a server says may hold addresses and more, so all that leaves here of a failure is a code.
"""

import imaplib
import re
import select
import socket
import ssl
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from types import ModuleType
from typing import Any

from triage.core.errors import TriageError
from triage.core.mailboxes import Mailbox, Tls
from triage.intake.limits import MAX_KEPT_BYTES, MIB
from triage.intake.rules import Problem

UID = re.compile(rb"\bUID (\d+)")
SIZE = re.compile(rb"\bRFC822\.SIZE (\d+)")
QUOTED_BODY = re.compile(rb'BODY\[\](?:<\d+>)? "((?:[^"\\]|\\.)*)"', re.DOTALL)
NOT_NOW = re.compile(r"\[(?:UNAVAILABLE|INUSE|LIMIT)\]", re.IGNORECASE)
ROOM = MIB
"""Bytes of an answer beside the messages in it."""


class Failed(Exception):
    """The mailbox cannot be read now. It carries a code, and nothing that a server said."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.value)
        self.problem = problem


class RefusedError(Exception):
    """The server answered a question with no; the connection goes on."""


def library() -> ModuleType:
    """The package that speaks IMAP; ``TriageError`` where it is not installed."""
    try:
        import imap_tools
    except ImportError:
        raise TriageError(
            "Mailboxes need the package imap-tools, which is not installed. It comes with the "
            "extra: conduct-triage[imap]"
        ) from None
    return imap_tools


def connect(
    box: Mailbox,
    *,
    timeout: float,
    trust: ssl.SSLContext | None = None,
    token: Callable[[], str] | None = None,
) -> "ImapSession":
    """Reach the server, encrypt, sign in. ``token`` gives an access token where the mailbox has
    OAuth2; ``trust`` says whom to trust, else the authorities that this machine trusts."""
    if not box.signs_in:
        raise Failed(Problem.NO_SIGN_IN)
    given = token() if box.oauth2 is not None and token is not None else None
    session = ImapSession(_reach(box, timeout, trust or ssl.create_default_context()))
    try:
        session.enter(box, given)
    except BaseException:
        session.close()
        raise
    return session


def _reach(box: Mailbox, timeout: float, trust: ssl.SSLContext) -> Any:
    tools = library()
    try:
        if box.tls is Tls.IMPLICIT:
            return tools.MailBox(box.host, box.at_port, timeout, ssl_context=trust)
        plain = tools.MailBoxUnencrypted(box.host, box.at_port, timeout)
    except ssl.SSLError:
        raise Failed(Problem.NO_TLS) from None
    except (OSError, imaplib.IMAP4.error, UnicodeError):
        raise Failed(Problem.NO_CONNECTION) from None
    if box.tls is Tls.STARTTLS:
        try:
            plain.client.starttls(ssl_context=trust)
        except (OSError, imaplib.IMAP4.error):
            _drop(plain.client)
            raise Failed(Problem.NO_TLS) from None
    return plain


def _drop(client: imaplib.IMAP4) -> None:
    """Close without a word."""
    with suppress(OSError):
        client.shutdown()


@dataclass
class ImapSession:
    """A connection that is signed in. Every method raises ``Failed`` where it has come to an end.

    One thread uses it; ``interrupt`` is for another.
    """

    mailbox: Any = field(repr=False)
    idles: bool = False
    """Whether the server tells by itself that something has come."""
    _room: int = field(default=ROOM, repr=False)
    """Bytes that the present answer may still bring: a server that lies about sizes is cut off."""

    def __post_init__(self) -> None:
        self.client = self.mailbox.client
        self._read = self.client.read
        self.client.read = self._bounded

    def enter(self, box: Mailbox, token: str | None) -> None:
        """Sign in, and see what the server can do."""
        with self._told(Problem.SIGN_IN_REFUSED):
            try:
                if box.password is None:
                    self.mailbox.xoauth2(box.user, token, initial_folder=None)
                else:
                    password = box.password.get_secret_value()
                    ascii_only = f"{box.user}{password}".isascii()
                    login = self.mailbox.login if ascii_only else self.mailbox.login_utf8
                    login(box.user, password, initial_folder=None)
            except imaplib.IMAP4.abort:
                raise
            except (imaplib.IMAP4.error, library().errors.MailboxLoginError) as answer:
                later = NOT_NOW.search(str(answer))
                raise Failed(Problem.TRY_LATER if later else Problem.SIGN_IN_REFUSED) from None
        with self._told(Problem.REFUSED):
            _, answered = self.client.capability()
            self.idles = b"IDLE" in b" ".join(one or b"" for one in answered).upper().split()

    def examine(self, folder: str) -> int:
        """Open a folder to read, so that nothing in it changes; its UIDVALIDITY."""
        with self._told(Problem.NO_FOLDER):
            self.mailbox.folder.set(folder, readonly=True)
            return int(self.client.response("UIDVALIDITY")[1][0])

    def uids_after(self, last: int) -> list[int]:
        """The numbers of what came after this one, in order."""
        with self._told(Problem.REFUSED):
            # Of an empty range "*" still is the last message there is.
            return sorted(uid for uid in self._search(f"UID {last + 1}:*") if uid > last)

    def sizes(self, uids: Sequence[int]) -> dict[int, int]:
        """The size of each of these that is there, in bytes, as the server says."""
        with self._told(Problem.REFUSED):
            found: dict[int, int] = {}
            for text, _ in self._fetch(uids, "(UID RFC822.SIZE)", 0):
                uid, size = UID.search(text), SIZE.search(text)
                if uid and size:
                    found[int(uid[1])] = int(size[1])
            return found

    def bodies(self, uids: Sequence[int], expected: int) -> dict[int, bytes]:
        """These messages as they are; ``expected`` is how many bytes they come to in all."""
        return self._bodies(uids, "BODY.PEEK[]", 2 * expected + ROOM)

    def beginning(self, uid: int) -> bytes | None:
        """One message, of a very large one the first 64 MiB; ``None`` where it does not come."""
        part = f"BODY.PEEK[]<0.{MAX_KEPT_BYTES}>"
        return self._bodies([uid], part, MAX_KEPT_BYTES + ROOM).get(uid)

    def is_there(self, uid: int) -> bool:
        """Whether a message has not been deleted meanwhile."""
        with self._told(Problem.REFUSED):
            return uid in self._search(f"UID {uid}")

    def wait(self, seconds: float) -> None:
        """Until the server says that something has happened, and at most so long (IDLE)."""
        with self._told(Problem.REFUSED):
            tag = self.client._command("IDLE")
            news = False
            while self.client._get_response() is not None:
                if self.client.tagged_commands[tag]:
                    self.client.tagged_commands.pop(tag)
                    self.idles = False  # it said that it can, and cannot
                    return
                news = True  # what came between our last question and this one
            if not news:
                self._until_readable(seconds)
            self.client.send(b"DONE\r\n")
            self.mailbox.consume_until_tagged_response(tag)

    def interrupt(self) -> None:
        """Let whatever this connection waits for end now. For another thread."""
        with suppress(OSError):
            socket.socket.shutdown(self.client.sock, socket.SHUT_RDWR)

    def close(self, *, politely: bool = False) -> None:
        """End the connection. Only one that is well is said goodbye to."""
        if politely:
            with suppress(OSError, imaplib.IMAP4.error):
                self.client.logout()
        _drop(self.client)

    # -- within

    @contextmanager
    def _told(self, refused: Problem) -> Iterator[None]:
        """Turn whatever goes wrong into a code; ``refused`` where the server said no."""
        tools = library()
        try:
            yield
        except imaplib.IMAP4.abort:
            raise Failed(Problem.CUT_OFF) from None
        except OSError:
            raise Failed(Problem.CUT_OFF) from None
        except (imaplib.IMAP4.error, tools.errors.UnexpectedCommandStatusError, RefusedError):
            raise Failed(refused) from None
        except (ValueError, TypeError, IndexError, KeyError, AttributeError, MemoryError):
            raise Failed(Problem.NOT_UNDERSTOOD) from None

    def _bounded(self, size: int) -> bytes:
        if size > self._room:
            raise imaplib.IMAP4.abort("more than was asked for")
        self._room -= size
        read: bytes = self._read(size)
        return read

    def _search(self, what: str) -> list[int]:
        self._room = ROOM
        self.client.untagged_responses.pop("SEARCH", None)
        answer, found = self.client.uid("SEARCH", what)
        if answer != "OK":
            raise RefusedError
        return [int(one) for line in found if line for one in line.split()]

    def _bodies(self, uids: Sequence[int], part: str, room: int) -> dict[int, bytes]:
        with self._told(Problem.REFUSED):
            found: dict[int, bytes] = {}
            for text, literal in self._fetch(uids, f"(UID {part})", room):
                short = QUOTED_BODY.search(text) if literal is None else None
                uid = UID.search(QUOTED_BODY.sub(b"", text))
                if short:
                    literal = re.sub(rb"\\(.)", rb"\1", short[1], flags=re.DOTALL)
                if uid and literal is not None:
                    found[int(uid[1])] = literal
            return found

    def _fetch(self, uids: Sequence[int], what: str, room: int) -> list[tuple[bytes, bytes | None]]:
        """(the answer's own words, its literal) for each message that was answered for.

        Where the server says no there is what it told before: the caller sees what is missing.
        """
        self._room = max(room, ROOM)
        told = self.client.untagged_responses
        told.pop("FETCH", None)  # what it said unasked, of flags that somebody set
        answer, found = self.client.uid("FETCH", ",".join(map(str, uids)), what)
        if answer != "OK":
            found = told.pop("FETCH", [])
        answers: list[tuple[bytes, bytes | None]] = []
        words, literal = b"", None
        for one in found:
            if isinstance(one, tuple):
                words, literal = words + one[0] + b" ", one[1]
            elif one is not None:
                answers.append((words + one, literal))
                words, literal = b"", None
        return answers

    def _until_readable(self, seconds: float) -> None:
        sock: socket.socket = self.client.sock
        before = sock.gettimeout()
        sock.settimeout(0)
        try:
            if not self._lies_ready():
                _wait_for(sock, seconds, self._lies_ready)
        finally:
            sock.settimeout(before)

    def _lies_ready(self) -> bool:
        """Whether there is something to read: it may lie in a buffer, where no socket tells."""
        try:
            return bool(self.client.file.peek(1))
        except (BlockingIOError, ssl.SSLWantReadError):
            return False


def _wait_for(sock: socket.socket, seconds: float, ready: Callable[[], bool]) -> None:
    poll = select.poll()
    poll.register(sock, select.POLLIN)
    for _ in range(8):  # TLS has words of its own, which are none of the server's
        if not poll.poll(seconds * 1000) or ready():
            return
