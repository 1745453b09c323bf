"""How one more step of a thread is written, by the desk and by the form alike."""

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from triage.core.ids import new_id
from triage.core.sealed import Vault
from triage.reports.tables import ReportMessage
from triage.reports.thread import StepKind


def add_step(
    session: Session,
    vault: Vault,
    *,
    report_id: str,
    kind: StepKind,
    text: str,
    from_reporter: bool,
    at: datetime,
) -> str:
    """Add a step to a thread whose report the caller has locked. The id of the step."""
    message_id = new_id()
    last = session.scalar(
        select(func.max(ReportMessage.sequence)).where(ReportMessage.report_id == report_id)
    )
    sealed = vault.seal(
        session,
        owner_id=report_id,
        table="report_messages",
        column="text",
        row_id=message_id,
        text=text,
        at=at,
    )
    session.add(
        ReportMessage(
            id=message_id,
            report_id=report_id,
            sequence=(last or 0) + 1,
            at=at,
            from_reporter=from_reporter,
            kind=kind,
            text=sealed,
        )
    )
    session.flush()
    return message_id
