"""How requests about one's own data end: with what was searched for, found and decided."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from triage.core.commands import Tx
from triage.core.erased import end_matter
from triage.core.erasing import Due, Keeping, is_over
from triage.core.settings import Settings
from triage.notify.service import forget_mail
from triage.retention.subject.rules import ENDED, State
from triage.retention.subject.tables import (
    SubjectDisclosure,
    SubjectItem,
    SubjectRequest,
    SubjectStep,
    SubjectTerm,
)

OWNED = (SubjectDisclosure, SubjectItem, SubjectStep, SubjectTerm)
OVER = [one.value for one in ENDED]


def due_requests(
    session: Session, settings: Settings, now: datetime, after: str, most: int
) -> Sequence[Due]:
    """Requests that ended so long ago that nobody asks after the answer any more."""
    kept = timedelta(days=settings.keep_request_days)
    page = session.execute(
        select(SubjectRequest.id, SubjectRequest.state_since)
        .where(
            SubjectRequest.state.in_(OVER),
            SubjectRequest.state_since <= now - kept,
            SubjectRequest.id > after,
        )
        .order_by(SubjectRequest.id)
        .limit(most)
    )
    return [Due(row.id, "answered", row.state_since + kept) for row in page]


def erase_request(tx: Tx, due: Due) -> bool:
    """Every row of it goes, and the key that sealed them; that it was there is on the record."""
    request = tx.session.get(SubjectRequest, due.matter_id, with_for_update=True)
    if request is None or State(request.state) not in ENDED:
        return False
    until = request.state_since + timedelta(days=tx.settings.keep_request_days)
    if not is_over(tx, due, Due(request.id, due.rule, until)):
        return False
    for table in OWNED:
        tx.session.execute(delete(table).where(table.request_id == request.id))
    tx.session.delete(request)
    forget_mail(tx, matter_id=request.id)
    end_matter(tx, request.id)
    tx.session.flush()
    tx.record("subject_erased", due.matter_id, rule=due.rule)
    return True


KEEPING = Keeping("data requests", due_requests, erase_request)
