"""Whether somebody who appealed against a finding was told that it stands."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from triage.cases.verdict.rules import ToldTo
from triage.cases.verdict.tables import CaseAppeal, CaseOutcome
from triage.letters.rules import GONE, State
from triage.letters.tables import Letter


def told_of(session: Session, appeal: CaseAppeal) -> tuple[bool, bool]:
    """(a letter of it is begun or has gone, it has gone). Whoever asks has opened the case."""
    against = session.get_one(CaseOutcome, appeal.outcome_id)
    found = session.scalars(
        select(Letter.state)
        .join(CaseOutcome, CaseOutcome.letter_id == Letter.id)
        .where(
            CaseOutcome.decision_id == against.decision_id,
            CaseOutcome.party_id == against.party_id,
            CaseOutcome.told == ToldTo.APPELLANT.value,
        )
    )
    states = {State(one) for one in found} - {State.WITHDRAWN}
    return bool(states), bool(states & GONE)
