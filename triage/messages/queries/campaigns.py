"""What waits beside the open message: more of the same sender, and what says nearly the same."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, Select, and_, exists, func, or_, select, union_all
from sqlalchemy.orm import Session

from triage.classifier.assessment import Band
from triage.core.access import Action, Actor, check, visible
from triage.core.errors import NotFound
from triage.messages.beside.tables import MessageSketch
from triage.messages.campaigns import MOST, Alone, Likeness, Part, alike, alone, difference, plain
from triage.messages.masking import mask
from triage.messages.placing import lane_of
from triage.messages.queries.listing import Condition, waiting_for
from triage.messages.queries.reading import uncovered
from triage.messages.rules import NO_SUCH_MESSAGE, Lane, State, Step
from triage.messages.tables import Message, MessageAttachment, MessageReveal, WelfareTask

CANDIDATES = 50
"""Messages of each kind that are looked at; the totals go no further."""


@dataclass(frozen=True, slots=True)
class Beside:
    """One message that waits beside the open one. Nothing of its text, nor of the model."""

    id: str
    version: int
    queued_at: datetime | None
    lane: Lane | None
    """``None`` while the open one is blind: what the model says of its like is not shown."""
    same_sender: bool
    likeness: Likeness | None
    alone: Alone | None
    more: bool
    """Whether there is quoted mail, a signature or an attachment, which is not compared."""
    held: bool
    """By the viewer."""
    uncovered: Step | None
    """What the viewer has uncovered of it in this claim."""


@dataclass(frozen=True, slots=True)
class Group:
    """What waits beside the open message; each once, the longest waiting first, ``MOST`` rows."""

    near: tuple[Beside, ...]
    near_total: int
    """At most ``CANDIDATES``."""
    sender: tuple[Beside, ...]
    """Of the same sender, in other words."""
    sender_total: int
    open_alone: Alone | None
    """Why nothing is decided together with the open one."""


def beside(
    session: Session, *, viewer: Actor, message_id: str, now: datetime, sitting: str = ""
) -> Group:
    """What this viewer could take beside a message: theirs to see, waiting, held by nobody else.

    What was never queued is in no group. Beside a blind message only what may be ticked is
    listed, and no lane, so that nothing is learnt of the model from its like.
    """
    check(viewer, Action.REVIEW)
    mine = (visible(viewer, Message.id), Message.id == message_id)
    opened = session.execute(_columns(viewer).where(*mine)).one_or_none()
    text = session.scalar(select(Message.text).where(*mine))
    if opened is None or text is None:
        raise NotFound(NO_SUCH_MESSAGE)
    held = and_(
        visible(viewer, Message.id),
        Message.state == State.CLAIMED.value,
        Message.claimed_by == viewer.person_id,
    )
    where = [Message.id != message_id, or_(and_(*waiting_for(viewer, now, sitting)), held)]
    near = _near(session, message_id, plain(text), where)
    run = _run(session, opened, where)
    columns = _columns(viewer).where(Message.id.in_({*near, *run}))
    rows = [
        row
        for row in session.execute(columns.order_by(Message.queued_at, Message.id))
        if not (opened.blind and _alone(row))
    ]
    alike_ones = [_beside(row, opened, viewer, near[row.id]) for row in rows if row.id in near]
    others = [_beside(row, opened, viewer, None) for row in rows if row.id not in near]
    return Group(
        near=tuple(alike_ones[:MOST]),
        near_total=len(alike_ones),
        sender=tuple(others[:MOST]),
        sender_total=len(others),
        open_alone=_alone(opened),
    )


def compared(
    session: Session, *, viewer: Actor, message_id: str, other_id: str
) -> tuple[Part, ...]:
    """How another text differs from the open one, both uncovered by the viewer (F14).

    Where one of them is masked, both are.
    """
    given = uncovered(session, viewer=viewer, message_id=message_id)
    other = uncovered(session, viewer=viewer, message_id=other_id)
    if given.full and other.full:
        return tuple(difference(given.text, other.text))
    return tuple(difference(mask(given.text), mask(other.text)))


def why_alone(message: Message | Row[Any], *, welfare_open: bool) -> Alone | None:
    """Why a message, as it stands, is decided on its own."""
    return alone(
        rank=message.rank,
        high=message.flagged and not message.blind and message.band == Band.HIGH.value,
        particular_concern=message.particular_concern,
        urgent=message.urgent,
        welfare_open=welfare_open,
        second_look=message.second_look_by is not None,
        length=message.length,
    )


def _alone(row: Row[Any]) -> Alone | None:
    return why_alone(row, welfare_open=row.welfare_open)


def _near(
    session: Session, message_id: str, form: str, where: Sequence[Condition]
) -> dict[str, Likeness]:
    """Candidates by their marks, most in common first; then compared."""
    marks = session.scalars(
        select(MessageSketch.hash).where(MessageSketch.message_id == message_id)
    ).all()
    if not marks:
        return {}
    # Of each mark the first so many: a letter that came ten thousand times costs no more.
    sharing = [
        select(MessageSketch.message_id)
        .join(Message, Message.id == MessageSketch.message_id)
        .where(MessageSketch.hash == mark, *where)
        .order_by(MessageSketch.message_id)
        .limit(CANDIDATES)
        .subquery()
        for mark in marks
    ]
    shared = union_all(*(select(one.c.message_id) for one in sharing)).subquery()
    found = session.execute(
        select(Message.id, Message.text)
        .join(shared, shared.c.message_id == Message.id)
        .group_by(Message.id)
        .order_by(func.count().desc(), Message.queued_at, Message.id)
        .limit(CANDIDATES)
    )
    said = {identifier: alike(form, plain(text)) for identifier, text in found}
    return {identifier: likeness for identifier, likeness in said.items() if likeness is not None}


def _run(session: Session, opened: Row[Any], where: Sequence[Condition]) -> list[str]:
    """What else waits of the same sender."""
    if opened.sender_id is None:
        return []
    run = select(Message.id).where(Message.sender_id == opened.sender_id, *where)
    return list(
        session.scalars(run.order_by(Message.queued_at, Message.id).limit(CANDIDATES)).all()
    )


def _columns(viewer: Actor) -> Select[Any]:
    """What is read of a row: nothing of its text."""
    caring = exists().where(WelfareTask.message_id == Message.id, WelfareTask.done_at.is_(None))
    attached = exists().where(MessageAttachment.message_id == Message.id)
    seen = {
        step: exists().where(
            MessageReveal.message_id == Message.id,
            MessageReveal.person_id == viewer.person_id,
            MessageReveal.at >= Message.state_since,
            MessageReveal.step == step.value,
        )
        for step in (Step.MASKED, Step.FULL)
    }
    columns: list[Any] = [
        Message.id,
        Message.version,
        Message.sender_id,
        Message.length,
        Message.queued_at,
        Message.rank,
        Message.band,
        Message.flagged,
        Message.blind,
        Message.urgent,
        Message.particular_concern,
        Message.second_look_by,
        Message.state,
        Message.claimed_by,
        caring.label("welfare_open"),
        or_(Message.rest != "", attached).label("more"),
        seen[Step.MASKED].label("masked"),
        seen[Step.FULL].label("full"),
    ]
    return select(*columns)


def _beside(row: Row[Any], opened: Row[Any], viewer: Actor, likeness: Likeness | None) -> Beside:
    return Beside(
        id=row.id,
        version=row.version,
        queued_at=row.queued_at,
        lane=None if opened.blind or row.rank is None else lane_of(row.rank),
        same_sender=row.sender_id is not None and row.sender_id == opened.sender_id,
        likeness=likeness,
        alone=_alone(row),
        more=row.more,
        held=row.state == State.CLAIMED.value and row.claimed_by == viewer.person_id,
        uncovered=Step.FULL if row.full else Step.MASKED if row.masked else None,
    )
