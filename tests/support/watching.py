"""Mailboxes watched in this process, over a database of the test's own."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select

from triage.app import Triage
from triage.core.mailboxes import Mailbox
from triage.intake.parser import MailParser
from triage.intake.queries import FolderState, overview
from triage.intake.rules import Problem
from triage.intake.tables import MailboxFolder
from triage.mailboxes.reading import Shared
from triage.mailboxes.watching import MailboxWatch
from triage.messages.service.importing import ImportResult
from triage.messages.tables import Original

Said = tuple[str, str, ImportResult | Problem]


@dataclass
class Watched:
    """An instance that looks into mailboxes; what it said of them."""

    triage: Triage
    parser: MailParser
    stop: threading.Event = field(default_factory=threading.Event)
    said: list[Said] = field(default_factory=list)
    news: threading.Condition = field(default_factory=threading.Condition)

    def watch(self, box: Mailbox, **given: Any) -> MailboxWatch:
        """A watch that was never connected."""
        shared = Shared(self.triage.runner, self.triage.scorer, self.parser)
        return MailboxWatch(shared, box, self.stop, self._hear, **({"timeout": 20} | given))

    def look(self, box: Mailbox, **given: Any) -> Problem | None:
        """Connect, look once, and end; what was wrong."""
        return self.watch(box, **given).hold(once=True)

    def states(self, *boxes: Mailbox) -> tuple[FolderState, ...]:
        """How these are doing."""
        settings = self.triage.settings.model_copy(update={"mailboxes": boxes})
        with self.triage.database.read() as session:
            now = self.triage.clock.now()
            return overview(session, now, settings, self.triage.keys)

    def row(self) -> MailboxFolder:
        """The one folder that was looked into."""
        with self.triage.database.read() as session:
            found = session.scalars(select(MailboxFolder)).one()
            session.expunge(found)
            return found

    def originals(self) -> list[bytes]:
        """The bytes of all that was received, sorted."""
        with self.triage.database.read() as session:
            return sorted(session.scalars(select(Original.raw)))

    @contextmanager
    def running(self, watch: MailboxWatch) -> Iterator[None]:
        """The watch looks again and again meanwhile, in a thread of its own."""
        thread = threading.Thread(target=watch.run)
        thread.start()
        try:
            yield
        finally:
            self.stop.set()
            while thread.is_alive():
                watch.interrupt()
                thread.join(0.05)

    def wait_until(self, true: Any) -> None:
        """Until what was said makes this true."""
        with self.news:
            assert self.news.wait_for(lambda: true(self), timeout=60), self.said

    def _hear(self, mailbox: str, folder: str, what: ImportResult | Problem) -> None:
        with self.news:
            self.said.append((mailbox, folder, what))
            self.news.notify_all()
