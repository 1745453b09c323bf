"""A desk with something of everything in it: for what must carry the whole of it elsewhere."""

from datetime import timedelta

from support import referring, restricting
from support.desk import Desk
from support.hostile_cases import prepare_case
from support.verdicts import outcome_due
from triage.core.exclusions import Exclusion
from triage.core.roles import Role
from triage.messages.service.flags import add_note, flag
from triage.messages.service.handover_notes import leave_note
from triage.staff.queries import active_people
from triage.trends.assurance import Check
from triage.trends.service import record_check

PLAIN = "obstreperous"
"""In the text of each message."""
SEALED = "zephyrine"
"""In what colleagues wrote of it."""


def furnish(desk: Desk) -> list[str]:
    """Fill it; the ids of its messages."""
    grave = desk.arrive(f"[high] {PLAIN} grave", from_address="pat@example.org")
    noted = desk.arrive(f"[medium] {PLAIN} noted", subject="Zähl\u2028bar \U0001f600")
    plain = desk.arrive(f"{PLAIN} plain")
    desk.do(desk.kit, flag, message_id=noted, note=f"{SEALED} flag")
    desk.do(desk.ana, add_note, message_id=noted, text=f"{SEALED} note")
    desk.do(desk.ana, leave_note, text=f"{SEALED} handover", since=desk.now)
    # What an event is called stands on the public form.
    shown = {"event": "Open day", "onsite": "The desk by the door"}
    prepare_case(desk.triage, lambda name: shown.get(name, f"{SEALED} {name}"))
    _more(desk, grave)
    return [grave, noted, plain]


def _more(desk: Desk, grave: str) -> None:
    with desk.triage.database.read() as session:
        desk.people |= {one.name.lower(): one.actor() for one in active_people(session)}
    desk.add("edda", Role.DECIDER)
    outcome_due(desk)
    referral = referring.consider(desk, desk.ben, grave)
    referring.authorise(desk, desk.edda, referral)
    restricting.propose(desk, desk.ben, grave)
    day = (desk.now - timedelta(days=3)).date()
    desk.do(desk.ada, record_check, kind=Check.POLICY_REVIEW, day=day, held=True)
    excluded = {"kind": "recipient", "since": desk.now, "person_id": desk.max.person_id}
    desk.triage.database.write(lambda session: session.add(Exclusion(matter_id=grave, **excluded)))
