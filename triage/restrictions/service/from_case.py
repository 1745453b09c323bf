"""A restriction that was decided in an incident report: it comes as approved (P-ACT-4).

The rules of this room hold: one person proposed it, others approved it, and for WriteToThem two
did. The room of cases has checked that they decided there, with the evidence open. What they said
of the case stays there: here it says only that there is a decision.
"""

from collections.abc import Collection
from dataclasses import replace

from sqlalchemy import select

from triage.conduct.steps import note_step
from triage.core.access import SYSTEM
from triage.core.commands import Tx
from triage.core.errors import Conflict, Invalid, NotAllowed, NotFound
from triage.core.exclusions import inherit
from triage.restrictions import rules
from triage.restrictions.draft import Draft, checked
from triage.restrictions.rules import Edge, State, Team
from triage.restrictions.service.deciding import in_place
from triage.restrictions.service.moving import STEPS, load, step, tell_below, without_part
from triage.restrictions.service.proposing import add_tasks, check_verified, new_row
from triage.restrictions.service.reminding import remind
from triage.restrictions.tables import Restriction, RestrictionApproval
from triage.senders.tables import Sender
from triage.staff.queries import active_people
from triage.staff.service.deciders import check_one_from_team

ORIGIN = "case_decision"
OVERTURNED = (
    "The decision on the incident report that this came of was overturned on appeal. It goes on "
    "until somebody lifts it: look whether it holds without that."
)
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


def look_again(tx: Tx, *, case_id: str, decision_id: str, appeal_id: str) -> int:
    """The decision that restrictions rest on was overturned on appeal: their review is due from now
    on, and who decides is reminded; how many there are. Each stays until a person lifts it.

    Called by the room of cases alone, in the transaction in which it was overturned.
    """
    system = replace(tx, actor=SYSTEM)  # what it says falls due by itself: nobody decided it
    found = tx.session.scalars(
        select(Restriction)
        .where(
            Restriction.case_id == case_id,
            Restriction.decision_id == decision_id,
            Restriction.state.in_([one.value for one in rules.HOLDS]),
        )
        .order_by(Restriction.id)
        .with_for_update()
    ).all()
    for one in found:
        one.review_at = min(one.review_at, tx.now)
        if (State(one.state), Edge.FALL_DUE) in rules.TRANSITIONS:
            step(system, one, Edge.FALL_DUE, reason=OVERTURNED)
        tx.session.flush()
        remind(system, one, f"restriction:{one.id}:overturned:{appeal_id}")
    return len(found)


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
