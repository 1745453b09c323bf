"""What a reporter does later, with the receipt code: read, write, add, change, withdraw."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from triage.conduct.incidents import PublicStatus
from triage.core.envelope import new_receipt_code, read_receipt_code, receipt_lookup
from triage.core.errors import Invalid, NotAllowed, Unreadable
from triage.core.ids import new_id
from triage.core.sealed import Vault
from triage.core.text import needed
from triage.reports.answers import (
    LONGEST_ACCOUNT,
    LONGEST_NOTE,
    Reach,
    check,
    reach_to_json,
    tidied,
    tidy,
    with_reach,
)
from triage.reports.form.files import put_file
from triage.reports.queries import files, reach_now, report_answers, thread
from triage.reports.service.steps import add_step
from triage.reports.tables import Report, ReportFile
from triage.reports.thread import FileRow, StepKind, ThreadRow

NO_REPORT = "No report opens with this code."
"""Said alike for a code that is wrong, no code at all, or of a report that is erased."""
NO_CODE = "0000-0000-0000-0000-0000-0000"
"""Stands in for what is no code, so that the same work is done."""
MOST_LATER = 25
"""Files of one report in all."""


@dataclass(frozen=True, slots=True)
class Thread:
    """A report as its reporter sees it."""

    received_at: datetime
    status: PublicStatus
    rows: tuple[ThreadRow, ...]
    files: tuple[FileRow, ...]
    reach: Reach


def read_thread(session: Session, vault: Vault, *, code: str) -> Thread:
    """Where the report stands, and what was written on both sides."""
    report = own(session, vault, code)
    return Thread(
        received_at=report.received_at,
        status=PublicStatus(report.status),
        rows=thread(session, vault=vault, report_id=report.id),
        files=files(session, vault=vault, report_id=report.id),
        reach=reach_now(session, vault=vault, report_id=report.id),
    )


def answer(session: Session, vault: Vault, *, code: str, text: str, now: datetime) -> None:
    """Write to the desk."""
    report = own(session, vault, code, lock=True)
    words = needed(tidy(text), field="text", ask="Write your message.", longest=LONGEST_ACCOUNT)
    _step(session, vault, report, StepKind.TEXT, words, now)


def add_file(
    session: Session, vault: Vault, *, code: str, name: str, data: bytes, now: datetime
) -> None:
    """Add a file to what was sent."""
    report = own(session, vault, code, lock=True)
    held = session.scalar(select(func.count()).where(ReportFile.report_id == report.id))
    if (held or 0) >= MOST_LATER:
        raise Invalid(f"A report can have {MOST_LATER} files at most.", field="file")
    step = _step(session, vault, report, StepKind.FILE, "", now)
    put_file(session, vault, report_id=report.id, message_id=step, name=name, data=data, at=now)


def change_wish(session: Session, vault: Vault, *, code: str, reach: Reach, now: datetime) -> None:
    """Change whether and how the reporter wants to learn the outcome (P-OUT-2)."""
    report = own(session, vault, code, lock=True)
    answers = report_answers(session, vault=vault, report_id=report.id)
    changed = tidied(with_reach(answers, reach))
    check(changed)
    reach = Reach(changed.name, changed.email, changed.phone, changed.wish)
    if reach != reach_now(session, vault=vault, report_id=report.id):
        _step(session, vault, report, StepKind.REACH, reach_to_json(reach), now)


def ask_to_withdraw(session: Session, vault: Vault, *, code: str, why: str, now: datetime) -> None:
    """Ask the desk to stop; whether it may, it decides."""
    report = own(session, vault, code, lock=True)
    words = tidy(why)
    if len(words) > LONGEST_NOTE:
        raise Invalid(f"At most {LONGEST_NOTE:,} characters.", field="why")
    _step(session, vault, report, StepKind.WITHDRAW, words, now)


def change_code(session: Session, vault: Vault, *, code: str, now: datetime) -> str:
    """A new receipt code; the old one opens nothing from now on."""
    report = own(session, vault, code, lock=True, changing=True)
    new = new_receipt_code()
    vault.give_receipt(session, owner_id=report.id, code=new, at=now)
    report.lookup = receipt_lookup(new)
    report.must_change_code = False
    session.flush()
    return new


def own(
    session: Session, vault: Vault, code: str, *, lock: bool = False, changing: bool = False
) -> Report:
    """The report of a code, with its key open until the session ends.

    ``Unreadable`` for every code that opens none, after the same work. ``NotAllowed`` where the
    code must be changed first and this is no change of code (P-INT-2).
    """
    try:
        read_receipt_code(code)
    except Invalid:
        code = NO_CODE
    wanted = select(Report).where(Report.lookup == receipt_lookup(code))
    report = session.scalar(wanted.with_for_update() if lock else wanted)
    try:
        vault.unlock(session, owner_id=report.id if report is not None else new_id(), code=code)
    except Unreadable as error:
        raise Unreadable(NO_REPORT) from error
    assert report is not None  # a random owner has no key
    if report.must_change_code and not changing:
        raise NotAllowed("Change the code first.", what="change_code")
    return report


def _step(
    session: Session, vault: Vault, report: Report, kind: StepKind, text: str, now: datetime
) -> str:
    return add_step(
        session,
        vault,
        report_id=report.id,
        kind=kind,
        text=text,
        from_reporter=True,
        at=now,
    )
