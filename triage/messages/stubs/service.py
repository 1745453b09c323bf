"""Making the stub of a message: whoever erases it calls this in the same transaction."""

from collections.abc import Collection

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from triage.classifier.assessment import LABELS, Band, Route
from triage.core.commands import Tx
from triage.core.crypto import KeyedHash
from triage.messages.rules import Edge
from triage.messages.stubs.rules import WAITS, counted_month, month_of, wait
from triage.messages.stubs.tables import MessageStub, StubMark
from triage.messages.tables import Message, MessageTransition
from triage.messages.wrote.tables import MessageForward
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
        concern=round(message.concern, 2),
        by_model=message.flagged,
        outside=reviewed_whole(message),
        review_band=_waited(tx, message),
    )
    tx.session.add(stub)
    forwards = select(MessageForward.raw_hash).where(MessageForward.message_id == message.id)
    month = month_of(local_day(tx.now))
    for digest in sorted({message.raw_hash, *tx.session.scalars(forwards)}):
        mark = StubMark(raw_hash=digest, message_id=message.id, erased_month=month)
        tx.session.add(mark)
    tx.session.flush()
    return stub


def erased(session: Session, hashes: Collection[str]) -> set[str]:
    """Those of these hashes of original bytes that belong to erased messages: nothing of them is
    taken in again."""
    return set(session.scalars(select(StubMark.raw_hash).where(StubMark.raw_hash.in_(hashes))))


def reviewed_whole(message: Message) -> bool:
    """High, welfare and unread items are all reviewed: outside the frame of the blind sample."""
    if message.unread is not None or Route.WELFARE.value in message.routes:
        return True
    return message.flagged and message.band == Band.HIGH.value


def _waited(tx: Tx, message: Message) -> str | None:
    """From when it came to the queue first to when somebody opened it first; what was decided
    beside another, unopened itself, waited until it was decided."""
    first = select(func.min(MessageTransition.at)).where(MessageTransition.message_id == message.id)
    queued = tx.session.scalar(first.where(MessageTransition.edge == Edge.QUEUE.value))
    claimed = tx.session.scalar(first.where(MessageTransition.edge == Edge.CLAIM.value))
    if queued is not None and claimed is not None:
        return wait(claimed - queued)
    if message.decided_at is None:
        return None
    return wait(message.decided_at - message.queued_at) if message.queued_at else WAITS[-1]
