"""Who is told how it ended, and what: the reporter if they asked, the person reported if they
know of it at all (P-OUT-1 to P-OUT-3)."""

from datetime import timedelta

from triage.cases.inquiry.service import guards
from triage.cases.rules import Finding, State
from triage.cases.service.stepping import load_as
from triage.cases.tables import Case
from triage.cases.verdict.rules import (
    ActionKind,
    ActionState,
    AppealOutcome,
    How,
    ToldTo,
    has_lapsed,
)
from triage.cases.verdict.service.standing import (
    actions_of,
    check_party,
    check_state,
    decision_of,
    letter_is_out,
    outcomes_of,
)
from triage.cases.verdict.service.writing import draft_letter
from triage.cases.verdict.tables import CaseAppeal, CaseDecision, CaseOutcome
from triage.conduct.incidents import Wish
from triage.core.commands import Tx
from triage.core.errors import Conflict, NotFound
from triage.core.ids import new_id
from triage.core.text import needed
from triage.letters.rules import LetterKind
from triage.letters.tables import Letter
from triage.letters.wording import Value, draft_text
from triage.reports import service as reports
from triage.reports.queries import last_reach, reach_now
from triage.restrictions.codes import appeal_code, appeal_hash
from triage.restrictions.service.erasing import running
from triage.staff.processes import Part


def tell_reporter(tx: Tx, *, case_id: str, version: int) -> str | None:
    """Tell the reporter, who asked for it, how it ended: over the receipt at once, or by a letter
    to where they said, which nobody here is shown; that letter's id.

    What it says is fixed: the finding, and whether something was done. Nothing of anybody else.
    Also once it is closed, for a reporter who asks only then.
    """
    case, decision = _due(tx, case_id, version, State.OUTCOME_DUE, State.CLOSED)
    _check_untold(tx, case, decision, ToldTo.REPORTER, None)
    how = how_to_reach(tx, case)
    if how is None:
        raise Conflict("The reporter has not asked to be told. They can still do so.")
    fields: dict[str, Value] = {
        "finding": decision.finding,
        "action_taken": action_taken(tx, decision),
    }
    letter_id = None
    if how is How.LETTER:
        letter_id = draft_letter(
            tx, case, kind=LetterKind.REPORTER_OUTCOME, fields=fields, to_reporter=True
        )
    else:
        _, text = draft_text(LetterKind.REPORTER_OUTCOME, fields, tx.settings)
        reports.say(tx, report_id=case.report_id, text=text)
    _note(tx, case, decision, ToldTo.REPORTER, how, letter_id=letter_id)
    return letter_id


def tell_subject(
    tx: Tx, *, case_id: str, version: int, party_id: str, follows: str, to_address: str = ""
) -> str:
    """Begin the letter by which somebody who knew of the report learns how it ended: the finding,
    what follows, how to appeal, and how long it is kept; its id."""
    case, decision = _due(tx, case_id, version)
    check_party(tx, case, party_id)
    _check_untold(tx, case, decision, ToldTo.SUBJECT, party_id)
    if party_id not in guards.notified_subjects(tx, case):
        raise Conflict("This person was never told of the report, and is not told of its end.")
    follows = needed(follows, field="follows", ask="Say what follows from it for them.")
    upheld = decision.finding == Finding.UPHELD.value
    days = tx.settings.case_kept_days_upheld if upheld else tx.settings.case_kept_days
    row = _note(tx, case, decision, ToldTo.SUBJECT, How.LETTER, party_id=party_id)
    day = tx.now + timedelta(days=days)
    kept: dict[str, Value] = {"kept_until": day}
    if running(tx.session, case.id):
        kept["kept_for"] = f"{days} days"  # after what is restricted has ended: no day yet
    else:
        row.kept_until = day  # later than that it is not kept
    row.appeal_hash = appeal_hash(tx.keys, row.id)
    row.letter_id = draft_letter(
        tx,
        case,
        kind=LetterKind.SUBJECT_OUTCOME,
        fields={
            "finding": decision.finding,
            "follows": follows,
            "appeal_code": appeal_code(tx.keys, row.id),
            **kept,
        },
        to_address=to_address,
    )
    tx.session.flush()
    return row.letter_id


def tell_appellant(
    tx: Tx, *, case_id: str, version: int, appeal_id: str, sentence: str, to_address: str = ""
) -> str:
    """Begin the letter by which whoever appealed learns that the finding stands, and why; its id.

    Of what was overturned they learn with the next decision. Also once it is closed.
    """
    case = load_as(tx, case_id, Part.HANDLER, version=version)
    appeal = tx.session.get(CaseAppeal, appeal_id)
    if appeal is None or appeal.case_id != case_id:
        raise NotFound(NO_SUCH_APPEAL)
    if appeal.outcome != AppealOutcome.UPHELD.value:
        raise Conflict("No appeal was turned down here that they could be told of.")
    told = tx.session.get_one(CaseOutcome, appeal.outcome_id)
    decision = tx.session.get_one(CaseDecision, told.decision_id)
    _check_untold(tx, case, decision, ToldTo.APPELLANT, told.party_id)
    sentence = needed(sentence, field="sentence", ask="Say in one or two sentences why.")
    row = _note(tx, case, decision, ToldTo.APPELLANT, How.LETTER, party_id=told.party_id)
    row.letter_id = draft_letter(
        tx,
        case,
        kind=LetterKind.APPEAL_OUTCOME,
        fields={"outcome": AppealOutcome.UPHELD.value, "sentence": sentence},
        to_address=to_address,
    )
    tx.session.flush()
    return row.letter_id


NO_SUCH_APPEAL = "There is no such appeal."


def waive(
    tx: Tx, *, case_id: str, version: int, told: ToldTo, reason: str, party_id: str | None = None
) -> None:
    """Say why somebody who should be told is not."""
    if told is ToldTo.APPELLANT:
        raise Conflict("Whoever appealed is told how that ended.")
    case, decision = _due(tx, case_id, version)
    if (told is ToldTo.SUBJECT) != (party_id is not None):
        raise Conflict("Choose who is not told.")
    if party_id is not None:
        check_party(tx, case, party_id)
    reason = needed(reason, field="reason", ask="Say why they are not told.")
    _check_untold(tx, case, decision, told, party_id)
    _note(tx, case, decision, told, How.WAIVED, party_id=party_id, why=reason)


def how_to_reach(tx: Tx, case: Case) -> How | None:
    """How the reporter is told, as they wish now; ``None`` where they do not (P-OUT-2). Without
    an address that a letter can go to, over the receipt (P-OUT-3)."""
    reach = reach_now(tx.session, vault=tx.vault, report_id=case.report_id)
    if reach.wish is Wish.NONE:
        return None
    by_letter = reach.wish is Wish.BY_CONTACT and reach.email.strip()
    return How.LETTER if by_letter else How.RECEIPT


def untold(tx: Tx, case: Case, decision: CaseDecision) -> list[str]:
    """Who is still to be told, or to be said why not: ``reporter``, and parties' ids."""
    open_now = []
    if how_to_reach(tx, case) is not None and not _was_told(
        tx, case, decision, ToldTo.REPORTER, None
    ):
        open_now.append(ToldTo.REPORTER.value)
    return open_now + [
        one
        for one in guards.notified_subjects(tx, case)
        if not _was_told(tx, case, decision, ToldTo.SUBJECT, one)
    ]


def action_taken(tx: Tx, decision: CaseDecision) -> bool:
    """Whether anything was done; what it was, the reporter is not told."""
    return any(
        one.state == ActionState.DONE.value and one.kind != ActionKind.NONE.value
        for one in actions_of(tx, decision.id)
    )


def _due(tx: Tx, case_id: str, version: int, *states: State) -> tuple[Case, CaseDecision]:
    case = load_as(tx, case_id, Part.HANDLER, version=version)
    check_state(case, *(states or (State.OUTCOME_DUE,)))
    return case, decision_of(tx, case)


def _was_told(
    tx: Tx, case: Case, decision: CaseDecision, told: ToldTo, party_id: str | None
) -> bool:
    return any(
        one.told == told.value
        and one.party_id == party_id
        and (one.how != How.LETTER.value or letter_is_out(tx, one.letter_id))
        and not _lapsed(tx, case, one)
        for one in outcomes_of(tx, decision.id)
    )


def _lapsed(tx: Tx, case: Case, one: CaseOutcome) -> bool:
    asked_at = last_reach(tx.session, report_id=case.report_id)
    return has_lapsed(ToldTo(one.told), How(one.how), one.at, asked_at)


def _check_untold(
    tx: Tx, case: Case, decision: CaseDecision, told: ToldTo, party_id: str | None
) -> None:
    for one in outcomes_of(tx, decision.id):
        if one.told != told.value or one.party_id != party_id or _lapsed(tx, case, one):
            continue
        letter = None if one.letter_id is None else tx.session.get(Letter, one.letter_id)
        if letter is None or letter.state != "withdrawn":
            raise Conflict("This is said already, or its letter is begun: withdraw that first.")


def _note(
    tx: Tx,
    case: Case,
    decision: CaseDecision,
    told: ToldTo,
    how: How,
    *,
    party_id: str | None = None,
    letter_id: str | None = None,
    why: str = "",
) -> CaseOutcome:
    made = new_id()
    row = CaseOutcome(
        id=made,
        case_id=case.id,
        decision_id=decision.id,
        told=told.value,
        party_id=party_id,
        how=how.value,
        letter_id=letter_id,
        by=tx.actor.person_id,
        at=tx.now,
        why=tx.seal(case.id, "case_outcomes", "why", made, why) if why else b"",
    )
    tx.session.add(row)
    tx.session.flush()
    tx.record("case_outcome", case.id, outcome=made, told=told.value, how=how.value)
    return row
