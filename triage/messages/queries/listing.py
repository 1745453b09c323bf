"""How lists of messages are read: server-side pages of neutral rows, nothing of any text."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, TextClause, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session, aliased

from triage.core.access import Actor, visible
from triage.messages.placing import lane_of
from triage.messages.rules import Lane, State
from triage.messages.tables import Message
from triage.staff.queries import names

PAGE = 50
"""Rows a page."""

Condition = ColumnElement[bool] | TextClause
Order = tuple[ColumnElement[Any] | InstrumentedAttribute[Any], ...]


@dataclass(frozen=True, slots=True)
class QueueRow:
    """One row of a list. Nothing of the text, and of a blind item nothing of the model."""

    id: str
    sender_id: str | None
    from_name: str
    from_address: str | None
    service: str | None
    channel: str
    received_at: datetime
    queued_at: datetime | None
    lane: Lane | None
    state: State
    band: str | None
    kinds: tuple[str, ...]
    unread: str | None
    length: int
    urgent: bool
    particular_concern: bool
    second_look: bool
    held_by: str | None
    dispositions: tuple[str, ...] | None
    severity: str | None
    same_sender: int
    """Other waiting messages of the same sender."""


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a list, and how many there are in all."""

    rows: tuple[QueueRow, ...]
    total: int
    number: int

    @property
    def pages(self) -> int:
        """Pages in all, at least one."""
        return max(1, -(-self.total // PAGE))


QUEUE_ORDER: Order = (Message.rank, Message.received_at, Message.id)
NEWEST_FIRST: Order = (Message.received_at.desc(), Message.id)


def read_page(
    session: Session,
    viewer: Actor,
    now: datetime,
    where: Sequence[Condition],
    number: int,
    order: Order,
) -> Page:
    """One page of a list: counted apart, cut by the database, 50 rows at the most."""
    total = session.scalar(select(func.count()).select_from(Message).where(*where)) or 0
    number = min(max(1, number), max(1, -(-total // PAGE)))
    chosen = _columns(viewer).where(*where).order_by(*order)
    found = session.execute(chosen.limit(PAGE).offset((number - 1) * PAGE)).all()
    people = names(session, {row.claimed_by for row in found if row.claimed_by})
    return Page(tuple(_row(row, now, people) for row in found), total, number)


def _columns(viewer: Actor) -> Select[Any]:
    """Only what a list shows: texts are long, and stay where they are."""
    other = aliased(Message)
    same_sender = (
        select(func.count())
        .select_from(other)
        .where(
            other.sender_id == Message.sender_id,
            other.id != Message.id,
            other.state.in_([State.QUEUED.value, State.CLAIMED.value, State.SECOND_LOOK.value]),
            visible(viewer, other.id),
        )
        .correlate(Message)
        .scalar_subquery()
    )
    columns: list[Any] = [
        Message.id,
        Message.sender_id,
        Message.from_name,
        Message.from_address,
        Message.service,
        Message.channel,
        Message.received_at,
        Message.queued_at,
        Message.rank,
        Message.state,
        Message.band,
        Message.signals,
        Message.unread,
        Message.length,
        Message.urgent,
        Message.particular_concern,
        Message.second_look_by,
        Message.claimed_by,
        Message.claim_expires,
        Message.dispositions,
        Message.severity,
        Message.flagged,
        Message.scores,
        Message.blind,
        Message.decided_at,
        same_sender.label("same_sender"),
    ]
    return select(*columns)


def _row(row: Row[Any], now: datetime, people: dict[str, str]) -> QueueRow:
    held = row.state == State.CLAIMED.value and row.claim_expires > now
    blind = row.blind and row.decided_at is None
    hidden = blind or not row.flagged
    return QueueRow(
        id=row.id,
        sender_id=row.sender_id,
        from_name=row.from_name,
        from_address=row.from_address,
        service=row.service,
        channel=row.channel,
        received_at=row.received_at,
        queued_at=row.queued_at,
        lane=None if row.rank is None else lane_of(row.rank),
        state=State(row.state),
        band=None if hidden else row.band,
        kinds=() if hidden else kinds_of(row.signals, row.scores),
        unread=row.unread,
        length=row.length,
        urgent=row.urgent,
        particular_concern=row.particular_concern,
        second_look=row.second_look_by is not None,
        held_by=people.get(row.claimed_by) if held else None,
        dispositions=None if row.dispositions is None else tuple(row.dispositions),
        severity=row.severity,
        same_sender=row.same_sender,
    )


def kinds_of(signals: list[dict[str, Any]], scores: dict[str, float]) -> tuple[str, ...]:
    """What the model suspects: the labels its evidence speaks of, else the likeliest one."""
    named = tuple(dict.fromkeys(str(signal["label"]) for signal in signals))
    if named or not any(scores.values()):
        return named
    return (max(scores, key=lambda label: scores[label]),)
