"""What the room of letters knows of a restriction: whether the person was written to."""

from sqlalchemy import select

from triage.core.commands import Tx
from triage.letters.rules import LetterKind, State
from triage.letters.tables import Letter
from triage.restrictions.tables import Restriction


def was_written_to(tx: Tx, restriction: Restriction) -> bool:
    """Whether a notice of this restriction has gone out, or somebody copied it out and sent it."""
    found = select(Letter.id).where(
        Letter.matter_id == restriction.id,
        Letter.kind == LetterKind.NOTICE_OF_RESTRICTION.value,
        Letter.state.in_([State.SENT.value, State.COPIED_OUT.value]),
    )
    return tx.session.scalar(found.limit(1)) is not None
