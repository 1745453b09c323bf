"""A restriction that was decided in an incident report: it comes as approved (P-ACT-4).

The rules of this room hold: one person proposed it, others approved it, and for WriteToThem two
did. The room of cases has checked that they decided there, with the evidence open. What they said
of the case stays there: here it says only that there is a decision.
"""

from collections.abc import Collection
from dataclasses import replace

from triage.conduct.steps import note_step
from triage.core.commands import Tx
from triage.core.errors import Conflict, Invalid, NotAllowed, NotFound
from triage.core.exclusions import inherit
from triage.restrictions import rules
from triage.restrictions.draft import Draft, checked
from triage.restrictions.rules import Edge, State, Team
from triage.restrictions.service.deciding import in_place
from triage.restrictions.service.moving import STEPS, load, step, tell_below, without_part
from triage.restrictions.service.proposing import add_tasks, check_verified, new_row
from triage.restrictions.tables import RestrictionApproval
from triage.senders.tables import Sender
from triage.staff.queries import active_people
from triage.staff.service.deciders import check_one_from_team

ORIGIN = "case_decision"
KEPT_THERE = "Decided on an incident report: the reasons are kept there, for those who decided."


def approve_from_case(
    tx: Tx,
    *,
    draft: Draft,
    case_id: str,
    decision_id: str,
    proposer_id: str,
    approver_ids: Collection[str],
) -> str:
    """A restriction that a case's deciders approved, as its investigator proposed; its id.

    Called by the room of cases alone, in the transaction of one of the deciders.
    """
    if tx.actor.person_id not in approver_ids:
        raise NotAllowed("Who decided the case approves this.", what="restriction_approver")
    targets = draft.target_names
    if len(set(approver_ids)) < rules.approvals_needed(targets):
        raise Conflict("Two people decide on this: let a second one agree to the decision first.")
    if rules.approvals_needed(targets) > 1:
        check_one_from_team(tx, approver_ids)
    names = [one.name for one in active_people(tx.session)]
    draft = _without_reasons(checked(draft, now=tx.now, colleagues=names, from_case=True))
    if draft.sender_id is not None and tx.session.get(Sender, draft.sender_id) is None:
        raise NotFound("There is no such sender.")
    check_verified(tx, draft)
    restriction = new_row(tx, draft, State.APPROVED, ORIGIN, proposer_id)
    restriction.since, restriction.case_id = tx.now, case_id
    restriction.decision_id = decision_id
    tx.session.add(restriction)
    tx.session.flush()
    inherit(tx.session, parent_id=case_id, child_id=restriction.id, at=tx.now)
    tx.session.flush()
    out = without_part(tx, restriction.id)
    for number, person_id in enumerate(sorted(approver_ids)):
        so_far = Team(proposer_id, approvers=frozenset(sorted(approver_ids)[:number]), excluded=out)
        rules.check_approver(so_far, person_id)
        tx.session.add(
            RestrictionApproval(restriction_id=restriction.id, person_id=person_id, at=tx.now)
        )
    add_tasks(tx, restriction, draft)
    tx.session.flush()
    load(tx, restriction.id)
    details: dict[str, object] = {"kind": draft.kind.value, "decision": decision_id}
    note_step(tx, STEPS, restriction.id, ORIGIN, None, State.APPROVED, details=details)
    tell_below(tx, restriction)
    if in_place(tx, restriction):
        step(tx, restriction, Edge.ACTIVATE)
    tx.about = case_id
    return restriction.id


def _without_reasons(draft: Draft) -> Draft:
    """More people may read a restriction than may know of the case."""
    if not draft.reason:
        raise Invalid("Say why.", field="reason")
    return replace(
        draft,
        reason=KEPT_THERE,
        proportionality=KEPT_THERE if draft.proportionality else "",
        targets=tuple(
            replace(one, proportionality=KEPT_THERE if one.proportionality else "")
            for one in draft.targets
        ),
    )
