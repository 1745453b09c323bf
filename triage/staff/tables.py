"""People who sign in, and the roles they hold."""

from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from triage.core.database import Base
from triage.core.ids import new_id


class Person(Base):
    """A member of staff, a volunteer with an account, or a guest."""

    __tablename__ = "people"

    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    name: Mapped[str]
    email: Mapped[str] = mapped_column(unique=True)
    """Lower case. Mail to it makes this person a recipient."""
    active: Mapped[bool] = mapped_column(default=True)
    shortcuts: Mapped[bool] = mapped_column(default=True)
    """Single keys on the review page; each person can switch theirs off (WCAG 2.1.4)."""
    added_at: Mapped[datetime]


class PersonRole(Base):
    """One role of one person."""

    __tablename__ = "person_roles"

    person_id: Mapped[str] = mapped_column(ForeignKey("people.id"), primary_key=True)
    role: Mapped[str] = mapped_column(primary_key=True)
