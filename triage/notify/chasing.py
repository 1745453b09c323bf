"""Reminding of what waits: whoever may still decide it; where nobody of them is there, who can
ask somebody in from outside (lifecycles.md, rule 7)."""

from collections.abc import Collection

from triage.core.commands import Tx
from triage.core.roles import Role
from triage.notify.rules import Kind
from triage.notify.service import queue_mail
from triage.staff.queries import active_people
from triage.staff.queries.team import away


def chase(tx: Tx, *, key: str, free: Collection[str], never: Collection[str]) -> None:
    """Remind each of these once for this key.

    ``free``: who may decide it. ``never``: who is told nothing of it, whatever else they are. The
    admins are told when none of the first is left, or all of them are away: they read nothing of
    it, and may ask somebody in.
    """
    left = sorted(set(free) - set(never))
    for person_id in left:
        queue_mail(tx, kind=Kind.OVERDUE, dedupe_key=f"{key}:{person_id}", to_person_id=person_id)
    if set(left) - away(tx.session, tx.now):
        return
    for one in active_people(tx.session):
        if Role.ADMIN in one.roles and one.id not in never:
            to = f"{key}:nobody:{one.id}"
            queue_mail(tx, kind=Kind.NOBODY, dedupe_key=to, to_person_id=one.id)
