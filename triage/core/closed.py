"""Matters that are closed to all but a few: an incident report, once somebody has opened it.

A matter is open to whoever has the role for it, until the room whose matter it is closes it;
from then on it exists for its members alone (P-CON-1), whatever roles others hold, and for no
administrator. Who was a member, when and as what, is kept by that room.
"""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import Index, delete, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from triage.core.database import Base


class ClosedMatter(Base):
    """A matter of which its members alone may know."""

    __tablename__ = "closed_matters"

    matter_id: Mapped[str] = mapped_column(primary_key=True)
    closed_at: Mapped[datetime]


class MatterMember(Base):
    """Somebody who has a part in a closed matter now. A row goes when they have none any more."""

    __tablename__ = "matter_members"
    __table_args__ = (Index("ix_matter_members_person_id", "person_id"),)  # what is mine

    matter_id: Mapped[str] = mapped_column(primary_key=True)
    person_id: Mapped[str] = mapped_column(primary_key=True)
    since: Mapped[datetime]


def close(session: Session, *, matter_id: str, at: datetime) -> None:
    """Close a matter to all but its members, once and for good."""
    if session.get(ClosedMatter, matter_id) is None:
        session.add(ClosedMatter(matter_id=matter_id, closed_at=at))
        session.flush()


def set_members(
    session: Session, *, matter_id: str, person_ids: Collection[str], at: datetime
) -> None:
    """Say who the members of a matter are now; whoever is not named is none from here on."""
    found = select(MatterMember.person_id).where(MatterMember.matter_id == matter_id)
    now = set(session.scalars(found))
    gone = now - set(person_ids)
    if gone:
        session.execute(
            delete(MatterMember).where(
                MatterMember.matter_id == matter_id, MatterMember.person_id.in_(sorted(gone))
            )
        )
    session.add_all(
        MatterMember(matter_id=matter_id, person_id=one, since=at)
        for one in sorted(set(person_ids) - now)
    )
    session.flush()


def let_in(session: Session, *, matter_id: str, person_id: str, at: datetime) -> None:
    """Make somebody a member of a matter that is closed; of one that is open nobody need be."""
    if is_shut(session, matter_id=matter_id, person_id=person_id):
        session.add(MatterMember(matter_id=matter_id, person_id=person_id, since=at))
        session.flush()


def members_of(session: Session, matter_ids: Collection[str]) -> dict[str, frozenset[str]]:
    """Matter -> its members, for those of the matters that are closed."""
    asked = sorted(set(matter_ids))
    closed = session.scalars(
        select(ClosedMatter.matter_id).where(ClosedMatter.matter_id.in_(asked))
    )
    found: dict[str, set[str]] = {one: set() for one in closed}
    rows = session.execute(
        select(MatterMember.matter_id, MatterMember.person_id).where(
            MatterMember.matter_id.in_(found)
        )
    )
    for matter_id, person_id in rows:
        found[matter_id].add(person_id)
    return {matter_id: frozenset(people) for matter_id, people in found.items()}


def is_shut(session: Session, *, matter_id: str, person_id: str) -> bool:
    """Whether a matter is closed, and this person is no member."""
    if session.get(ClosedMatter, matter_id) is None:
        return False
    return session.get(MatterMember, (matter_id, person_id)) is None
