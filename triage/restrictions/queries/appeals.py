"""Appeals that wait for the viewer: those in whose matter they had no part before."""

from datetime import datetime

from sqlalchemy import exists, or_
from sqlalchemy.orm import Session

from triage.core.access import Actor
from triage.core.sealed import Vault
from triage.restrictions.queries.reach import to_decide
from triage.restrictions.queries.rows import RestrictionRow, rows
from triage.restrictions.rules import TOOK_PART, State
from triage.restrictions.tables import Restriction, RestrictionApproval, RestrictionTransition
from triage.staff.processes import Process


def appeals_waiting_for_me(
    session: Session, *, viewer: Actor, vault: Vault, now: datetime
) -> tuple[RestrictionRow, ...]:
    """Restrictions under appeal that this viewer may decide, longest waiting first (rule 2)."""
    said = exists().where(
        RestrictionApproval.restriction_id == Restriction.id,
        RestrictionApproval.person_id == viewer.person_id,
    )
    took_part = exists().where(
        RestrictionTransition.restriction_id == Restriction.id,
        RestrictionTransition.actor_id == viewer.person_id,
        RestrictionTransition.edge.in_(sorted(TOOK_PART)),
    )
    return rows(
        session,
        vault,
        now,
        to_decide(session, viewer, Process.APPEAL, now),
        Restriction.state == State.APPEALED.value,
        Restriction.proposed_by != viewer.person_id,
        or_(Restriction.done_by.is_(None), Restriction.done_by != viewer.person_id),
        ~said,
        ~took_part,
        order=(Restriction.state_since,),
    )
