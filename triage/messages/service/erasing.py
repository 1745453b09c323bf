"""Messages whose time is over, by the schedule (``messages.schedule``), and their erasure.

A message, its stub after 26 months, a handover note, and the names of files that could not be
read: each is kept for a time. On a sender's first flag their unflagged mail that is still here is
kept with it; so somebody may see by one message that something else of the sender was flagged,
and not what or when (policy.md, Retention).
"""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, delete, exists, or_, select
from sqlalchemy.orm import Session, aliased

from triage.core.access import SYSTEM
from triage.core.commands import Tx
from triage.core.data_keys import destroy, row_of
from triage.core.erasing import Due, Keeping, Timed, is_over
from triage.core.settings import Settings
from triage.messages import rules
from triage.messages.beside.tables import HandoverNote
from triage.messages.rules import ChildKind, ChildState, Edge, FlagReason, State
from triage.messages.schedule import Facts, Times, kept_until, newest_month_over, stub_until
from triage.messages.service.forgetting import forget_message
from triage.messages.service.stepping import step
from triage.messages.stubs.tables import MessageStub, StubMark
from triage.messages.tables import (
    ImportRun,
    Message,
    MessageChild,
    MessageFlag,
    MessageReveal,
    WelfareTask,
)
from triage.senders.tables import Sender
from triage.staff.calendar import at_clock, local_day

BATCH = 500
"""Messages looked at in one statement."""
ENDS = [one.value for one in (*rules.TERMINAL,)]


def times_of(settings: Settings) -> Times:
    """The schedule that is in force."""
    return Times(
        unflagged=timedelta(days=settings.keep_unflagged_days),
        routed=timedelta(days=settings.keep_routed_days),
        no_action=timedelta(days=settings.keep_no_action_days),
        welfare=timedelta(days=settings.keep_welfare_days),
        noted=timedelta(days=settings.keep_noted_days),
        threatening=timedelta(days=settings.keep_threat_days),
        acted_on=timedelta(days=settings.case_kept_days_upheld),
    )


def due_messages(
    session: Session, settings: Settings, now: datetime, after: str, most: int
) -> list[Due]:
    """Messages whose time is over, by id."""
    times, found = times_of(settings), list[Due]()
    while len(found) < most:
        page = session.execute(
            _columns()
            .where(Message.id > after, _may_be_over(times, now))
            .order_by(Message.id)
            .limit(BATCH)
        ).all()
        if not page:
            break
        found += [one for one in _looked_at(session, page, times) if one.until <= now]
        after = page[-1].id
    return found[:most]


def erase_message(tx: Tx, due: Due) -> bool:
    """Erase one message, if its time is over still: somebody may have taken it up since."""
    message = tx.session.get(Message, due.matter_id, with_for_update=True)
    if message is None:
        return False
    page = tx.session.execute(_columns().where(Message.id == message.id)).all()
    again = _looked_at(tx.session, page, times_of(tx.settings))
    if not again or not is_over(tx, due, again[0]):
        return False
    step(tx, message, Edge.ERASE, State.ERASED, by=SYSTEM, rule=due.rule)
    forget_message(tx, message)
    return True


def _columns() -> Any:
    return select(
        Message.id,
        Message.sender_id,
        Message.state,
        Message.imported_at,
        Message.decided_at,
        Message.dispositions,
        Message.particular_concern,
        Message.concern_settled,
        Message.held_forward,
    )


def _may_be_over(times: Times, now: datetime) -> ColumnElement[bool]:
    """A coarse sieve, so that a page is not full of what has years to go."""
    unflagged = and_(
        Message.state == State.UNFLAGGED.value, Message.imported_at <= now - times.unflagged
    )
    return or_(unflagged, and_(Message.state.in_(ENDS), Message.decided_at <= now - times.shortest))


def _looked_at(session: Session, page: Sequence[Any], times: Times) -> list[Due]:
    """Those of a page that have an end, with the moment of it, whether it has come or not."""
    ids = [one.id for one in page]
    children: dict[str, list[Any]] = defaultdict(list)
    for child in session.execute(
        select(
            MessageChild.message_id,
            MessageChild.child_id,
            MessageChild.kind,
            MessageChild.state,
            MessageChild.state_since,
        )
        .where(MessageChild.message_id.in_(ids))
        .order_by(MessageChild.child_id)
    ):
        children[child.message_id].append(child)
    tasks: dict[str, list[datetime | None]] = defaultdict(list)
    of_welfare = select(WelfareTask.message_id, WelfareTask.done_at)
    for message_id, done in session.execute(of_welfare.where(WelfareTask.message_id.in_(ids))):
        tasks[message_id].append(done)
    flagged = _last_flagged(session, {one.sender_id for one in page if one.sender_id})
    with_others = _kept_with(session, [one.id for one in page if one.state == State.UNFLAGGED])
    found = []
    for one in page:
        facts = Facts(
            state=State(one.state),
            came_in=one.imported_at,
            decided_at=one.decided_at,
            dispositions=frozenset(one.dispositions or ()),
            particular_concern=one.particular_concern,
            concern_settled=one.concern_settled is not None,
            held_forward=one.held_forward,
            welfare_open=None in tasks[one.id],
            welfare_done=max((at for at in tasks[one.id] if at is not None), default=None),
            children=tuple(
                (ChildKind(c.kind), ChildState(c.state), c.state_since) for c in children[one.id]
            ),
            last_flagged=flagged.get(one.sender_id),
            kept_with=one.id in with_others,
        )
        ends = kept_until(facts, times)
        if ends is not None:
            holders = tuple(child.child_id for child in children[one.id])
            found.append(Due(one.id, ends[0].value, ends[1], holders))
    return found


def _last_flagged(session: Session, sender_ids: set[str]) -> dict[str | None, datetime]:
    found = select(Sender.id, Sender.last_flagged).where(
        Sender.id.in_(sender_ids), Sender.last_flagged.is_not(None)
    )
    return {row.id: row.last_flagged for row in session.execute(found)}


def _kept_with(session: Session, ids: Sequence[str]) -> set[str]:
    """Unflagged mail of which something else of the same sender was flagged and is still here."""
    other = aliased(Message)
    flagged = (
        exists()
        .where(
            other.sender_id == Message.sender_id,
            MessageFlag.message_id == other.id,
            MessageFlag.reason != FlagReason.SAMPLE.value,
        )
        .correlate(Message)
    )
    return set(session.scalars(select(Message.id).where(Message.id.in_(ids), flagged)))


def due_stubs(
    session: Session, settings: Settings, now: datetime, after: str, most: int
) -> list[Due]:
    """Stubs whose time is over: the message counts in nothing any more."""
    days = timedelta(days=settings.keep_stub_days)
    newest = newest_month_over(local_day(now), days)
    page = session.execute(
        select(MessageStub.id, MessageStub.month)
        .where(MessageStub.id > after, MessageStub.month <= newest)
        .order_by(MessageStub.id)
        .limit(most)
    )
    return [Due(row.id, "stub", at_clock(stub_until(row.month, days), MIDNIGHT)) for row in page]


def erase_stub(tx: Tx, due: Due) -> bool:
    """Nothing is left of the message but what the record says, in ids and codes."""
    stub = tx.session.get(MessageStub, due.matter_id, with_for_update=True)
    if stub is None:
        return False
    tx.session.execute(delete(MessageReveal).where(MessageReveal.message_id == stub.id))
    tx.session.delete(stub)
    tx.record("stub_erased", due.matter_id)
    tx.session.flush()
    return True


def due_marks(
    session: Session, settings: Settings, now: datetime, after: str, most: int
) -> list[Due]:
    """Marks of what was erased as long ago as a stub is kept: if it came now, it would come in."""
    days = timedelta(days=settings.keep_stub_days)
    newest = newest_month_over(local_day(now), days)
    page = session.execute(
        select(StubMark.raw_hash, StubMark.erased_month)
        .where(StubMark.raw_hash > after, StubMark.erased_month <= newest)
        .order_by(StubMark.raw_hash)
        .limit(most)
    )
    return [
        Due(row.raw_hash, "mark", at_clock(stub_until(row.erased_month, days), MIDNIGHT))
        for row in page
    ]


def erase_mark(tx: Tx, due: Due) -> bool:
    """It is not known again from now on."""
    mark = tx.session.get(StubMark, due.matter_id, with_for_update=True)
    if mark is None:
        return False
    tx.session.delete(mark)
    tx.session.flush()
    return True


NOTES = Timed(
    "handed_over", HandoverNote.id, HandoverNote.at, lambda settings: settings.keep_no_action_days
)
"""Handover notes: whoever they were for has read them long ago."""


def erase_note(tx: Tx, due: Due) -> bool:
    """The note goes, and the key that sealed it."""
    note = tx.session.get(HandoverNote, due.matter_id, with_for_update=True)
    if note is None:
        return False
    if row_of(tx.session, note.id) is not None:
        destroy(tx, note.id)
    tx.session.delete(note)
    tx.record("handover_erased", due.matter_id)
    tx.session.flush()
    return True


def due_listings(
    session: Session, settings: Settings, now: datetime, after: str, most: int
) -> list[Due]:
    """What imports could not read: a file's name may be a person's."""
    kept = timedelta(days=settings.keep_unflagged_days)
    page = session.execute(
        select(ImportRun.id, ImportRun.started_at, ImportRun.unreadable)
        .where(ImportRun.id > after, ImportRun.started_at <= now - kept)
        .order_by(ImportRun.id)
    )
    named = (row for row in page if row.unreadable)
    return [Due(row.id, "unreadable", row.started_at + kept) for row in named][:most]


def erase_listing(tx: Tx, due: Due) -> bool:
    """The names go; how many there were stands on the record."""
    run = tx.session.get(ImportRun, due.matter_id, with_for_update=True)
    if run is None or not run.unreadable:
        return False
    run.unreadable = []
    tx.session.flush()
    return True


MIDNIGHT = datetime.min.time()

KEEPINGS = (
    Keeping("messages", due_messages, erase_message),
    Keeping("stubs", due_stubs, erase_stub),
    Keeping("marks of erased messages", due_marks, erase_mark),
    Keeping("handover notes", NOTES.due, erase_note),
    Keeping("names of unreadable files", due_listings, erase_listing),
)
