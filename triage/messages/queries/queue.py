"""The queue, as one viewer may see it. Every read takes the viewer and joins ``visible``."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import (
    ColumnElement,
    and_,
    case,
    exists,
    func,
    or_,
    select,
    text,
)
from sqlalchemy.orm import Session

from triage.core.access import Action, Actor, check, visible
from triage.messages.placing import RANGES
from triage.messages.queries.listing import (
    NEWEST_FIRST,
    QUEUE_ORDER,
    Condition,
    Page,
    QueueRow,
    read_page,
)
from triage.messages.queries.search import matches
from triage.messages.rules import Lane, State
from triage.messages.tables import WAITING, Message, MessageSkip, WelfareTask


@dataclass(frozen=True, slots=True)
class LaneCount:
    """One lane of the queue strip."""

    lane: Lane
    waiting: int
    oldest: datetime | None


@dataclass(frozen=True, slots=True)
class Filters:
    """What the queue is narrowed to; all of it stands in the URL."""

    lane: Lane | None = None
    service: str | None = None
    sender_id: str | None = None


NO_FILTERS = Filters()


def lane_counts(
    session: Session, *, viewer: Actor, now: datetime, sitting: str = ""
) -> list[LaneCount]:
    """How many wait in each lane, and since when the oldest does."""
    check(viewer, Action.REVIEW)
    name = case(*((_in_lane(lane), lane.value) for lane in Lane))
    found = session.execute(
        select(name, func.count(), func.min(Message.queued_at))
        .where(*_waiting(viewer, now, sitting))
        .group_by(name)
    )
    held = {name: (count, oldest) for name, count, oldest in found}
    return [LaneCount(lane, *held.get(lane.value, (0, None))) for lane in Lane]


def queue_page(
    session: Session,
    *,
    viewer: Actor,
    now: datetime,
    filters: Filters = NO_FILTERS,
    sitting: str = "",
    number: int = 1,
) -> Page:
    """One page of what waits: urgent, welfare, ordinary; in each the gravest, then the oldest."""
    check(viewer, Action.REVIEW)
    where = [*_waiting(viewer, now, sitting), *_narrowed(filters)]
    return read_page(session, viewer, now, where, number, QUEUE_ORDER)


def next_waiting(
    session: Session,
    *,
    viewer: Actor,
    now: datetime,
    filters: Filters = NO_FILTERS,
    sitting: str = "",
) -> str | None:
    """The id of what this viewer should look at next; ``None`` when nothing waits."""
    check(viewer, Action.REVIEW)
    where = [*_waiting(viewer, now, sitting), *_narrowed(filters)]
    return session.scalar(select(Message.id).where(*where).order_by(*QUEUE_ORDER).limit(1))


def mine(session: Session, *, viewer: Actor, now: datetime) -> tuple[QueueRow, ...]:
    """What the viewer holds, and whose welfare they look after."""
    check(viewer, Action.REVIEW)
    where = [visible(viewer, Message.id), or_(_held_by(viewer, now), _welfare_of(viewer))]
    return read_page(session, viewer, now, where, 1, QUEUE_ORDER).rows


def open_welfare(session: Session, *, viewer: Actor, now: datetime) -> tuple[QueueRow, ...]:
    """Every open welfare task that the viewer may know of, whoever owns it."""
    check(viewer, Action.REVIEW)
    task = exists().where(WelfareTask.message_id == Message.id, WelfareTask.done_at.is_(None))
    where = [visible(viewer, Message.id), task]
    return read_page(session, viewer, now, where, 1, QUEUE_ORDER).rows


def find(session: Session, *, viewer: Actor, now: datetime, words: str, number: int = 1) -> Page:
    """Messages that were ever queued and hold all these words, newest first."""
    check(viewer, Action.REVIEW)
    dialect = session.get_bind().dialect.name
    where = [visible(viewer, Message.id), matches(dialect, words)]
    return read_page(session, viewer, now, where, number, NEWEST_FIRST)


def of_sender(
    session: Session, *, viewer: Actor, now: datetime, sender_id: str, number: int = 1
) -> Page:
    """A sender's messages, newest first.

    What was never flagged is listed only for who has a message of theirs open: unflagged mail
    is not browsed (policy.md, retention).
    """
    check(viewer, Action.REVIEW)
    where = [visible(viewer, Message.id), Message.sender_id == sender_id]
    if not _has_open(session, viewer, now, sender_id):
        where.append(Message.queued_at.is_not(None))
    return read_page(session, viewer, now, where, number, NEWEST_FIRST)


def _has_open(session: Session, viewer: Actor, now: datetime, sender_id: str) -> bool:
    """Whether the viewer holds, or looks after the welfare of, a message of this sender."""
    mine = or_(_held_by(viewer, now), _welfare_of(viewer))
    found = select(Message.id).where(
        visible(viewer, Message.id), Message.sender_id == sender_id, mine
    )
    return session.scalar(found.limit(1)) is not None


def _held_by(viewer: Actor, now: datetime) -> ColumnElement[bool]:
    return and_(
        Message.state == State.CLAIMED.value,
        Message.claimed_by == viewer.person_id,
        Message.claim_expires > now,
    )


def _welfare_of(viewer: Actor) -> ColumnElement[bool]:
    return exists().where(
        WelfareTask.message_id == Message.id,
        WelfareTask.owner_id == viewer.person_id,
        WelfareTask.done_at.is_(None),
    )


def services(session: Session, *, viewer: Actor, now: datetime) -> list[str]:
    """The services for which something waits."""
    check(viewer, Action.REVIEW)
    found = session.scalars(select(Message.service).where(*_waiting(viewer, now, "")).distinct())
    return sorted(one for one in found if one is not None)


def _waiting(viewer: Actor, now: datetime, sitting: str) -> list[Condition]:
    """What this viewer could take at this moment: theirs to see, held by nobody, not skipped."""
    free = or_(
        Message.state.in_([State.QUEUED.value, State.SECOND_LOOK.value]),
        and_(Message.state == State.CLAIMED.value, Message.claim_expires <= now),
    )
    skipped = exists().where(MessageSkip.message_id == Message.id, MessageSkip.sitting == sitting)
    own_question = Message.second_look_by == viewer.person_id
    return [
        visible(viewer, Message.id),
        text(f"messages.state {WAITING}"),
        free,
        ~skipped,
        or_(Message.second_look_by.is_(None), ~own_question),
    ]


def _narrowed(filters: Filters) -> list[Condition]:
    where: list[Condition] = []
    if filters.lane is not None:
        where.append(_in_lane(filters.lane))
    if filters.service is not None:
        where.append(Message.service == filters.service)
    if filters.sender_id is not None:
        where.append(Message.sender_id == filters.sender_id)
    return where


def _in_lane(lane: Lane) -> ColumnElement[bool]:
    ranks = RANGES[lane]
    return Message.rank.between(ranks.start, ranks.stop - 1)
