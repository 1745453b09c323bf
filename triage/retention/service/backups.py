"""After an erasure: no backup that can still be read brings back what went."""

from collections.abc import Collection
from datetime import datetime

from triage.backup.erased import erased, note_erased
from triage.backup.keys import folder_of
from triage.backup.service.forgetting import forget
from triage.core.commands import Runner


def tell_backups(runner: Runner, at: datetime, owner_ids: Collection[str]) -> None:
    """The wraps of destroyed keys go from every backup at once; and whoever restores one that
    was made before is told what to erase again.

    Told from what the database says and not from what one run did: whatever a run that was killed
    had not told, the next one tells.
    """
    with runner.database.read() as session:
        forget(session, runner.settings)
    known = set(erased(folder_of(runner.settings)))
    note_erased(runner.settings, set(owner_ids) - known, at)
