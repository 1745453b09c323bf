"""Approving and declining, and later renewing and lifting: always by somebody else (rule 2)."""

from dataclasses import replace
from datetime import datetime

from triage.core.access import SYSTEM
from triage.core.commands import Tx
from triage.core.errors import Conflict, NotAllowed
from triage.core.steps import done_before
from triage.core.text import needed
from triage.messages.service.reveals import check_evidence_seen
from triage.restrictions import rules
from triage.restrictions.rules import Edge, Kind, State, TargetState
from triage.restrictions.service.linked import check_still_linked
from triage.restrictions.service.moving import (
    STEPS,
    dates_of,
    grounds_of,
    load,
    open_appeal,
    step,
    tasks_of,
    team_of,
)
from triage.restrictions.tables import Restriction, RestrictionApproval
from triage.staff.processes import Process
from triage.staff.service.deciders import allow_decider, check_one_from_team


def approve(
    tx: Tx, *, restriction_id: str, version: int, reason: str = "", token: str | None = None
) -> None:
    """Say yes, having opened the evidence. For WriteToThem two say yes, beside who proposed it, and
    at most one of them is from outside. Not to what rests on a link that was taken back."""
    if done_before(tx, STEPS, token):
        return
    restriction = _to_decide(tx, restriction_id, version)
    team = team_of(tx, restriction)
    rules.check_approver(team, tx.actor.person_id)
    check_one_from_team(tx, team.approvers | {tx.actor.person_id})
    _check_dates_ahead(restriction, tx.now)
    check_still_linked(tx, restriction)
    check_evidence_seen(tx, grounds_of(tx, restriction_id))
    tx.session.add(
        RestrictionApproval(restriction_id=restriction_id, person_id=tx.actor.person_id, at=tx.now)
    )
    tx.session.flush()
    tx.record("restriction_yes", restriction_id)
    targets = frozenset(one.target for one in tasks_of(tx, restriction_id))
    if len(team.approvers) + 1 < rules.approvals_needed(targets):
        restriction.state_since = tx.now  # the screens of others are stale from here on
        tx.session.flush()
        return
    alone = State(restriction.state) in rules.TO_RATIFY
    restriction.since = restriction.since or tx.now
    if alone:
        restriction.ratified_by = tx.actor.person_id
    else:
        _ask_from_now(tx, restriction)
    step(tx, restriction, Edge.APPROVE, reason=reason, token=token, ratified=alone)
    if State(restriction.state) is State.APPROVED and in_place(tx, restriction):
        step(tx, restriction, Edge.ACTIVATE)
    if alone and open_appeal(tx, restriction_id) is not None:
        step(tx, restriction, Edge.APPEAL)  # it came before this, and is decided from now on


def decline(
    tx: Tx, *, restriction_id: str, version: int, reason: str, token: str | None = None
) -> None:
    """Say no, with the reason. What somebody did alone ends at once, and is taken out again."""
    if done_before(tx, STEPS, token):
        return
    restriction = _to_decide(tx, restriction_id, version)
    rules.check_approver(team_of(tx, restriction), tx.actor.person_id)
    reason = needed(reason, field="reason", ask="Say why.")
    check_evidence_seen(tx, grounds_of(tx, restriction_id))
    restriction.lapses_at = min(restriction.lapses_at, tx.now) if restriction.lapses_at else None
    step(tx, restriction, Edge.DECLINE, reason=reason, token=token)


def renew(
    tx: Tx,
    *,
    restriction_id: str,
    version: int,
    review_at: datetime,
    reason: str,
    token: str | None = None,
) -> None:
    """At its review: it goes on, with the reason and the next date."""
    if done_before(tx, STEPS, token):
        return
    restriction = _in_force_for_decider(tx, restriction_id, version)
    if tx.actor.person_id == restriction.proposed_by:
        raise NotAllowed("You proposed this: somebody else decides.", what="own_proposal")
    if tx.actor.person_id == restriction.done_by:
        raise NotAllowed("You did this yourself: somebody else decides.", what="own_doing")
    reason = needed(reason, field="reason", ask="Say why.")
    rules.check_dates(
        Kind(restriction.kind),
        frozenset(one.target for one in tasks_of(tx, restriction_id)),
        review=review_at,
        expires=restriction.expires_at,
        now=tx.now,
        first=False,
    )
    if State(restriction.state) is State.ACTIVE and restriction.review_at <= tx.now:
        # The job has not been round yet: what it would note is noted as its own.
        step(replace(tx, actor=SYSTEM), restriction, Edge.FALL_DUE)
    restriction.review_at = review_at
    step(tx, restriction, Edge.RENEW, reason=reason, token=token)


def lift(
    tx: Tx, *, restriction_id: str, version: int, reason: str, token: str | None = None
) -> None:
    """End it: it is taken out of every place that it was put into."""
    if done_before(tx, STEPS, token):
        return
    restriction = _in_force_for_decider(tx, restriction_id, version)
    reason = needed(reason, field="reason", ask="Say why.")
    step(tx, restriction, Edge.LIFT, reason=reason, token=token)


def withhold_letter(tx: Tx, *, restriction_id: str, version: int, reason: str) -> None:
    """Say why the person is not written to before it takes hold; by who decides, or by who acts
    alone for the short while that they do."""
    restriction = load(tx, restriction_id, version=version)
    alone = State(restriction.state) in rules.TO_RATIFY
    if not (alone and restriction.proposed_by == tx.actor.person_id):
        allow_decider(tx, Process.RESTRICTION, matter_id=restriction_id)
    reason = needed(reason, field="reason", ask="Say why.")
    restriction.letter_withheld = tx.seal(
        restriction_id, "restrictions", "letter_withheld", restriction_id, reason
    )
    tx.session.flush()
    tx.record("letter_withheld", restriction_id)


def _to_decide(tx: Tx, restriction_id: str, version: int) -> Restriction:
    restriction = load(tx, restriction_id, version=version)
    allow_decider(tx, Process.RESTRICTION, matter_id=restriction_id)
    if State(restriction.state) in rules.TO_RATIFY and not rules.in_force(
        dates_of(restriction), tx.now
    ):
        raise Conflict("This has lapsed: nobody confirmed it in time. Propose it anew.")
    return restriction


def _check_dates_ahead(restriction: Restriction, now: datetime) -> None:
    """Nobody says yes to what would be over, or overdue, from the start."""
    over = restriction.expires_at is not None and restriction.expires_at <= now
    proposed = State(restriction.state) is State.PROPOSED
    if over or (proposed and restriction.review_at <= now):
        raise Conflict("Its dates have passed while it waited. Propose it anew.")


def _ask_from_now(tx: Tx, restriction: Restriction) -> None:
    """Nobody in a service knew of a mere proposal: their time to put it in begins now."""
    for task in tasks_of(tx, restriction.id):
        if TargetState(task.state) is TargetState.REQUESTED:
            task.state_since = tx.now


def _in_force_for_decider(tx: Tx, restriction_id: str, version: int) -> Restriction:
    restriction = load(tx, restriction_id, version=version)
    allow_decider(tx, Process.RESTRICTION, matter_id=restriction_id)
    if not rules.in_force(dates_of(restriction), tx.now):
        raise Conflict("This is not in force any more.")
    return restriction


def in_place(tx: Tx, restriction: Restriction) -> bool:
    """Whether it is in place somewhere already, or nothing has to be done anywhere for it."""
    states = {TargetState(one.state) for one in tasks_of(tx, restriction.id)}
    done = {TargetState.APPLIED, TargetState.VERIFIED}
    return bool(states & done) or states <= {TargetState.NOT_SUPPORTED}
