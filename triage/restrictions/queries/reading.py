"""One restriction in full: reasons, places, history, and the evidence it rests on."""

from dataclasses import dataclass
from datetime import datetime
from functools import partial

from sqlalchemy import select
from sqlalchemy.orm import Session

from triage.core.access import SYSTEM, Actor
from triage.core.errors import NotFound
from triage.core.sealed import Vault
from triage.messages.queries.evidence import Ground, grounds
from triage.restrictions.queries.reach import within_reach
from triage.restrictions.queries.rows import RestrictionRow, rows
from triage.restrictions.queries.unlinked import unlinked
from triage.restrictions.rules import TargetState
from triage.restrictions.tables import (
    Appeal,
    EnforcementTask,
    Restriction,
    RestrictionApproval,
    RestrictionGround,
    RestrictionTransition,
)
from triage.staff.queries import names

NO_SUCH_RESTRICTION = "There is no such restriction."


@dataclass(frozen=True, slots=True)
class PlaceItem:
    """One service or channel in full. ``subject`` is outside text."""

    id: str
    version: int
    target: str
    state: TargetState
    state_since: datetime
    level: str | None
    subject: str
    proportionality: str
    unverified_reason: str
    note: str


@dataclass(frozen=True, slots=True)
class RestrictionStep:
    """One step of the history."""

    at: datetime
    who: str
    edge: str
    from_state: str | None
    to_state: str
    policy_version: str
    reason: str


@dataclass(frozen=True, slots=True)
class AppealItem:
    """The person's own word, and what became of it. ``words`` is outside text."""

    id: str
    came_at: datetime
    recorded_by: str
    message_id: str | None
    words: str
    decided_by: str | None
    decided_at: datetime | None
    outcome: str | None
    reason: str


@dataclass(frozen=True, slots=True)
class RestrictionItem:
    """One restriction. All its texts were typed by somebody: they are drawn as outside text."""

    row: RestrictionRow
    reason: str
    public_reason: str
    proportionality: str
    event: str
    letter_withheld: str
    done_by: str | None
    """The name of who had done it already."""
    ratified_by: str | None
    approved_by: tuple[str, ...]
    """Names, in the order in which they said yes."""
    approved_by_ids: tuple[str, ...]
    places: tuple[PlaceItem, ...]
    steps: tuple[RestrictionStep, ...]
    grounds: tuple[Ground, ...]
    unseen: tuple[str, ...]
    """The grounds that this viewer has yet to open before they can decide."""
    unlinked: tuple[str, ...]
    """The grounds of whose sender nobody says any more that they are this person."""
    appeal: AppealItem | None


def restriction(
    session: Session, *, viewer: Actor, vault: Vault, restriction_id: str, now: datetime
) -> RestrictionItem:
    """One restriction; ``NotFound`` alike for one that is not and one that is not theirs to know.

    A guest reads the one that they are invited to, and the evidence of that one alone.
    """
    reach = within_reach(session, viewer, now)
    found = rows(session, vault, now, Restriction.id == restriction_id, reach)
    if not found:
        raise NotFound(NO_SUCH_RESTRICTION)
    one = session.get_one(Restriction, restriction_id)
    yes = session.execute(
        select(RestrictionApproval.person_id)
        .where(RestrictionApproval.restriction_id == restriction_id)
        .order_by(RestrictionApproval.at, RestrictionApproval.person_id)
    )
    approved = tuple(yes.scalars())
    asked = {*approved, *(who for who in (one.done_by, one.ratified_by) if who)}
    people = names(session, asked)
    evidence = tuple(grounds(session, viewer=viewer, message_ids=_grounds(session, restriction_id)))
    own = partial(vault.show_of, session, restriction_id, one)
    return RestrictionItem(
        row=found[0],
        reason=own("reason"),
        public_reason=own("public_reason"),
        proportionality=own("proportionality"),
        event=own("event"),
        letter_withheld=own("letter_withheld"),
        done_by=people.get(one.done_by, "Somebody") if one.done_by else None,
        ratified_by=people.get(one.ratified_by, "Somebody") if one.ratified_by else None,
        approved_by=tuple(people.get(who, "Somebody") for who in approved),
        approved_by_ids=approved,
        places=_places(session, vault, restriction_id),
        steps=_steps(session, vault, restriction_id),
        grounds=evidence,
        unseen=tuple(ground.id for ground in evidence if ground.text is None),
        unlinked=unlinked(session, restriction_id),
        appeal=_appeal(session, vault, restriction_id),
    )


def _grounds(session: Session, restriction_id: str) -> list[str]:
    wanted = select(RestrictionGround.message_id).where(
        RestrictionGround.restriction_id == restriction_id
    )
    return list(session.scalars(wanted))


def _places(session: Session, vault: Vault, restriction_id: str) -> tuple[PlaceItem, ...]:
    opened = partial(vault.show_of, session, restriction_id)
    return tuple(
        PlaceItem(
            id=task.id,
            version=task.version,
            target=task.target,
            state=TargetState(task.state),
            state_since=task.state_since,
            level=task.level,
            subject=opened(task, "subject"),
            proportionality=opened(task, "proportionality"),
            unverified_reason=opened(task, "unverified_reason"),
            note=opened(task, "note"),
        )
        for task in session.scalars(
            select(EnforcementTask)
            .where(EnforcementTask.restriction_id == restriction_id)
            .order_by(EnforcementTask.target)
        )
    )


def _steps(session: Session, vault: Vault, restriction_id: str) -> tuple[RestrictionStep, ...]:
    taken = session.scalars(
        select(RestrictionTransition)
        .where(RestrictionTransition.restriction_id == restriction_id)
        .order_by(RestrictionTransition.sequence)
    ).all()
    people = names(session, {one.actor_id for one in taken})
    people[SYSTEM.person_id] = "The system"
    return tuple(
        RestrictionStep(
            at=one.at,
            who=people.get(one.actor_id, "Somebody"),
            edge=one.edge,
            from_state=one.from_state,
            to_state=one.to_state,
            policy_version=one.policy_version,
            reason=vault.show_of(session, restriction_id, one, "reason"),
        )
        for one in taken
    )


def _appeal(session: Session, vault: Vault, restriction_id: str) -> AppealItem | None:
    one = session.scalar(select(Appeal).where(Appeal.restriction_id == restriction_id))
    if one is None:
        return None
    people = names(session, {who for who in (one.recorded_by, one.decided_by) if who})
    return AppealItem(
        id=one.id,
        came_at=one.came_at,
        recorded_by=people.get(one.recorded_by, "Somebody"),
        message_id=one.message_id,
        words=vault.show_of(session, restriction_id, one, "words"),
        decided_by=people.get(one.decided_by, "Somebody") if one.decided_by else None,
        decided_at=one.decided_at,
        outcome=one.outcome,
        reason=vault.show_of(session, restriction_id, one, "reason"),
    )
