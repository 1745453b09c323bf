"""How long ago there was a backup, and a restore by way of trial: for ``triage doctor``."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import create_engine, func, select
from sqlalchemy.orm import Session

from triage.backup.service.making import MADE
from triage.core.audit import AuditEvent
from triage.core.database import driver_url
from triage.trends.assurance import Check
from triage.trends.tables import AssuranceCheck


@dataclass(frozen=True, slots=True)
class BackupState:
    """When each was done last, if ever."""

    made: datetime | None
    tried: date | None
    held: bool
    """Whether the last one that was tried held."""


def look_at_backups(url: str) -> BackupState:
    """Of the database at a URL, opened for a look only."""
    engine = create_engine(driver_url(url))
    try:
        with Session(engine, autoflush=False) as session:
            made = session.scalar(select(func.max(AuditEvent.at)).where(AuditEvent.code == MADE))
            newest = session.scalar(
                select(AssuranceCheck)
                .where(AssuranceCheck.kind == Check.RESTORE.value)
                .order_by(AssuranceCheck.day.desc(), AssuranceCheck.recorded_at.desc())
                .limit(1)
            )
            if newest is None:
                return BackupState(made, None, False)
            return BackupState(made, newest.day, newest.held)
    finally:
        engine.dispose()
