"""The morning page and the handover: how the desk stands, as one viewer may see it.

Counted when it is read and kept nowhere, so that nobody finds in it what they may not know of.
"""

from collections import Counter
from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, String, and_, cast, exists, func, or_, select, text
from sqlalchemy.orm import InstrumentedAttribute, Session

from triage.conduct.kinds import Disposition
from triage.core.access import Action, Actor, check, visible
from triage.core.exclusions import Exclusion
from triage.core.sealed import Vault
from triage.core.text import read_json
from triage.messages.beside.tables import HandoverNote
from triage.messages.morning import Activity, Handover, HandoverEntry, Ref, Result, Today
from triage.messages.placing import RANGES
from triage.messages.queries.listing import Condition, free
from triage.messages.queries.queue import lane_counts
from triage.messages.references import refers
from triage.messages.rules import Lane, State
from triage.messages.tables import WAITING, Message, WelfareTask
from triage.staff.queries import names

LOOK_BACK = timedelta(days=30)
"""How far back the last urgent or threatening message is looked for."""
ENTRIES = 5
"""Handover entries shown, the newest."""


def today(
    session: Session, *, viewer: Actor, now: datetime, since: datetime, sitting: str = ""
) -> Today:
    """How the desk stands, and what happened since a moment."""
    check(viewer, Action.READ_TODAY)
    known = _known(viewer, Message.id)
    lanes = lane_counts(session, viewer=viewer, now=now, sitting=sitting)
    urgent, urgent_oldest = session.execute(
        select(func.count(), func.min(Message.queued_at)).where(*known, _waits(), _urgent())
    ).one()
    held = _held(session, known, now)
    tasks = _tasks(session, _known(viewer, WelfareTask.message_id))
    asked = _untaken(session, known, now)
    due = [one for one in tasks if one.person_id != viewer.person_id]
    owing = {(one.id, one.person_id) for one in due}
    theirs = [one for one, _ in held if one.person_id != viewer.person_id]
    owing |= {(one.id, one.person_id) for one, owed in held if owed and one in theirs}
    other = {(one.id, one.person_id) for one in theirs} - owing
    people = {one.person_id: one.name for one in (*due, *theirs)}
    return Today(
        to_look_at=sum(one.waiting for one in lanes),
        oldest=min((one.oldest for one in lanes if one.oldest), default=None),
        urgent=urgent,
        urgent_oldest=urgent_oldest,
        newest=_newest(session, known, now),
        held=len(held) - len(theirs),
        welfare=tuple(one.at for one in tasks if one.person_id == viewer.person_id),
        asked=tuple(one.at for one in asked if one.person_id == viewer.person_id),
        waiting_for=_by_name(owing, people),
        open_with=_by_name(other, people),
        activity=_activity(session, known, since),
        lanes=tuple(lanes),
    )


def handover(
    session: Session, *, viewer: Actor, now: datetime, since: datetime, for_all: bool = False
) -> Handover:
    """What is to be handed over, since a moment.

    ``for_all`` leaves out every message from which anybody is excluded: what is copied into a
    chat then tells nobody there of a message that they may not know of.
    """
    check(viewer, Action.READ_TODAY)
    known = _known(viewer, Message.id, for_all=for_all)
    waiting, oldest = session.execute(
        select(func.count(), func.min(Message.queued_at)).where(*known, _waits(), free(now))
    ).one()
    return Handover(
        activity=_activity(session, known, since),
        second_looks=_untaken(session, known, now),
        open_with=tuple(one for one, _ in _held(session, known, now)),
        welfare=_tasks(session, _known(viewer, WelfareTask.message_id, for_all=for_all)),
        waiting=waiting,
        oldest=oldest,
    )


def entries(
    session: Session, *, viewer: Actor, vault: Vault, since: datetime
) -> tuple[HandoverEntry, ...]:
    """What was written for whoever has the desk next, since a moment, newest first.

    One that refers to a matter from which the viewer is excluded is not there for them, whether
    they were when it was written or have been since. One's own is always there: that it were
    not would tell its writer of a matter.
    """
    check(viewer, Action.READ_TODAY)
    found = session.scalars(
        select(HandoverNote)
        .where(visible(viewer, HandoverNote.id), HandoverNote.at >= since)
        .order_by(HandoverNote.at.desc(), HandoverNote.id)
    ).all()
    hidden = session.scalars(
        select(Exclusion.matter_id).where(Exclusion.person_id == viewer.person_id)
    ).all()
    known = names(session, {one.person_id for one in found})
    read = [
        HandoverEntry(
            one.id,
            one.person_id,
            known.get(one.person_id, "Somebody"),
            one.at,
            vault.show(
                session,
                owner_id=one.id,
                table="handover_notes",
                column="text",
                row_id=one.id,
                sealed=one.text,
            ),
        )
        for one in found
    ]
    return tuple(
        one
        for one in read
        if one.person_id == viewer.person_id
        or not any(refers(one.text, matter) for matter in hidden)
    )[:ENTRIES]


def last_scored(session: Session, *, viewer: Actor) -> datetime | None:
    """When the newest message came in that a model has read, of those the viewer may know of."""
    check(viewer, Action.READ_TODAY)
    return session.scalar(
        select(Message.imported_at)
        .where(visible(viewer, Message.id), Message.model_version != "none")
        .order_by(Message.imported_at.desc())
        .limit(1)
    )


def _known(
    viewer: Actor, message_id: InstrumentedAttribute[str], *, for_all: bool = False
) -> list[Condition]:
    """What the viewer may know of; ``for_all``, what everybody may."""
    known: list[Condition] = [visible(viewer, message_id)]
    if for_all:
        known.append(~exists().where(Exclusion.matter_id == message_id))
    return known


def _activity(session: Session, known: list[Condition], since: datetime) -> Activity:
    came = session.scalar(select(func.count()).where(*known, Message.queued_at >= since)) or 0
    written = cast(Message.dispositions, String)  # PostgreSQL does not compare JSON with JSON
    decided = session.execute(
        select(Message.state, written, func.count())
        .where(*known, Message.decided_at >= since)
        .group_by(Message.state, written)
    )
    order = [one.value for one in Disposition]
    counted: Counter[tuple[tuple[str, ...], str]] = Counter()
    for state, words, count in decided:
        counted[tuple(read_json(words or "null") or ()), state] += count
    results = [Result(labels, State(state), count) for (labels, state), count in counted.items()]
    # The labelled come first, the gravest word first; what has none comes after.
    results.sort(key=lambda one: (not one.labels, [order.index(n) for n in one.labels], one.state))
    return Activity(since, came, tuple(results))


def _newest(session: Session, known: list[Condition], now: datetime) -> datetime | None:
    """When the newest came that stood in the urgent lane, or that a person marked threatening."""
    newest = select(Message.queued_at).where(*known).order_by(Message.queued_at.desc()).limit(1)
    threat = cast(Message.dispositions, String).contains(f'"{Disposition.THREATENING.value}"')
    found = [
        session.scalar(newest.where(Message.queued_at >= now - LOOK_BACK, _urgent())),
        session.scalar(
            newest.where(
                Message.decided_at >= now - LOOK_BACK, Message.queued_at >= now - LOOK_BACK, threat
            )
        ),
    ]
    return max((one for one in found if one is not None), default=None)


def _held(session: Session, known: list[Condition], now: datetime) -> list[tuple[Ref, bool]]:
    """What somebody has open, and whether they owe a colleague an answer by it."""
    found = session.execute(
        select(
            Message.id,
            Message.state_since,
            Message.claimed_by,
            or_(
                Message.second_look_by.is_not(None),
                and_(
                    Message.concern_withdrawal_by.is_not(None),
                    Message.concern_withdrawal_by != Message.claimed_by,
                ),
            ),
        )
        .where(
            *known,
            Message.claimed_by > "",  # not null, as SQLite finds it by the index
            Message.state == State.CLAIMED.value,
            Message.claim_expires > now,
        )
        .order_by(Message.state_since, Message.id)
    ).all()
    people = names(session, {str(one[2]) for one in found})
    return [(_ref(one[0], one[1], str(one[2]), people), bool(one[3])) for one in found]


def _tasks(session: Session, known: list[Condition]) -> tuple[Ref, ...]:
    """Welfare tasks that are open, the first due first."""
    found = session.execute(
        select(WelfareTask.message_id, WelfareTask.due_at, WelfareTask.owner_id)
        .where(*known, WelfareTask.done_at.is_(None))
        .order_by(WelfareTask.due_at, WelfareTask.id)
    ).all()
    people = names(session, {one[2] for one in found})
    return tuple(_ref(*one, people) for one in found)


def _untaken(session: Session, known: list[Condition], now: datetime) -> tuple[Ref, ...]:
    """Second looks that were asked for and that nobody has open, the oldest first."""
    found = session.execute(
        select(Message.id, Message.state_since, Message.second_look_by)
        .where(*known, _waits(), free(now), Message.second_look_by.is_not(None))
        .order_by(Message.state_since, Message.id)
    ).all()
    people = names(session, {str(one[2]) for one in found})
    return tuple(_ref(one[0], one[1], str(one[2]), people) for one in found)


def _ref(message_id: str, at: datetime, person_id: str, people: dict[str, str]) -> Ref:
    return Ref(message_id, at, person_id, people.get(person_id, "somebody"))


def _by_name(
    found: Iterable[tuple[str, str]], people: dict[str, str]
) -> tuple[tuple[str, int], ...]:
    """Colleague -> how many; by id, since two may have one name."""
    counted = Counter(person_id for _, person_id in found)
    return tuple(sorted((people[person_id], count) for person_id, count in counted.items()))


def _waits() -> Condition:
    return text(f"messages.state {WAITING}")


def _urgent() -> ColumnElement[bool]:
    ranks = RANGES[Lane.URGENT]
    return Message.rank.between(ranks.start, ranks.stop - 1)
