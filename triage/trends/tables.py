"""Frozen releases, that they were published, and what was tried of the system itself."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from triage.core.database import Base
from triage.core.ids import new_id


class FrozenRelease(Base):
    """The tables of one closed period, made once and never again. Rows are only added."""

    __tablename__ = "releases"

    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    period: Mapped[str] = mapped_column(unique=True)
    """Like ``2026-10``, ``2026-Q4``, ``2026``: a revision is impossible."""
    first_day: Mapped[date]
    last_day: Mapped[date]
    data: Mapped[dict[str, Any]] = mapped_column(JSON)
    """Short codes alone (``trends.rules``): what was small is not in it."""
    data_hash: Mapped[str]
    code_version: Mapped[str]
    rules_version: Mapped[str]
    gate: Mapped[dict[str, Any]] = mapped_column(JSON)
    """What it was looked at beside, and what had to be withheld for it to pass."""
    made_by: Mapped[str]
    made_at: Mapped[datetime]


class Publication(Base):
    """That a release may be read by all who read trends. Rows are only added."""

    __tablename__ = "release_publications"

    release_id: Mapped[str] = mapped_column(ForeignKey("releases.id"), primary_key=True)
    by: Mapped[str]
    at: Mapped[datetime]


class AssuranceCheck(Base):
    """Something of the system that somebody tried or reviewed, and whether it held."""

    __tablename__ = "assurance"
    __table_args__ = (Index("ix_assurance_kind_day", "kind", "day"),)  # the newest of a kind

    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    kind: Mapped[str]
    day: Mapped[date]
    held: Mapped[bool]
    by: Mapped[str]
    recorded_at: Mapped[datetime]
