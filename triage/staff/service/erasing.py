"""What of the team is over: invitations, turns and absences of long ago, volunteers who left.

Whoever had an account keeps their name on the staff list: they did what they did, and the record
knows them by their id alone.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, delete, exists, func, or_, select
from sqlalchemy.orm import Session, aliased

from triage.core.access import Action
from triage.core.audit import AuditEvent
from triage.core.commands import Tx
from triage.core.erasing import Due, Keeping
from triage.core.settings import Settings
from triage.staff.tables import Absence, DutyShift, Guest, Person, Volunteer

FORMER = "Former volunteer"
NOWHERE = "@erased.invalid"
"""Mail to such an address reaches nobody, by RFC 2606."""


def _of_times(name: str, table: type[Absence] | type[DutyShift]) -> Keeping:
    """What has been, until no release says any more how the rota was covered."""

    def due(
        session: Session, settings: Settings, now: datetime, after: str, most: int
    ) -> Sequence[Due]:
        kept = timedelta(days=settings.keep_stub_days)
        wanted = select(table.id, table.ends).where(table.ends <= now - kept, table.id > after)
        rows = session.execute(wanted.order_by(table.id).limit(most))
        return [Due(one.id, "past", one.ends + kept) for one in rows]

    def erase(tx: Tx, due: Due) -> bool:
        tx.allow(Action.RUN_JOBS)
        over = table.ends <= tx.now - timedelta(days=tx.settings.keep_stub_days)
        return _took(tx, delete(table).where(table.id == due.matter_id, over))

    return Keeping(name, due, erase)


def _ended(settings: Settings, now: datetime) -> ColumnElement[bool]:
    """An invitation that is long over, and is not its guest's newest: by that one it is known
    that a guest may not come in any more."""
    newer = aliased(Guest)
    later = exists().where(
        newer.person_id == Guest.person_id,
        or_(
            newer.expires_at > Guest.expires_at,
            and_(newer.expires_at == Guest.expires_at, newer.id > Guest.id),
        ),
    )
    return and_(Guest.expires_at <= now - timedelta(days=settings.keep_no_action_days), later)


def _due_guests(
    session: Session, settings: Settings, now: datetime, after: str, most: int
) -> Sequence[Due]:
    kept = timedelta(days=settings.keep_no_action_days)
    wanted = select(Guest.id, Guest.expires_at).where(_ended(settings, now), Guest.id > after)
    rows = session.execute(wanted.order_by(Guest.id).limit(most))
    return [Due(one.id, "invitation", one.expires_at + kept) for one in rows]


def _erase_guest(tx: Tx, due: Due) -> bool:
    tx.allow(Action.RUN_JOBS)
    over = _ended(tx.settings, tx.now)
    return _took(tx, delete(Guest).where(Guest.id == due.matter_id, over))


def _left(settings: Settings) -> tuple[ColumnElement[bool], ColumnElement[datetime]]:
    """Volunteers who are off the list and still named there, and until when they are: from when
    the record says that they went, or, who has an account now, from when they got it."""
    went = (
        select(func.max(AuditEvent.at))
        .where(AuditEvent.matter_id == Volunteer.id, AuditEvent.code == "volunteer_ended")
        .scalar_subquery()
    )
    joined = select(Person.added_at).where(Person.id == Volunteer.id).scalar_subquery()
    named = and_(Volunteer.active.is_(False), Volunteer.email.not_like(f"%{NOWHERE}"))
    return named, func.coalesce(joined, went, Volunteer.added_at)


def _due_volunteers(
    session: Session, settings: Settings, now: datetime, after: str, most: int
) -> Sequence[Due]:
    kept = timedelta(days=settings.keep_no_action_days)
    named, since = _left(settings)
    wanted = select(Volunteer.id, since).where(named, since <= now - kept, Volunteer.id > after)
    rows = session.execute(wanted.order_by(Volunteer.id).limit(most))
    return [Due(volunteer_id, "volunteer", at + kept) for volunteer_id, at in rows]


def _erase_volunteer(tx: Tx, due: Due) -> bool:
    """Name and address go. The id stays: what was sent to them stays sent to somebody."""
    tx.allow(Action.RUN_JOBS)
    named, since = _left(tx.settings)
    moment = tx.now - timedelta(days=tx.settings.keep_no_action_days)
    wanted = select(Volunteer).where(Volunteer.id == due.matter_id, named, since <= moment)
    row = tx.session.scalar(wanted.with_for_update())
    if row is None:
        return False
    row.name, row.email = FORMER, f"{row.id.lower()}{NOWHERE}"
    tx.session.flush()
    tx.record("volunteer_erased", row.id)
    return True


def _took(tx: Tx, statement: object) -> bool:
    """Ids and times alone: nothing is put on the record, which knows of each that it was."""
    done = tx.session.execute(statement)  # type: ignore[call-overload]
    return bool(getattr(done, "rowcount", 0))


KEEPINGS = (
    _of_times("absences", Absence),
    _of_times("turns on the rota", DutyShift),
    Keeping("invitations of guests", _due_guests, _erase_guest),
    Keeping("volunteers who left", _due_volunteers, _erase_volunteer),
)
