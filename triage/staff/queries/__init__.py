"""Reads on people."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from triage.core.access import Actor
from triage.core.roles import Role
from triage.staff.tables import Fallback, Guest, Person, PersonRole, Volunteer
from triage.staff.team import StaffRow


@dataclass(frozen=True, slots=True)
class PersonRow:
    """One person, as the desk knows them."""

    id: str
    name: str
    email: str
    roles: frozenset[Role]
    shortcuts: bool

    def actor(self) -> Actor:
        """This person, acting."""
        return Actor(person_id=self.id, name=self.name, roles=self.roles)


def active_people(session: Session) -> list[PersonRow]:
    """Everybody whose account is open, by name."""
    people = session.scalars(select(Person).where(Person.active).order_by(Person.name)).all()
    return _rows(session, people)


def person(session: Session, person_id: str, at: datetime | None = None) -> PersonRow | None:
    """One person with the roles they hold at this moment; ``None`` if unknown or disabled.

    With ``at``, ``None`` too for a guest whose last invitation is over at that moment, unless
    they are a named fallback: those may always come in, and see nothing before they are asked.
    """
    found = session.scalars(select(Person).where(Person.id == person_id, Person.active)).all()
    row = next(iter(_rows(session, found)), None)
    if row is not None and at is not None and row.roles == {Role.GUEST}:
        invited = select(Guest.expires_at).where(Guest.person_id == person_id)
        ends = session.scalars(invited).all()
        named = select(Fallback.id).where(Fallback.person_id == person_id)
        if ends and max(ends) <= at and session.scalar(named.limit(1)) is None:
            return None
    return row


def guest_matters(session: Session, person_id: str, at: datetime) -> frozenset[str]:
    """The matters to which somebody is invited at this moment, and no other."""
    return frozenset(
        session.scalars(
            select(Guest.matter_id).where(
                Guest.person_id == person_id, Guest.invited_at <= at, Guest.expires_at > at
            )
        )
    )


def everybody(session: Session) -> list[StaffRow]:
    """Every account, open or closed, by name."""
    people = session.scalars(select(Person).order_by(Person.name, Person.id)).all()
    held: dict[str, list[PersonRole]] = {one.id: [] for one in people}
    for row in session.scalars(select(PersonRole)):
        held[row.person_id].append(row)
    return [
        StaffRow(
            id=one.id,
            name=one.name,
            email=one.email,
            roles=frozenset(Role(row.role) for row in held[one.id]),
            active=one.active,
            linked=one.oidc_subject is not None,
            reason=next((row.reason for row in held[one.id] if row.reason), ""),
        )
        for one in people
    ]


def people_at(session: Session, addresses: Collection[str]) -> dict[str, str]:
    """Address -> person id for those addresses that are a person's own."""
    if not addresses:
        return {}
    found = session.execute(
        select(Person.email, Person.id).where(Person.email.in_(sorted(set(addresses))))
    )
    return dict(found.all())


def names(session: Session, person_ids: Collection[str]) -> dict[str, str]:
    """Person id -> name, for those that exist (disabled accounts too: they did what they did).

    Of a volunteer without an account it is said that whoever held their link did it.
    """
    if not person_ids:
        return {}
    wanted = set(person_ids)
    found = session.execute(select(Person.id, Person.name).where(Person.id.in_(wanted)))
    known = dict(found.all())
    by_link = session.execute(
        select(Volunteer.id, Volunteer.name).where(Volunteer.id.in_(wanted - known.keys()))
    )
    return known | {one: f"{name} (volunteer, by link)" for one, name in by_link}


def _rows(session: Session, people: Collection[Person]) -> list[PersonRow]:
    held: dict[str, set[Role]] = {one.id: set() for one in people}
    for row in session.scalars(select(PersonRole).where(PersonRole.person_id.in_(held))):
        held[row.person_id].add(Role(row.role))
    return [
        PersonRow(one.id, one.name, one.email, frozenset(held[one.id]), one.shortcuts)
        for one in people
    ]
