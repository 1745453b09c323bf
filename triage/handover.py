"""Closing an account, whole: the account, and what the person held, in one transaction."""

from triage.core.commands import Tx
from triage.core.roles import Role
from triage.messages.service.handing_over import hand_over
from triage.staff.processes import Process
from triage.staff.queries import active_people
from triage.staff.queries.team import away, outsiders
from triage.staff.service import disable
from triage.staff.sessions.rules import Why
from triage.staff.sessions.service import end_all


def disable_person(tx: Tx, *, person_id: str) -> None:
    """Close an account at once, and hand over what was theirs; or nothing of it.

    Their sessions end, and with them every login made until now. Claimed messages go back to the
    queue. Open welfare tasks go to the fallback for welfare who reviews and is not away, else
    back to the queue. A room that gives people things to hold adds its own hand-over here.
    """
    disable(tx, person_id=person_id)
    end_all(tx, person_id=person_id, why=Why.DISABLED)
    absent = away(tx.session, tx.now)
    reviewers = {one.id for one in active_people(tx.session) if Role.REVIEWER in one.roles}
    named = [
        one.id
        for one in outsiders(tx.session)
        if one.serves(Process.WELFARE) and one.id in reviewers and one.id not in absent
    ]
    hand_over(tx, person_id=person_id, to=named)
