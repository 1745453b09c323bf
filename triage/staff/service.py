"""Commands on people: add, and their own settings."""

from collections.abc import Iterable

from sqlalchemy import select

from triage.core.access import Action
from triage.core.commands import Tx
from triage.core.errors import Invalid, NotFound
from triage.core.roles import Role
from triage.staff.tables import Person, PersonRole


def add_person(tx: Tx, *, name: str, email: str, roles: Iterable[Role] = ()) -> str:
    """Add somebody; their id. Manager and admin never in one person (lifecycles.md, rule 6)."""
    tx.allow(Action.MANAGE_STAFF)
    email, name, held = email.strip().lower(), name.strip(), frozenset(roles)
    if not name:
        raise Invalid("Enter a name.", field="name")
    if "@" not in email:
        raise Invalid("Enter an e-mail address, like name@example.org.", field="email")
    if {Role.MANAGER, Role.ADMIN} <= held:
        raise Invalid("One person may not be both manager and admin.", field="roles")
    if tx.session.scalar(select(Person.id).where(Person.email == email)) is not None:
        raise Invalid("Somebody with this address is on the list already.", field="email")
    person = Person(name=name, email=email, added_at=tx.now)
    tx.session.add(person)
    tx.session.flush()
    tx.session.add_all(PersonRole(person_id=person.id, role=role.value) for role in sorted(held))
    tx.record("person_added", person.id, roles=sorted(held))
    return person.id


def set_shortcuts(tx: Tx, *, on: bool) -> None:
    """Switch one's own single keys on or off."""
    person = tx.session.get(Person, tx.actor.person_id)
    if person is None:
        raise NotFound("This account does not exist.")
    person.shortcuts = on
