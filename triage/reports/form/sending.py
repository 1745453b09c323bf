"""A draft becomes a report, once; its receipt waits a short time for who sent it."""

from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from triage.conduct.incidents import PublicStatus
from triage.core.envelope import new_receipt_code, receipt_lookup
from triage.core.errors import NotFound
from triage.core.ids import new_id
from triage.core.sealed import Vault
from triage.reports.answers import Answers, Person, check, tidied
from triage.reports.form import held
from triage.reports.form.drafts import opened
from triage.reports.form.files import put_file
from triage.reports.tables import Report, ReportDraftFile

RECEIPT_TIME = timedelta(minutes=10)
"""How long a receipt can be read again by the browser that sent the report."""


def submit(session: Session, vault: Vault, *, token: str, now: datetime) -> str:
    """Send a draft: the receipt code. Sent twice it is one report, and the same code.

    ``Invalid`` where something is missing; ``NotFound`` where the draft is over.
    """
    state = held.get(session, token, now, lock=True)
    if "receipt" in state:
        return state["receipt"]
    if "draft" not in state:
        raise NotFound("What you typed before is no longer held here.")
    answers = tidied(Answers.from_json(state["draft"]))
    report_id, code = _insert(session, vault, answers, now)
    rows = session.scalars(
        select(ReportDraftFile)
        .where(ReportDraftFile.draft_id == held.held_id(token))
        .order_by(ReportDraftFile.at, ReportDraftFile.id)
    ).all()
    for row in rows:
        put_file(
            session,
            vault,
            report_id=report_id,
            message_id=None,
            name=opened(token, row.id, "name", row.name).decode(),
            data=opened(token, row.id, "data", row.data),
            at=now,
        )
        session.execute(delete(ReportDraftFile).where(ReportDraftFile.id == row.id))
    held.put(session, token, {"receipt": code}, now + RECEIPT_TIME)
    return code


def submit_event(
    session: Session,
    vault: Vault,
    *,
    token: str,
    event_code: str,
    event: str,
    what: str,
    where: str,
    who: str,
    now: datetime,
) -> str:
    """Send a report from an event, of three fields (P-TIM-2): the receipt code.

    Sent twice with one token it is one report. Nothing that is typed here removes anybody.
    """
    held.reserve(session, token, now + RECEIPT_TIME)
    state = held.get(session, token, now, lock=True)
    if "receipt" in state:
        return state["receipt"]
    answers = tidied(
        replace(Answers(), description=what, place=where, event=event, happening_now=True)
    )
    if who.strip():
        answers = tidied(replace(answers, subjects=(Person(name=who),)))
    _, code = _insert(session, vault, answers, now, event_code)
    held.put(session, token, {"receipt": code}, now + RECEIPT_TIME)
    return code


def read_receipt(session: Session, *, token: str, now: datetime) -> str | None:
    """The code of what was sent with this token, while it may still be read."""
    return held.get(session, token, now).get("receipt")


def _insert(
    session: Session, vault: Vault, answers: Answers, now: datetime, event_code: str | None = None
) -> tuple[str, str]:
    check(answers)
    report_id, code = new_id(), new_receipt_code()
    sealed = vault.seal(
        session,
        owner_id=report_id,
        table="reports",
        column="answers",
        row_id=report_id,
        text=answers.to_json(),
        at=now,
    )
    vault.give_receipt(session, owner_id=report_id, code=code, at=now)
    session.add(
        Report(
            id=report_id,
            lookup=receipt_lookup(code),
            received_at=now,
            answers=sealed,
            status=PublicStatus.RECEIVED,
            must_change_code=False,
            event_code=event_code,
        )
    )
    session.flush()
    return report_id, code
