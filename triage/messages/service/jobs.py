"""What the messages room does by itself."""

from datetime import datetime, timedelta
from functools import partial

from sqlalchemy import and_, exists, or_, select, text

from triage.core.access import SYSTEM, Action
from triage.core.clock import AHEAD
from triage.core.commands import Runner, Tx
from triage.core.jobs import Job
from triage.messages.beside.tables import MessageSketch
from triage.messages.placing import RANGES
from triage.messages.rules import Lane, State
from triage.messages.service.indexing import sketch_message
from triage.messages.service.stepping import load, settle_expired
from triage.messages.tables import WAITING, Message

BATCH = 200
"""Messages marked in one transaction."""

LEFT_ALONE = timedelta(hours=1)
"""How long an expired claim waits for the job. Whoever was slow may still decide, unless somebody
else took the message: so the job comes only when they cannot be there any more."""
LEFT_URGENT = timedelta(minutes=5)
"""The same in the urgent and the welfare lane, where somebody is alerted again by it."""


def settle_claims(runner: Runner, at: datetime) -> int:
    """Put back what somebody opened and left, so that the history shows it; how many.

    For the queue this changes nothing: a claim ends by its time (lifecycles.md, rule 8). An alarm
    that they had goes on with it.
    """
    before_ordinary = Message.rank < RANGES[Lane.ORDINARY].start
    left = select(Message.id).where(
        Message.claimed_by.is_not(None),
        Message.state == State.CLAIMED.value,
        or_(
            Message.shown_at > at + AHEAD,
            Message.claim_expires <= at - LEFT_ALONE,
            and_(before_ordinary, Message.claim_expires <= at - LEFT_URGENT),
        ),
    )
    with runner.database.read() as session:
        found = session.scalars(left.order_by(Message.claim_expires, Message.id)).all()
    return sum(runner.run(SYSTEM, partial(_settle, message_id=one)) for one in found)


def _settle(tx: Tx, *, message_id: str) -> bool:
    tx.allow(Action.RUN_JOBS)
    message = load(tx, message_id)
    before = message.state
    if message.shown_at is not None and message.shown_at > tx.now + AHEAD:
        # It was taken by a wrong clock: else it would be theirs until the right one is there.
        message.shown_at, message.state_since = tx.now, tx.now
        message.claim_expires = tx.now + tx.settings.claim_time
        return True
    settle_expired(tx, message)  # looks again: it may have been taken or decided since
    return message.state != before


CLAIMS = Job("claims", timedelta(minutes=5), settle_claims)


def sketch_waiting(runner: Runner, at: datetime) -> int:
    """Mark what waits and has no marks yet, a batch at a time: it was queued before there were
    any; how many."""
    unmarked = select(Message).where(
        text(f"messages.state {WAITING}"),
        ~exists().where(MessageSketch.message_id == Message.id),
    )

    def work(tx: Tx) -> int:
        tx.allow(Action.RUN_JOBS)
        found = tx.session.scalars(unmarked.order_by(Message.id).limit(BATCH)).all()
        for one in found:
            sketch_message(tx.session, tx.keys, one)
        return len(found)

    done = 0
    while True:
        marked = runner.run(SYSTEM, work)
        done += marked
        if marked < BATCH:
            return done


SKETCHES = Job("sketches", timedelta(hours=1), sketch_waiting)
