"""Reads on HR's part: who takes referrals, and who stands in."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from triage.core.access import Action, Actor, check
from triage.core.settings import Settings
from triage.staff.processes import Process
from triage.staff.queries import PersonRow, active_people
from triage.staff.queries.team import outsiders
from triage.staff.tables import HR, Fallback, Person


@dataclass(frozen=True, slots=True)
class HrPart:
    """Who takes referrals for HR, who stands in, and who could be named to."""

    is_set: bool
    """Whether anybody takes them at all; without that, whoever handles a report says who has it."""
    contact: str
    """Their name, where they have an account here."""
    stand_ins: tuple[tuple[str, str], ...]
    """(id, name), in the order in which they are asked."""
    fallback: bool
    """Whether somebody stands behind them who is named for incident reports."""
    could: tuple[tuple[str, str], ...]


def hr_person(session: Session, settings: Settings) -> PersonRow | None:
    """Whose account takes referrals for HR, where it is an account here."""
    ours = settings.hr_contact.strip().casefold()
    return next((one for one in active_people(session) if one.email.casefold() == ours), None)


def hr_stand_ins(session: Session) -> tuple[tuple[str, str], ...]:
    """(id, name) of who is named to stand in, with an open account; the longest named first."""
    found = session.execute(
        select(Person.id, Person.name)
        .join(Fallback, Fallback.person_id == Person.id)
        .where(Person.active, Fallback.process == HR)
        .order_by(Fallback.named_at, Fallback.id)
    )
    return tuple((person_id, name) for person_id, name in found)


def hr_part(session: Session, *, viewer: Actor, settings: Settings) -> HrPart:
    """HR's part, for whoever reads the staff page. Of no report."""
    check(viewer, Action.READ_TEAM)
    contact, named = hr_person(session, settings), hr_stand_ins(session)
    taken = {one for one, _ in named} | ({contact.id} if contact is not None else set())
    return HrPart(
        is_set=bool(settings.hr_contact.strip()),
        contact="" if contact is None else contact.name,
        stand_ins=named,
        fallback=any(one.serves(Process.CASE) for one in outsiders(session)),
        could=tuple((one.id, one.name) for one in active_people(session) if one.id not in taken),
    )
