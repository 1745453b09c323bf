"""Doing what was decided: letters, what was said face to face, what other rooms carry out; and
the end of it."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from sqlalchemy import select

from triage.cases.rules import Edge, State
from triage.cases.service.stepping import holders, load_as, step
from triage.cases.tables import Case
from triage.cases.verdict.rules import BY_LETTER, HAS_CHILD, ActionKind, ActionState
from triage.cases.verdict.service.standing import (
    actions_of,
    check_state,
    decision_of,
    letter_is_out,
)
from triage.cases.verdict.service.writing import draft_letter
from triage.cases.verdict.tables import CaseAction
from triage.core.access import SYSTEM, Action
from triage.core.commands import Tx
from triage.core.errors import Conflict, Invalid, NotFound
from triage.core.text import needed
from triage.letters.rules import GONE, LetterKind
from triage.letters.tables import Letter
from triage.letters.wording import Value
from triage.notify.rules import Kind
from triage.notify.service import queue_mail
from triage.referrals.rules import State as ReferralState
from triage.referrals.tables import Referral
from triage.restrictions.rules import SETTLED, TargetState
from triage.restrictions.rules import TERMINAL as RESTRICTION_OVER
from triage.restrictions.rules import State as RestrictionState
from triage.restrictions.tables import EnforcementTask, Restriction
from triage.staff.processes import Part
from triage.staff.queries import active_people

SETTLES = (Part.HANDLER, Part.DECIDER)
NO_SUCH_ACTION = "There is no such action."
IN_PLACE = SETTLED | {TargetState.APPLIED}
UNDECIDED = frozenset({ReferralState.CONSIDERING, ReferralState.AUTHORISED})


def write_letter(
    tx: Tx, *, action_id: str, version: int, fields: Mapping[str, Value], to_address: str = ""
) -> str:
    """Begin the letter of a warning or a request to cease; its id. It goes to the person
    reported, and so only once it was checked for what could tell who did."""
    case, row = _mine(tx, action_id, version, Part.HANDLER)
    if ActionKind(row.kind) not in BY_LETTER:
        raise Invalid("Nothing of this kind is written.", field="kind")
    if row.letter_id is not None and tx.session.get_one(Letter, row.letter_id).state != "withdrawn":
        raise Conflict("There is a letter for this already.")
    row.letter_id = draft_letter(
        tx, case, kind=LetterKind(row.kind), fields=fields, to_address=to_address,
        sender_id=row.sender_id,
    )  # fmt: skip
    tx.session.flush()
    return row.letter_id


def say_done(
    tx: Tx,
    *,
    action_id: str,
    version: int,
    note: str,
    at: datetime | None = None,
    by: str | None = None,
) -> None:
    """Say that something was done: what, when and by whom (P-ACT-1); of a referral to HR, who
    there has it. What a letter or another room carries out is done when that is."""
    case, row = _mine(tx, action_id, version, Part.HANDLER)
    kind = ActionKind(row.kind)
    if kind in HAS_CHILD:
        raise Conflict("Where this stands is read from what carries it out.")
    note = needed(note, field="note", ask="Say what was done, and with whom.")
    at = tx.now if at is None else at
    if at > tx.now:
        raise Invalid("The time lies in the future.", field="at")
    by = by or tx.actor.person_id
    if by not in {one.id for one in active_people(tx.session)}:
        raise Invalid("Choose who did it.", field="by")
    if row.letter_id is not None and not letter_is_out(tx, row.letter_id):
        letter = tx.session.get_one(Letter, row.letter_id)
        if letter.state != "withdrawn":
            raise Conflict("Its letter has not gone yet: send it, or withdraw it first.")
    _settle(tx, case, row, ActionState.DONE, note, by=by, at=at)
    all_settled(tx, case)


def waive(tx: Tx, *, action_id: str, version: int, reason: str) -> None:
    """Say that something is not done after all, or needs nothing further, and why."""
    case, row = _mine(tx, action_id, version, *SETTLES)
    reason = needed(reason, field="reason", ask="Say why it is not done.")
    _settle(tx, case, row, ActionState.WAIVED, reason)
    all_settled(tx, case)


def look_at_actions(tx: Tx) -> int:
    """Note what letters and other rooms have carried out, and move on what is done with; how
    many cases moved. The system decides nothing by it."""
    tx.allow(Action.RUN_JOBS)
    waiting = tx.session.scalars(
        select(Case)
        .where(Case.state == State.ACTIONING.value)
        .order_by(Case.state_since, Case.id)
        .with_for_update()
    ).all()
    return sum(all_settled(tx, case) for case in waiting)


def all_settled(tx: Tx, case: Case) -> bool:
    """Note what is done by now; where that is everything, the outcome is due. Whether it is."""
    if State(case.state) is not State.ACTIONING:
        return False
    there = actions_of(tx, decision_of(tx, case).id)
    for row in there:
        if row.state == ActionState.TO_DO.value:
            _note_done(tx, case, row)
    if any(one.state == ActionState.TO_DO.value for one in there):
        return False
    step(replace(tx, actor=SYSTEM), case, Edge.ACTED)
    for person_id in holders(tx, case.id).get(Part.HANDLER, ()):
        queue_mail(
            tx,
            kind=Kind.TASK,
            dedupe_key=f"case:{case.id}:outcome:{case.finding_round}:{person_id}",
            to_person_id=person_id,
        )
    return True


def _note_done(tx: Tx, case: Case, row: CaseAction) -> None:
    letter = None if row.letter_id is None else tx.session.get(Letter, row.letter_id)
    if letter is not None and letter.state in {one.value for one in GONE}:
        _settle(tx, case, row, ActionState.DONE, "", by=letter.sent_by, at=letter.sent_at)
    elif row.child_id is not None and _carried_out(tx, row):
        _settle(tx, case, row, ActionState.DONE, "")


def _carried_out(tx: Tx, row: CaseAction) -> bool:
    """Whether a child has been applied everywhere, or has ended; with the police, or decided
    against."""
    if ActionKind(row.kind) is ActionKind.POLICE_REFERRAL:
        referral = tx.session.get_one(Referral, row.child_id)
        return ReferralState(referral.state) not in UNDECIDED
    restriction = tx.session.get_one(Restriction, row.child_id)
    if RestrictionState(restriction.state) in RESTRICTION_OVER:
        return True
    tasks = select(EnforcementTask.state).where(EnforcementTask.restriction_id == restriction.id)
    return all(TargetState(one) in IN_PLACE for one in tx.session.scalars(tasks))


def _mine(tx: Tx, action_id: str, version: int, *parts: Part) -> tuple[Case, CaseAction]:
    row = tx.session.get(CaseAction, action_id)
    if row is None:
        raise NotFound(NO_SUCH_ACTION)
    try:
        case = load_as(tx, row.case_id, *parts)
    except NotFound as hidden:
        raise NotFound(NO_SUCH_ACTION, refused_matter=hidden.refused_matter) from hidden
    tx.session.refresh(row, with_for_update=True)
    if row.version != version:
        raise Conflict("Somebody has changed this since you opened it.")
    check_state(case, State.DECIDED, State.ACTIONING)
    if row.state != ActionState.TO_DO.value:
        raise Conflict("This is settled already.")
    return case, row


def _settle(
    tx: Tx,
    case: Case,
    row: CaseAction,
    state: ActionState,
    words: str,
    *,
    by: str | None = None,
    at: datetime | None = None,
) -> None:
    row.state, row.state_since = state.value, tx.now
    row.settled_by = tx.actor.person_id
    if state is ActionState.DONE:
        row.done_by, row.done_at = by, at or tx.now
    if words:
        row.outcome = tx.seal(case.id, "case_actions", "outcome", row.id, words)
    tx.session.flush()
    tx.record(f"case_action_{state.value}", case.id, action=row.id, kind=row.kind)
