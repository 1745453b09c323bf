"""One message: its head for whoever may know of it, its text for who has uncovered it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from triage.core.access import Action, Actor, check, visible
from triage.core.errors import NotAllowed, NotFound
from triage.messages.masking import mask
from triage.messages.queries.listing import QueueRow, read_page
from triage.messages.queries.queue import may_open
from triage.messages.queries.wrote import Origin, origin_of
from triage.messages.rules import NO_SUCH_MESSAGE, Step
from triage.messages.tables import (
    Message,
    MessageAttachment,
    MessageReveal,
    Original,
    WelfareTask,
)
from triage.staff.queries import names


@dataclass(frozen=True, slots=True)
class AttachmentRow:
    """One attachment, as listed."""

    filename: str
    content_type: str
    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class WelfareRow:
    """The welfare task of a message."""

    owner_id: str
    owner: str
    due_at: datetime
    done_at: datetime | None


@dataclass(frozen=True, slots=True)
class Item:
    """One message without its text. Of a blind one, nothing of the model until it is decided."""

    row: QueueRow
    version: int
    blind: bool
    """Whether the model is out of sight now."""
    was_sampled: bool
    """Said only once it is decided."""
    model_version: str | None
    in_rest: bool
    parse_status: str
    quarantine_reason: str | None
    sent_at: datetime | None
    source: str
    origin: Origin
    sha256: str
    size: int
    has_rest: bool
    attachments: tuple[AttachmentRow, ...]
    claimed_by: str | None
    claim_expires: datetime | None
    concern_by: str | None
    concern_withdrawal_by: str | None
    second_look_by: str | None
    decided_by: str | None
    decided_at: datetime | None
    welfare: WelfareRow | None
    uncovered: Step | None
    rest_uncovered: bool


@dataclass(frozen=True, slots=True)
class Uncovered:
    """What the viewer has uncovered: texts of outside people, and where to mark them."""

    text: str
    signals: tuple[dict[str, Any], ...]
    rest: str | None
    full: bool
    """Whether nothing in it is masked."""


def item(session: Session, *, viewer: Actor, message_id: str, now: datetime) -> Item:
    """The head of a message; ``NotFound`` alike for one that is not and one that is not theirs."""
    check(viewer, Action.REVIEW)
    where = [visible(viewer, Message.id), Message.id == message_id]
    rows = read_page(session, viewer, now, where, 1, (Message.id,)).rows
    if not rows:
        raise NotFound(NO_SUCH_MESSAGE)
    message = session.get_one(Message, message_id)
    if not may_open(session, viewer=viewer, now=now, message=message):
        raise NotFound(NO_SUCH_MESSAGE)
    original = session.execute(
        select(Original.sha256, Original.size).where(Original.message_id == message_id)
    ).one()
    hidden = message.blind and message.decided_at is None
    steps = _steps(session, viewer, message)
    return Item(
        row=rows[0],
        version=message.version,
        blind=hidden,
        was_sampled=message.sampled and not hidden,
        model_version=None if hidden else message.model_version,
        in_rest=message.in_rest and not hidden,
        parse_status=message.parse_status,
        quarantine_reason=message.quarantine_reason,
        sent_at=message.sent_at,
        source=message.source,
        origin=origin_of(session, message),
        sha256=original.sha256,
        size=original.size,
        has_rest=bool(message.rest),
        attachments=_attachments(session, message_id),
        claimed_by=message.claimed_by,
        claim_expires=message.claim_expires,
        concern_by=message.concern_by,
        concern_withdrawal_by=message.concern_withdrawal_by,
        second_look_by=message.second_look_by,
        decided_by=message.decided_by,
        decided_at=message.decided_at,
        welfare=_welfare(session, message_id),
        uncovered=next((one for one in (Step.FULL, Step.MASKED) if one in steps), None),
        rest_uncovered=Step.REST in steps,
    )


def uncovered(session: Session, *, viewer: Actor, message_id: str) -> Uncovered:
    """The text, as far as this viewer has uncovered it: masked, or in full (F14).

    ``NotAllowed`` where nothing was uncovered: no screen gets a text that no reveal stands for.
    """
    check(viewer, Action.REVIEW)
    message = session.scalar(
        select(Message).where(visible(viewer, Message.id), Message.id == message_id)
    )
    if message is None:
        raise NotFound(NO_SUCH_MESSAGE)
    steps = _steps(session, viewer, message)
    if not steps & {Step.MASKED, Step.FULL}:
        raise NotAllowed("Uncover the message first.", what="covered_text", matter_id=message_id)
    hidden = message.blind and message.decided_at is None
    full = Step.FULL in steps
    rest = None
    if Step.REST in steps:
        rest = message.rest if full else mask(message.rest)
    return Uncovered(
        text=message.text if full else mask(message.text),
        signals=() if hidden else tuple(message.signals),
        rest=rest,
        full=full,
    )


@dataclass(frozen=True, slots=True)
class Exposure:
    """How much one person has uncovered since a moment."""

    messages: int
    severe: int
    first_at: datetime | None


def exposure(session: Session, *, viewer: Actor, since: datetime) -> Exposure:
    """The viewer's own exposure: messages uncovered, severe ones, and since when."""
    mine = (MessageReveal.person_id == viewer.person_id, MessageReveal.at >= since)
    count, first = session.execute(
        select(func.count(MessageReveal.message_id.distinct()), func.min(MessageReveal.at)).where(
            *mine
        )
    ).one()
    severe = session.scalar(
        select(func.count(MessageReveal.message_id.distinct())).where(*mine, MessageReveal.severe)
    )
    return Exposure(messages=count, severe=severe or 0, first_at=first)


def _steps(session: Session, viewer: Actor, message: Message) -> set[Step]:
    """What the viewer has uncovered since the message last moved."""
    found = session.scalars(
        select(MessageReveal.step).where(
            MessageReveal.message_id == message.id,
            MessageReveal.person_id == viewer.person_id,
            MessageReveal.at >= message.state_since,
        )
    )
    return {Step(one) for one in found}


def _attachments(session: Session, message_id: str) -> tuple[AttachmentRow, ...]:
    found = session.scalars(
        select(MessageAttachment)
        .where(MessageAttachment.message_id == message_id)
        .order_by(MessageAttachment.position)
    )
    return tuple(
        AttachmentRow(one.filename, one.content_type, one.size, one.sha256) for one in found
    )


def _welfare(session: Session, message_id: str) -> WelfareRow | None:
    task = session.scalar(
        select(WelfareTask)
        .where(WelfareTask.message_id == message_id)
        .order_by(WelfareTask.opened_at.desc())
        .limit(1)
    )
    if task is None:
        return None
    owner = names(session, {task.owner_id}).get(task.owner_id, "somebody")
    return WelfareRow(task.owner_id, owner, task.due_at, task.done_at)
