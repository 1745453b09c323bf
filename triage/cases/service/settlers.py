"""Somebody is there to settle every conflict that was raised (rule 7)."""

from sqlalchemy import select

from triage.cases.service import parts
from triage.cases.service.stepping import holders
from triage.cases.tables import Case, CaseChallenge
from triage.core.commands import Tx
from triage.core.errors import NotAllowed
from triage.core.roles import Role
from triage.staff.processes import Part, Process
from triage.staff.queries import active_people
from triage.staff.queries.team import away, outsiders

READS_NOTHING = frozenset({Part.CUSTODIAN, Part.IDENTITY_APPROVER})
"""Who has one of these alone reads no case, and so settles nothing in it."""


def unsettled(tx: Tx, case_id: str) -> list[CaseChallenge]:
    """What was raised and nobody has decided, oldest first."""
    found = select(CaseChallenge).where(
        CaseChallenge.case_id == case_id, CaseChallenge.settled_at.is_(None)
    )
    return list(tx.session.scalars(found.order_by(CaseChallenge.raised_at, CaseChallenge.id)))


def see_to_challenges(tx: Tx, case: Case) -> bool:
    """Whoever has a part and did not raise it settles it; where there is nobody, who stands in, or
    a decider, is let in for it. Whether there is somebody for each."""
    there = [_settler(tx, case, one.raised_by) for one in unsettled(tx, case.id)]
    return all(there)


def _settler(tx: Tx, case: Case, raised_by: str) -> bool:
    held = holders(tx, case.id)
    if {one for part in held.keys() - READS_NOTHING for one in held[part]} - {raised_by}:
        return True
    named = [one for one in outsiders(tx.session) if one.serves(Process.CASE)]
    could = [one.id for one in sorted(named, key=lambda one: not one.outside)]
    could += [one.id for one in active_people(tx.session) if Role.DECIDER in one.roles]
    gone = away(tx.session, tx.now)
    for person_id in sorted(could, key=gone.__contains__):
        try:
            parts.check_fit(tx, case, Part.SECOND, person_id)
        except NotAllowed:
            continue
        if person_id != raised_by:
            parts.give(tx, case, Part.SECOND, person_id, how="stepped_in")
            return True
    return False
