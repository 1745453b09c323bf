"""Mailboxes that are looked into again and again, each in a thread of its own.

One that fails waits, longer each time, and holds none of the others up.
"""

import secrets
import ssl
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial

from triage.core.access import SYSTEM
from triage.core.errors import Invalid, UnsafeConfiguration
from triage.core.mailboxes import Mailbox, unsafe
from triage.core.settings import Settings
from triage.intake import service as cursors
from triage.intake.imap import Failed, ImapSession, connect, library
from triage.intake.oauth import TokenSource
from triage.intake.rules import LEAVE_AFTER, OF_THE_FOLDER, Problem, wait_after
from triage.mailboxes.reading import Interrupted, Shared, look_into
from triage.messages.service.importing import ImportResult, check_recipients

IDLE_SECONDS = 240.0
"""A connection that says nothing for longer may be dead without a word, and the desk says after a
while that nobody looked."""

PAUSE = 0.2

Say = Callable[[str, str, ImportResult | Problem], None]
"""Told the mailbox, the folder (or "" for all), and what came or what is wrong."""


def check_mailboxes(settings: Settings) -> None:
    """``UnsafeConfiguration`` or ``TriageError``, in words, where they cannot be watched."""
    for box in settings.mailboxes:
        why = unsafe(box)
        if why is not None:
            raise UnsafeConfiguration(f"The mailbox {box.name} is not read: {why}.")
    library()


@dataclass
class MailboxWatch:
    """One mailbox, and what is known of its connection."""

    shared: Shared
    box: Mailbox
    stop: threading.Event
    say: Say
    every: float = 60.0
    """Seconds between two looks at most; where the server tells by itself, it is at once."""
    timeout: float = 30.0
    trust: ssl.SSLContext | None = field(default=None, repr=False)
    failures: int = 0
    """In a row."""
    _session: ImapSession | None = field(default=None, repr=False)
    _tokens: TokenSource | None = field(default=None, repr=False)
    _said: dict[str, Problem] = field(default_factory=dict, repr=False)
    _well: bool = False
    """Whether this connection has seen a whole round."""

    def __post_init__(self) -> None:
        if self.box.oauth2 is not None:
            self._tokens = TokenSource(self.box.oauth2, self.timeout, self.trust)

    def run(self) -> None:
        """Look until somebody asks to stop."""
        while not self.stop.is_set():
            problem = self.hold()
            if problem is None:
                continue
            wait = wait_after(max(1, self.failures), problem, secrets.randbelow(1001) / 1000)
            self.stop.wait(wait)

    def look_once(self) -> Problem | None:
        """Look once, and after a cut on the way again, so often as it takes to pass by a message
        that breaks the connection; what was wrong in the end."""
        for _ in range(LEAVE_AFTER):
            problem = self.hold(once=True)
            if problem is not Problem.CUT_OFF or self.stop.wait(PAUSE):
                break
        return problem

    def hold(self, *, once: bool = False) -> Problem | None:
        """Connect, and look as long as the connection lasts; what ended it.

        A connection that was well and is cut between two looks is no failure: servers do so.
        """
        self._well = False
        problem: Problem | None = None
        try:
            self._session = self._connect()
            while True:
                failed = self._round(self._session)
                self._well, self.failures = True, 0
                if once or self.stop.is_set():
                    return failed
                self._wait(self._session)
                self._go_on()
        except Failed as failure:
            problem = failure.problem
        except Interrupted:
            return None
        except Exception:  # noqa: BLE001 - our own side: the database, the reader of mail
            problem = Problem.NOT_KEPT
        finally:
            self._end(politely=problem is None)
        if self.stop.is_set():
            return None
        if not (self._well and problem is Problem.CUT_OFF):
            self.failures += 1
            self._failed(self.box.folders, problem)
        return problem

    def interrupt(self) -> None:
        """Let whatever the connection waits for end. For another thread, after ``stop``."""
        session = self._session
        if session is not None:
            session.interrupt()

    # -- within

    def _connect(self) -> ImapSession:
        self._go_on()
        if self._tokens is None:
            return connect(self.box, timeout=self.timeout, trust=self.trust)
        try:
            return connect(self.box, timeout=self.timeout, trust=self.trust, token=self._tokens.get)
        except Failed as failure:
            if failure.problem is not Problem.SIGN_IN_REFUSED:
                raise
            self._tokens.forget()  # it may have been withdrawn: once with a new one
        return connect(self.box, timeout=self.timeout, trust=self.trust, token=self._tokens.get)

    def _round(self, session: ImapSession) -> Problem | None:
        """Look into every folder; what is wrong with one of them, if anything."""
        found: Problem | None = None
        people = self._recipients()
        for folder in self.box.folders:
            self._go_on()
            self._well = False
            try:
                result = look_into(
                    self.shared,
                    session,
                    self.box,
                    folder,
                    recipient_ids=people,
                    stop=self.stop,
                    moved=self._moved,
                )
            except Failed as failure:
                if failure.problem not in OF_THE_FOLDER:
                    raise
                found = failure.problem
                self._failed((folder,), failure.problem)
                continue
            self._put_down(folder, None)
            self._said.pop(folder, None)
            if result.new or result.known or result.unreadable:
                self.say(self.box.name, folder, result)
        return found

    def _recipients(self) -> tuple[str, ...]:
        """Whose mail this is, as the staff list stands now: nothing is let in without."""
        try:
            return check_recipients(self.shared.runner, self.box.recipients)
        except Invalid:
            raise Failed(Problem.STAFF_UNKNOWN) from None

    def _moved(self) -> None:
        """Something was received: cuts on the way do not add up to long waits."""
        self.failures = 0

    def _wait(self, session: ImapSession) -> None:
        """Until the next look is due, or the server tells by itself that something is there.

        Also then a look is due after a while: what comes between our last question and the moment
        at which a server begins to listen, not every server tells.
        """
        if session.idles:
            session.wait(min(self.every, IDLE_SECONDS))
        else:
            self.stop.wait(self.every)

    def _failed(self, folders: tuple[str, ...], problem: Problem) -> None:
        for folder in folders:
            self._put_down(folder, problem)
        new = [one for one in folders if self._said.get(one) is not problem]
        self._said.update(dict.fromkeys(folders, problem))
        if new:
            self.say(self.box.name, "" if folders == self.box.folders else folders[0], problem)

    def _put_down(self, folder: str, problem: Problem | None) -> None:
        runner = self.shared.runner
        place = cursors.place_of(runner.keys, self.box, folder)
        command = partial(cursors.looked, place=place, problem=problem)
        if problem is None:
            runner.run(SYSTEM, command)
            return
        with suppress(Exception):  # where the database is away the desk is, too
            runner.run(SYSTEM, command)

    def _end(self, *, politely: bool) -> None:
        session, self._session = self._session, None
        if session is not None:
            session.close(politely=politely and not self.stop.is_set())

    def _go_on(self) -> None:
        if self.stop.is_set():
            raise Interrupted


@dataclass
class Watching:
    """All mailboxes of the settings, watched."""

    watches: list[MailboxWatch]
    threads: list[threading.Thread] = field(default_factory=list)

    def start(self) -> None:
        """Begin."""
        for one in self.watches:
            thread = threading.Thread(target=one.run, name=f"mailbox-{len(self.threads)}")
            thread.daemon = True
            self.threads.append(thread)
            thread.start()

    def look_once(self) -> bool:
        """Look into each, at the same time; whether all went well."""
        problems: list[Problem | None] = []

        def look(one: MailboxWatch) -> None:
            problems.append(one.look_once())

        self.threads = [threading.Thread(target=look, args=(one,)) for one in self.watches]
        for thread in self.threads:
            thread.start()
        while any(one.is_alive() for one in self.threads):
            self.threads[0].join(PAUSE)
            for thread in self.threads:
                thread.join(PAUSE / 10)
            if any(one.stop.is_set() for one in self.watches):
                self.end()
        return len(problems) == len(self.threads) and not any(problems)

    def end(self) -> None:
        """Stop, whatever they wait for; what is being received is received to the end."""
        for watch in self.watches:
            watch.stop.set()
        for thread in self.threads:
            while thread.is_alive():
                for watch in self.watches:
                    watch.interrupt()
                thread.join(PAUSE)


def watching(
    shared: Shared,
    settings: Settings,
    *,
    stop: threading.Event,
    say: Say,
    every: float,
    trust: ssl.SSLContext | None = None,
) -> Watching:
    """A watch for each mailbox of the settings."""
    check_mailboxes(settings)
    return Watching(
        [
            MailboxWatch(
                shared,
                box,
                stop,
                say,
                every=every,
                timeout=settings.mailbox_timeout,
                trust=trust,
            )
            for box in settings.mailboxes
        ]
    )
