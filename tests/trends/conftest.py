"""A desk on which months of mail have come in and been decided."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from itertools import count
from typing import Any

import pytest
from support.desk import Desk

from triage.core.access import CONSOLE
from triage.core.exclusions import Exclusion
from triage.core.ids import new_id
from triage.messages.tables import Message
from triage.senders.tables import Sender
from triage.trends import service
from triage.trends.rules import Period

_numbers = count(1)


@dataclass
class Mail:
    """Puts messages into the tables as receiving and deciding them leaves them there."""

    desk: Desk

    def arrive(
        self,
        received: datetime,
        *,
        sender: str = "",
        recipients: tuple[str, ...] = (),
        came_in: datetime | None = None,
        decided: datetime | None = None,
        **fields: Any,
    ) -> str:
        """One message; its id."""
        number = next(_numbers)
        identifier = new_id()
        at = came_in or received
        given = {
            "raw_hash": f"{number:064x}", "raw_key_version": 1, "source": "x", "channel": "email",
            "service": "fixmystreet", "parse_status": "parsed", "from_name": "", "subject": "",
            "references": [], "received_at": received, "imported_at": at, "text": "words",
            "length": 5, "rest": "", "model_version": "scripted", "scores": {}, "concern": 0.0,
            "band": "low", "flagged": False, "routes": [], "signals": [], "in_rest": False,
            "sample_probability": 0.0, "sampled": False, "state": "unflagged", "state_since": at,
            "blind": False, "urgent": False, "particular_concern": False, "version": 1,
        }  # fmt: skip
        if decided is not None:
            given |= {"flagged": True, "queued_at": at, "decided_at": decided, "state": "noted"}
            given |= {"decided_by": self.desk.ana.person_id}
        given |= fields

        def write(session: Any) -> None:
            key = (sender or f"somebody {number}").replace(" ", "0").upper().rjust(26, "X")
            if session.get(Sender, key) is None:
                session.add(Sender(id=key, first_seen=at, last_seen=at))
                session.flush()
            session.add(Message(id=identifier, sender_id=key, **given))
            session.flush()
            session.add_all(
                Exclusion(matter_id=identifier, person_id=one, kind="recipient", since=at)
                for one in recipients
            )

        self.desk.triage.database.write(write)
        return identifier

    def month(self, year: int, month: int, many: int, **fields: Any) -> list[str]:
        """So many messages in one month, each from somebody else."""
        day = datetime(year, month, 10, 12, tzinfo=UTC)
        return [self.arrive(day, **fields) for _ in range(many)]


@pytest.fixture
def mail(desk: Desk) -> Mail:
    """Messages of months gone by."""
    return Mail(desk)


Make = Callable[..., service.Made]


@pytest.fixture
def make(desk: Desk) -> Make:
    """Makes a release, and publishes it: ``make("2026-01")``."""

    def run(code: str, *, publish: bool = True, **more: Any) -> service.Made:
        made = service.make(desk.triage.runner, CONSOLE, period=Period.parse(code), **more)
        if publish and made.release_id is not None:
            command = partial(service.publish, release_id=made.release_id)
            desk.triage.runner.run(CONSOLE, command)
        return made

    return run
