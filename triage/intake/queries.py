"""How the mailboxes are doing. Nothing of what is in them, and no numbers of messages read."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import create_engine, func, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from triage.core.crypto import KeyedHash
from triage.core.database import driver_url
from triage.core.settings import Settings
from triage.intake.rules import Problem
from triage.intake.service import place_of
from triage.intake.tables import MailboxFolder, MailboxLeft


@dataclass(frozen=True, slots=True)
class FolderState:
    """One folder of one mailbox of the settings."""

    mailbox: str
    folder: str
    looked_at: datetime | None
    succeeded_at: datetime | None
    problem: Problem | None
    problem_since: datetime | None
    stale: bool
    """Nobody has looked into it with success for longer than the settings allow, or ever."""
    left_since: datetime | None
    """Since when some message in it cannot be fetched."""

    @property
    def red(self) -> bool:
        """Whether somebody should look: mail may be waiting there that nobody sees."""
        return self.problem is not None or self.stale or self.left_since is not None


def overview(
    session: Session, now: datetime, settings: Settings, keys: KeyedHash
) -> tuple[FolderState, ...]:
    """Every folder of every mailbox of the settings, whether it was ever looked into or not."""
    old = now - timedelta(minutes=settings.mailbox_stale_minutes)
    return tuple(
        _state(session, box.name, folder, place_of(keys, box, folder), old)
        for box in settings.mailboxes
        for folder in box.folders
    )


def look_at_mailboxes(settings: Settings, now: datetime) -> tuple[FolderState, ...] | None:
    """The same for who has the settings alone. It makes nothing: ``None`` where there is no key
    or no database yet."""
    path = settings.home / "hash.key"
    if settings.hash_key is not None:
        keys = KeyedHash(settings.hash_key.get_secret_value().encode())
    elif path.is_file():
        keys = KeyedHash(bytes.fromhex(path.read_text("ascii").strip()))
    else:
        return None
    if settings.url.startswith("sqlite:///") and not Path(settings.url[10:]).is_file():
        return None
    engine = create_engine(driver_url(settings.url))
    try:
        with Session(engine, autoflush=False) as session:
            return overview(session, now, settings, keys)
    except SQLAlchemyError:
        return None
    finally:
        engine.dispose()


def _state(session: Session, name: str, folder: str, place: str, old: datetime) -> FolderState:
    row = session.scalar(select(MailboxFolder).where(MailboxFolder.place_hash == place))
    if row is None:
        return FolderState(name, folder, None, None, None, None, True, None)
    since = select(func.min(MailboxLeft.since)).where(MailboxLeft.folder_id == row.id)
    return FolderState(
        mailbox=name,
        folder=folder,
        looked_at=row.looked_at,
        succeeded_at=row.succeeded_at,
        problem=None if row.problem is None else Problem(row.problem),
        problem_since=row.problem_since,
        stale=row.succeeded_at is None or row.succeeded_at < old,
        left_since=session.scalar(since),
    )
