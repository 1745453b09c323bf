"""What comes next on a restriction, as it stands and as far as its person was written to."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from triage.core.access import Actor, visible
from triage.letters.rules import GONE, TERMINAL, LetterKind, State
from triage.letters.tables import Letter
from triage.restrictions.following import Coming, Standing, following
from triage.restrictions.queries.reading import RestrictionItem


def what_follows(session: Session, *, viewer: Actor, found: RestrictionItem) -> tuple[Coming, ...]:
    """What is to come, the first of it first."""
    wrote = select(Letter.state).where(
        Letter.matter_id == found.row.id,
        Letter.kind == LetterKind.NOTICE_OF_RESTRICTION.value,
        visible(viewer, Letter.matter_id),
    )
    letters = {State(one) for one in session.scalars(wrote)}
    return following(
        Standing(
            state=found.row.state,
            in_force=found.row.in_force,
            approvals=found.row.approvals,
            places=tuple((one.target, one.state) for one in found.places),
            told=bool(letters & GONE),
            begun=bool(letters - TERMINAL),
            withheld=bool(found.letter_withheld),
            has_sender=found.row.sender_id is not None,
        )
    )
