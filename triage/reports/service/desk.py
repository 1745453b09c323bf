"""The desk's side of reports, in the transaction of the room above that calls it.

That room holds the case: it checks who may, and puts on the record what was done.
"""

import json
from typing import Any

from sqlalchemy import select

from triage.conduct.incidents import PublicStatus
from triage.core.commands import Tx
from triage.core.envelope import new_receipt_code, receipt_lookup
from triage.core.errors import Conflict, NotFound
from triage.core.ids import new_id
from triage.core.text import needed
from triage.reports.answers import LONGEST_ACCOUNT, Answers, check, tidied
from triage.reports.published import KEYS
from triage.reports.queries import files, report_answers, unheard
from triage.reports.service.steps import add_step
from triage.reports.tables import FormPublished, Report, ReportMessage
from triage.reports.thread import Incoming, OpenedReport, StepKind


def waiting(tx: Tx, *, limit: int = 50) -> list[str]:
    """Ids of reports that are not opened, oldest first.

    On PostgreSQL they are locked, and those that another transaction has in hand are passed over.
    """
    found = tx.session.scalars(
        select(Report.id)
        .where(Report.opened_at.is_(None))
        .order_by(Report.received_at, Report.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    return list(found)


def open_report(tx: Tx, *, report_id: str) -> OpenedReport:
    """Open a report, once; ``Conflict`` where it was opened before."""
    row = _locked(tx, report_id)
    if row.opened_at is not None:
        raise Conflict("This report was opened before.")
    row.opened_at = tx.now
    return OpenedReport(
        id=row.id,
        received_at=row.received_at,
        answers=report_answers(tx.session, vault=tx.vault, report_id=report_id),
        event_code=row.event_code,
        files=files(tx.session, vault=tx.vault, report_id=report_id),
    )


def incoming(tx: Tx, *, limit: int = 100) -> list[Incoming]:
    """What reporters wrote on reports that are opened, and nobody took in; oldest first."""
    found = tx.session.scalars(
        select(ReportMessage)
        .join(Report, Report.id == ReportMessage.report_id)
        .where(
            unheard(),
            Report.opened_at.is_not(None),
        )
        .order_by(ReportMessage.at, ReportMessage.report_id, ReportMessage.sequence)
        .limit(limit)
        .with_for_update(of=ReportMessage, skip_locked=True)
    ).all()
    return [
        Incoming(
            id=row.id,
            report_id=row.report_id,
            at=row.at,
            kind=StepKind(row.kind),
            text=tx.vault.show_of(tx.session, row.report_id, row, "text"),
        )
        for row in found
    ]


def take_in(tx: Tx, *, message_id: str) -> None:
    """Note that the desk has a step by a reporter. Done twice, it changes nothing."""
    row = tx.session.get(ReportMessage, message_id)
    if row is None or not row.from_reporter:
        raise NotFound("There is no such message from a reporter.")
    row.taken_at = row.taken_at or tx.now
    tx.session.flush()


def say(tx: Tx, *, report_id: str, text: str) -> str:
    """Write to the reporter, on the thread. The id of the step."""
    words = needed(
        text, field="text", ask="Write what the reporter is to read.", longest=LONGEST_ACCOUNT
    )
    _locked(tx, report_id)
    return _step(tx, report_id, StepKind.TEXT, words)


def set_status(tx: Tx, *, report_id: str, status: PublicStatus) -> None:
    """Tell the reporter where the report stands. The same again is no step."""
    row = _locked(tx, report_id)
    if row.status != status:
        row.status = status
        _step(tx, report_id, StepKind.STATUS, status)


def enter_for(tx: Tx, *, answers: Answers) -> tuple[str, str]:
    """Enter a report for somebody who told a colleague: its id, and the receipt (P-INT-2).

    Who entered it has seen the code, so it must be changed before it opens the report.
    """
    answers = tidied(answers)
    check(answers)
    report_id, code = new_id(), new_receipt_code()
    sealed = tx.seal(report_id, "reports", "answers", report_id, answers.to_json())
    tx.vault.give_receipt(tx.session, owner_id=report_id, code=code, at=tx.now)
    tx.session.add(
        Report(
            id=report_id,
            lookup=receipt_lookup(code),
            received_at=tx.now,
            answers=sealed,
            status=PublicStatus.RECEIVED,
            must_change_code=True,
        )
    )
    tx.session.flush()
    return report_id, code


def publish(tx: Tx, *, key: str, value: Any) -> None:
    """Show a value on the form, in place of what stood under its key (``published``)."""
    if key not in KEYS:
        raise ValueError(f"the form reads nothing under {key!r}")
    row = tx.session.get(FormPublished, key)
    text = json.dumps(value)
    if row is None:
        tx.session.add(FormPublished(key=key, value=text, at=tx.now))
    else:
        row.value, row.at = text, tx.now
    tx.session.flush()


def _locked(tx: Tx, report_id: str) -> Report:
    row = tx.session.get(Report, report_id, with_for_update=True)
    if row is None:
        raise NotFound("There is no such report.")
    return row


def _step(tx: Tx, report_id: str, kind: StepKind, text: str) -> str:
    return add_step(
        tx.session,
        tx.vault,
        report_id=report_id,
        kind=kind,
        text=text,
        from_reporter=False,
        at=tx.now,
    )
