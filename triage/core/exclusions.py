"""Who must have no part in a matter. Whoever learns of an exclusion writes it here."""

from collections.abc import Collection
from datetime import datetime
from enum import StrEnum

from sqlalchemy import Index, UniqueConstraint, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from triage.core.closed import is_shut
from triage.core.database import Base
from triage.core.ids import new_id


class ExclusionKind(StrEnum):
    """Why: named as recipient or subject, stepped back, or removed by rule."""

    RECIPIENT = "recipient"
    SUBJECT = "subject"
    RECUSED = "recused"
    EXCLUDED = "excluded"


class Exclusion(Base):
    """One person, one matter, one reason. One that was a mistake is taken out again (``admit``)."""

    __tablename__ = "exclusions"
    __table_args__ = (
        UniqueConstraint("matter_id", "person_id", "kind"),
        Index("ix_exclusions_person_id_matter_id", "person_id", "matter_id"),  # visible()
    )

    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    matter_id: Mapped[str]
    person_id: Mapped[str]
    kind: Mapped[str]
    since: Mapped[datetime]


def exclude(
    session: Session, *, matter_id: str, person_id: str, kind: ExclusionKind, at: datetime
) -> None:
    """Take a person out of a matter, once; saying it again changes nothing."""
    key = (
        Exclusion.matter_id == matter_id,
        Exclusion.person_id == person_id,
        Exclusion.kind == kind.value,
    )
    if session.scalar(select(Exclusion.id).where(*key)) is None:
        session.add(Exclusion(matter_id=matter_id, person_id=person_id, kind=kind.value, since=at))


def admit(session: Session, *, matter_id: str, person_id: str, kind: ExclusionKind) -> bool:
    """Take back an exclusion that was a mistake; whether there was one. The caller, who has
    checked that another person says so, puts it on the record."""
    found = select(Exclusion).where(
        Exclusion.matter_id == matter_id,
        Exclusion.person_id == person_id,
        Exclusion.kind == kind.value,
    )
    row = session.scalar(found)
    if row is None:
        return False
    session.delete(row)
    session.flush()
    return True


def is_excluded(session: Session, *, matter_id: str, person_id: str) -> bool:
    """Whether this person has no part in this matter, for whatever reason: they are excluded, or
    it is closed to all but its members and they are none."""
    if is_shut(session, matter_id=matter_id, person_id=person_id):
        return True
    found = select(Exclusion.id).where(
        Exclusion.matter_id == matter_id, Exclusion.person_id == person_id
    )
    return session.scalar(found.limit(1)) is not None


def excluded(session: Session, matter_ids: Collection[str]) -> dict[str, frozenset[str]]:
    """Matter -> who has no part in it, for those matters that exclude anybody."""
    found: dict[str, set[str]] = {}
    rows = session.execute(
        select(Exclusion.matter_id, Exclusion.person_id).where(
            Exclusion.matter_id.in_(sorted(set(matter_ids)))
        )
    )
    for matter_id, person_id in rows:
        found.setdefault(matter_id, set()).add(person_id)
    return {matter_id: frozenset(people) for matter_id, people in found.items()}


def inherit(session: Session, *, parent_id: str, child_id: str, at: datetime) -> None:
    """A child (a restriction, a case) starts with all of its parent's exclusions."""
    for row in session.scalars(select(Exclusion).where(Exclusion.matter_id == parent_id)):
        exclude(
            session,
            matter_id=child_id,
            person_id=row.person_id,
            kind=ExclusionKind(row.kind),
            at=at,
        )
