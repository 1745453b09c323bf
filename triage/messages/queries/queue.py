"""The queue, as one viewer may see it. Every read takes the viewer and joins ``visible``."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

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
from sqlalchemy.orm import Session, aliased

from triage.core.access import Action, Actor, check, visible
from triage.messages.morning import LaneCount
from triage.messages.placing import RANGES
from triage.messages.queries.groups import reach
from triage.messages.queries.listing import (
    NEWEST_FIRST,
    Condition,
    Page,
    QueueRow,
    queue_order,
    read_page,
    waiting_for,
)
from triage.messages.queries.search import matches
from triage.messages.rules import Lane, State
from triage.messages.tables import WAITING, Message, WelfareTask


@dataclass(frozen=True, slots=True)
class Filters:
    """What the queue is narrowed to; all of it stands in the URL."""

    lane: Lane | None = None
    service: str | None = None
    sender_id: str | None = None
    held_forwards: bool = False
    """Only what an unlisted address forwarded, and nobody has taken in yet."""


NO_FILTERS = Filters()


def lane_counts(
    session: Session, *, viewer: Actor, now: datetime, sitting: str = ""
) -> list[LaneCount]:
    """How many wait in each lane, and since when the oldest does."""
    check(viewer, Action.READ_TODAY)
    name = case(*((_in_lane(lane), lane.value) for lane in Lane))
    found = session.execute(
        select(name, func.count(), func.min(Message.queued_at))
        .where(*waiting_for(viewer, now, sitting))
        .group_by(name)
    )
    held = {name: (count, oldest) for name, count, oldest in found}
    return [LaneCount(lane, *held.get(lane.value, (0, None))) for lane in Lane]


def held_forwards(session: Session, *, viewer: Actor, now: datetime, sitting: str = "") -> int:
    """How many forwards by unlisted addresses wait: each may be a colleague's cry for help."""
    check(viewer, Action.REVIEW)
    where = [*waiting_for(viewer, now, sitting), Message.held_forward.is_(True)]
    return session.scalar(select(func.count()).select_from(Message).where(*where)) or 0


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
    where = [*waiting_for(viewer, now, sitting), *_narrowed(viewer, filters)]
    return read_page(session, viewer, now, where, number, queue_order(viewer))


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
    where = [*waiting_for(viewer, now, sitting), *_narrowed(viewer, filters)]
    return session.scalar(select(Message.id).where(*where).order_by(*queue_order(viewer)).limit(1))


def mine(session: Session, *, viewer: Actor, now: datetime) -> tuple[QueueRow, ...]:
    """What the viewer holds, and whose welfare they look after."""
    check(viewer, Action.REVIEW)
    # Found first, among what waits, as the index of the queue has it: else every message is asked.
    waiting = text(f"messages.state {WAITING}")
    held = session.scalars(select(Message.id).where(waiting, _held_by(viewer, now))).all()
    cared = session.scalars(
        select(WelfareTask.message_id).where(
            WelfareTask.owner_id == viewer.person_id, WelfareTask.done_at.is_(None)
        )
    ).all()
    where = [visible(viewer, Message.id), Message.id.in_([*held, *cared])]
    return read_page(session, viewer, now, where, 1, queue_order(viewer)).rows


def open_welfare(session: Session, *, viewer: Actor, now: datetime) -> tuple[QueueRow, ...]:
    """Every open welfare task that the viewer may know of, whoever owns it."""
    check(viewer, Action.REVIEW)
    tasks = select(WelfareTask.message_id).where(WelfareTask.done_at.is_(None))
    where = [visible(viewer, Message.id), Message.id.in_(tasks)]
    return read_page(session, viewer, now, where, 1, queue_order(viewer)).rows


def find(session: Session, *, viewer: Actor, now: datetime, words: str, number: int = 1) -> Page:
    """Messages that were ever queued and hold all these words, newest first."""
    check(viewer, Action.REVIEW)
    dialect = session.get_bind().dialect.name
    where = [visible(viewer, Message.id), matches(dialect, words)]
    return read_page(session, viewer, now, where, number, NEWEST_FIRST)


def of_sender(
    session: Session, *, viewer: Actor, now: datetime, sender_id: str, number: int = 1
) -> Page:
    """A sender's messages and those of the same person, newest first.

    What was never flagged is listed only for who has a message of theirs open: unflagged mail
    is not browsed (policy.md, retention).
    """
    check(viewer, Action.REVIEW)
    where = [
        visible(viewer, Message.id),
        _of_person(viewer, sender_id, "person"),
        or_(Message.queued_at.is_not(None), has_open(viewer, now, sender_id)),
    ]
    return read_page(session, viewer, now, where, number, NEWEST_FIRST)


def _of_person(
    viewer: Actor, sender_id: str, name: str, message: Any = Message
) -> ColumnElement[bool]:
    """By this sender or one who is the same person, as far as the viewer may know."""
    return cast(
        ColumnElement[bool],
        message.sender_id.in_(select(reach(viewer, (sender_id,), name).c.member)),
    )


def may_open(session: Session, *, viewer: Actor, now: datetime, message: Message) -> bool:
    """Whether a message may be opened at all, by whatever way somebody came to its id: what
    nobody and nothing flagged, only by who has a message of the same person open."""
    if message.state != State.UNFLAGGED.value:
        return True
    if message.sender_id is None:
        return False
    return bool(session.scalar(select(has_open(viewer, now, message.sender_id))))


def has_open(viewer: Actor, now: datetime, sender_id: str) -> ColumnElement[bool]:
    """Whether the viewer holds, or looks after the welfare of, a message of this person."""
    held = aliased(Message)
    return exists().where(
        visible(viewer, held.id),
        _of_person(viewer, sender_id, "open_person", held),
        or_(_held_by(viewer, now, held), _welfare_of(viewer, held)),
    )


def _held_by(viewer: Actor, now: datetime, message: Any = Message) -> ColumnElement[bool]:
    return and_(
        message.state == State.CLAIMED.value,
        message.claimed_by == viewer.person_id,
        message.claim_expires > now,
    )


def _welfare_of(viewer: Actor, message: Any = Message) -> ColumnElement[bool]:
    return exists().where(
        WelfareTask.message_id == message.id,
        WelfareTask.owner_id == viewer.person_id,
        WelfareTask.done_at.is_(None),
    )


def services(session: Session, *, viewer: Actor, now: datetime) -> list[str]:
    """The services for which something waits."""
    check(viewer, Action.REVIEW)
    found = session.scalars(select(Message.service).where(*waiting_for(viewer, now, "")).distinct())
    return sorted(one for one in found if one is not None)


def _narrowed(viewer: Actor, filters: Filters) -> list[Condition]:
    where: list[Condition] = []
    if filters.lane is not None:
        where.append(_in_lane(filters.lane))
    if filters.service is not None:
        where.append(Message.service == filters.service)
    if filters.sender_id is not None:
        where.append(_of_person(viewer, filters.sender_id, "person"))
    if filters.held_forwards:
        where.append(Message.held_forward.is_(True))
    return where


def _in_lane(lane: Lane) -> ColumnElement[bool]:
    ranks = RANGES[lane]
    return Message.rank.between(ranks.start, ranks.stop - 1)
