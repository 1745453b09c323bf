"""Commands on people: accounts, roles, guests, fallbacks, and their own settings."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlalchemy import select

from triage.core.access import CONSOLE, Action
from triage.core.commands import Tx
from triage.core.errors import Conflict, Invalid, NotFound
from triage.core.ids import is_id
from triage.core.roles import Role
from triage.staff.capability import role_problem
from triage.staff.processes import Process
from triage.staff.service.volunteers import becomes_person
from triage.staff.tables import Fallback, Guest, Person, PersonRole

LONGEST_INVITATION = timedelta(days=90)
"""A guest's invitation ends by itself; it can be given again."""
ALL = "all"
"""Named as a fallback for every process."""


def add_person(
    tx: Tx, *, name: str, email: str, roles: Iterable[Role] = (), reason: str = ""
) -> str:
    """Add somebody; their id. Which roles may stand together says rule 6 of lifecycles.md."""
    tx.allow(Action.MANAGE_STAFF)
    held = frozenset(roles)
    _check_roles(held, reason)
    person = _new_person(tx, name, email)
    _give(tx, person.id, held, held, reason)
    tx.record("person_added", person.id, roles=sorted(held))
    return person.id


def change_roles(
    tx: Tx,
    *,
    person_id: str,
    give: Iterable[Role] = (),
    take: Iterable[Role] = (),
    reason: str = "",
) -> frozenset[Role]:
    """Give and take roles, in force at the person's next click; the roles held then.

    A recorded reason stays with the role it was given for: a manager with others, no more roles
    being given, needs no new one.
    """
    tx.allow(Action.MANAGE_STAFF)
    _person(tx, person_id)
    rows = {
        Role(row.role): row
        for row in tx.session.scalars(
            select(PersonRole).where(PersonRole.person_id == person_id).with_for_update()
        )
    }
    new, gone = frozenset(give) - rows.keys(), frozenset(take) & rows.keys()
    held = (rows.keys() | new) - gone
    kept = next((row.reason for role, row in rows.items() if row.reason and role in held), None)
    _check_roles(held, reason if new else reason or kept or "")
    for role in gone:
        tx.session.delete(rows[role])
    _give(tx, person_id, new, held, reason)
    if new:
        tx.record("roles_given", person_id, roles=sorted(new))
    if gone:
        tx.record("roles_taken", person_id, roles=sorted(gone))
    return frozenset(held)


def disable(tx: Tx, *, person_id: str) -> datetime:
    """Close an account at once; when it was closed. History keeps the name.

    Whoever calls this hands over what the person held, in the same transaction:
    ``triage.handover`` does. Nobody closes their own account.
    """
    tx.allow(Action.MANAGE_STAFF)
    person = _person(tx, person_id)
    if tx.actor.person_id == person_id:
        raise Invalid("Somebody else closes your account.")
    if not person.active:
        raise Conflict("This account is closed already.")
    person.active, person.disabled_at = False, tx.now
    tx.record("person_disabled", person_id)
    return tx.now


def enable(tx: Tx, *, person_id: str) -> None:
    """Open a closed account again, with the roles it had."""
    tx.allow(Action.MANAGE_STAFF)
    person = _person(tx, person_id)
    if person.active:
        raise Conflict("This account is open already.")
    person.active, person.disabled_at = True, None
    tx.record("person_enabled", person_id)


def invite_guest(tx: Tx, *, name: str, email: str, matter_id: str, expires_at: datetime) -> str:
    """Invite a trustee or an outside person to one matter, up to a moment; their id.

    Each invitation is for one matter, and says nothing of others: a fallback may be drawn into
    two. Given again for the same matter, it replaces the one before. The record holds it as an
    event of that matter, so that who is excluded from it does not learn of the guest.
    """
    tx.allow(Action.MANAGE_STAFF)
    if not is_id(matter_id):
        raise Invalid("Enter the whole id of the matter.", field="matter_id")
    if not tx.now < expires_at <= tx.now + LONGEST_INVITATION:
        raise Invalid(
            f"An invitation ends within {LONGEST_INVITATION.days} days.", field="expires_at"
        )
    person = tx.session.scalar(select(Person).where(Person.email == email.strip().lower()))
    if person is None:
        person = _new_person(tx, name, email)
        _give(tx, person.id, [Role.GUEST], [Role.GUEST], "")
    _check_guest(tx, person)
    for row in _invitations(tx, person.id, matter_id):
        row.expires_at = tx.now
    tx.session.add(
        Guest(person_id=person.id, matter_id=matter_id, invited_at=tx.now, expires_at=expires_at)
    )
    tx.record("guest_invited", matter_id, guest=person.id)
    return person.id


def end_invitation(tx: Tx, *, person_id: str, matter_id: str) -> None:
    """Withdraw an invitation that is in force; none being in force, nothing happens."""
    tx.allow(Action.MANAGE_STAFF)
    for row in _invitations(tx, person_id, matter_id):
        row.expires_at = tx.now
        tx.record("invitation_ended", matter_id, guest=person_id)


def name_fallback(tx: Tx, *, person_id: str, process: Process | None = None) -> None:
    """Name somebody to step in for a process, or for all; said again, it changes nothing."""
    tx.allow(Action.MANAGE_STAFF)
    if not _person(tx, person_id).active:
        raise Invalid("This account is closed: open it first.")
    name = ALL if process is None else process.value
    if name not in {row.process for row in _fallbacks(tx, person_id)}:
        tx.session.add(Fallback(person_id=person_id, process=name, named_at=tx.now))
        tx.record("fallback_named", person_id, process=name)


def unname_fallback(tx: Tx, *, person_id: str, process: Process | None = None) -> None:
    """Take somebody off the fallbacks of a process, or of all where none is given."""
    tx.allow(Action.MANAGE_STAFF)
    for row in _fallbacks(tx, person_id):
        if process is None or row.process == process.value:
            tx.session.delete(row)
            tx.record("fallback_unnamed", person_id, process=row.process)


def record_drill(tx: Tx, *, person_id: str) -> None:
    """Put on the record that a drill reached a fallback, who answered."""
    tx.allow(Action.MANAGE_STAFF)
    rows = _fallbacks(tx, person_id)
    if not rows or not _person(tx, person_id).active:
        raise Invalid("This person is no fallback: name them first.")
    for row in rows:
        row.tried_at = tx.now
    tx.record("fallback_tried", person_id)


def set_shortcuts(tx: Tx, *, on: bool) -> None:
    """Switch one's own single keys on or off."""
    person = tx.session.get(Person, tx.actor.person_id)
    if person is None:
        raise NotFound("This account does not exist.")
    person.shortcuts = on


def _new_person(tx: Tx, name: str, email: str) -> Person:
    email, name = email.strip().lower(), name.strip()
    if not name:
        raise Invalid("Enter a name.", field="name")
    if "@" not in email:
        raise Invalid("Enter an e-mail address, like name@example.org.", field="email")
    if tx.session.scalar(select(Person.id).where(Person.email == email)) is not None:
        raise Invalid("Somebody with this address is on the list already.", field="email")
    person = Person(name=name, email=email, added_at=tx.now)
    known = becomes_person(tx, email)
    if known is not None:
        person.id = known
    tx.session.add(person)
    tx.session.flush()
    return person


def _person(tx: Tx, person_id: str) -> Person:
    person = tx.session.get(Person, person_id, with_for_update=True)
    if person is None or person_id == CONSOLE.person_id:
        raise NotFound("There is no such person on the staff list.")
    return person


def _check_roles(held: Iterable[Role], reason: str) -> None:
    problem = role_problem(frozenset(held), reason)
    if problem is not None:
        raise Invalid(problem, field="roles" if "reason" not in problem else "reason")


def _give(tx: Tx, person_id: str, new: Iterable[Role], held: Iterable[Role], reason: str) -> None:
    """Write roles down; the reason stands only where a manager holds others too."""
    every = frozenset(held)
    why = reason.strip() if Role.MANAGER in every and len(every) > 1 else ""
    tx.session.add_all(
        PersonRole(person_id=person_id, role=role.value, reason=why or None) for role in sorted(new)
    )


def _check_guest(tx: Tx, person: Person) -> None:
    held = select(PersonRole.role).where(PersonRole.person_id == person.id)
    if set(tx.session.scalars(held)) != {Role.GUEST.value} or not person.active:
        raise Invalid("This address belongs to no guest with an open account.", field="email")


def _invitations(tx: Tx, person_id: str, matter_id: str) -> list[Guest]:
    wanted = select(Guest).where(
        Guest.person_id == person_id, Guest.matter_id == matter_id, Guest.expires_at > tx.now
    )
    return list(tx.session.scalars(wanted.with_for_update()))


def _fallbacks(tx: Tx, person_id: str) -> list[Fallback]:
    wanted = select(Fallback).where(Fallback.person_id == person_id)
    return list(tx.session.scalars(wanted.with_for_update()))
