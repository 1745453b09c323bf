"""What was given to senders, by whom above, and for how long."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from triage.core.database import Base
from triage.core.ids import new_id


class SenderStanding(Base):
    """One measure that one restriction or letter gives one sender."""

    __tablename__ = "sender_standings"
    __table_args__ = (
        UniqueConstraint("source_id", "measure"),
        Index("ix_sender_standings_sender_id", "sender_id"),  # standing_of()
    )

    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    sender_id: Mapped[str] = mapped_column(ForeignKey("senders.id"))
    measure: Mapped[str]
    source_id: Mapped[str]
    """The restriction or letter that gives it: a random id, and no key of a table above."""
    since: Mapped[datetime]
    until: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
