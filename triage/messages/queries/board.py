"""The team's working board: open, overdue, and one's own exposure, as one viewer may see them.

Exact figures over what they may open: these are no trend (trust.md, section 6), and theirs alone.
"""

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from triage.core.access import Action, Actor, check, visible
from triage.messages.morning import LaneCount
from triage.messages.placing import RANGES
from triage.messages.queries.queue import lane_counts
from triage.messages.rules import Lane, State
from triage.messages.tables import WAITING, Message, MessageReveal, WelfareTask
from triage.staff.calendar import local_day

TARGETS = {
    Lane.URGENT: timedelta(hours=1),
    Lane.WELFARE: timedelta(hours=1),
    Lane.ORDINARY: timedelta(days=2),
}
"""How long something may wait in a lane before it is overdue."""
DAYS = 14
"""How far back exposure and what was decided are shown."""


@dataclass(frozen=True, slots=True)
class Day:
    """One day: grave texts and others that were read whole, and what was decided."""

    day: date
    grave: int
    others: int
    decided: int


@dataclass(frozen=True, slots=True)
class Board:
    """How the work stands."""

    lanes: tuple[LaneCount, ...]
    overdue: tuple[tuple[Lane, int], ...]
    welfare_open: int
    welfare_overdue: int
    awaiting_decision: int
    held_by_me: int
    days: tuple[Day, ...]
    """Of the viewer alone, the oldest first."""


def board(session: Session, *, viewer: Actor, now: datetime) -> Board:
    """How the work stands, over what the viewer may know of."""
    check(viewer, Action.READ_BOARD)
    known = visible(viewer, Message.id)
    count = select(func.count()).select_from(Message).where(known)

    def of(state: State) -> int:
        return session.scalar(count.where(Message.state == state.value)) or 0

    mine = count.where(
        Message.state == State.CLAIMED.value,
        Message.claimed_by == viewer.person_id,
        Message.claim_expires > now,
    )
    tasks = select(func.count()).where(
        visible(viewer, WelfareTask.message_id), WelfareTask.done_at.is_(None)
    )
    return Board(
        lanes=tuple(lane_counts(session, viewer=viewer, now=now)),
        overdue=tuple((lane, _overdue(session, viewer, lane, now)) for lane in Lane),
        welfare_open=session.scalar(tasks) or 0,
        welfare_overdue=session.scalar(tasks.where(WelfareTask.due_at < now)) or 0,
        awaiting_decision=of(State.AWAITING_DECISION),
        held_by_me=session.scalar(mine) or 0,
        days=_days(session, viewer, now),
    )


def _overdue(session: Session, viewer: Actor, lane: Lane, now: datetime) -> int:
    """What has waited longer than its lane allows, whether somebody has it open or not."""
    ranks = RANGES[lane]
    late = select(func.count()).where(
        visible(viewer, Message.id),
        text(f"messages.state {WAITING}"),
        Message.rank.between(ranks.start, ranks.stop - 1),
        Message.queued_at < now - TARGETS[lane],
    )
    return session.scalar(late) or 0


def _days(session: Session, viewer: Actor, now: datetime) -> tuple[Day, ...]:
    start = now - timedelta(days=DAYS)
    read = session.execute(
        select(MessageReveal.at, MessageReveal.severe).where(
            visible(viewer, MessageReveal.message_id),
            MessageReveal.person_id == viewer.person_id,
            MessageReveal.at > start,
        )
    ).all()
    decided = session.scalars(
        select(Message.decided_at).where(
            visible(viewer, Message.id),
            Message.decided_by == viewer.person_id,
            Message.decided_at > start,
        )
    ).all()
    seen = Counter((local_day(at), severe) for at, severe in read)
    done = Counter(local_day(at) for at in decided if at is not None)
    today = local_day(now)
    days = [today - timedelta(days=back) for back in range(DAYS - 1, -1, -1)]
    return tuple(Day(day, seen[day, True], seen[day, False], done[day]) for day in days)
