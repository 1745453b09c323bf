"""Reads on volunteers without an account, and who a signed link belongs to."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from triage.core.access import Actor
from triage.core.crypto import KeyedHash
from triage.core.links import read_link
from triage.staff.tables import Volunteer

PURPOSE = "recipient"
"""What the link is for: its holder's own messages, and nothing else."""


@dataclass(frozen=True, slots=True)
class VolunteerRow:
    """One volunteer."""

    id: str
    name: str
    email: str
    active: bool


def volunteer(session: Session, volunteer_id: str) -> VolunteerRow | None:
    """One volunteer, active or not."""
    found = session.get(Volunteer, volunteer_id)
    return None if found is None else _row(found)


def all_volunteers(session: Session) -> tuple[VolunteerRow, ...]:
    """Everybody on the list, by name."""
    found = session.scalars(select(Volunteer).order_by(Volunteer.name, Volunteer.id))
    return tuple(_row(one) for one in found)


def volunteers_at(session: Session, addresses: Collection[str]) -> dict[str, str]:
    """Address -> volunteer id for those addresses that are a volunteer's own."""
    if not addresses:
        return {}
    found = session.execute(
        select(Volunteer.email, Volunteer.id).where(Volunteer.email.in_(sorted(set(addresses))))
    )
    return dict(found.all())


def volunteer_called(session: Session, typed: str) -> str | None:
    """The id of the active volunteer whose address or name this is; of two namesakes, neither."""
    asked = typed.strip().casefold()
    active = [one for one in all_volunteers(session) if one.active]
    found = [one.id for one in active if asked == one.email] or [
        one.id for one in active if asked == one.name.casefold()
    ]
    return found[0] if len(found) == 1 else None


def whose_link(session: Session, *, keys: KeyedHash, token: str, now: datetime) -> Actor | None:
    """Who holds this link: ``None`` alike for one that is wrong, over, replaced or ended."""
    subject = read_link(keys, token, purpose=PURPOSE, now=now)
    volunteer_id, _, version = (subject or "").partition("-")
    found = session.get(Volunteer, volunteer_id)
    if found is None or not found.active or version != str(found.link_version):
        return None
    return Actor(person_id=found.id, name=found.name, is_volunteer=True)


def _row(one: Volunteer) -> VolunteerRow:
    return VolunteerRow(one.id, one.name, one.email, one.active)
