"""Whom nobody writes to: for all staff; and what is in force already, for who proposes more.

What is in force is for everybody who meets the sender, also for who has no part in why: it says
that it is so and since which day, and never a reason, a case or a colleague (trust.md, section 5).
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from triage.core.access import Action, Actor, check
from triage.messages.queries.groups import members, reach
from triage.messages.queries.senders import Known
from triage.restrictions.queries.reach import within_reach
from triage.restrictions.queries.rows import known_of
from triage.restrictions.rules import Kind, State
from triage.restrictions.tables import Restriction
from triage.senders.standing.queries import standing_of_groups
from triage.senders.standing.rules import Measure
from triage.senders.standing.tables import SenderStanding
from triage.staff.calendar import local_day

WHOM_TO_ASK = "the people who decide"
"""A role and never a name: who is asked is nobody in particular."""


@dataclass(frozen=True, slots=True)
class DoNotReply:
    """One person whom we do not write to. ``known`` is outside text."""

    sender_id: str
    known: tuple[Known, ...]
    since: date
    whom_to_ask: str


@dataclass(frozen=True, slots=True)
class CeaseState:
    """Whether contact is ceased with somebody, for who proposes a block on top (P-BLK-1)."""

    since: date | None
    """``None``: contact is not ceased, and a block stands by itself."""
    until: date | None
    asked_to_stop: date | None
    proposed: bool
    """Whether it is proposed and not yet decided, as far as this viewer may know."""


def do_not_reply(session: Session, *, viewer: Actor, now: datetime) -> tuple[DoNotReply, ...]:
    """Everybody under cease contact now, by its dates; the newest first. No reasons.

    One a person, with every address that the viewer knows as theirs.
    """
    check(viewer, Action.READ_DO_NOT_REPLY)
    held = select(SenderStanding.sender_id).where(
        SenderStanding.measure == Measure.CEASE_CONTACT.value,
        SenderStanding.since <= now,
        or_(SenderStanding.until.is_(None), SenderStanding.until > now),
        or_(SenderStanding.ended_at.is_(None), SenderStanding.ended_at > now),
    )
    people = _people(session, viewer, session.scalars(held.distinct()).all())
    standings = standing_of_groups(session, people, now)
    known = known_of(session, {one for group in people.values() for one in group})
    since = {
        sender_id: local_day(standing.cease_contact_since)
        for sender_id, standing in standings.items()
        if standing.cease_contact_since is not None
    }
    newest = sorted(since, key=lambda one: (-since[one].toordinal(), one))
    return tuple(
        DoNotReply(
            one,
            tuple(each for member in people[one] for each in known.get(member, ())),
            since[one],
            WHOM_TO_ASK,
        )
        for one in newest
    )


def _people(
    session: Session, viewer: Actor, sender_ids: Collection[str]
) -> dict[str, tuple[str, ...]]:
    """One of these senders for each person -> all that the viewer knows as theirs, it first."""
    found = reach(viewer, sender_ids)
    groups: dict[str, set[str]] = {}
    for start, member in session.execute(select(found.c.start, found.c.member)):
        groups.setdefault(start, set()).add(member)
    people: dict[str, set[str]] = {}
    for start in sorted(groups):
        same = [one for one, group in people.items() if group & groups[start]]
        for one in same[1:]:
            people[same[0]] |= people.pop(one)
        people.setdefault(same[0] if same else start, set()).update(groups[start])
    return {one: (one, *sorted(group - {one})) for one, group in people.items()}


def cease_state(session: Session, *, viewer: Actor, sender_id: str, now: datetime) -> CeaseState:
    """What a proposal of a block shows first: is contact ceased, or asked for (P-BLK-1), by any
    address that the viewer knows as theirs."""
    group = members(session, viewer=viewer, sender_id=sender_id)
    proposed = select(Restriction.id).where(
        within_reach(session, viewer, now),
        Restriction.sender_id.in_(group),
        Restriction.kind == Kind.CEASE_CONTACT.value,
        Restriction.state == State.PROPOSED.value,
    )
    waits = session.scalar(proposed.limit(1)) is not None
    standing = standing_of_groups(session, {sender_id: group}, now).get(sender_id)
    if standing is None:
        return CeaseState(None, None, None, waits)

    def day(at: datetime | None) -> date | None:
        return None if at is None else local_day(at)

    return CeaseState(
        since=day(standing.cease_contact_since),
        until=day(standing.until),
        asked_to_stop=day(standing.asked_to_cease_at),
        proposed=waits,
    )
