"""What is destroyed here is gone from all backups at once: their wraps forget it."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from triage.backup.keys import BackupKeys, folder_of
from triage.core.data_keys import DataKey
from triage.core.settings import Settings


def forget(session: Session, settings: Settings) -> int:
    """Take every owner whose key is destroyed out of the wraps of all backups; how many went.

    Call it after each erasure has been committed. It does the same twice as once, and the job of
    the backups calls it again each day.
    """
    found = session.execute(
        select(DataKey.owner_id, DataKey.destroyed_at).where(DataKey.destroyed_at.is_not(None))
    )
    destroyed = {owner: at for owner, at in found if at is not None}
    return BackupKeys(folder_of(settings)).forget(destroyed)
