"""A letter of a case, for whoever has a part in the case: also who stepped in from outside, and
has no role in letters."""

from dataclasses import replace

from sqlalchemy import select
from sqlalchemy.orm import Session

from triage.cases.inquiry.queries.reading import load_read
from triage.cases.service.stepping import ACTS_AS
from triage.core.access import Actor
from triage.core.errors import NotFound
from triage.core.sealed import Vault
from triage.letters.queries import LetterItem, LetterRow, letter, letters_of_matter
from triage.letters.rules import NO_SUCH_LETTER
from triage.restrictions.tables import Restriction
from triage.staff.processes import Part


def case_letter(
    session: Session, *, vault: Vault, viewer: Actor, case_id: str, letter_id: str
) -> LetterItem:
    """One letter in full; ``NotFound`` alike for one of another case, and one that is not."""
    load_read(session, viewer, case_id)
    found = letter(session, viewer=_reader(viewer), vault=vault, letter_id=letter_id)
    if found.row.matter_id not in _matters(session, case_id):
        raise NotFound(NO_SUCH_LETTER)
    return found


def case_letters(session: Session, *, viewer: Actor, case_id: str) -> tuple[LetterRow, ...]:
    """The letters of a case and of the restrictions that came of it, for whoever has a part in
    it, a trustee who stands in too."""
    load_read(session, viewer, case_id)
    return tuple(
        row
        for matter_id in _matters(session, case_id)
        for row in letters_of_matter(session, viewer=_reader(viewer), matter_id=matter_id)
    )


def _matters(session: Session, case_id: str) -> list[str]:
    of_case = select(Restriction.id).where(Restriction.case_id == case_id)
    return [case_id, *session.scalars(of_case.order_by(Restriction.proposed_at, Restriction.id))]


def _reader(viewer: Actor) -> Actor:
    """Somebody with a part in the case reads its letters as a handler does."""
    return replace(viewer, roles=viewer.roles | {ACTS_AS[Part.HANDLER]})
