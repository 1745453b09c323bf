"""How lists of messages are read: server-side pages of neutral rows, nothing of any text."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Row,
    Select,
    TextClause,
    and_,
    case,
    exists,
    func,
    or_,
    select,
    text,
)
from sqlalchemy.orm import InstrumentedAttribute, Session, aliased

from triage.core.access import Actor, visible
from triage.messages.placing import is_attached, lane_of
from triage.messages.queries.groups import ALONE, WAITING_STATES, Kin, kin_of, reach
from triage.messages.rules import Lane, State
from triage.messages.tables import WAITING, Message, MessageSkip
from triage.senders.standing.words import standing_words
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
    attached: bool
    """The threat stands in an attachment, not in what they wrote."""
    unread: str | None
    length: int
    urgent: bool
    particular_concern: bool
    second_look: bool
    held_by: str | None
    dispositions: tuple[str, ...] | None
    severity: str | None
    same_sender: int
    """Other waiting messages of the same person."""
    verified: str
    """What our server found about ``from_address`` (``intake.inbound.Verified``)."""
    no_sender: str | None
    """Why nobody is taken to have sent it (``rules.NoSender``)."""
    said_address: str | None
    """Who wrote, by a reviewer's word."""
    held_forward: bool
    earlier: int
    """Other messages of the same person that somebody found abusive, of those that the viewer
    may know of (policy.md: people's dispositions count, and nothing else)."""
    standing: tuple[str, ...]
    """What is in force for the person, in words and by the day."""
    ceased: bool
    """Cease contact is in force: nobody writes to them."""
    after_request: bool
    """It came after they were asked to stop (P-ACT-1)."""


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


NEWEST_FIRST: Order = (Message.received_at.desc(), Message.id)


def queue_order(viewer: Actor) -> Order:
    """The gravest first; of those as grave, what is of somebody whom a person found abusive before,
    as far as this viewer may know of it; then the oldest."""
    found = aliased(Message)
    abusive = select(found.sender_id).where(
        found.severity.is_not(None), found.sender_id.is_not(None), visible(viewer, found.id)
    )
    again = Message.sender_id.in_(select(reach(viewer, abusive).c.member))
    return (Message.rank, case((again, 0), else_=1), Message.received_at, Message.id)


def free(now: datetime) -> ColumnElement[bool]:
    """Held by nobody at this moment: a claim ends by its time, job or no job."""
    return or_(
        Message.state.in_([State.QUEUED.value, State.SECOND_LOOK.value]),
        and_(Message.state == State.CLAIMED.value, Message.claim_expires <= now),
    )


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
    chosen = _columns().where(*where).order_by(*order)
    found = session.execute(chosen.limit(PAGE).offset((number - 1) * PAGE)).all()
    people = names(session, {row.claimed_by for row in found if row.claimed_by})
    senders = {row.sender_id for row in found if row.sender_id}
    kin = kin_of(session, viewer=viewer, sender_ids=senders, now=now)
    rows = (_row(row, now, people, kin.get(row.sender_id, ALONE)) for row in found)
    return Page(tuple(rows), total, number)


def waiting_for(viewer: Actor, now: datetime, sitting: str) -> list[Condition]:
    """What this viewer could take at this moment: theirs to see, held by nobody, not skipped."""
    skipped = exists().where(MessageSkip.message_id == Message.id, MessageSkip.sitting == sitting)
    own_question = Message.second_look_by == viewer.person_id
    return [
        visible(viewer, Message.id),
        text(f"messages.state {WAITING}"),
        free(now),
        ~skipped,
        or_(Message.second_look_by.is_(None), ~own_question),
    ]


def _columns() -> Select[Any]:
    """Only what a list shows: texts are long, and stay where they are."""
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
        Message.in_rest,
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
        Message.verified,
        Message.no_sender,
        Message.said_address,
        Message.held_forward,
    ]
    return select(*columns)


def _row(row: Row[Any], now: datetime, people: dict[str, str], kin: Kin) -> QueueRow:
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
        attached=not hidden and is_attached(row.band, in_rest=row.in_rest),
        unread=row.unread,
        length=row.length,
        urgent=row.urgent,
        particular_concern=row.particular_concern,
        second_look=row.second_look_by is not None,
        held_by=people.get(row.claimed_by) if held else None,
        dispositions=None if row.dispositions is None else tuple(row.dispositions),
        severity=row.severity,
        same_sender=max(0, kin.waiting - (row.state in WAITING_STATES)),
        verified=row.verified,
        no_sender=row.no_sender,
        said_address=row.said_address,
        held_forward=row.held_forward,
        earlier=max(0, kin.earlier - (row.severity is not None)),
        standing=standing_words(kin.standing),
        ceased=kin.standing.cease_contact,
        after_request=(
            kin.standing.asked_to_cease_at is not None
            and row.received_at > kin.standing.asked_to_cease_at
        ),
    )


def kinds_of(signals: list[dict[str, Any]], scores: dict[str, float]) -> tuple[str, ...]:
    """What the model suspects: the labels its evidence speaks of, else the likeliest one."""
    named = tuple(dict.fromkeys(str(signal["label"]) for signal in signals))
    if named or not any(scores.values()):
        return named
    return (max(scores, key=lambda label: scores[label]),)
