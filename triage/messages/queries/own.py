"""The recipient's page: what was sent to the viewer, and nothing else (the named exemption).

Every read here joins ``sent_to`` in the place of ``visible``: it shows a recipient their own, and
nothing to anybody who is excluded for another reason too.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, exists, func, or_, select
from sqlalchemy.orm import Session

from triage.core.access import Action, Actor, check, sent_to
from triage.core.errors import NotAllowed, NotFound
from triage.core.settings import Settings
from triage.messages.beside.tables import RecipientAct
from triage.messages.masking import mask
from triage.messages.rules import NO_SUCH_MESSAGE, FlagReason, Standing, State
from triage.messages.tables import Message, MessageFlag
from triage.messages.telling import Known, OwnAct, Result, Told, result, told

PAGE = 20
"""Rows a page."""
UNCOVERED_FOR = timedelta(hours=1)
"""How long a text stays uncovered; then it takes another press, and another line on the record."""


@dataclass(frozen=True, slots=True)
class OwnRow:
    """One message that was sent to the viewer, without a word of it."""

    id: str
    channel: str
    service: str | None
    received_at: datetime
    told: Told
    result: Result | None
    labels: tuple[str, ...]
    """What it was noted as; told with the result."""
    seen_at: datetime | None
    flagged_at: datetime | None
    alarm_at: datetime | None
    called_at: datetime | None
    """When they say that they called 999."""
    second_look_at: datetime | None
    uncovered: OwnAct | None
    """``MASKED`` or ``FULL``, where they uncovered the text lately."""


@dataclass(frozen=True, slots=True)
class OwnPage:
    """One page of the list, newest first."""

    rows: tuple[OwnRow, ...]
    total: int
    number: int

    @property
    def pages(self) -> int:
        """Pages in all, at least one."""
        return max(1, -(-self.total // PAGE))


@dataclass(frozen=True, slots=True)
class OwnText:
    """What they uncovered: outside text. Nothing of the model is with it."""

    text: str
    from_name: str
    from_address: str | None


def listed(viewer: Actor) -> list[ColumnElement[bool]]:
    """What stands on the viewer's own page: it was in the queue, or they entered it themselves.

    Other mail to them that nobody flagged is in their own mailbox, and is browsed nowhere.
    """
    entered = exists().where(
        RecipientAct.message_id == Message.id,
        RecipientAct.person_id == viewer.person_id,
        RecipientAct.act == OwnAct.ENTERED.value,
    )
    return [
        sent_to(viewer, Message.id),
        Message.state != State.ERASED.value,
        or_(Message.queued_at.is_not(None), entered),
    ]


def sent_to_me(
    session: Session, *, viewer: Actor, now: datetime, settings: Settings, number: int = 1
) -> OwnPage:
    """One page of what was sent to the viewer."""
    check(viewer, Action.OWN_MESSAGES)
    where = listed(viewer)
    total = session.scalar(select(func.count()).select_from(Message).where(*where)) or 0
    number = min(max(1, number), max(1, -(-total // PAGE)))
    found = select(Message.id).where(*where).order_by(Message.received_at.desc(), Message.id)
    ids = session.scalars(found.limit(PAGE).offset((number - 1) * PAGE)).all()
    return OwnPage(_rows(session, viewer, ids, now, settings), total, number)


def own_item(
    session: Session, *, viewer: Actor, message_id: str, now: datetime, settings: Settings
) -> OwnRow:
    """One of them; ``NotFound`` alike for one that is not and one that is not theirs to know of."""
    check(viewer, Action.OWN_MESSAGES)
    ids = session.scalars(select(Message.id).where(*listed(viewer), Message.id == message_id)).all()
    if not ids:
        raise NotFound(NO_SUCH_MESSAGE)
    return _rows(session, viewer, ids, now, settings)[0]


def own_text(session: Session, *, viewer: Actor, message_id: str, now: datetime) -> OwnText:
    """The text, as far as they uncovered it. Never through a link: others may read along."""
    check(viewer, Action.OWN_MESSAGES)
    message = session.scalar(select(Message).where(*listed(viewer), Message.id == message_id))
    if message is None:
        raise NotFound(NO_SUCH_MESSAGE)
    step = _uncovered(_acts(session, viewer, [message_id])[message_id], now)
    if step is None or viewer.is_volunteer:
        raise NotAllowed("Uncover the message first.", what="covered_text", matter_id=message_id)
    text = message.text if step is OwnAct.FULL else mask(message.text)
    return OwnText(text, message.from_name, message.from_address)


def _rows(
    session: Session, viewer: Actor, ids: Sequence[str], now: datetime, settings: Settings
) -> tuple[OwnRow, ...]:
    columns = (
        Message.id,
        Message.channel,
        Message.service,
        Message.received_at,
        Message.state,
        Message.claim_expires,
        Message.decided_at,
        Message.dispositions,
        Message.flagged,
        Message.unread,
    )
    found = {row.id: row for row in session.execute(select(*columns).where(Message.id.in_(ids)))}
    by_hand = set(
        session.scalars(
            select(MessageFlag.message_id).where(
                MessageFlag.message_id.in_(ids), MessageFlag.reason == FlagReason.MANUAL.value
            )
        )
    )
    acts = _acts(session, viewer, ids)
    rows = []
    for one in ids:
        row, mine = found[one], acts[one]
        state = State(row.state)
        known = Known(
            standing=Standing(state, claim_expires=row.claim_expires),
            decided_at=row.decided_at,
            suspected=row.flagged or row.unread is not None,
            entered=OwnAct.ENTERED in mine,
            by_hand=one in by_hand,
        )
        stands = told(known, now, settings.undo_time)
        done = stands is Told.DEALT_WITH
        called = mine.get(OwnAct.CALLED_999)
        rows.append(
            OwnRow(
                id=one,
                channel=row.channel,
                service=row.service,
                received_at=row.received_at,
                told=stands,
                result=result(state) if done else None,
                labels=tuple(row.dispositions or ()) if done else (),
                seen_at=_at(mine, OwnAct.SEEN),
                flagged_at=_at(mine, OwnAct.FLAGGED),
                alarm_at=_at(mine, OwnAct.ALARM),
                called_at=None if called is None else called.happened_at,
                second_look_at=_at(mine, OwnAct.SELF_REVIEW),
                uncovered=None if viewer.is_volunteer else _uncovered(mine, now),
            )
        )
    return tuple(rows)


def _acts(
    session: Session, viewer: Actor, ids: Sequence[str]
) -> defaultdict[str, dict[OwnAct, RecipientAct]]:
    """Message -> the newest of each of the viewer's own acts on it."""
    newest: defaultdict[str, dict[OwnAct, RecipientAct]] = defaultdict(dict)
    for act in session.scalars(
        select(RecipientAct)
        .where(RecipientAct.message_id.in_(ids), RecipientAct.person_id == viewer.person_id)
        .order_by(RecipientAct.at, RecipientAct.id)
    ):
        newest[act.message_id][OwnAct(act.act)] = act
    return newest


def _at(mine: dict[OwnAct, RecipientAct], act: OwnAct) -> datetime | None:
    return mine[act].at if act in mine else None


def _uncovered(mine: dict[OwnAct, RecipientAct], now: datetime) -> OwnAct | None:
    for step in (OwnAct.FULL, OwnAct.MASKED):
        if step in mine and now < mine[step].at + UNCOVERED_FOR:
            return step
    return None
