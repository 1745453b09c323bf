"""What the investigator recommends; and what comes back to them (P-DEC-1)."""

from collections.abc import Collection

from sqlalchemy import func, select

from triage.cases.inquiry.service import guards
from triage.cases.rules import Edge, Finding, State
from triage.cases.service import parts
from triage.cases.service.stepping import STEPS, load_as, step
from triage.cases.verdict.rules import ActionKind, check_actions
from triage.cases.verdict.service.standing import check_clauses, check_state, newest_recommendation
from triage.cases.verdict.tables import CaseRecommendation
from triage.conduct.clauses import POLICY_VERSION
from triage.conduct.incidents import ViolationKind
from triage.core.commands import Tx
from triage.core.errors import Invalid
from triage.core.ids import new_id
from triage.core.steps import done_before
from triage.core.text import needed
from triage.staff.processes import Part


def recommend(
    tx: Tx,
    *,
    case_id: str,
    version: int,
    finding: Finding,
    clauses: Collection[str],
    kinds: Collection[ViolationKind],
    actions: Collection[ActionKind],
    reasons: str,
    token: str | None = None,
) -> None:
    """Say what was found, under which clauses, what should follow, and why. By the investigator
    alone; what each side has said was weighed first, and somebody else decides."""
    if done_before(tx, STEPS, token):
        return
    case = load_as(tx, case_id, Part.INVESTIGATOR, version=version)
    check_state(case, State.INVESTIGATING)
    if finding is Finding.UPHELD and not kinds:
        raise Invalid("Choose what kind of thing it was.", field="kinds")
    check_actions(finding.value, actions)
    reasons = needed(reasons, field="reasons", ask="Say what it rests on.", longest=LONGEST)
    guards.check_ready_to_recommend(tx, case)
    before = select(func.max(CaseRecommendation.number)).where(
        CaseRecommendation.case_id == case_id
    )
    made = new_id()
    tx.session.add(
        CaseRecommendation(
            id=made,
            case_id=case_id,
            number=1 + (tx.session.scalar(before) or 0),
            by=tx.actor.person_id,
            at=tx.now,
            finding=finding.value,
            clauses=check_clauses(clauses),
            kinds=[one.value for one in ViolationKind if one in set(kinds)],
            actions=[one.value for one in ActionKind if one in set(actions)],
            policy_version=POLICY_VERSION,
            reasons=tx.seal(case_id, "case_recommendations", "reasons", made, reasons),
            sent_back_why=b"",
        )
    )
    tx.session.flush()
    step(tx, case, Edge.RECOMMEND, token=token, recommendation=made)
    parts.cover(tx, case)  # somebody is there to decide, from outside where it must be


def send_back(tx: Tx, *, case_id: str, version: int, reason: str, token: str | None = None) -> None:
    """Whoever decides wants more: back to the investigator, with what is missing."""
    if done_before(tx, STEPS, token):
        return
    case = load_as(tx, case_id, Part.DECIDER, version=version)
    reason = needed(reason, field="reason", ask="Say what is missing.")
    row = newest_recommendation(tx, case_id)
    step(tx, case, Edge.SEND_BACK, reason=reason, token=token, recommendation=row.id)
    row.sent_back_by, row.sent_back_at = tx.actor.person_id, tx.now
    row.sent_back_why = tx.seal(case_id, "case_recommendations", "sent_back_why", row.id, reason)
    tx.session.flush()


LONGEST = 20_000
"""Characters of what a finding rests on."""
