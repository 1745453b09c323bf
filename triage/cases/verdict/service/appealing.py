"""An appeal against a finding: entered by its code, decided by somebody who took no part; what is
overturned is looked into again (lifecycles.md, rule 2)."""

from datetime import datetime

from sqlalchemy import select

from triage.cases.rules import Edge, State
from triage.cases.service import parts
from triage.cases.service.handling import taken_up
from triage.cases.service.stepping import STEPS, barred, holders, load_as, step
from triage.cases.tables import Case
from triage.cases.verdict import rules
from triage.cases.verdict.rules import AppealOutcome
from triage.cases.verdict.service.deciding import check_read
from triage.cases.verdict.service.standing import check_state, letter_is_out, took_part
from triage.cases.verdict.service.telling import NO_SUCH_APPEAL
from triage.cases.verdict.tables import CaseAppeal, CaseDecision, CaseOutcome
from triage.core.access import Action
from triage.core.commands import Tx
from triage.core.errors import Conflict, Invalid, NotFound
from triage.core.ids import new_id
from triage.core.steps import done_before
from triage.core.text import needed
from triage.notify.rules import Kind
from triage.notify.service import queue_mail
from triage.restrictions.codes import hash_of_code
from triage.restrictions.service.from_case import look_again
from triage.staff.processes import HOLDERS, Part, Process
from triage.staff.queries.team import away, outsiders, team

WRONG_CODE = "No decision has this code."
LONGEST_APPEAL = 20_000


def record_appeal(tx: Tx, *, code: str, words: str, came_at: datetime) -> None:
    """Enter what the person reported wrote against it, by the code in their letter.

    Whoever reads the address for appeals may: it shows them nothing of the case. A wrong code, and
    the code of a case that they are kept away from, are answered alike.
    """
    tx.allow(Action.RECORD_APPEAL)
    told = tx.session.scalar(
        select(CaseOutcome).where(CaseOutcome.appeal_hash == hash_of_code(tx.keys, code))
    )
    if told is None:
        raise NotFound(WRONG_CODE)
    case = tx.session.get_one(Case, told.case_id, with_for_update=True)
    if tx.actor.person_id in barred(tx, case.id):
        raise NotFound(WRONG_CODE, refused_matter=case.id)
    decision = tx.session.get_one(CaseDecision, told.decision_id)
    known = select(CaseAppeal.id).where(CaseAppeal.outcome_id == told.id)
    if tx.session.scalar(known) is not None:
        raise Conflict("An appeal with this code was made before: there is one each.")
    stands = decision.round == case.finding_round and State(case.state) in APPEALABLE
    if not stands or not letter_is_out(tx, told.letter_id):
        raise Conflict("There is nothing now to appeal against.")
    words = needed(words, field="words", ask="Enter what they wrote.", longest=LONGEST_APPEAL)
    if came_at > tx.now:
        raise Invalid("The time lies in the future.", field="came_at")
    made = new_id()
    tx.session.add(
        CaseAppeal(
            id=made,
            case_id=case.id,
            outcome_id=told.id,
            came_at=came_at,
            recorded_by=tx.actor.person_id,
            recorded_at=tx.now,
            words=tx.seal(case.id, "case_appeals", "words", made, words),
            reason=b"",
        )
    )
    tx.session.flush()
    tx.record("case_appealed", case.id, appeal=made)
    if not _find_decider(tx, case):
        tx.record("case_part_lacking", case.id, part="appeal_decider")
    _ask_handlers(tx, case, f"appeal:{made}")


APPEALABLE = frozenset({State.OUTCOME_DUE, State.CLOSED})


def _find_decider(tx: Tx, case: Case) -> bool:
    """Find somebody who decides and took no part: of the team, else the fallback. Where there is
    nobody, the job tries again."""
    took = took_part(tx, case)
    if set(holders(tx, case.id).get(Part.DECIDER, ())) - took:
        return True
    ever = {one for people in holders(tx, case.id, ever=True).values() for one in people}
    out = barred(tx, case.id) | took | ever
    gone = away(tx.session, tx.now)
    ours = [one.id for one in team(tx.session) if one.roles & HOLDERS[Part.DECIDER]]
    named = [one.id for one in outsiders(tx.session) if one.serves(Process.CASE)]
    free = [(one, "assigned") for one in ours if one not in out | gone]
    free += [(one, "stepped_in") for one in named if one not in out]
    if not free:
        return False
    person_id, how = free[0]
    parts.give(tx, case, Part.DECIDER, person_id, how=how)
    return True


def cover_appeals(tx: Tx) -> int:
    """See that every open appeal has somebody to decide it; how many are open."""
    tx.allow(Action.RUN_JOBS)
    found = tx.session.scalars(
        select(Case)
        .join(CaseAppeal, CaseAppeal.case_id == Case.id)
        .where(CaseAppeal.decided_at.is_(None))
        .order_by(Case.id)
        .with_for_update(of=Case)
    ).all()
    for case in found:
        _find_decider(tx, case)
    return len(found)


def decide_appeal(
    tx: Tx,
    *,
    appeal_id: str,
    version: int,
    outcome: AppealOutcome,
    reason: str,
    token: str | None = None,
) -> None:
    """Somebody who took no part decides, having read what it rests on. Upheld, the finding stands;
    overturned, the case is looked into again, and others decide it; a restriction that came of it
    stays until somebody lifts it, and who decides that is told."""
    if done_before(tx, STEPS, token):
        return
    row = tx.session.get(CaseAppeal, appeal_id)
    if row is None:
        raise NotFound(NO_SUCH_APPEAL)
    try:
        case = load_as(tx, row.case_id, Part.DECIDER, version=version)
    except NotFound as hidden:
        raise NotFound(NO_SUCH_APPEAL, refused_matter=hidden.refused_matter) from hidden
    tx.session.refresh(row, with_for_update=True)
    if row.decided_at is not None:
        raise Conflict("This appeal has been decided already.")
    check_state(case, State.CLOSED)
    before = took_part(tx, case)
    rules.check_appeal_decider(tx.actor.person_id, took_part=before)
    check_read(tx, case)
    reason = needed(reason, field="reason", ask="Say why.")
    row.decided_by, row.decided_at = tx.actor.person_id, tx.now
    row.outcome = outcome.value
    row.reason = tx.seal(case.id, "case_appeals", "reason", row.id, reason)
    tx.session.flush()
    tx.record("case_appeal_decided", case.id, appeal=row.id, outcome=outcome.value)
    if outcome is AppealOutcome.UPHELD:
        _ask_handlers(tx, case, f"appeal_told:{row.id}")  # who appealed is to be told
        return
    step(tx, case, Edge.REOPEN, reason=reason, token=token, appeal=row.id)
    for person_id in before & set(holders(tx, case.id).get(Part.DECIDER, ())):
        parts.end(tx, case, person_id, {Part.DECIDER})
    case.finding = None
    told = tx.session.get_one(CaseOutcome, row.outcome_id)
    look_again(tx, case_id=case.id, decision_id=told.decision_id, appeal_id=row.id)
    parts.cover(tx, case)
    taken_up(tx, case)


def _ask_handlers(tx: Tx, case: Case, what: str) -> None:
    for person_id in holders(tx, case.id).get(Part.HANDLER, ()):
        queue_mail(
            tx,
            kind=Kind.TASK,
            dedupe_key=f"case:{case.id}:{what}:{person_id}",
            to_person_id=person_id,
        )
