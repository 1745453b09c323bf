"""What retention must not touch, and which room says so. Whether a hold is in force is read
from its dates, job or no job (lifecycles.md, rule 8; P-POL-3)."""

from collections.abc import Collection
from datetime import datetime
from enum import StrEnum

from sqlalchemy import ColumnElement, Index, or_, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from triage.core.commands import Tx
from triage.core.database import Base
from triage.core.errors import Conflict, Invalid, NotFound
from triage.core.ids import new_id

BATCH = 500
"""Subjects asked for in one statement."""


class HoldReason(StrEnum):
    """Why something must be kept."""

    POLICE = "police"
    """A referral to the police is open, or ended a short while ago."""
    CASE = "case"
    """A case stands on it."""
    TRIBUNAL = "tribunal"
    """A claim before a tribunal or court, or the threat of one."""


class Hold(Base):
    """One reason to keep one thing. Only its end is ever changed, and never into the past."""

    __tablename__ = "holds"
    __table_args__ = (Index("ix_holds_subject_id_until", "subject_id", "until"),)  # held()

    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    subject_id: Mapped[str]
    """The matter that is kept."""
    reason: Mapped[str]
    owner: Mapped[str]
    """The room that holds, and that alone lets go."""
    since: Mapped[datetime]
    until: Mapped[datetime | None]
    """From this moment on it holds no more; none: until somebody says."""


def hold(
    tx: Tx, *, subject_id: str, reason: HoldReason, owner: str, until: datetime | None = None
) -> str:
    """Keep something from now on; the hold's id. The owner's own command has checked access.

    Where the owner holds it for this reason already, that hold goes on, for the longer of the two.
    """
    if until is not None and until <= tx.now:
        raise Invalid("A hold must end later than now.", field="until")
    standing = tx.session.scalar(
        select(Hold)
        .where(
            Hold.subject_id == subject_id,
            Hold.reason == reason.value,
            Hold.owner == owner,
            _in_force(tx.now),
        )
        .with_for_update()
        .limit(1)
    )
    if standing is not None:
        if standing.until is not None and (until is None or until > standing.until):
            standing.until = until
            tx.record("hold_extended", subject_id, hold=standing.id, until=_written(until))
        return standing.id
    made = Hold(
        id=new_id(),
        subject_id=subject_id,
        reason=reason.value,
        owner=owner,
        since=tx.now,
        until=until,
    )
    tx.session.add(made)
    tx.session.flush()
    tx.record(
        "held", subject_id, hold=made.id, reason=reason.value, owner=owner, until=_written(until)
    )
    return made.id


def release(tx: Tx, *, hold_id: str, owner: str, until: datetime | None = None) -> None:
    """Let go at once, or at a set time to come. Other holds of the same thing stay in force."""
    found = tx.session.get(Hold, hold_id, with_for_update=True)
    if found is None or found.owner != owner:
        raise NotFound("There is no such hold.")
    end = until or tx.now
    if end < tx.now:
        raise Invalid("A hold cannot have ended earlier than now.", field="until")
    if found.until is not None and found.until <= tx.now:
        raise Conflict("This hold has ended already.")
    found.until = end
    tx.record("released", found.subject_id, hold=hold_id, owner=owner, until=_written(end))


def is_held(session: Session, subject_id: str, now: datetime) -> bool:
    """Whether anything holds this at a moment."""
    return subject_id in held(session, [subject_id], now)


def held(session: Session, subject_ids: Collection[str], now: datetime) -> set[str]:
    """Those of the subjects that anything holds at a moment."""
    asked, found = sorted(set(subject_ids)), set[str]()
    for start in range(0, len(asked), BATCH):
        some = select(Hold.subject_id).where(
            Hold.subject_id.in_(asked[start : start + BATCH]), _in_force(now)
        )
        found.update(session.scalars(some))
    return found


def _in_force(now: datetime) -> ColumnElement[bool]:
    return (Hold.since <= now) & or_(Hold.until.is_(None), Hold.until > now)


def _written(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat()
