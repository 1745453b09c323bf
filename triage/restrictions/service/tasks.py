"""Carrying a restriction to services and channels: asked for, applied, looked up, taken out.

A service admin sees the target, the sentence that may be read in public, and the task; nothing of
the messages, the reasons or the case. A block is a block once somebody has looked that it holds.
"""

from sqlalchemy import select

from triage.core.access import Action
from triage.core.commands import Tx
from triage.core.errors import Conflict, Invalid, NotAllowed, NotFound
from triage.core.roles import Role
from triage.core.text import needed
from triage.restrictions import rules
from triage.restrictions.rules import Edge, State, TargetEdge, TargetState
from triage.restrictions.service.letters import was_written_to
from triage.restrictions.service.moving import dates_of, step, tell_below, without_part
from triage.restrictions.service.wanted import all_wanted_besides
from triage.restrictions.tables import EnforcementTask, Restriction, ServiceScope
from triage.staff.queries import person

NO_SUCH_TASK = "There is no such task."


def set_scope(tx: Tx, *, person_id: str, target: str, looks_after: bool = True) -> None:
    """Say which services and channels somebody looks after, by who keeps the staff list."""
    tx.allow(Action.MANAGE_STAFF)
    if target not in (*rules.SERVICES, *rules.CHANNELS):
        raise Invalid("Choose from the list.", field="target")
    who = person(tx.session, person_id)
    if who is None or Role.SERVICE_ADMIN not in who.roles:
        raise Invalid("Only somebody with the role service_admin looks after a service.")
    held = tx.session.get(ServiceScope, (person_id, target))
    if looks_after and held is None:
        tx.session.add(ServiceScope(person_id=person_id, target=target))
        tx.record("scope_given", person_id, target=target)
    elif not looks_after and held is not None:
        tx.session.delete(held)
        tx.record("scope_taken", person_id, target=target)


def apply(tx: Tx, *, task_id: str, version: int, note: str = "") -> None:
    """It was done in the service. Where that stops our mail, the person was written to first."""
    task, restriction = _load(tx, task_id, version)
    state = State(restriction.state)
    if state not in rules.HOLDS:
        raise Conflict(f"This cannot be done while the restriction is {rules.words(state)}.")
    if not rules.in_force(dates_of(restriction), tx.now):
        raise Conflict("This is not in force any more: nothing is put in place for it.")
    if (
        task.target in rules.STOPS_OUR_MAIL
        and restriction.sender_id is not None
        and not restriction.letter_withheld
        and not was_written_to(tx, restriction)
    ):
        raise Invalid(
            "This also stops our letter to the person: it goes first, or a decider says why not.",
            field="letter",
        )
    _move(tx, task, restriction, TargetEdge.APPLY, note)
    task.applied_by, task.applied_at = tx.actor.person_id, tx.now
    if state is State.APPROVED:
        step(tx, restriction, Edge.ACTIVATE, task=task.id)
    else:
        tell_below(tx, restriction)


def verify(tx: Tx, *, task_id: str, version: int, note: str) -> None:
    """Somebody looked in the service, and it holds; the note says where."""
    task, restriction = _load(tx, task_id, version)
    note = needed(note, field="note", ask="Say where you looked.")
    _move(tx, task, restriction, TargetEdge.VERIFY, note)
    task.verified_by = tx.actor.person_id
    tx.session.flush()
    tell_below(tx, restriction)


def fail(tx: Tx, *, task_id: str, version: int, note: str) -> None:
    """It did not work, or does not hold, or does not any more; the note says why."""
    task, restriction = _load(tx, task_id, version)
    note = needed(note, field="note", ask="Say what went wrong.")
    _move(tx, task, restriction, TargetEdge.FAIL, note)
    tell_below(tx, restriction)


def retry(tx: Tx, *, task_id: str, version: int) -> None:
    """Try again."""
    task, restriction = _load(tx, task_id, version)
    _move(tx, task, restriction, TargetEdge.RETRY, "")
    tell_below(tx, restriction)


def remove(tx: Tx, *, task_id: str, version: int, note: str) -> None:
    """Taken out of the service again, and looked up that it is gone; or left there, where another
    decision has come to want it since (the sheet says so)."""
    task, restriction = _load(tx, task_id, version)
    note = needed(note, field="note", ask="Say where you looked that it is gone.")
    left = all_wanted_besides(tx, task)
    _move(tx, task, restriction, TargetEdge.LEAVE if left else TargetEdge.REMOVE, note)
    task.removed_by = None if left else tx.actor.person_id
    tx.session.flush()
    tell_below(tx, restriction)


def opened_task(tx: Tx, task_id: str) -> tuple[EnforcementTask, Restriction]:
    """A task and its restriction, for who looks after its service and has a part in it."""
    found = tx.session.get(EnforcementTask, task_id)
    if found is None:
        raise NotFound(NO_SUCH_TASK)
    # The restriction is locked first, as everywhere: two tasks at once take turns.
    restriction = tx.session.get_one(Restriction, found.restriction_id, with_for_update=True)
    proposed = State(restriction.state) in rules.NEVER_HELD
    if tx.actor.person_id in without_part(tx, restriction.id):
        raise NotFound(NO_SUCH_TASK, refused_matter=restriction.id)
    tx.about = restriction.id
    if not may_work(tx, found.target):
        raise NotAllowed("Somebody else looks after this service.", what="task_scope")
    if proposed:
        raise NotFound(NO_SUCH_TASK, refused_matter=restriction.id)
    tx.session.refresh(found)
    return found, restriction


def may_work(tx: Tx, target: str) -> bool:
    """Whether the actor looks after a service or channel."""
    scope = select(ServiceScope.target).where(
        ServiceScope.person_id == tx.actor.person_id, ServiceScope.target == target
    )
    return Role.SERVICE_ADMIN in tx.actor.roles and tx.session.scalar(scope) is not None


def _load(tx: Tx, task_id: str, version: int) -> tuple[EnforcementTask, Restriction]:
    found, restriction = opened_task(tx, task_id)
    if found.version != version:
        raise Conflict("Somebody has changed this task since you opened it.")
    return found, restriction


def _move(
    tx: Tx, task: EnforcementTask, restriction: Restriction, edge: TargetEdge, note: str
) -> None:
    before = task.state
    task.state = rules.move_target(TargetState(before), edge).value
    task.state_since = tx.now
    task.note = tx.seal(restriction.id, "enforcement_tasks", "note", task.id, note.strip())
    tx.session.flush()
    tx.record(f"task_{edge.value}", restriction.id, task=task.id, target=task.target, to=task.state)
