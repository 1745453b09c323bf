"""Making the stub of a message: whoever erases it calls this in the same transaction."""

from sqlalchemy import func, select

from triage.classifier.assessment import LABELS
from triage.core.commands import Tx
from triage.core.crypto import KeyedHash
from triage.messages.rules import Edge
from triage.messages.stubs.rules import counted_month, month_of, wait
from triage.messages.stubs.tables import MessageStub
from triage.messages.tables import Message, MessageTransition
from triage.staff.calendar import local_day

LIKELY = 0.5
"""From which score on a label counts as what the model called a message."""


def sender_hash(keys: KeyedHash, sender_id: str) -> str:
    """By which a stub knows that two messages were of one sender."""
    return keys.of("stub sender", sender_id.encode("ascii"))


def leave_stub(tx: Tx, message: Message) -> MessageStub:
    """What stays of a message that is about to be erased. It erases nothing itself."""
    decided = message.decided_at
    stub = MessageStub(
        id=message.id,
        raw_hash=message.raw_hash,
        raw_key_version=message.raw_key_version,
        sender_hash=None if message.sender_id is None else sender_hash(tx.keys, message.sender_id),
        month=counted_month(local_day(message.received_at), local_day(message.imported_at)),
        decided_month=None if decided is None else month_of(local_day(decided)),
        service=message.service,
        channel=message.channel,
        labels=[one for one in LABELS if message.scores.get(one, 0.0) >= LIKELY],
        flagged=message.flagged or (message.queued_at is not None and not message.sampled),
        sampled=message.sampled,
        sample_probability=message.sample_probability,
        dispositions=message.dispositions,
        severity=message.severity,
        model_version=message.model_version,
        review_band=_waited(tx, message.id),
    )
    tx.session.add(stub)
    tx.session.flush()
    return stub


def _waited(tx: Tx, message_id: str) -> str | None:
    """From when it came to the queue first to when somebody opened it first."""
    first = select(func.min(MessageTransition.at)).where(MessageTransition.message_id == message_id)
    queued = tx.session.scalar(first.where(MessageTransition.edge == Edge.QUEUE.value))
    claimed = tx.session.scalar(first.where(MessageTransition.edge == Edge.CLAIM.value))
    return None if queued is None or claimed is None else wait(claimed - queued)
