"""A report that is not sent yet: held for a day, for who has its form token."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from triage.core import envelope
from triage.core.errors import Conflict, Invalid, NotFound
from triage.core.ids import new_id
from triage.reports.answers import Answers
from triage.reports.form import held
from triage.reports.form.held import held_id, held_key, place
from triage.reports.sniffing import clean_name, sniff
from triage.reports.tables import ReportDraft, ReportDraftFile
from triage.reports.thread import MOST_FILES

DRAFT_TIME = timedelta(hours=24)
"""How long a draft is held after it was last saved."""
MOST_HELD = 2 * 2**30
"""Bytes of all files of reports that are not sent: no stranger fills the disk with them."""
TABLE = "report_draft_files"


@dataclass(frozen=True, slots=True)
class DraftFile:
    """A file of a draft, without its bytes."""

    id: str
    name: str
    kind: str
    size: int


def new_token() -> str:
    """A random form token: 43 characters, 256 bits."""
    return secrets.token_urlsafe(32)


def start_draft(session: Session, *, token: str, answers: Answers, now: datetime) -> None:
    """Begin to hold answers under a new token."""
    held.put(session, token, {"draft": answers.to_json()}, now + DRAFT_TIME)


def save_draft(session: Session, *, token: str, answers: Answers, now: datetime) -> None:
    """Hold these answers; ``NotFound`` where the draft is over, or sent."""
    if "draft" not in held.get(session, token, now, lock=True):
        raise NotFound("What you typed before is no longer held here.")
    held.put(session, token, {"draft": answers.to_json()}, now + DRAFT_TIME)


def read_draft(session: Session, *, token: str, now: datetime) -> Answers | None:
    """The answers so far; ``None`` where there are none, their time is over, or they are sent."""
    text = held.get(session, token, now).get("draft")
    return Answers.from_json(text) if text is not None else None


def drop_draft(session: Session, *, token: str) -> None:
    """Forget what is held under a token."""
    held.drop(session, token)


def add_draft_file(
    session: Session, *, token: str, name: str, data: bytes, now: datetime
) -> DraftFile:
    """Seal a file under the token. ``Invalid`` for one that is empty, too big, or of no kind that
    we take; ``Conflict`` where the disk would fill up."""
    kind = sniff(data)
    row_id, file_id = held_id(token), new_id()
    if "draft" not in held.get(session, token, now, lock=True):
        raise NotFound("What you typed before is no longer held here.")
    wanted = select(func.count()).where(ReportDraftFile.draft_id == row_id)
    if (session.scalar(wanted) or 0) >= MOST_FILES:
        raise Invalid(f"You can add {MOST_FILES} files at most.", field="file")
    if (session.scalar(select(func.sum(ReportDraftFile.size))) or 0) + len(data) > MOST_HELD:
        raise Conflict(
            "We cannot take files at this moment. Send the report without it; you can add files "
            "later with your receipt."
        )
    shown, key = clean_name(name), held_key(token)

    def sealed(column: str, value: bytes) -> bytes:
        return envelope.seal_bytes(key, value, **place(row_id, TABLE, column, file_id))

    session.add(
        ReportDraftFile(
            id=file_id,
            draft_id=row_id,
            at=now,
            name=sealed("name", shown.encode("utf-8")),
            kind=kind,
            size=len(data),
            sha256=sealed("sha256", hashlib.sha256(data).hexdigest().encode("ascii")),
            data=sealed("data", data),
        )
    )
    session.flush()
    return DraftFile(file_id, shown, kind, len(data))


def draft_files(session: Session, *, token: str) -> tuple[DraftFile, ...]:
    """The files of a draft, in the order in which they were added."""
    rows = session.execute(
        select(ReportDraftFile.id, ReportDraftFile.name, ReportDraftFile.kind, ReportDraftFile.size)
        .where(ReportDraftFile.draft_id == held_id(token))
        .order_by(ReportDraftFile.at, ReportDraftFile.id)
    )
    return tuple(
        DraftFile(row.id, opened(token, row.id, "name", row.name).decode(), row.kind, row.size)
        for row in rows
    )


def remove_draft_file(session: Session, *, token: str, file_id: str) -> None:
    """Take a file out of a draft; where it is not there, nothing happens."""
    mine = ReportDraftFile.draft_id == held_id(token)
    session.execute(delete(ReportDraftFile).where(mine, ReportDraftFile.id == file_id))


def purge_drafts(session: Session, *, now: datetime) -> int:
    """Forget what is held past its time; how many. Their files go with them."""
    over = ReportDraft.expires_at <= now
    gone = session.scalars(delete(ReportDraft).where(over).returning(ReportDraft.id))
    return len(gone.all())


def opened(token: str, file_id: str, column: str, sealed: bytes) -> bytes:
    """What of a draft's file is sealed in a column."""
    return envelope.open_bytes(
        held_key(token), sealed, **place(held_id(token), TABLE, column, file_id)
    )
