"""The end of a case that was decided: nobody who should know is left untold (P-OUT-1, P-INT-4)."""

from triage.cases.rules import Edge
from triage.cases.service.handling import ended
from triage.cases.service.stepping import STEPS, load_as, step
from triage.cases.verdict.rules import ToldTo
from triage.cases.verdict.service.standing import decision_of
from triage.cases.verdict.service.telling import untold
from triage.core.commands import Tx
from triage.core.errors import Conflict
from triage.core.steps import done_before
from triage.core.text import needed
from triage.staff.processes import Part


def close(tx: Tx, *, case_id: str, version: int, reason: str, token: str | None = None) -> None:
    """Close it: the reporter who asked, and whoever was told of the report, know how it ended, or
    it is said why not. By the handler, with a word on how it stands."""
    if done_before(tx, STEPS, token):
        return
    case = load_as(tx, case_id, Part.HANDLER, version=version)
    reason = needed(reason, field="reason", ask="Say in a few words how it ended.")
    decision = decision_of(tx, case)
    left = untold(tx, case, decision)
    if ToldTo.REPORTER.value in left:
        raise Conflict("The reporter asked to be told how it ended: tell them, or say why not.")
    if left:
        raise Conflict("Somebody was told of the report: tell them how it ended, or say why not.")
    step(tx, case, Edge.CLOSE, reason=reason, token=token, decision=decision.id)
    ended(tx, case)
