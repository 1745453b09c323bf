"""Backups: where they and their keys lie, and how long ago one was made, and one restored."""

import stat
from datetime import UTC, datetime, timedelta

from triage.backup.keys import folder_of
from triage.backup.queries import look_at_backups
from triage.backup.rules import apart
from triage.core.errors import UnsafeConfiguration
from triage.core.settings import Settings
from triage.doctor.findings import Finding, Level
from triage.doctor.stored import is_ready

BACKUP_AGE = timedelta(days=2)
RESTORE_AGE = timedelta(days=92)
"""A quarter: a backup that nobody has restored is a hope."""
OTHERS = stat.S_IRWXG | stat.S_IRWXO


def backups(settings: Settings) -> list[Finding]:
    """What of the backups can be seen from here."""
    return [_keys(settings), *_when(settings)]


def _keys(settings: Settings) -> Finding:
    folder = folder_of(settings)
    if settings.backups is not None:
        try:
            apart(settings.backups, folder)
        except UnsafeConfiguration as error:
            return Finding(Level.UNSAFE, "backup keys", str(folder), str(error))
    if not folder.is_dir():
        return Finding(Level.NOTE, "backup keys", str(folder), "made at the first backup")
    if folder.stat().st_mode & OTHERS:
        advice = f"others can read them: chmod 700 {folder}"
        return Finding(Level.UNSAFE, "backup keys", str(folder), advice)
    return Finding(Level.GOOD, "backup keys", str(folder))


def _when(settings: Settings) -> list[Finding]:
    if not is_ready(settings):
        return []
    found, now = look_at_backups(settings.url), datetime.now(UTC)
    daily = "run each day: triage backup --to FOLDER"
    drill = "try one: triage restore FILE --key KEY --into URL of an empty database"
    if found.made is None:
        made = Finding(Level.NOTE, "last backup", "never", daily)
    else:
        fresh = now - found.made <= BACKUP_AGE
        said = f"{found.made:%Y-%m-%d %H:%M} UTC"
        level = Level.GOOD if fresh else Level.NOTE
        made = Finding(level, "last backup", said, "" if fresh else daily)
    if found.tried is None:
        return [made, Finding(Level.NOTE, "last restore tried", "never", drill)]
    good = found.held and now.date() - found.tried <= RESTORE_AGE
    said = found.tried.isoformat() + ("" if found.held else ", and it failed")
    level = Level.GOOD if good else Level.NOTE
    return [made, Finding(level, "last restore tried", said, "" if good else drill)]
