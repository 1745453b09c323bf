"""Refusing a request: manifestly unfounded or excessive, by two people, and never for its tone."""

from triage.core.access import Action
from triage.core.commands import Tx
from triage.core.errors import Conflict
from triage.core.steps import last_step
from triage.core.text import needed, storable
from triage.retention.subject import rules
from triage.retention.subject.rules import Edge, Refusal
from triage.retention.subject.service.stepping import STEPS, goes_on, load, step
from triage.retention.subject.tables import SubjectRequest

NO_IDENTITY_YET = "They were not asked who they are yet."


def ask_refusal(tx: Tx, *, request_id: str, version: int, ground: Refusal, reason: str) -> None:
    """Say on which ground it should be refused, and what shows it; a second person decides."""
    request = load(tx, request_id, version)
    said = needed(storable(reason), field="reason", ask="Say what shows it.")
    if ground is Refusal.NO_IDENTITY and (
        request.identity_asked_on is None or request.identity_how is not None
    ):
        raise Conflict(NO_IDENTITY_YET)
    request.refusal = ground.value
    step(tx, request, Edge.ASK_REFUSAL, reason=said, ground=ground.value)


def agree_refusal(tx: Tx, *, request_id: str, version: int, reason: str) -> None:
    """A second person agrees. They are told why, and that they may complain (article 12(4))."""
    request = _second(tx, request_id, version)
    said = needed(storable(reason), field="reason", ask="Write what they are told.")
    step(tx, request, Edge.AGREE_REFUSAL, reason=said, ground=request.refusal)


def decline_refusal(tx: Tx, *, request_id: str, version: int, reason: str) -> None:
    """A second person does not: it goes on as if nobody had asked."""
    request = _second(tx, request_id, version)
    said = needed(storable(reason), field="reason", ask="Say why it is not refused.")
    request.refusal = None
    step(tx, request, Edge.DECLINE_REFUSAL, to=goes_on(request), reason=said)


def _second(tx: Tx, request_id: str, version: int) -> SubjectRequest:
    request = load(tx, request_id, version, Action.SECOND_ANSWER)
    asked = last_step(tx, STEPS, request_id)
    rules.check_second({asked.actor_id}, tx.actor.person_id)
    return request
