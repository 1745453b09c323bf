"""An appeal: once a restriction, by the code in the notice, decided by who took no part before."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import select

from triage.core.access import Action
from triage.core.commands import Tx
from triage.core.errors import Conflict, Invalid, NotFound
from triage.core.ids import new_id
from triage.core.steps import done_before
from triage.core.text import needed
from triage.messages.service.children import reopen_label
from triage.messages.service.reveals import check_evidence_seen
from triage.messages.service.stepping import known
from triage.restrictions import rules
from triage.restrictions.codes import hash_of_code
from triage.restrictions.rules import Edge, State
from triage.restrictions.service.deciding import in_place
from triage.restrictions.service.moving import (
    STEPS,
    dates_of,
    grounds_of,
    load,
    open_appeal,
    step,
    team_of,
)
from triage.restrictions.tables import Appeal, Restriction
from triage.staff.processes import Process
from triage.staff.service.deciders import allow_decider


class Outcome(StrEnum):
    """How an appeal ends: the original stands, or it is reversed."""

    UPHELD = "upheld"
    OVERTURNED = "overturned"


def record_appeal(
    tx: Tx,
    *,
    code: str,
    words: str,
    came_at: datetime,
    message_id: str | None = None,
    token: str | None = None,
) -> str:
    """What the person wrote against it, by the code of the notice; the restriction's id.

    It works while they are blocked: whatever way it came, somebody enters it. A wrong code and one
    of a restriction that this person may not know of are answered alike. Against what one person
    did alone it is kept until a second has confirmed that, and falls away with it otherwise.
    """
    tx.allow(Action.RECORD_APPEAL)
    digest = hash_of_code(tx.keys, code)
    restriction_id = tx.session.scalar(
        select(Restriction.id).where(Restriction.appeal_hash == digest)
    )
    if restriction_id is None:
        raise NotFound(WRONG_CODE)
    if done_before(tx, STEPS, token):
        return restriction_id
    try:
        restriction = load(tx, restriction_id)
    except NotFound as refused:
        raise NotFound(WRONG_CODE, refused_matter=refused.refused_matter) from refused
    if not rules.in_force(dates_of(restriction), tx.now):
        raise Conflict("This is not in force any more: there is nothing to appeal against.")
    alone = State(restriction.state) in rules.TO_RATIFY
    if alone and _entered_already(tx, restriction_id, came_at):
        return restriction_id
    if restriction.appealed:
        raise Conflict("An appeal against this was made before: there is one each.")
    words = needed(words, field="words", ask="Enter what they wrote.", longest=LONGEST_APPEAL)
    if message_id is not None:
        known(tx, message_id)
    if came_at > tx.now:
        raise Invalid("The time lies in the future.", field="came_at")
    restriction.appealed = True
    identifier = new_id()
    tx.session.add(
        Appeal(
            id=identifier,
            restriction_id=restriction_id,
            came_at=came_at,
            recorded_by=tx.actor.person_id,
            recorded_at=tx.now,
            message_id=message_id,
            words=tx.seal(restriction_id, "appeals", "words", identifier, words),
            reason=b"",
        )
    )
    if alone:
        tx.session.flush()
        tx.record("appeal_noted", restriction_id)
    else:
        step(tx, restriction, Edge.APPEAL, token=token)
    return restriction_id


def _entered_already(tx: Tx, restriction_id: str, came_at: datetime) -> bool:
    """A double click: it moves nothing, and so has no step that bears the token."""
    before = open_appeal(tx, restriction_id)
    mine = before is not None and before.recorded_by == tx.actor.person_id
    return before is not None and mine and before.came_at == came_at


WRONG_CODE = "No restriction in force has this code."
LONGEST_APPEAL = 20_000


def decide_appeal(
    tx: Tx,
    *,
    restriction_id: str,
    version: int,
    outcome: Outcome,
    reason: str,
    token: str | None = None,
) -> None:
    """Somebody who took no part decides. Overturned, it ends at once; the label is open again."""
    if done_before(tx, STEPS, token):
        return
    restriction = load(tx, restriction_id, version=version)
    allow_decider(tx, Process.APPEAL, matter_id=restriction_id)
    rules.check_appeal_decider(team_of(tx, restriction), tx.actor.person_id)
    reason = needed(reason, field="reason", ask="Say why.")
    check_evidence_seen(tx, grounds_of(tx, restriction_id))
    appeal = tx.session.scalars(
        select(Appeal).where(Appeal.restriction_id == restriction_id)
    ).one_or_none()
    if appeal is None or State(restriction.state) is not State.APPEALED:
        raise Conflict("There is no open appeal against this.")
    appeal.decided_by, appeal.decided_at = tx.actor.person_id, tx.now
    appeal.outcome = outcome.value
    appeal.reason = tx.seal(restriction_id, "appeals", "reason", appeal.id, reason)
    edge = Edge.OVERTURN
    if outcome is Outcome.UPHELD:  # it stands where it stood: active once it is somewhere in place
        edge = Edge.UPHOLD if in_place(tx, restriction) else Edge.UPHOLD_UNPLACED
    step(tx, restriction, edge, reason=reason, token=token)
    if outcome is Outcome.OVERTURNED:
        for message_id in grounds_of(tx, restriction_id):
            reopen_label(tx, message_id=message_id)
