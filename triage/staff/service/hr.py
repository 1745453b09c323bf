"""Who stands in for HR, where HR's own person is who a report is about, or stepped back (P-HR-1).

Kept with the fallbacks, and no fallback by it: who stands in for HR takes no other part.
"""

from sqlalchemy import select

from triage.core.access import Action
from triage.core.commands import Tx
from triage.core.errors import Conflict, Invalid, NotFound
from triage.staff.tables import HR, Fallback, Person


def name_hr_stand_in(tx: Tx, *, person_id: str) -> None:
    """Name somebody to take HR's part where HR cannot; said again, it changes nothing.

    Several may be named: the first who may know of the report and has no part in it is taken.
    """
    tx.allow(Action.MANAGE_STAFF)
    person = tx.session.get(Person, person_id, with_for_update=True)
    if person is None:
        raise NotFound("There is no such person on the staff list.")
    if not person.active:
        raise Invalid("This account is closed: open it first.", field="person")
    if person.email.casefold() == tx.settings.hr_contact.strip().casefold():
        raise Invalid("Referrals for HR go to this person: name somebody else.", field="person")
    if _row(tx, person_id) is None:
        tx.session.add(Fallback(person_id=person_id, process=HR, named_at=tx.now))
        tx.session.flush()
        tx.record("hr_stand_in_named", person_id)


def unname_hr_stand_in(tx: Tx, *, person_id: str) -> None:
    """Take somebody off: from here on they are asked no more. What they have, they keep."""
    tx.allow(Action.MANAGE_STAFF)
    row = _row(tx, person_id)
    if row is None:
        raise Conflict("This person does not stand in for HR.")
    tx.session.delete(row)
    tx.session.flush()
    tx.record("hr_stand_in_unnamed", person_id)


def _row(tx: Tx, person_id: str) -> Fallback | None:
    wanted = select(Fallback).where(Fallback.person_id == person_id, Fallback.process == HR)
    return tx.session.scalar(wanted.with_for_update())
