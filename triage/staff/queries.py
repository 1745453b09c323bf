"""Reads on people."""

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from triage.core.access import Actor
from triage.core.roles import Role
from triage.staff.tables import Person, PersonRole


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


def person(session: Session, person_id: str) -> PersonRow | None:
    """One person with the roles they hold at this moment; ``None`` if unknown or disabled."""
    found = session.scalars(select(Person).where(Person.id == person_id, Person.active)).all()
    return next(iter(_rows(session, found)), None)


def people_at(session: Session, addresses: Collection[str]) -> dict[str, str]:
    """Address -> person id for those addresses that are a person's own."""
    if not addresses:
        return {}
    found = session.execute(
        select(Person.email, Person.id).where(Person.email.in_(sorted(set(addresses))))
    )
    return dict(found.all())


def names(session: Session, person_ids: Collection[str]) -> dict[str, str]:
    """Person id -> name, for those that exist (disabled accounts too: they did what they did)."""
    if not person_ids:
        return {}
    found = session.execute(select(Person.id, Person.name).where(Person.id.in_(set(person_ids))))
    return dict(found.all())


def _rows(session: Session, people: Collection[Person]) -> list[PersonRow]:
    held: dict[str, set[Role]] = {one.id: set() for one in people}
    for row in session.scalars(select(PersonRole).where(PersonRole.person_id.in_(held))):
        held[row.person_id].add(Role(row.role))
    return [
        PersonRow(one.id, one.name, one.email, frozenset(held[one.id]), one.shortcuts)
        for one in people
    ]
