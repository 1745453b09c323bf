"""The decision, by others than who looked into it, and with the evidence open (P-DEC-2)."""

import json
from collections.abc import Collection

from sqlalchemy import select

from triage.cases.inquiry.service import guards
from triage.cases.rules import Edge, Finding, State
from triage.cases.service.stepping import STEPS, holders, load_as, step
from triage.cases.tables import Case
from triage.cases.verdict import rules
from triage.cases.verdict.rules import ActionKind
from triage.cases.verdict.service.recommending import LONGEST
from triage.cases.verdict.service.setting_up import nothing_to_do
from triage.cases.verdict.service.standing import (
    INVESTIGATED,
    check_clauses,
    check_state,
    decision_of,
    newest_recommendation,
    voices_of,
)
from triage.cases.verdict.tables import CaseDecision, CaseOpening, CaseVoice
from triage.conduct.clauses import POLICY_VERSION, clause
from triage.conduct.incidents import PublicStatus
from triage.core.commands import Tx
from triage.core.errors import Conflict
from triage.core.ids import new_id
from triage.core.steps import done_before
from triage.core.text import needed, short_enough
from triage.reports import service as reports
from triage.staff.processes import Part


def open_account(tx: Tx, *, case_id: str) -> None:
    """Open the account and the evidence, to decide on what was recommended. It is on the record;
    opened again it changes nothing."""
    case = load_as(tx, case_id, Part.DECIDER)
    recommendation = newest_recommendation(tx, case.id)
    if _has_opened(tx, recommendation.id):
        return
    tx.session.add(
        CaseOpening(
            case_id=case_id,
            recommendation_id=recommendation.id,
            person_id=tx.actor.person_id,
            at=tx.now,
        )
    )
    tx.session.flush()
    tx.record("case_evidence_opened", case_id, recommendation=recommendation.id)


def decide(
    tx: Tx,
    *,
    case_id: str,
    version: int,
    finding: Finding,
    clauses: Collection[str],
    actions: Collection[ActionKind],
    reasons: str,
    no_independent_reason: str = "",
    token: str | None = None,
) -> None:
    """Decide what was found and what follows: by a decider of this case, who neither looked into
    it nor handles it, and has read what it rests on.

    The policy's version, and what its clauses said, stand with it (P-SCO-2).
    """
    if done_before(tx, STEPS, token):
        return
    case = load_as(tx, case_id, Part.DECIDER, version=version)
    check_state(case, State.RECOMMENDED)
    recommendation = _readied(tx, case)
    reasons = needed(reasons, field="reasons", ask="Say what it rests on.", longest=LONGEST)
    alone = short_enough(no_independent_reason, field="no_independent_reason")
    rules.check_actions(finding.value, actions)
    rules.check_independent(
        finding.value, independent=guards.has_independent_item(tx, case), reason=alone
    )
    chosen = check_clauses(clauses)
    case.finding, case.finding_round = finding.value, case.finding_round + 1
    made = new_id()
    decision = CaseDecision(
        id=made,
        case_id=case_id,
        recommendation_id=recommendation,
        round=case.finding_round,
        by=tx.actor.person_id,
        at=tx.now,
        finding=finding.value,
        clauses=chosen,
        actions=[one.value for one in ActionKind if one in set(actions)],
        policy_version=POLICY_VERSION,
        clause_texts=json.dumps({one: clause(one).summary for one in chosen}),
        reasons=tx.seal(case_id, "case_decisions", "reasons", made, reasons),
        no_independent=tx.seal(case_id, "case_decisions", "no_independent", made, alone)
        if alone
        else b"",
    )
    tx.session.add(decision)
    tx.session.flush()
    tx.session.add(CaseVoice(decision_id=made, person_id=tx.actor.person_id, at=tx.now))
    step(
        tx, case, Edge.DECIDE, token=token,
        decision=made, finding=finding.value, actions=decision.actions,
    )  # fmt: skip
    if ActionKind.NONE in set(actions):
        nothing_to_do(tx, case, decision)
    guards.end_interims(tx, case, upheld=finding is Finding.UPHELD)
    reports.set_status(tx, report_id=case.report_id, status=PublicStatus.DECIDED)
    tx.session.flush()


def agree(tx: Tx, *, case_id: str, version: int) -> None:
    """Another decider of the case agrees to what was decided, having read what it rests on: some
    restrictions take two."""
    case = load_as(tx, case_id, Part.DECIDER, version=version)
    check_state(case, State.DECIDED, State.ACTIONING)
    _readied(tx, case)
    decision = decision_of(tx, case)
    if tx.actor.person_id in voices_of(tx, decision.id):
        raise Conflict("You have decided this already.")
    tx.session.add(CaseVoice(decision_id=decision.id, person_id=tx.actor.person_id, at=tx.now))
    tx.session.flush()
    tx.record("case_decision_agreed", case_id, decision=decision.id)


def check_read(tx: Tx, case: Case) -> None:
    """Nobody decides on what they have not read."""
    recommendation = newest_recommendation(tx, case.id)
    rules.check_opened(account=_has_opened(tx, recommendation.id))


def _readied(tx: Tx, case: Case) -> str:
    """The recommendation that the actor, who took no part in it, has opened all of."""
    ever = holders(tx, case.id, ever=True)
    looked = {one for part in INVESTIGATED for one in ever.get(part, ())}
    recommendation = newest_recommendation(tx, case.id)
    rules.check_decider(tx.actor.person_id, investigated=looked | {recommendation.by})
    rules.check_opened(account=_has_opened(tx, recommendation.id))
    return recommendation.id


def _has_opened(tx: Tx, recommendation_id: str) -> bool:
    found = select(CaseOpening.id).where(
        CaseOpening.recommendation_id == recommendation_id,
        CaseOpening.person_id == tx.actor.person_id,
    )
    return tx.session.scalar(found) is not None
