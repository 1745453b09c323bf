"""A report ends with its case: its answers, its thread, its files, and the code that opens it."""

from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from triage.conduct.incidents import PublicStatus
from triage.core.commands import Tx
from triage.core.erased import end_matter
from triage.core.errors import NotFound
from triage.core.ids import new_id
from triage.reports.queries import unheard
from triage.reports.tables import Report, ReportFile, ReportMessage


def erase_report(tx: Tx, *, report_id: str, month: datetime) -> None:
    """Erase a report, in the transaction that erases its case. ``month``: when it came, no finer.

    Its code is unknown from here on, and is answered as any code that never was.
    """
    row = tx.session.get(Report, report_id, with_for_update=True)
    if row is None:
        raise NotFound("There is no such report.")
    end_matter(tx, report_id)
    for table in (ReportFile, ReportMessage):
        tx.session.execute(delete(table).where(table.report_id == report_id))
    row.lookup, row.answers, row.event_code = new_id(), b"", None
    row.status, row.must_change_code = PublicStatus.ENDED.value, False
    row.received_at = row.opened_at = month
    tx.session.flush()


def forget_report(tx: Tx, *, report_id: str) -> None:
    """The last of an erased one: its row, after that of its case."""
    tx.session.execute(delete(Report).where(Report.id == report_id))


def unread(session: Session, report_id: str) -> bool:
    """Whether its reporter has written something that the desk has not taken in."""
    found = select(ReportMessage.id).where(ReportMessage.report_id == report_id, unheard())
    return session.scalar(found.limit(1)) is not None
