"""What is made of the evidence: what it says, whether it was put to the other side (P-INV-3)."""

from triage.cases.inquiry.rules import Bearing, Custody
from triage.cases.inquiry.service.keeping import item_of, note_custody
from triage.cases.inquiry.service.letting_out import let_out
from triage.cases.inquiry.service.stepping import LOOKS_INTO, load_open
from triage.cases.inquiry.tables import CaseBalance
from triage.core.commands import Tx
from triage.core.ids import new_id
from triage.core.text import needed
from triage.staff.processes import Part


def weigh(tx: Tx, *, item_id: str, bearing: Bearing, carries: bool) -> None:
    """Say whether it supports or contradicts what was reported, and whether a finding rests on
    it."""
    case, item = item_of(tx, item_id)
    item.bearing, item.carries = bearing.value, carries
    note_custody(tx, case, item, Custody.MARKED, bearing=bearing.value, carries=carries)


def tested(tx: Tx, *, item_id: str, done: bool, how: str) -> None:
    """Say how it was put to the other side; or (not ``done``) why it was not (P-INV-3)."""
    case, item = item_of(tx, item_id)
    ask = "Say how it was put to them." if done else "Say why it was not put to them."
    how = needed(how, field="how", ask=ask)
    item.tested = done
    item.tested_how = tx.seal(case.id, "case_evidence", "tested_how", item.id, how)
    note_custody(tx, case, item, Custody.TESTED, done=done)


def hide(tx: Tx, *, item_id: str, hidden: bool) -> None:
    """Keep it out of what the person reported is given, or let it in. What somebody asked to be
    kept among few stays out; what could tell who reported it takes a second person (P-NAM-1),
    who may be the one that checks letters."""
    case, item = item_of(tx, item_id, Part.LEAK_CHECK)
    if not hidden:
        let_out(tx, case, item)
        return
    item.hidden = True
    note_custody(tx, case, item, Custody.HIDDEN)


def say_why_not_balanced(tx: Tx, *, case_id: str, reason: str) -> None:
    """Give a reason, for the recommendation to come, why not all is tested (P-INV-3)."""
    case = load_open(tx, case_id, *LOOKS_INTO)
    made = new_id()
    reason = needed(reason, field="reason", ask="Say why it was not, or could not be.")
    tx.session.add(
        CaseBalance(
            id=made,
            case_id=case_id,
            round=case.finding_round,
            given_by=tx.actor.person_id,
            at=tx.now,
            reason=tx.seal(case_id, "case_balances", "reason", made, reason),
        )
    )
    tx.record("case_balance_reason", case_id)
    tx.session.flush()
