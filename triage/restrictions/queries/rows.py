"""A restriction as it stands in a list, and as it is put together for one."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from triage.core.sealed import Vault
from triage.messages.queries.senders import Known, sorted_known
from triage.restrictions import rules
from triage.restrictions.rules import Dates, Kind, State, TargetState
from triage.restrictions.tables import (
    EnforcementTask,
    Restriction,
    RestrictionApproval,
    RestrictionGround,
)
from triage.senders.rules import IdentityKind
from triage.senders.tables import SenderIdentity
from triage.staff.queries import names


@dataclass(frozen=True, slots=True)
class Place:
    """One service or channel, and how far it has come there."""

    task_id: str
    target: str
    state: TargetState


@dataclass(frozen=True, slots=True)
class RestrictionRow:
    """One restriction in a list: no reason, and nothing of the messages."""

    id: str
    version: int
    kind: Kind
    origin: str
    """proposal, emergency or already_done."""
    state: State
    state_since: datetime
    in_force: bool
    """By its dates at the moment of reading (rule 8)."""
    sender_id: str | None
    known: tuple[Known, ...]
    """What the sender is known by. Outside text."""
    person: str
    """Who it is, in a colleague's words, where there is no sender. Drawn as outside text."""
    clause: str
    grave: bool
    proposed_by: str
    """A name."""
    proposed_by_id: str
    proposed_at: datetime
    since: datetime | None
    review_at: datetime
    expires_at: datetime | None
    lapses_at: datetime | None
    ended_at: datetime | None
    grounds: int
    places: tuple[Place, ...]
    approvals: int
    """How many have said yes."""
    approvals_needed: int


def rows(
    session: Session,
    vault: Vault,
    now: datetime,
    *where: ColumnElement[bool],
    order: Collection[Any] = (),
) -> tuple[RestrictionRow, ...]:
    """These restrictions. Whoever asks has put in the filter of what the viewer may read."""
    found = session.scalars(
        select(Restriction).where(*where).order_by(*order, Restriction.proposed_at, Restriction.id)
    ).all()
    ids = [one.id for one in found]
    grounds = counted(session, RestrictionGround.restriction_id, ids)
    said = counted(session, RestrictionApproval.restriction_id, ids)
    places = places_of(session, ids)
    known = known_of(session, {one.sender_id for one in found if one.sender_id})
    people = names(session, {one.proposed_by for one in found})
    return tuple(
        RestrictionRow(
            id=one.id,
            version=one.version,
            kind=Kind(one.kind),
            origin=one.origin,
            state=State(one.state),
            state_since=one.state_since,
            in_force=rules.in_force(
                Dates(State(one.state), one.since, one.expires_at, one.lapses_at), now
            ),
            sender_id=one.sender_id,
            known=known.get(one.sender_id or "", ()),
            person=vault.show_of(session, one.id, one, "person"),
            clause=one.clause,
            grave=one.grave,
            proposed_by=people.get(one.proposed_by, "Somebody"),
            proposed_by_id=one.proposed_by,
            proposed_at=one.proposed_at,
            since=one.since,
            review_at=one.review_at,
            expires_at=one.expires_at,
            lapses_at=one.lapses_at,
            ended_at=one.ended_at,
            grounds=grounds.get(one.id, 0),
            places=places.get(one.id, ()),
            approvals=said.get(one.id, 0),
            approvals_needed=rules.approvals_needed(
                frozenset(place.target for place in places.get(one.id, ()))
            ),
        )
        for one in found
    )


def counted(session: Session, column: Any, ids: Collection[str]) -> dict[str, int]:
    """Restriction -> how many rows of another table are its own."""
    counts = session.execute(
        select(column, func.count()).where(column.in_(ids)).group_by(column)
    ).all()
    return dict(counts)


def places_of(session: Session, ids: Collection[str]) -> dict[str, tuple[Place, ...]]:
    """Restriction -> where it applies, in a steady order."""
    held: dict[str, list[Place]] = {}
    for task in session.scalars(
        select(EnforcementTask)
        .where(EnforcementTask.restriction_id.in_(ids))
        .order_by(EnforcementTask.target)
    ):
        held.setdefault(task.restriction_id, []).append(
            Place(task.id, task.target, TargetState(task.state))
        )
    return {one: tuple(places) for one, places in held.items()}


def known_of(session: Session, sender_ids: Collection[str]) -> dict[str, tuple[Known, ...]]:
    """Sender -> what they are known by. Outside text; a value is ``None`` once it was erased."""
    held: dict[str, list[Known]] = {}
    for one in session.scalars(
        select(SenderIdentity).where(SenderIdentity.sender_id.in_(sorted(sender_ids)))
    ):
        known = Known(one.sender_id, IdentityKind(one.kind), one.namespace, one.value)
        held.setdefault(one.sender_id, []).append(known)
    return {one: tuple(sorted_known(known)) for one, known in held.items()}
