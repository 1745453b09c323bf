"""Commands on time: the rota, absences, closure days."""

from datetime import date, datetime, timedelta

from sqlalchemy import select

from triage.core.access import Action
from triage.core.commands import Tx
from triage.core.errors import Invalid, NotFound
from triage.core.roles import Role
from triage.staff.tables import Absence, Closure, DutyShift, Person, PersonRole

ON_THE_ROTA = frozenset({Role.ON_DUTY, Role.REVIEWER})
"""Who may be put on the rota: it tells who answers, and who reviews."""
LONGEST_SHIFT = timedelta(days=14)
LONGEST_ABSENCE = timedelta(days=400)


def add_shift(tx: Tx, *, person_id: str, starts: datetime, ends: datetime) -> str:
    """Put somebody on the rota; the shift's id. Nobody is on it twice at a time."""
    tx.allow(Action.MANAGE_STAFF)
    _check_person(tx, person_id)
    _check_span(starts, ends, LONGEST_SHIFT)
    held = {
        Role(role)
        for role in tx.session.scalars(
            select(PersonRole.role).where(PersonRole.person_id == person_id)
        )
    }
    if not held & ON_THE_ROTA:
        raise Invalid("Only reviewers and people with the role on_duty are on the rota.")
    overlapping = select(DutyShift.id).where(
        DutyShift.person_id == person_id, DutyShift.starts < ends, DutyShift.ends > starts
    )
    if tx.session.scalar(overlapping.limit(1)) is not None:
        raise Invalid("This person is on the rota then already.", field="starts")
    shift = DutyShift(person_id=person_id, starts=starts, ends=ends)
    tx.session.add(shift)
    tx.session.flush()
    tx.record("shift_added", person_id, shift=shift.id)
    return shift.id


def remove_shift(tx: Tx, *, shift_id: str) -> None:
    """Take a shift off the rota."""
    tx.allow(Action.MANAGE_STAFF)
    shift = tx.session.get(DutyShift, shift_id)
    if shift is None:
        raise NotFound("There is no such shift.")
    tx.session.delete(shift)
    tx.record("shift_removed", shift.person_id, shift=shift_id)


def add_absence(tx: Tx, *, person_id: str, starts: datetime, ends: datetime) -> str:
    """Note that somebody is away, never why; the absence's id."""
    tx.allow(Action.MANAGE_STAFF)
    _check_person(tx, person_id)
    _check_span(starts, ends, LONGEST_ABSENCE)
    absence = Absence(person_id=person_id, starts=starts, ends=ends)
    tx.session.add(absence)
    tx.session.flush()
    tx.record("absence_added", person_id, absence=absence.id)
    return absence.id


def remove_absence(tx: Tx, *, absence_id: str) -> None:
    """Take an absence back: somebody is there after all."""
    tx.allow(Action.MANAGE_STAFF)
    absence = tx.session.get(Absence, absence_id)
    if absence is None:
        raise NotFound("There is no such absence.")
    tx.session.delete(absence)
    tx.record("absence_removed", absence.person_id, absence=absence_id)


def add_closure(tx: Tx, *, day: date) -> None:
    """Close the desk for a day; said again, it changes nothing."""
    tx.allow(Action.MANAGE_STAFF)
    if tx.session.get(Closure, day) is None:
        tx.session.add(Closure(day=day, added_at=tx.now))
        tx.record("closure_added", None, day=day.isoformat())


def remove_closure(tx: Tx, *, day: date) -> None:
    """Open the desk on a day that was to be closed."""
    tx.allow(Action.MANAGE_STAFF)
    closure = tx.session.get(Closure, day)
    if closure is None:
        raise NotFound("This day is no closure day.")
    tx.session.delete(closure)
    tx.record("closure_removed", None, day=day.isoformat())


def _check_person(tx: Tx, person_id: str) -> None:
    # Locked, so that two shifts that overlap are not added at the same moment.
    person = tx.session.get(Person, person_id, with_for_update=True)
    if person is None or not person.active:
        raise NotFound("There is no such person on the staff list.")


def _check_span(starts: datetime, ends: datetime, longest: timedelta) -> None:
    if starts >= ends:
        raise Invalid("The end comes after the start.", field="ends")
    if ends - starts > longest:
        raise Invalid(f"At most {longest.days} days at a time.", field="ends")
