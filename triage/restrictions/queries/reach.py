"""Which restrictions somebody may read: the one filter of this room, and who decides in it."""

from datetime import datetime

from sqlalchemy import ColumnElement, and_, exists, select, true
from sqlalchemy.orm import Session

from triage.core.access import Action, Actor, can, check, visible
from triage.core.exclusions import Exclusion
from triage.core.roles import Role
from triage.restrictions.tables import Restriction, RestrictionGround
from triage.staff.processes import Process
from triage.staff.queries import guest_matters
from triage.staff.queries.team import outsiders

Condition = ColumnElement[bool]


def known_to(viewer: Actor) -> Condition:
    """True where the viewer has a part neither denied in the restriction nor in any of its grounds.

    Somebody may turn out to be the recipient of a ground after the restriction was proposed: then
    it is gone for them from that moment. So it is for who steps back from the case it came of.
    """
    if viewer.is_system:
        return true()
    barred = exists().where(
        RestrictionGround.restriction_id == Restriction.id,
        Exclusion.matter_id == RestrictionGround.message_id,
        Exclusion.person_id == viewer.person_id,
    )
    of_case = exists().where(
        Exclusion.matter_id == Restriction.case_id, Exclusion.person_id == viewer.person_id
    )
    return and_(visible(viewer, Restriction.id), ~barred, ~of_case)


def within_reach(session: Session, viewer: Actor, now: datetime) -> Condition:
    """What the viewer may read: all that they may know of; a guest, what they are invited to."""
    if can(viewer, Action.READ_RESTRICTIONS):
        return known_to(viewer)
    invited = guest_matters(session, viewer.person_id, now)
    if not invited:
        check(viewer, Action.READ_RESTRICTIONS)
    return and_(known_to(viewer), Restriction.id.in_(sorted(invited)))


def invited(session: Session, *, viewer: Actor, now: datetime) -> bool:
    """Whether somebody from outside is asked into any restriction that they may know of."""
    asked = sorted(guest_matters(session, viewer.person_id, now))
    found = select(Restriction.id).where(Restriction.id.in_(asked), known_to(viewer))
    return bool(asked) and session.scalar(found.limit(1)) is not None


def offices(
    session: Session, *, viewer: Actor, restriction_id: str, now: datetime
) -> frozenset[Process]:
    """What the viewer may decide in one restriction, by their office (as ``allow_decider``)."""
    return frozenset(
        one
        for one in (Process.RESTRICTION, Process.APPEAL)
        if session.scalar(
            select(Restriction.id).where(
                Restriction.id == restriction_id, to_decide(session, viewer, one, now)
            )
        )
        is not None
    )


def to_decide(session: Session, viewer: Actor, process: Process, now: datetime) -> Condition:
    """What the viewer may decide on, as far as their office goes: deciders all, and whoever is
    named from outside for this, what they are invited to (rule 7). Others nothing."""
    if Role.DECIDER in viewer.roles:
        return known_to(viewer)
    named = any(one.id == viewer.person_id and one.serves(process) for one in outsiders(session))
    invited = guest_matters(session, viewer.person_id, now) if named else frozenset[str]()
    return and_(known_to(viewer), Restriction.id.in_(sorted(invited)))
