"""Reading the record: by time and random id, never by place in the chain."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from triage.core.access import SYSTEM, Action, Actor, check, visible
from triage.core.audit import AuditEvent
from triage.core.text import read_json

PAGE = 50
"""Rows a page."""

SILENT = frozenset(
    {
        *("received", "scored", "flagged", "queue", "pass", "imported", "labels_exported"),
        *("backup_made", "restored"),
    }
)
"""Events whose particulars tell what the model thinks, or how many messages there are: shown by
their name alone, so that a blind item looks like any other, and a hidden one like none."""


@dataclass(frozen=True, slots=True)
class RecordRow:
    """One event, as shown."""

    id: str
    at: datetime
    actor_id: str
    code: str
    matter_id: str | None
    details: dict[str, Any]


@dataclass(frozen=True, slots=True)
class RecordPage:
    """One page of the record, newest first."""

    rows: tuple[RecordRow, ...]
    total: int
    number: int

    @property
    def pages(self) -> int:
        """Pages in all, at least one."""
        return max(1, -(-self.total // PAGE))


def read_record(
    session: Session,
    *,
    viewer: Actor,
    matter_id: str | None = None,
    people_only: bool = False,
    number: int = 1,
) -> RecordPage:
    """Events of matters that the viewer may know of. Flags and scores say only that they were.

    ``people_only`` leaves out what the system did by itself.
    """
    check(viewer, Action.READ_RECORD)
    where = [
        or_(AuditEvent.matter_id.is_(None), visible(viewer, AuditEvent.matter_id)),
        AuditEvent.code != "flagged",
    ]
    if people_only:
        where.append(AuditEvent.actor_id != SYSTEM.person_id)
    if matter_id is not None:
        where.append(AuditEvent.matter_id == matter_id)
    total = session.scalar(select(func.count()).select_from(AuditEvent).where(*where)) or 0
    number = min(max(1, number), max(1, -(-total // PAGE)))
    found = session.scalars(
        select(AuditEvent)
        .where(*where)
        .order_by(AuditEvent.at.desc(), AuditEvent.id)
        .limit(PAGE)
        .offset((number - 1) * PAGE)
    )
    return RecordPage(tuple(_row(event) for event in found), total, number)


def _row(event: AuditEvent) -> RecordRow:
    details = {} if event.code in SILENT else read_json(event.details)
    return RecordRow(event.id, event.at, event.actor_id, event.code, event.matter_id, details)
