"""Short ways to let time go by and to erase, by the job alone."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from support.desk import Desk

from triage.core.jobs import Outcome, run_due
from triage.messages.stubs.tables import MessageStub
from triage.messages.tables import Message
from triage.retention.service.purging import ERASURE


@dataclass
class Erasing:
    """A desk on which time goes by and the erasure has its turn."""

    desk: Desk

    def run(self) -> int:
        """The erasure's turn, a day after its last; how many matters went."""
        self.desk.move(days=1)
        [turn] = run_due(self.desk.triage.runner, [ERASURE], self.desk.now)
        assert turn.outcome is Outcome.DONE, turn
        return turn.handled

    def after(self, **span: float) -> int:
        """Time goes by, and the erasure has its turn."""
        self.desk.clock.move(timedelta(**span))
        return self.run()

    def is_there(self, message_id: str) -> bool:
        """Whether a message is there; never beside its stub."""
        with self.desk.triage.database.read() as session:
            message = session.get(Message, message_id) is not None
            stub = session.get(MessageStub, message_id) is not None
        assert not (message and stub)
        return message

    def stub(self, message_id: str) -> dict[str, Any]:
        """The stub of a message, column by column."""
        with self.desk.triage.database.read() as session:
            table = MessageStub.__table__
            row = session.execute(select(table).where(table.c.id == message_id)).mappings().one()
            return dict(row)


@pytest.fixture
def erasing(desk: Desk) -> Erasing:
    """The erasure of this desk."""
    return Erasing(desk)
