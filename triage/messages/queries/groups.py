"""Which senders are one person, by what colleagues said and this viewer may know of.

Not stored: two viewers may know of different links. It is walked from the senders asked for,
over links that stand, through senders from whom the viewer may see a message.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import CTE, ColumnElement, Select, and_, case, exists, func, select
from sqlalchemy.orm import Session, aliased

from triage.core.access import Actor, visible
from triage.messages.tables import Message
from triage.senders.queries import walk
from triage.senders.standing.queries import standing_of_groups
from triage.senders.standing.rules import NOTHING, Standing

WAITING_STATES = ("queued", "claimed", "second_look")


def reach(viewer: Actor, starts: Collection[str] | Select[str | None], name: str = "reach") -> CTE:
    """(start, member) for each of these senders and everybody who is the same person."""
    seen = aliased(Message)

    def goes_on(link: Any, other: Any) -> ColumnElement[bool]:
        return and_(
            visible(viewer, link.id),
            exists().where(seen.sender_id == other, visible(viewer, seen.id)),
        )

    return walk(starts, goes_on, name)


def members(session: Session, *, viewer: Actor, sender_id: str) -> tuple[str, ...]:
    """A sender and everybody who is the same person, by id."""
    found = reach(viewer, (sender_id,))
    return tuple(sorted(session.scalars(select(found.c.member))))


@dataclass(frozen=True, slots=True)
class Kin:
    """What counts for one person, over all by which they are known, of what a viewer may see."""

    waiting: int = 0
    earlier: int = 0
    """Messages that somebody found abusive."""
    standing: Standing = NOTHING


ALONE = Kin()


def kin_of(
    session: Session, *, viewer: Actor, sender_ids: Collection[str], now: datetime
) -> dict[str, Kin]:
    """Sender -> what counts for the same person."""
    if not sender_ids:
        return {}
    found = reach(viewer, sender_ids)
    # A decision has a severity if and only if it says that the message is abusive.
    abusive = func.sum(case((Message.severity.is_not(None), 1), else_=0))
    waiting = func.sum(case((Message.state.in_(WAITING_STATES), 1), else_=0))
    counted = session.execute(
        select(found.c.start, waiting.label("waiting"), abusive.label("abusive"))
        .join(Message, Message.sender_id == found.c.member)
        .where(visible(viewer, Message.id))
        .group_by(found.c.start)
    ).all()
    groups: dict[str, list[str]] = {}
    for start, member in session.execute(select(found.c.start, found.c.member)):
        groups.setdefault(start, []).append(member)
    standing = standing_of_groups(session, groups, now)
    counts = {row.start: (int(row.waiting), int(row.abusive)) for row in counted}
    return {
        start: Kin(*counts.get(start, (0, 0)), standing.get(start, NOTHING)) for start in groups
    }
