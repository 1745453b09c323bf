"""Where a case stands on its way to an end: the newest recommendation and decision, and what
follows from it."""

from collections.abc import Collection

from sqlalchemy import select

from triage.cases.rules import State
from triage.cases.service.stepping import holders
from triage.cases.tables import Case, CaseParty
from triage.cases.verdict.tables import (
    CaseAction,
    CaseDecision,
    CaseOutcome,
    CaseRecommendation,
    CaseVoice,
)
from triage.conduct.clauses import CLAUSES, POLICY_VERSION
from triage.core.commands import Tx
from triage.core.errors import Conflict, Invalid
from triage.letters.rules import GONE
from triage.letters.tables import Letter
from triage.staff.processes import Part

INVESTIGATED = (Part.HANDLER, Part.INVESTIGATOR)
"""Whoever has, or had, one of these decides nothing in the case."""


def newest_recommendation(tx: Tx, case_id: str) -> CaseRecommendation:
    """The recommendation that stands; ``Conflict`` where there is none."""
    found = tx.session.scalar(
        select(CaseRecommendation)
        .where(CaseRecommendation.case_id == case_id)
        .order_by(CaseRecommendation.number.desc())
        .limit(1)
    )
    if found is None:
        raise Conflict("Nothing has been recommended yet.")
    return found


def decision_of(tx: Tx, case: Case) -> CaseDecision:
    """The decision that stands, of this round; ``Conflict`` where there is none."""
    found = tx.session.scalar(
        select(CaseDecision).where(
            CaseDecision.case_id == case.id, CaseDecision.round == case.finding_round
        )
    )
    if found is None:
        raise Conflict("Nothing has been decided yet.")
    return found


def voices_of(tx: Tx, decision_id: str) -> frozenset[str]:
    """Who decided it, and who agreed."""
    found = select(CaseVoice.person_id).where(CaseVoice.decision_id == decision_id)
    return frozenset(tx.session.scalars(found))


def took_part(tx: Tx, case: Case) -> frozenset[str]:
    """Everybody who looked into it, handled it, or had a say in any decision on it."""
    ever = holders(tx, case.id, ever=True)
    looked = {one for part in INVESTIGATED for one in ever.get(part, ())}
    said = select(CaseVoice.person_id).join(CaseDecision, CaseDecision.id == CaseVoice.decision_id)
    return frozenset(looked | set(tx.session.scalars(said.where(CaseDecision.case_id == case.id))))


def actions_of(tx: Tx, decision_id: str) -> list[CaseAction]:
    """What follows from a decision, in the order in which it was set up."""
    found = select(CaseAction).where(CaseAction.decision_id == decision_id)
    return list(tx.session.scalars(found.order_by(CaseAction.set_up_at, CaseAction.id)))


def outcomes_of(tx: Tx, decision_id: str) -> list[CaseOutcome]:
    """Who was told of a decision, oldest first."""
    found = select(CaseOutcome).where(CaseOutcome.decision_id == decision_id)
    return list(tx.session.scalars(found.order_by(CaseOutcome.at, CaseOutcome.id)))


def letter_is_out(tx: Tx, letter_id: str | None) -> bool:
    """Whether a letter has gone, by the mail server or by hand."""
    state = tx.session.scalar(select(Letter.state).where(Letter.id == letter_id))
    return state in {one.value for one in GONE}


def check_clauses(clauses: Collection[str]) -> list[str]:
    """The clauses that it rests on, of the policy in force."""
    known = [one.id for one in CLAUSES[POLICY_VERSION]]
    if not clauses or not set(clauses) <= set(known):
        raise Invalid("Choose the clauses that it rests on.", field="clauses")
    return [one for one in known if one in set(clauses)]


def check_party(tx: Tx, case: Case, party_id: str) -> CaseParty:
    """Somebody whom this report speaks of."""
    party = tx.session.get(CaseParty, party_id)
    if party is None or party.case_id != case.id:
        raise Invalid("Choose one of the people in the report.", field="party")
    return party


def check_state(case: Case, *states: State) -> None:
    """``Conflict`` where the case is in none of these states."""
    if State(case.state) not in states:
        raise Conflict("This cannot be done at this point of the case.")
