"""Who wrote, as far as the address says."""

from datetime import datetime

from sqlalchemy.orm import Mapped, mapped_column

from triage.core.database import Base
from triage.core.ids import new_id


class Sender(Base):
    """One address that wrote to us, over all services."""

    __tablename__ = "senders"

    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    address_hash: Mapped[str] = mapped_column(unique=True)
    """Keyed hash of the canonical address: recognised after the plain one is erased."""
    key_version: Mapped[int]
    address: Mapped[str | None]
    first_seen: Mapped[datetime]
    last_seen: Mapped[datetime]
