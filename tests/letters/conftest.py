"""A mail server for each test that asks, and short ways to write letters."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from notify.postoffice import PostOffice, open_office
from sqlalchemy import select
from support.desk import Desk

from triage.conduct.kinds import Disposition, Severity
from triage.core.access import Actor
from triage.core.ids import new_id
from triage.letters.queries import LetterItem, letter
from triage.letters.rules import LetterKind
from triage.letters.service import checking, drafting, sending
from triage.letters.tables import Letter

WRITTEN = "Hello,\n\nplease do not do this again.\n\nThe conduct team"
SETTINGS = {"letter_from": "team@charity.example.org", "appeal_address": "appeal@example.org"}


@pytest.fixture
def office() -> Iterator[PostOffice]:
    """A server without TLS, that takes whatever comes."""
    with open_office() as one:
        yield one


@dataclass
class Post:
    """Letters on a desk."""

    desk: Desk

    def draft(self, who: Actor | None = None, **changes: Any) -> str:
        """Somebody begins a letter about a matter of its own."""
        given: dict[str, Any] = {
            "matter_id": new_id(),
            "sender_id": None,
            "kind": LetterKind.FREE,
            "fields": {},
            "to_address": "pat@example.org",
            "guarded": False,
        }
        return str(self.desk.do(who or self.desk.ana, drafting.draft, **(given | changes)))

    def row(self, letter_id: str) -> Letter:
        """A letter as it is stored."""
        found = self.desk.read(
            lambda session: session.scalars(select(Letter).where(Letter.id == letter_id)).one()
        )
        assert isinstance(found, Letter)
        return found

    def item(self, letter_id: str, viewer: Actor | None = None) -> LetterItem:
        """A letter as somebody sees it."""
        given = {"viewer": viewer or self.desk.ana, "letter_id": letter_id}
        return self.desk.read(letter, **given)

    def do(
        self, command: Callable[..., Any], letter_id: str, who: Actor | None = None, **given: Any
    ) -> Any:
        """Somebody does something with a letter, as their screen shows it now."""
        item = self.item(letter_id)
        if command in PREVIEWED:
            given.setdefault("previewed", item.shown.digest)
        given.setdefault("version", item.row.version)
        return self.desk.do(who or self.desk.ana, command, letter_id=letter_id, **given)

    def write(
        self, letter_id: str, text: str = WRITTEN, who: Actor | None = None, **given: Any
    ) -> None:
        """Somebody writes the letter out."""
        said = {"subject": "A letter", "text": text, "to_address": "pat@example.org"}
        self.do(drafting.edit, letter_id, who, **(said | given))

    def ready(self, who: Actor | None = None, **changes: Any) -> str:
        """A letter that is approved."""
        made = self.draft(who, **changes)
        self.write(made, who=who, to_address=changes.get("to_address", "pat@example.org"))
        self.do(checking.approve, made, who)
        return made

    def agreed(self, letter_id: str) -> None:
        """Ben, who may know who reported, is asked to look at it, and lets it go."""
        self.do(checking.ask_second, letter_id, reason="please look")
        self.do(checking.second_agrees, letter_id, self.desk.ben, reason="read", knows=True)

    def queued(self, **changes: Any) -> str:
        """A letter on its way."""
        made = self.ready(**changes)
        self.do(sending.send, made)
        return made

    def abusive(self, **fields: Any) -> str:
        """A message that a person has decided to be abusive."""
        message = self.desk.arrive("[medium] words", **fields)
        self.desk.decide(self.desk.ben, message, Disposition.AGGRESSIVE, severity=Severity.LOW)
        return message


PREVIEWED = {
    checking.approve,
    checking.ask_second,
    checking.second_agrees,
    sending.send,
    sending.mark_copied_out,
}


@pytest.fixture
def post(make_triage: Callable[..., Any], url: str, clock: Any) -> Post:
    """Letters, on each of the two databases in turn."""
    from support.desk import meet

    return Post(meet(make_triage(url, **SETTINGS), clock))


@pytest.fixture
def quick_post(make_desk: Callable[..., Desk]) -> Post:
    """Letters on SQLite alone, for what is no matter of the store."""
    return Post(make_desk(**SETTINGS))
