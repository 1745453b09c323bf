"""What somebody from outside is asked into: one referral at a time, and no other (rule 7)."""

from datetime import datetime

from sqlalchemy.orm import Session

from triage.core.access import Actor
from triage.core.roles import Role
from triage.referrals.queries.listing import ReferralRow, rows_of, serves
from triage.referrals.tables import Referral
from triage.staff.processes import Process
from triage.staff.queries import guest_matters


def asked_into(session: Session, *, viewer: Actor, now: datetime) -> tuple[ReferralRow, ...]:
    """What somebody from outside is invited to at this moment, whether or not it waits for them."""
    asked = sorted(guest_matters(session, viewer.person_id, now))
    return rows_of(session, viewer, now, Referral.id.in_(asked)) if asked else ()


def invited(session: Session, *, viewer: Actor, now: datetime) -> bool:
    """Whether somebody from outside is asked into any referral that they may know of."""
    return bool(asked_into(session, viewer=viewer, now=now))


def offices(
    session: Session, *, viewer: Actor, referral_id: str, now: datetime
) -> frozenset[Process]:
    """What the viewer may decide in one referral, by their office (as ``allow_decider``)."""
    both = (Process.REFERRAL, Process.NOT_REFERRED)
    if Role.DECIDER in viewer.roles:
        return frozenset(both)
    if referral_id not in guest_matters(session, viewer.person_id, now):
        return frozenset()
    return frozenset(one for one in both if serves(session, viewer, one))
