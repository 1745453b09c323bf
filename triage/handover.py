"""Opening and closing an account, whole: the account, what the person held, and of which report
they might be the subject, in one transaction."""

from collections.abc import Iterable
from datetime import datetime

from triage.cases.service.jobs import staff_changed
from triage.core.commands import Tx
from triage.core.roles import Role
from triage.messages.service.handing_over import hand_over
from triage.staff import service
from triage.staff.processes import Process
from triage.staff.queries import active_people
from triage.staff.queries.team import away, outsiders
from triage.staff.sessions.rules import Why
from triage.staff.sessions.service import end_all


def disable_person(tx: Tx, *, person_id: str) -> None:
    """Close an account at once, and hand over what was theirs; or nothing of it.

    Their sessions end, and with them every login made until now. Claimed messages go back to the
    queue. Open welfare tasks go to the fallback for welfare who reviews and is not away, else
    back to the queue. A room that gives people things to hold adds its own hand-over here.
    """
    service.disable(tx, person_id=person_id)
    end_all(tx, person_id=person_id, why=Why.DISABLED)
    absent = away(tx.session, tx.now)
    reviewers = {one.id for one in active_people(tx.session) if Role.REVIEWER in one.roles}
    named = [
        one.id
        for one in outsiders(tx.session)
        if one.serves(Process.WELFARE) and one.id in reviewers and one.id not in absent
    ]
    hand_over(tx, person_id=person_id, to=named)


def add_person(
    tx: Tx, *, name: str, email: str, roles: Iterable[Role] = (), reason: str = ""
) -> str:
    """Add somebody, who is kept away from every open report that speaks of them; their id."""
    person_id = service.add_person(tx, name=name, email=email, roles=roles, reason=reason)
    staff_changed(tx)
    return person_id


def enable_person(tx: Tx, *, person_id: str) -> None:
    """Open a closed account again. What came in the meantime and speaks of them stays closed."""
    service.enable(tx, person_id=person_id)
    staff_changed(tx)


def invite_guest(tx: Tx, *, name: str, email: str, matter_id: str, expires_at: datetime) -> str:
    """Invite somebody from outside to one matter, and to no report that speaks of them."""
    person_id = service.invite_guest(
        tx, name=name, email=email, matter_id=matter_id, expires_at=expires_at
    )
    staff_changed(tx)
    return person_id
