"""Reading a report: its answers, thread and files, for who has a key that opens it.

There is no viewer here. On the desk the room of cases asks for a case's report alone, after it
has found that the viewer may see the case; in the form, the receipt has opened it.
"""

from datetime import datetime

from sqlalchemy import ColumnElement, and_, func, select
from sqlalchemy.orm import Session

from triage.core.errors import NotFound
from triage.core.sealed import Vault
from triage.reports import published
from triage.reports.answers import Answers, Reach, reach_from_json, reach_of
from triage.reports.published import Published
from triage.reports.tables import FormPublished, Report, ReportFile, ReportMessage
from triage.reports.thread import FileRow, StepKind, ThreadRow


def unheard() -> ColumnElement[bool]:
    """What a reporter wrote and the desk has not taken in."""
    return and_(ReportMessage.from_reporter, ReportMessage.taken_at.is_(None))


def any_unheard(session: Session) -> bool:
    """Whether anything of that stands on a report that is opened."""
    opened = select(ReportMessage.id).join(Report, Report.id == ReportMessage.report_id)
    found = opened.where(unheard(), Report.opened_at.is_not(None)).limit(1)
    return session.scalar(found) is not None


def last_reach(session: Session, *, report_id: str) -> datetime | None:
    """When the reporter last said by receipt how they are reached and what they wish to learn."""
    return session.scalar(
        select(func.max(ReportMessage.at)).where(
            ReportMessage.report_id == report_id,
            ReportMessage.from_reporter,
            ReportMessage.kind == StepKind.REACH.value,
        )
    )


def report_answers(session: Session, *, vault: Vault, report_id: str) -> Answers:
    """The answers of a report, as they were sent."""
    sealed = session.scalar(select(Report.answers).where(Report.id == report_id))
    if sealed is None:
        raise NotFound("There is no such report.")
    text = vault.open(
        session,
        owner_id=report_id,
        table="reports",
        column="answers",
        row_id=report_id,
        sealed=sealed,
    )
    return Answers.from_json(text)


def thread(session: Session, *, vault: Vault, report_id: str) -> tuple[ThreadRow, ...]:
    """Every step of a report's thread, in order. What does not open says so."""
    rows = session.scalars(
        select(ReportMessage)
        .where(ReportMessage.report_id == report_id)
        .order_by(ReportMessage.sequence)
    )
    return tuple(
        ThreadRow(
            id=row.id,
            sequence=row.sequence,
            at=row.at,
            from_reporter=row.from_reporter,
            kind=StepKind(row.kind),
            text=vault.show_of(session, report_id, row, "text"),
            taken_at=row.taken_at,
        )
        for row in rows
    )


def reach_now(session: Session, *, vault: Vault, report_id: str) -> Reach:
    """How the reporter may be reached and what they wish to learn: the last that they said."""
    reach = reach_of(report_answers(session, vault=vault, report_id=report_id))
    for row in thread(session, vault=vault, report_id=report_id):
        if row.kind is StepKind.REACH:
            reach = reach_from_json(row.text)
    return reach


def files(session: Session, *, vault: Vault, report_id: str) -> tuple[FileRow, ...]:
    """Every file of a report, oldest first, without its bytes."""
    rows = session.execute(
        select(
            ReportFile.id,
            ReportFile.message_id,
            ReportFile.at,
            ReportFile.kind,
            ReportFile.size,
            ReportFile.name,
            ReportFile.sha256,
        )
        .where(ReportFile.report_id == report_id)
        .order_by(ReportFile.at, ReportFile.id)
    )

    def shown(row_id: str, column: str, sealed: bytes) -> str:
        return vault.show(
            session,
            owner_id=report_id,
            table="report_files",
            column=column,
            row_id=row_id,
            sealed=sealed,
        )

    return tuple(
        FileRow(
            id=row.id,
            message_id=row.message_id,
            at=row.at,
            name=shown(row.id, "name", row.name),
            kind=row.kind,
            size=row.size,
            sha256=shown(row.id, "sha256", row.sha256),
        )
        for row in rows
    )


def file_bytes(session: Session, *, vault: Vault, file_id: str) -> bytes:
    """The file as it came."""
    row = session.get(ReportFile, file_id)
    if row is None:
        raise NotFound("There is no such file.")
    return vault.open_bytes(
        session,
        owner_id=row.report_id,
        table="report_files",
        column="data",
        row_id=row.id,
        sealed=row.data,
    )


def shown_to_all(session: Session) -> Published:
    """What the desk has published for the form."""
    rows = session.execute(select(FormPublished.key, FormPublished.value))
    return published.read({row.key: row.value for row in rows})
