"""Talks with people. What they need to take part stands on the task itself (P-ACC-1)."""

from datetime import datetime

from triage.cases.inquiry.service.keeping import item_of
from triage.cases.inquiry.service.stepping import LOOKS_INTO, load_open, party_of
from triage.cases.inquiry.tables import CaseMeeting
from triage.cases.rules import NO_SUCH_CASE
from triage.core.commands import Tx
from triage.core.errors import Conflict, Invalid, NotFound
from triage.core.ids import new_id
from triage.core.text import needed, storable
from triage.reports.answers import LONGEST_LINE


def plan_meeting(tx: Tx, *, case_id: str, party_id: str | None, at: datetime, place: str) -> str:
    """Plan a talk with somebody in the case; without a party, with who reported."""
    load_open(tx, case_id, *LOOKS_INTO)
    if party_id is not None:
        party_of(tx, case_id, party_id)
    if at.tzinfo is None or at <= tx.now:
        raise Invalid("The talk lies ahead.", field="at")
    place = needed(
        storable(place), field="place", ask="Say where, or by what.", longest=LONGEST_LINE
    )
    made = new_id()
    tx.session.add(
        CaseMeeting(
            id=made,
            case_id=case_id,
            party_id=party_id,
            at=at,
            place=tx.seal(case_id, "case_meetings", "place", made, place),
            added_by=tx.actor.person_id,
            added_at=tx.now,
        )
    )
    tx.session.flush()
    tx.record("meeting_planned", case_id, meeting=made, party=party_id)
    return made


def close_meeting(tx: Tx, *, meeting_id: str, held: bool, item_id: str | None = None) -> None:
    """Say whether it took place, and which note or statement came of it."""
    row = tx.session.get(CaseMeeting, meeting_id, with_for_update=True)
    if row is None:
        raise NotFound(NO_SUCH_CASE)
    load_open(tx, row.case_id, *LOOKS_INTO)
    if row.closed_at is not None:
        raise Conflict("This talk is closed already.")
    if item_id is not None and item_of(tx, item_id)[1].case_id != row.case_id:
        raise NotFound(NO_SUCH_CASE)
    row.closed_at, row.held, row.item_id = tx.now, held, item_id
    tx.record("meeting_closed", row.case_id, meeting=meeting_id, held=held)
    tx.session.flush()
