"""What was decided, each as a record of its own: set up, and then acted on."""

from collections.abc import Collection
from dataclasses import dataclass, replace

from triage.cases.rules import Edge, State
from triage.cases.service.hr import hr_is_in_it
from triage.cases.service.stepping import STEPS, barred, holders, load_as, step
from triage.cases.tables import Case, CaseParty, Event
from triage.cases.verdict import rules
from triage.cases.verdict.rules import HAS_CHILD, ActionKind, ActionState
from triage.cases.verdict.service.carrying import all_settled
from triage.cases.verdict.service.standing import (
    actions_of,
    check_clauses,
    check_party,
    check_state,
    decision_of,
    newest_recommendation,
    voices_of,
)
from triage.cases.verdict.service.wording import check_words
from triage.cases.verdict.tables import CaseAction, CaseDecision
from triage.conduct.incidents import PoliceWish
from triage.core.commands import Tx
from triage.core.errors import Conflict, Invalid, NotAllowed
from triage.core.ids import new_id
from triage.core.steps import done_before
from triage.core.text import needed
from triage.notify.rules import Kind
from triage.notify.service import queue_mail
from triage.referrals.service.from_case import consider_case
from triage.reports.queries import report_answers
from triage.restrictions.draft import Draft
from triage.restrictions.service.from_case import approve_from_case
from triage.senders import canonical
from triage.senders.service import known_as
from triage.senders.tables import Sender
from triage.staff.processes import Part, Process
from triage.staff.queries.hr import hr_stand_ins
from triage.staff.queries.team import outsiders

SETS_UP = (Part.HANDLER, Part.DECIDER)


@dataclass(frozen=True, slots=True)
class ActionDraft:
    """One action as entered. A restriction has a draft of its own (``add_restriction``)."""

    kind: ActionKind
    what: str
    """What is done, or asked for, and why."""
    clause: str = ""
    """Where it rests on another clause than its kind does."""
    party_id: str | None = None
    sender_id: str | None = None
    event_id: str | None = None
    event: str = ""
    """Of an expulsion: the event, and how far it reaches, in words."""


def add_action(tx: Tx, *, case_id: str, version: int, draft: ActionDraft) -> str:
    """Set up one thing that was decided; its id. A report to the police begins to be considered
    by this, and a referral to HR to wait for HR's receipt."""
    case, decision = _to_set_up(tx, case_id, version, draft.kind)
    if draft.kind in {ActionKind.RESTRICTION, ActionKind.NONE}:
        raise Invalid("This is set up in another way.", field="kind")
    row = _row(tx, case, decision, draft)
    if draft.kind is ActionKind.EXPULSION:
        _name_event(tx, case, row, draft)
    if draft.kind is ActionKind.HR_REFERRAL:
        row.in_place_of_hr = _in_place_of_hr(tx, case)
    if draft.kind is ActionKind.POLICE_REFERRAL:
        answers = report_answers(tx.session, vault=tx.vault, report_id=case.report_id)
        row.child_id = consider_case(
            tx,
            case_id=case_id,
            reason=draft.what,
            reporter_wish=PoliceWish(answers.police_wish).value,
            put_forward_by=newest_recommendation(tx, case_id).by,
        )
    return _set_up(tx, case, row)


def add_restriction(
    tx: Tx, *, case_id: str, version: int, draft: Draft, party_id: str | None = None
) -> str:
    """Set up a restriction that was decided; its action's id. It comes as approved: proposed by
    the investigator, approved by those who decided, of whom one enters it (P-ACT-4). What the
    person reads of it is checked for what could tell who reported (P-NAM-1)."""
    case, decision = _to_set_up(tx, case_id, version, ActionKind.RESTRICTION)
    if tx.actor.person_id not in voices_of(tx, decision.id):
        raise NotAllowed("Who decided the case approves this.", what="case_decider")
    check_words(tx, case, draft.public_reason, draft.event)
    said = f"{draft.reason}\n\n{draft.proportionality}".strip()
    row = _row(
        tx, case, decision,
        ActionDraft(
            ActionKind.RESTRICTION, said, draft.clause, party_id, draft.sender_id,
            event=draft.event,
        ),
    )  # fmt: skip
    row.child_id = approve_from_case(
        tx,
        draft=replace(draft, sender_id=row.sender_id),
        case_id=case_id,
        decision_id=decision.id,
        proposer_id=newest_recommendation(tx, case_id).by,
        approver_ids=voices_of(tx, decision.id),
    )
    return _set_up(tx, case, row)


def act(tx: Tx, *, case_id: str, version: int, token: str | None = None) -> None:
    """Begin to do what was decided: each thing that was named has been set up."""
    if done_before(tx, STEPS, token):
        return
    case = load_as(tx, case_id, Part.HANDLER, version=version)
    decision = decision_of(tx, case)
    there = actions_of(tx, decision.id)
    rules.check_set_up(
        [ActionKind(one) for one in decision.actions], [ActionKind(one.kind) for one in there]
    )
    step(tx, case, Edge.ACT, token=token, decision=decision.id)
    all_settled(tx, case)


def nothing_to_do(tx: Tx, case: Case, decision: CaseDecision) -> None:
    """That nothing follows is a record of its own, and done with the decision."""
    row = _row(tx, case, decision, ActionDraft(ActionKind.NONE, ""))
    row.state, row.settled_by = ActionState.DONE.value, tx.actor.person_id
    row.done_by, row.done_at = tx.actor.person_id, tx.now
    _set_up(tx, case, row)


def _to_set_up(tx: Tx, case_id: str, version: int, kind: ActionKind) -> tuple[Case, CaseDecision]:
    case = load_as(tx, case_id, *SETS_UP, version=version)
    check_state(case, State.DECIDED, State.ACTIONING)
    decision = decision_of(tx, case)
    rules.check_decided(kind, [ActionKind(one) for one in decision.actions])
    return case, decision


def _row(tx: Tx, case: Case, decision: CaseDecision, draft: ActionDraft) -> CaseAction:
    what = draft.what.strip()
    if draft.kind is not ActionKind.NONE:
        what = needed(what, field="what", ask="Say what is done, and why.")
    clause = check_clauses([draft.clause or rules.CLAUSE_OF[draft.kind]])[0]
    party = None if draft.party_id is None else check_party(tx, case, draft.party_id)
    if party is None and draft.kind in rules.AGAINST_SOMEBODY:
        raise Invalid("Choose whom it is about.", field="party")
    made = new_id()
    return CaseAction(
        id=made,
        case_id=case.id,
        decision_id=decision.id,
        kind=draft.kind.value,
        clause=clause,
        state=ActionState.TO_DO.value,
        state_since=tx.now,
        set_up_by=tx.actor.person_id,
        set_up_at=tx.now,
        party_id=None if party is None else party.id,
        sender_id=_sender(tx, draft.sender_id, party),
        what=tx.seal(case.id, "case_actions", "what", made, what),
        event=b"",
        outcome=b"",
    )


def _set_up(tx: Tx, case: Case, row: CaseAction) -> str:
    tx.session.add(row)
    tx.session.flush()
    tx.record("case_action", case.id, action=row.id, kind=row.kind, child=row.child_id)
    if ActionKind(row.kind) not in HAS_CHILD and row.in_place_of_hr is not None:
        queue_mail(
            tx,
            kind=Kind.TASK,
            dedupe_key=f"case:{case.id}:hr:{row.id}",
            to_person_id=row.in_place_of_hr,
        )
    return row.id


def _sender(tx: Tx, sender_id: str | None, party: CaseParty | None) -> str | None:
    """The sender whom somebody is known to be: as said, or by the address in the report."""
    if sender_id is not None:
        if tx.session.get(Sender, sender_id) is None:
            raise Invalid("There is no such sender.", field="sender")
        return sender_id
    if party is None:
        return None
    contact = tx.vault.show(
        tx.session, owner_id=party.case_id, table="case_parties", column="contact",
        row_id=party.id, sealed=party.contact,
    )  # fmt: skip
    identifier = canonical.address(contact)
    return None if identifier is None else known_as(tx.session, tx.keys, identifier)


def _name_event(tx: Tx, case: Case, row: CaseAction, draft: ActionDraft) -> None:
    """An expulsion is from an event that is named, and there is no refund (P-ACT-3)."""
    if draft.event_id is not None and tx.session.get(Event, draft.event_id) is None:
        raise Invalid("There is no such event.", field="event")
    row.event_id = draft.event_id
    event = draft.event.strip()
    if draft.event_id is None:
        event = needed(event, field="event", ask="Name the event.", longest=200)
    row.event = tx.seal(case.id, "case_actions", "event", row.id, event)


def _in_place_of_hr(tx: Tx, case: Case) -> str | None:
    """Who takes HR's part, where HR's own person is who it is about or stepped back (P-HR-1), with
    an account here or without: who is named to stand in for HR, else the fallback for reports; who
    has no part in it before who has."""
    if not hr_is_in_it(tx, case):
        return None
    out = barred(tx, case.id)
    busy: Collection[str] = {one for people in holders(tx, case.id).values() for one in people}
    named = [person_id for person_id, _ in hr_stand_ins(tx.session)]
    named += [one.id for one in outsiders(tx.session) if one.serves(Process.CASE)]
    may = [one for one in named if one not in out]
    if not may:
        raise Conflict("HR's own person has no part in this: name somebody who stands in for them.")
    return min(may, key=lambda one: one in busy)
