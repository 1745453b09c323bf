"""Who may read how a case ends: whoever has a part in it beyond the procedure of identities, and
has declared."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from triage.cases import rules
from triage.cases.queries.reading import OF_THE_PROCEDURE, known_case, ties
from triage.cases.tables import Case, CasePart
from triage.core.access import Actor
from triage.core.errors import NotFound
from triage.staff.processes import Part


def opened_case(session: Session, viewer: Actor, case_id: str) -> Case:
    """The case, for who may read it; ``NotFound`` alike for none and for one that is hidden."""
    case = known_case(session, viewer, case_id)
    if not parts_of(session, viewer, case_id) - OF_THE_PROCEDURE:
        raise NotFound(rules.NO_SUCH_CASE, refused_matter=case_id)
    rules.check_declared(ties(session, viewer=viewer, case_id=case_id))
    return case


def parts_of(session: Session, viewer: Actor, case_id: str) -> frozenset[Part]:
    """The viewer's parts in a case now."""
    found = select(CasePart.part).where(
        CasePart.case_id == case_id,
        CasePart.person_id == viewer.person_id,
        CasePart.until.is_(None),
    )
    return frozenset(Part(one) for one in session.scalars(found))
