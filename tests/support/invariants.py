"""What holds after every fault (trust.md section 8), as far as mail that comes in goes."""

from sqlalchemy import func, select

from triage.app import Triage
from triage.core.audit import AuditEvent, Broken, verify
from triage.messages.rules import State
from triage.messages.tables import Message, MessageTransition, Original


def received(triage: Triage) -> int:
    """Messages that are there."""
    with triage.database.read() as session:
        return session.scalar(select(func.count()).select_from(Message)) or 0


def check_invariants(triage: Triage, expected: int) -> None:
    """So many messages, each once, each with its event and its steps; and the record holds."""
    with triage.database.read() as session:
        count = select(func.count())
        assert session.scalar(count.select_from(Message)) == expected
        assert session.scalar(select(func.count(Original.sha256.distinct()))) == expected
        events = count.select_from(AuditEvent).where(AuditEvent.code == "received")
        assert session.scalar(events) == expected
        stuck = count.select_from(Message).where(Message.state == State.RECEIVED.value)
        assert session.scalar(stuck) == 0
        steps = select(func.count(MessageTransition.message_id.distinct()))
        assert session.scalar(steps) == expected
        assert not isinstance(verify(session), Broken)
