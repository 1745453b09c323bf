"""Instances that look into mailboxes, and ways to a server that can be cut."""

from collections.abc import Callable, Iterator

import pytest
from support.cutting import Cuts, cutting
from support.mailbox_server import MailServer
from support.watching import Watched

from triage.app import Triage
from triage.intake.parser import MailParser

MakeWatched = Callable[..., Watched]


@pytest.fixture
def parser() -> Iterator[MailParser]:
    """The reader of mail, with its child."""
    with MailParser() as one:
        yield one


@pytest.fixture
def watched(triage: Triage, parser: MailParser) -> Watched:
    """An instance over a fresh database, on each of the two in turn."""
    return Watched(triage, parser)


@pytest.fixture
def make_watched(
    make_triage: Callable[..., Triage], fresh_url: Callable[[str], str], parser: MailParser
) -> MakeWatched:
    """One more instance, on SQLite: ``make_watched()``."""

    def make(**settings: object) -> Watched:
        return Watched(make_triage(fresh_url("sqlite"), **settings), parser)

    return make


@pytest.fixture
def cuts(mail_server: MailServer) -> Iterator[Cuts]:
    """A way to the mail server; it is cut where the test says."""
    with cutting(mail_server.port) as one:
        yield one
