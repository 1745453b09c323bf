"""What belongs to a case and goes with it, in the order in which it can: rows that rest on others
before those."""

from sqlalchemy import delete, select

from triage.cases.inquiry.tables import (
    CaseBalance,
    CaseCustody,
    CaseEvidence,
    CaseInterim,
    CaseMeeting,
    CaseNotice,
    CaseNoticeStep,
)
from triage.cases.rules import Edge
from triage.cases.tables import (
    CaseChallenge,
    CaseDeclaration,
    CaseMatch,
    CasePart,
    CaseParty,
    CaseSecond,
    CaseTransition,
)
from triage.cases.verdict.tables import (
    CaseAction,
    CaseAppeal,
    CaseDecision,
    CaseIdentity,
    CaseOpening,
    CaseOutcome,
    CaseRecommendation,
    CaseVoice,
    CaseWording,
)
from triage.core.commands import Tx

OWNED = (
    CaseAppeal,
    CaseOutcome,
    CaseAction,
    CaseWording,
    CaseOpening,
    CaseDecision,
    CaseRecommendation,
    CaseIdentity,
    CaseMeeting,
    CaseNoticeStep,
    CaseNotice,
    CaseBalance,
    CaseCustody,
    CaseEvidence,
    CaseInterim,
    CaseSecond,
    CaseChallenge,
    CaseDeclaration,
    CaseMatch,
    CasePart,
    CaseParty,
)


def forget_owned(tx: Tx, case_id: str) -> None:
    """Take out every row of it. The case says that it is erased before: only then does what was
    kept of who had its evidence let itself be taken out (migration 0025)."""
    tx.session.flush()
    decisions = select(CaseDecision.id).where(CaseDecision.case_id == case_id)
    tx.session.execute(delete(CaseVoice).where(CaseVoice.decision_id.in_(decisions)))
    for table in OWNED:
        tx.session.execute(delete(table).where(table.case_id == case_id))
    tx.session.execute(
        delete(CaseTransition).where(
            CaseTransition.case_id == case_id, CaseTransition.edge != Edge.ERASE.value
        )
    )
