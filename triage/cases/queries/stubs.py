"""What of an erased case is still counted. For the trends alone: there is no viewer here."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from triage.cases.tables import CaseStub
from triage.core.sealed import Vault
from triage.reports.answers import Answers, Person


def counted_of(said: Answers) -> Answers:
    """A report with nothing left in it but what is counted."""
    return Answers(
        setting=said.setting,
        grounds=said.grounds,
        subjects=tuple(Person(party=one.party) for one in said.subjects[:1]),
    )


def stub_answers(session: Session, *, vault: Vault, stub_id: str) -> Answers:
    """That, of one stub."""
    sealed = session.scalar(select(CaseStub.counted).where(CaseStub.id == stub_id))
    place = {"owner_id": stub_id, "table": "case_stubs", "column": "counted", "row_id": stub_id}
    return Answers.from_json(vault.open(session, sealed=sealed, **place))
