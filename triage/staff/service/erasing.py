"""What of the team is over: invitations, turns and absences of long ago, volunteers who left.

Whoever had an account keeps their name on the staff list: they did what they did, and the record
knows them by their id alone.
"""

from datetime import datetime

from sqlalchemy import ColumnElement, and_, exists, func, or_, select
from sqlalchemy.orm import aliased

from triage.core.access import Action
from triage.core.audit import AuditEvent
from triage.core.commands import Tx
from triage.core.erasing import Due, Keeping, Timed
from triage.core.settings import Settings
from triage.staff.tables import Absence, DutyShift, Guest, Person, Volunteer

FORMER = "Former volunteer"
NOWHERE = "@erased.invalid"
"""Mail to such an address reaches nobody, by RFC 2606."""


def _later() -> ColumnElement[bool]:
    """Whether a guest has a newer invitation: by the newest it is known that they may not come in
    any more."""
    newer = aliased(Guest)
    return exists().where(
        newer.person_id == Guest.person_id,
        or_(
            newer.expires_at > Guest.expires_at,
            and_(newer.expires_at == Guest.expires_at, newer.id > Guest.id),
        ),
    )


def _left() -> ColumnElement[datetime]:
    """Until when volunteers are who are off the list: from when the record says that they went,
    or, who has an account now, from when they got it."""
    went = (
        select(func.max(AuditEvent.at))
        .where(AuditEvent.matter_id == Volunteer.id, AuditEvent.code == "volunteer_ended")
        .scalar_subquery()
    )
    joined = select(Person.added_at).where(Person.id == Volunteer.id).scalar_subquery()
    return func.coalesce(joined, went, Volunteer.added_at)


def _erase_volunteer(tx: Tx, due: Due) -> bool:
    """Name and address go. The id stays: what was sent to them stays sent to somebody."""
    tx.allow(Action.RUN_JOBS)
    over = VOLUNTEERS.over(tx.settings, tx.now)
    wanted = select(Volunteer).where(Volunteer.id == due.matter_id, over)
    row = tx.session.scalar(wanted.with_for_update())
    if row is None:
        return False
    row.name, row.email = FORMER, f"{row.id.lower()}{NOWHERE}"
    tx.session.flush()
    tx.record("volunteer_erased", row.id)
    return True


def _counted_days(settings: Settings) -> int:
    """Until no release says any more how the rota was covered."""
    return settings.keep_stub_days


def _no_action_days(settings: Settings) -> int:
    return settings.keep_no_action_days


VOLUNTEERS = Timed(
    "volunteer",
    Volunteer.id,
    _left(),
    _no_action_days,
    where=(Volunteer.active.is_(False), Volunteer.email.not_like(f"%{NOWHERE}")),
)
"""Who are off the list and still named there."""
KEEPINGS = (
    Timed("past", Absence.id, Absence.ends, _counted_days).keeping("absences"),
    Timed("past", DutyShift.id, DutyShift.ends, _counted_days).keeping("turns on the rota"),
    Timed("invitation", Guest.id, Guest.expires_at, _no_action_days, where=(_later(),)).keeping(
        "invitations of guests"
    ),
    Keeping("volunteers who left", VOLUNTEERS.due, _erase_volunteer),
)
