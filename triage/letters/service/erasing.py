"""Letters end with the matter they are about: sent copies, drafts, and their way to the server."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, delete, exists, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from triage.core.access import Action
from triage.core.audit import AuditEvent
from triage.core.commands import Tx
from triage.core.erased import end_matter
from triage.core.erasing import Due, Keeping
from triage.core.settings import Settings
from triage.letters.rules import State
from triage.letters.tables import Letter, LetterMail, LetterTransition
from triage.senders.standing.service import forget_standing

WITH_MATTER = "with_its_matter"
ERASED = ("erase", "key_destroyed")
"""Events by which the record says that a matter is gone: of a message, of anything with a key."""


def erase_letters(tx: Tx, *, matter_id: str) -> int:
    """Erase the letters about a matter, in the transaction that erases the matter; how many.

    One that is on its way to the server goes first: it is erased once it has gone (``KEEPING``).
    """
    found = select(Letter).where(Letter.matter_id == matter_id, _settled()).order_by(Letter.id)
    letters = tx.session.scalars(found.with_for_update()).all()
    for one in letters:
        _erase(tx, one)
    return len(letters)


def on_its_way(session: Session, matter_id: str) -> bool:
    """Whether a letter about this matter is with the mail server's queue now."""
    found = select(Letter.id).where(Letter.matter_id == matter_id, ~_settled())
    return session.scalar(found.limit(1)) is not None


def _settled() -> ColumnElement[bool]:
    return Letter.state != State.QUEUED.value


def _erase(tx: Tx, letter: Letter) -> None:
    end_matter(tx, letter.id)
    forget_standing(tx, source_id=letter.id)
    for table in (LetterMail, LetterTransition):
        tx.session.execute(delete(table).where(table.letter_id == letter.id))
    tx.session.execute(delete(Letter).where(Letter.id == letter.id))
    tx.record("letter_erased", letter.matter_id, letter=letter.id)


def _gone(matter: InstrumentedAttribute[str]) -> ColumnElement[bool]:
    """Whether the record says of a matter that it was erased: whoever did, in a room above."""
    return exists().where(AuditEvent.matter_id == matter, AuditEvent.code.in_(ERASED))


def _due(
    session: Session, settings: Settings, now: datetime, after: str, most: int
) -> Sequence[Due]:
    """Letters that were left of a matter that is erased."""
    found = (
        select(Letter.id, Letter.matter_id, Letter.state_since)
        .where(_settled(), Letter.id > after, _gone(Letter.matter_id))
        .order_by(Letter.id)
        .limit(most)
    )
    return [
        Due(one.id, WITH_MATTER, one.state_since, (one.matter_id,))
        for one in session.execute(found)
    ]


def _erase_due(tx: Tx, due: Due) -> bool:
    tx.allow(Action.RUN_JOBS)
    wanted = select(Letter).where(Letter.id == due.matter_id, _settled(), _gone(Letter.matter_id))
    letter = tx.session.scalar(wanted.with_for_update())
    if letter is None:
        return False
    _erase(tx, letter)
    return True


KEEPING = Keeping("letters", _due, _erase_due)
