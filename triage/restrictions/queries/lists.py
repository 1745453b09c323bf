"""Lists of restrictions: what waits for the viewer, what is in force, what falls due."""

from collections.abc import Collection
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, exists, or_
from sqlalchemy.orm import Session

from triage.core.access import Actor
from triage.core.sealed import Vault
from triage.restrictions import rules
from triage.restrictions.queries.reach import to_decide, within_reach
from triage.restrictions.queries.rows import RestrictionRow, rows
from triage.restrictions.rules import State
from triage.restrictions.tables import Restriction, RestrictionApproval
from triage.staff.processes import Process
from triage.staff.queries import guest_matters

SOON = timedelta(hours=24)
"""Before a measure of one person lapses."""


def waiting_for_me(
    session: Session, *, viewer: Actor, vault: Vault, now: datetime
) -> tuple[RestrictionRow, ...]:
    """What this viewer may approve or decline now; what lapses first, first.

    Never what they proposed, did themselves or said yes to; never what has lapsed by its date.
    """
    said = exists().where(
        RestrictionApproval.restriction_id == Restriction.id,
        RestrictionApproval.person_id == viewer.person_id,
    )
    alone = [one.value for one in rules.TO_RATIFY]
    return rows(
        session,
        vault,
        now,
        to_decide(session, viewer, Process.RESTRICTION, now),
        or_(
            Restriction.state == State.PROPOSED.value,
            and_(Restriction.state.in_(alone), in_force(now)),
        ),
        Restriction.proposed_by != viewer.person_id,
        or_(Restriction.done_by.is_(None), Restriction.done_by != viewer.person_id),
        ~said,
        order=(Restriction.lapses_at.is_(None), Restriction.lapses_at),
    )


def my_proposals(
    session: Session, *, viewer: Actor, vault: Vault, now: datetime
) -> tuple[RestrictionRow, ...]:
    """What the viewer has proposed, or did alone, and nobody has decided yet; oldest first."""
    waits = [State.PROPOSED.value, *(one.value for one in rules.TO_RATIFY)]
    return _within(
        session,
        viewer,
        vault,
        now,
        Restriction.proposed_by == viewer.person_id,
        Restriction.state.in_(waits),
    )


def in_force_now(
    session: Session, *, viewer: Actor, vault: Vault, now: datetime
) -> tuple[RestrictionRow, ...]:
    """What is in force at this moment by its dates, whatever a job has noted; oldest first."""
    return _within(session, viewer, vault, now, in_force(now), order=(Restriction.since,))


def due_for_review(
    session: Session, *, viewer: Actor, vault: Vault, now: datetime
) -> tuple[RestrictionRow, ...]:
    """What is in force and past its review date; longest past first. Also under appeal: then its
    review waits for that."""
    states = [one.value for one in rules.HOLDS - rules.TO_RATIFY]
    return _within(
        session,
        viewer,
        vault,
        now,
        in_force(now),
        Restriction.state.in_(states),
        Restriction.review_at <= now,
        order=(Restriction.review_at,),
    )


def lapsing_soon(
    session: Session, *, viewer: Actor, vault: Vault, now: datetime
) -> tuple[RestrictionRow, ...]:
    """What one person did alone and nobody has confirmed, with a day or less to go."""
    alone = [one.value for one in rules.TO_RATIFY]
    return _within(
        session,
        viewer,
        vault,
        now,
        Restriction.state.in_(alone),
        in_force(now),
        or_(Restriction.lapses_at <= now + SOON, Restriction.expires_at <= now + SOON),
        order=(Restriction.lapses_at,),
    )


def of_senders(
    session: Session, *, viewer: Actor, vault: Vault, sender_ids: Collection[str], now: datetime
) -> tuple[RestrictionRow, ...]:
    """All restrictions on a person, by whatever address of theirs: also what was declined, and
    what has ended. Oldest first."""
    return _within(session, viewer, vault, now, Restriction.sender_id.in_(sorted(set(sender_ids))))


def asked_into(
    session: Session, *, viewer: Actor, vault: Vault, now: datetime
) -> tuple[RestrictionRow, ...]:
    """What somebody from outside is invited to at this moment, whether or not it waits for them."""
    asked = sorted(guest_matters(session, viewer.person_id, now))
    return _within(session, viewer, vault, now, Restriction.id.in_(asked))


def in_force(now: datetime) -> ColumnElement[bool]:
    """``rules.in_force`` for the database: the same answer, row by row."""
    alone = [one.value for one in rules.TO_RATIFY]
    return and_(
        Restriction.state.in_([one.value for one in rules.HOLDS]),
        Restriction.since <= now,
        or_(Restriction.state.not_in(alone), Restriction.lapses_at > now),
        or_(Restriction.expires_at.is_(None), Restriction.expires_at > now),
    )


def _within(
    session: Session,
    viewer: Actor,
    vault: Vault,
    now: datetime,
    *where: ColumnElement[bool],
    order: tuple[object, ...] = (),
) -> tuple[RestrictionRow, ...]:
    return rows(session, vault, now, within_reach(session, viewer, now), *where, order=order)
