"""Commands on volunteers without an account: the list, and their links."""

from datetime import timedelta

from sqlalchemy import select

from triage.core.access import Action
from triage.core.commands import Tx
from triage.core.errors import Conflict, Invalid, NotFound
from triage.core.links import sign_link
from triage.core.text import is_address
from triage.staff.queries.volunteers import PURPOSE
from triage.staff.service.erasing import NOWHERE
from triage.staff.tables import Person, Volunteer

LINK_HOLDS = timedelta(days=30)
"""How long a link opens its page; another can be given at any time."""
LONGEST_NAME = 480
"""Characters: with a word beside it, it fits into a note's line."""


def add_volunteer(tx: Tx, *, name: str, email: str) -> str:
    """Add somebody without an account; their id. Mail to the address is theirs from then on."""
    tx.allow(Action.MANAGE_STAFF)
    email, name = email.strip().lower(), " ".join(name.split())
    if not name or len(name) > LONGEST_NAME:
        raise Invalid(f"Enter a name of at most {LONGEST_NAME} characters.", field="name")
    if not is_address(email):
        raise Invalid("Enter an e-mail address, like name@example.org.", field="email")
    if tx.session.scalar(select(Person.id).where(Person.email == email)) is not None:
        raise Invalid("Somebody with this address has an account already.", field="email")
    if tx.session.scalar(select(Volunteer.id).where(Volunteer.email == email)) is not None:
        raise Invalid("A volunteer with this address is on the list already.", field="email")
    row = Volunteer(name=name, email=email, active=True, link_version=0, added_at=tx.now)
    tx.session.add(row)
    tx.session.flush()
    tx.record("volunteer_added", row.id)
    return row.id


def make_link(tx: Tx, *, volunteer_id: str) -> str:
    """A new link's token. Every earlier link of this volunteer is dead from then on."""
    tx.allow(Action.MANAGE_STAFF)
    row = _volunteer(tx, volunteer_id)
    if not row.active:
        raise Conflict("This volunteer is off the list: put them back first.")
    row.link_version += 1
    tx.record("volunteer_link_made", row.id, version=row.link_version)
    return sign_link(
        tx.keys,
        purpose=PURPOSE,
        subject=f"{row.id}-{row.link_version}",
        expires=tx.now + LINK_HOLDS,
    )


def end_volunteer(tx: Tx, *, volunteer_id: str) -> None:
    """Take somebody off the list; their link ends at once."""
    tx.allow(Action.MANAGE_STAFF)
    row = _volunteer(tx, volunteer_id)
    if not row.active:
        raise Conflict("This volunteer is off the list already.")
    row.active = False
    tx.record("volunteer_ended", row.id)


def restore_volunteer(tx: Tx, *, volunteer_id: str) -> None:
    """Put somebody back on the list. Links of before stay dead: they get a new one."""
    tx.allow(Action.MANAGE_STAFF)
    row = _volunteer(tx, volunteer_id)
    if row.active:
        raise Conflict("This volunteer is on the list.")
    if row.email.endswith(NOWHERE):
        raise Conflict("Their name and address were erased: add them as somebody new.")
    if tx.session.scalar(select(Person.id).where(Person.email == row.email)) is not None:
        raise Conflict("They have an account now.")
    row.active = True
    row.link_version += 1
    tx.record("volunteer_restored", row.id)


def becomes_person(tx: Tx, email: str) -> str | None:
    """The id for the new account of somebody who was a volunteer; ``None`` for anybody else.

    Whatever was sent to the volunteer stays sent to the person, who reviews none of it.
    """
    row = tx.session.scalar(select(Volunteer).where(Volunteer.email == email).with_for_update())
    if row is None:
        return None
    row.active = False
    return row.id


def _volunteer(tx: Tx, volunteer_id: str) -> Volunteer:
    row = tx.session.get(Volunteer, volunteer_id, with_for_update=True)
    if row is None:
        raise NotFound("There is no such volunteer.")
    return row
