"""What one person asks and a second settles: to set a case aside, or to let it go at the
reporter's wish."""

from sqlalchemy import or_, select

from triage.cases.inquiry.tables import CaseNotice
from triage.cases.rules import TRANSITIONS, WITH_SECOND, Edge, State, check_second, words
from triage.cases.service import parts
from triage.cases.service.handling import ended
from triage.cases.service.stepping import STEPS, load_as, step
from triage.cases.tables import Case, CaseSecond, CaseTransition
from triage.core.commands import Tx
from triage.core.errors import Conflict, Invalid, NotFound
from triage.core.ids import new_id
from triage.core.steps import done_before
from triage.core.text import needed
from triage.letters import rules as letters
from triage.letters.tables import Letter
from triage.reports import service as reports
from triage.staff.processes import Part

TOLD: dict[Edge, str] = {
    Edge.OUT_OF_SCOPE: (
        "Two of us have read what you told us. It is not something that our code of conduct "
        "covers, so we have ended this report. That is not to say that it did not happen, or that "
        "it was right. If we have misread it, please say so below."
    ),
    Edge.INSUFFICIENT: (
        "Two of us have read what you told us. There is too little in it for us to find out more, "
        "so we have ended this report. If you can tell us anything further, say so below, and "
        "somebody reads it again."
    ),
    Edge.WITHDRAW: (
        "You asked us to go no further, and two of us have agreed. We have ended this report. "
        "You can come back to it here."
    ),
}


def ask_second(
    tx: Tx, *, case_id: str, version: int, edge: Edge, reason: str, person_id: str
) -> str:
    """Ask a second person to settle it; the id of the question."""
    if edge not in WITH_SECOND:
        raise Invalid("This is not settled in this way.", field="edge")
    case = load_as(tx, case_id, Part.HANDLER, version=version)
    if State(case.state) is not WITH_SECOND[edge]:
        raise Conflict(f"This cannot be done: the case is {words(State(case.state))}.")
    _check_may_end(tx, case, edge)
    reason = needed(reason, field="reason", ask="Say why.")
    check_second(tx.actor.person_id, person_id)
    if _open(tx, case_id) is not None:
        raise Conflict("A second person has been asked already.")
    parts.give(tx, case, Part.SECOND, person_id, how="assigned")
    made = new_id()
    tx.session.add(
        CaseSecond(
            id=made,
            case_id=case_id,
            edge=edge.value,
            asked_by=tx.actor.person_id,
            asked_at=tx.now,
            reason=tx.seal(case_id, "case_seconds", "reason", made, reason),
            answer=b"",
        )
    )
    tx.record("case_second_asked", case_id, edge=edge.value, second=person_id)
    tx.session.flush()
    return made


def settle_second(
    tx: Tx, *, second_id: str, version: int, agree: bool, answer: str, token: str | None = None
) -> None:
    """The second person agrees, and it ends, the reporter being told by receipt; or does not, and
    it goes on."""
    if done_before(tx, STEPS, token):
        return
    row = tx.session.get(CaseSecond, second_id, with_for_update=True)
    if row is None:
        raise NotFound("There is nothing like that to settle.")
    case = load_as(tx, row.case_id, Part.SECOND, version=version)
    if row.settled_at is not None:
        raise Conflict("This has been settled already.")
    check_second(row.asked_by, tx.actor.person_id)
    answer = needed(answer, field="answer", ask="Say why, in a few words.")
    row.settled_by, row.settled_at, row.agreed = tx.actor.person_id, tx.now, agree
    row.answer = tx.seal(case.id, "case_seconds", "answer", row.id, answer)
    tx.record("case_second_settled", case.id, edge=row.edge, agreed=agree)
    if not agree:
        tx.session.flush()
        return
    edge = Edge(row.edge)
    _check_may_end(tx, case, edge)
    step(tx, case, edge, reason=answer, token=token, asked_by=row.asked_by)
    reports.say(tx, report_id=case.report_id, text=TOLD[edge])
    ended(tx, case)


def ask_withdraw(tx: Tx, case: Case) -> None:
    """The reporter asks by receipt to let it go: whoever handles it decides.

    The system notes it, and nothing ends by it.
    """
    if (State(case.state), Edge.ASK_WITHDRAW) in TRANSITIONS:
        step(tx, case, Edge.ASK_WITHDRAW)


def go_on(tx: Tx, *, case_id: str, version: int, reason: str, token: str | None = None) -> None:
    """Go on though the reporter would rather not: others may be at risk. They are told."""
    if done_before(tx, STEPS, token):
        return
    case = load_as(tx, case_id, Part.HANDLER, version=version)
    reason = needed(reason, field="reason", ask="Say why it goes on.")
    if _open(tx, case_id) is not None:
        raise Conflict("A second person has been asked whether to let it go.")
    step(tx, case, Edge.GO_ON, to=_state_before(tx, case), reason=reason, token=token)
    told = GOES_ON_DECIDED if case.finding_round else GOES_ON
    told = GOES_ON_TOLD if _was_notified(tx, case) else told
    reports.say(tx, report_id=case.report_id, text=told)


def _state_before(tx: Tx, case: Case) -> State:
    asked = tx.session.scalar(
        select(CaseTransition.from_state)
        .where(CaseTransition.case_id == case.id, CaseTransition.edge == Edge.ASK_WITHDRAW.value)
        .order_by(CaseTransition.sequence.desc())
        .limit(1)
    )
    if asked is None:
        raise Conflict("Nobody has asked to let this go.")
    return State(asked)


def _check_may_end(tx: Tx, case: Case, edge: Edge) -> None:
    """Whether it may end without a finding: not once it is decided, since what was decided is
    carried out; not where that is looked into again, since what followed from it stands or falls
    with the new finding; and not once the person reported was told of it, who is to learn how it
    ended."""
    if edge is Edge.WITHDRAW and _state_before(tx, case) in DECIDED:
        raise Conflict("It has been decided: what was decided is carried out. Go on with it.")
    if case.finding_round:
        raise Conflict("It was decided before, and is looked into again: it goes on to a finding.")
    if _was_notified(tx, case):
        raise Conflict(
            "The person reported has been told of this report, and is to learn how it ended: it "
            "goes on to a finding."
        )


def _was_notified(tx: Tx, case: Case) -> bool:
    """Whether a notice to anybody has gone, or is on its way."""
    out = [one.value for one in letters.ON_ITS_WAY]
    found = (
        select(CaseNotice.id)
        .outerjoin(Letter, Letter.id == CaseNotice.letter_id)
        .where(
            CaseNotice.case_id == case.id,
            or_(CaseNotice.sent_at.is_not(None), Letter.state.in_(out)),
        )
    )
    return tx.session.scalar(found.limit(1)) is not None


def _open(tx: Tx, case_id: str) -> CaseSecond | None:
    found = select(CaseSecond).where(CaseSecond.case_id == case_id, CaseSecond.settled_at.is_(None))
    return tx.session.scalar(found.limit(1))


DECIDED = frozenset({State.DECIDED, State.ACTIONING, State.OUTCOME_DUE})
GOES_ON_TOLD = (
    "You asked us to go no further. The person you told us about knows of the report by now, and "
    "is to learn how it ended, so we finish it. We do not say who told us. If you are worried what "
    "this means for you, please write to us below."
)
GOES_ON_DECIDED = (
    "You asked us to go no further. We had decided on this report already, and what was decided "
    "cannot be left half done, so we finish it. We do not say who told us. If you are worried what "
    "this means for you, please write to us below."
)
GOES_ON = (
    "You asked us to go no further. We have thought about it, and think that others may be at "
    "risk, so we go on. We do not say who told us. If you are worried what this means for you, "
    "please write to us below."
)
