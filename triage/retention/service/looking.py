"""A look at a database from outside: since when there is a desk, and when was last erased.

Not since when there is mail: whoever may not know of the only message would read it from that.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import create_engine, func, select
from sqlalchemy.orm import Session

from triage.core.audit import AuditEvent
from triage.core.database import driver_url
from triage.core.jobs import JobRun
from triage.retention.service.purging import ERASURE


@dataclass(frozen=True, slots=True)
class Erased:
    """How the erasure does."""

    began: datetime | None
    """The first thing on the record; ``None``: there is none."""
    last: datetime | None
    """The last erasure that went through."""


def look_at_erasure(url: str) -> Erased:
    """Read it, and change nothing."""
    engine = create_engine(driver_url(url))
    try:
        with Session(engine) as session:
            good = select(func.max(JobRun.started)).where(
                JobRun.name == ERASURE.name, JobRun.ok.is_(True)
            )
            began = session.scalar(select(func.min(AuditEvent.at)))
            return Erased(began, session.scalar(good))
    finally:
        engine.dispose()
