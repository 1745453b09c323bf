"""How far each mailbox folder was read. Its name stands in the settings, and only there."""

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from triage.core.database import Base
from triage.core.ids import new_id


class MailboxFolder(Base):
    """One folder of one mailbox: how far it was read, and how the last look at it went."""

    __tablename__ = "mailbox_folders"

    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    place_hash: Mapped[str] = mapped_column(unique=True)
    """Keyed hash of host, port, user and folder: another place is another folder."""
    key_version: Mapped[int]
    uidvalidity: Mapped[int | None] = mapped_column(BigInteger)
    """The server's number for this numbering of the folder; another one, and all is read again."""
    last_uid: Mapped[int] = mapped_column(BigInteger, default=0)
    """Every message up to here was received, has gone, or is in ``MailboxLeft``."""
    cuts: Mapped[int] = mapped_column(default=0)
    """Times in a row that reading on from here was cut off."""
    looked_at: Mapped[datetime | None]
    """The last look, however it went."""
    succeeded_at: Mapped[datetime | None]
    problem: Mapped[str | None]
    problem_since: Mapped[datetime | None]
    failures: Mapped[int] = mapped_column(default=0)
    """Looks in a row that failed."""


class MailboxLeft(Base):
    """A message that could not be fetched: it holds nothing up, and is tried again."""

    __tablename__ = "mailbox_left"
    __table_args__ = (UniqueConstraint("folder_id", "uid"),)  # each once; those of a folder

    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    folder_id: Mapped[str] = mapped_column(ForeignKey("mailbox_folders.id"))
    uid: Mapped[int] = mapped_column(BigInteger)
    tries: Mapped[int]
    since: Mapped[datetime]
    next_try: Mapped[datetime]
