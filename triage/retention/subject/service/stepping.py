"""How a request moves: one step, one event, in one transaction; by people alone."""

from datetime import date
from typing import Any

from sqlalchemy import select

from triage.conduct.clauses import POLICY_VERSION
from triage.core.access import Action
from triage.core.commands import Tx
from triage.core.errors import Conflict, Invalid, NotFound
from triage.core.exclusions import is_excluded
from triage.core.steps import Steps, last_step, write_step
from triage.retention.subject import rules
from triage.retention.subject.queries.reading import seen_by
from triage.retention.subject.rules import Edge, Kind, State
from triage.retention.subject.tables import SubjectItem, SubjectRequest, SubjectStep
from triage.staff.calendar import local_day
from triage.staff.queries import names

STEPS = Steps(SubjectStep, "request_id")


def load(
    tx: Tx, request_id: str, version: int | None, action: Action = Action.ANSWER_SUBJECTS
) -> SubjectRequest:
    """The request, locked. Who has no part in it gets the same answer as for one that is not."""
    tx.allow(action)
    found = tx.session.get(SubjectRequest, request_id, with_for_update=True)
    if found is None:
        raise NotFound(rules.NO_SUCH_REQUEST)
    if is_excluded(tx.session, matter_id=request_id, person_id=tx.actor.person_id):
        raise NotFound(rules.NO_SUCH_REQUEST, refused_matter=request_id)
    tx.about = request_id
    if version is not None and version != found.version:
        step = last_step(tx, STEPS, request_id)
        who = names(tx.session, {step.actor_id}).get(step.actor_id, "Somebody")
        raise Conflict(f"{who} changed this meanwhile. Look at it again.")
    return found


def load_item(tx: Tx, item_id: str) -> tuple[SubjectRequest, SubjectItem]:
    """An item with its request, locked; none where it lies in something closed to the actor."""
    tx.allow(Action.ANSWER_SUBJECTS)
    item = tx.session.scalar(
        select(SubjectItem).where(SubjectItem.id == item_id, seen_by(tx.actor)).with_for_update()
    )
    if item is None:
        hidden = tx.session.get(SubjectItem, item_id)
        raise NotFound(
            rules.NO_SUCH_ITEM, refused_matter=None if hidden is None else hidden.matter_id
        )
    return load(tx, item.request_id, None), item


def step(
    tx: Tx,
    request: SubjectRequest,
    edge: Edge,
    *,
    to: State | None = None,
    reason: str = "",
    token: str | None = None,
    **codes: str | bool | None,
) -> None:
    """Take one step. ``to`` is named where the edge leads to more than one place."""
    before, kind = State(request.state), Kind(request.kind)
    rules.check_step(before, edge, kind)
    may = rules.TRANSITIONS[before, edge]
    after = to or next(iter(may))
    if after not in may:
        raise Conflict("This cannot be done from where the request stands.")
    based_on = request.version
    request.state = after.value
    if after is not before:
        request.state_since = tx.now
    write_step(
        tx, STEPS, request.id, edge=edge.value, before=before.value, to=after.value,
        based_on=based_on, policy_version=POLICY_VERSION, reason=reason, token=token,
    )  # fmt: skip
    told: dict[str, Any] = {"to": after.value, **codes}
    tx.record(f"subject_{edge.value}", request.id, **told)
    tx.session.flush()


def goes_on(request: SubjectRequest) -> State:
    """Where a request goes on that was stopped: by whether it is known who asks."""
    known = request.identity_how is not None
    return State.IDENTITY_CHECKED if known else State.RECEIVED


def day_of(tx: Tx, day: date, *, earliest: date | None = None, field: str = "on") -> date:
    """A day on which something happened: not one to come, and not before what it follows."""
    if day > local_day(tx.now) or (earliest is not None and day < earliest):
        raise Invalid("Say on which day it was: not one to come, nor one before.", field=field)
    return day
