"""The end of a backup: its key is destroyed, and then its file goes."""

from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

from triage.backup.erased import prune
from triage.backup.files import settle
from triage.backup.keys import BackupKeys, folder_of, oldest
from triage.backup.rules import BACKUP, PART, is_name, is_over
from triage.backup.service.forgetting import forget
from triage.core.access import SYSTEM, Action, Actor
from triage.core.commands import Runner, Tx
from triage.core.jobs import Job

ENDED = "backup_key_destroyed"
SLACK = timedelta(days=1)
"""An erasure that was under way while a backup was read is kept on the list a day more."""


def expire(runner: Runner, actor: Actor, *, now: datetime, folder: Path | None = None) -> int:
    """Destroy the keys of backups whose time is over; how many. Each is an event.

    The files in ``folder`` (or where TRIAGE_BACKUPS says) go too. One that lies elsewhere stays,
    and nobody can read it. Stopped half-way, it goes on where it was.
    """
    runner.run(actor, _allowed)
    keys = BackupKeys(folder_of(runner.settings))
    if not keys.folder.is_dir():
        return 0
    keys.ready()
    days = runner.settings.keep_backup_days
    for name in keys.names():
        if is_over(name, now, days):
            keys.destroy(name)
    ended = keys.destroyed()
    for name in ended:
        runner.run(actor, partial(_record, name=name))
        keys.is_destroyed(name)
    first = oldest(keys.names()) or now
    prune(keys, min(first, now) - SLACK)
    _clear(folder or runner.settings.backups, now, days)
    return len(ended)


def _clear(folder: Path | None, now: datetime, days: int) -> None:
    if folder is None or not folder.is_dir():
        return
    for path in folder.iterdir():
        name, _, rest = path.name.partition(".")
        known = f".{rest}" in {BACKUP, f"{BACKUP}{PART}", ".json"}
        if known and is_name(name) and is_over(name, now, days):
            path.unlink(missing_ok=True)
    settle(folder)


def _allowed(tx: Tx) -> None:
    tx.allow(Action.RUN_JOBS if tx.actor.is_system else Action.MANAGE_KEYS)


def _record(tx: Tx, *, name: str) -> None:
    tx.record(ENDED, None, backup=name)


def _daily(runner: Runner, at: datetime) -> int:
    ended = expire(runner, SYSTEM, now=at)
    with runner.database.read() as session:
        return ended + forget(session, runner.settings)


BACKUP_KEYS = Job("backup_keys", timedelta(days=1), _daily)
"""Destroys keys whose time is over, and lets the others forget what was destroyed here."""
