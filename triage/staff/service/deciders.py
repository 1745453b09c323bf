"""Who may decide in a matter: the people with the role, and who steps in from outside."""

from collections.abc import Collection, Mapping

from triage.core.commands import Tx
from triage.core.errors import NotAllowed
from triage.core.roles import Role
from triage.core.steps import Steps, last_step
from triage.staff.processes import Process
from triage.staff.queries import guest_matters, names
from triage.staff.queries.team import outsiders


def allow_decider(tx: Tx, *processes: Process, matter_id: str) -> None:
    """A decider, or who is named from outside for one of these and invited to this very matter
    (lifecycles.md, rule 7)."""
    if Role.DECIDER in tx.actor.roles:
        return
    invited = matter_id in guest_matters(tx.session, tx.actor.person_id, tx.now)
    named = any(
        one.id == tx.actor.person_id and any(one.serves(process) for process in processes)
        for one in outsiders(tx.session)
    )
    if not (invited and named):
        what = f"decide_{processes[0].value}"
        raise NotAllowed("This is for the people who decide.", what=what)


def check_one_from_team(tx: Tx, people: Collection[str]) -> None:
    """Where two people decide, at most one of them comes from outside the team."""
    outside = {one.id for one in outsiders(tx.session) if one.outside}
    if len(set(people)) > 1 and outside.issuperset(people):
        raise NotAllowed("One of the two is from the team.", what="two_from_outside")


def happened_since(tx: Tx, steps: Steps, owner_id: str, did: Mapping[str, str]) -> str:
    """Who did what last to a matter: for whoever was slower. ``did``: an edge, as said of them."""
    last = last_step(tx, steps, owner_id)
    if last is None:
        return "This has changed since you opened it."
    who = names(tx.session, {last.actor_id}).get(last.actor_id, "The system")
    who = "You" if last.actor_id == tx.actor.person_id else who
    return f"{who} {did.get(last.edge, 'changed')} this in the meantime."
