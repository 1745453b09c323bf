"""``triage backup``: a backup that is whole, or none."""

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing
from pathlib import Path

from sqlalchemy import Table

from triage.backup.files import new, put, settle
from triage.backup.keys import BackupKeys, Wrap, folder_of
from triage.backup.rules import BACKUP, FORMAT, PART, Manifest, apart, name_of
from triage.backup.sealing import seal
from triage.backup.service.forgetting import forget
from triage.backup.service.reading import Dump, one_state
from triage.core.access import Action, Actor
from triage.core.commands import Runner, Tx
from triage.core.errors import Invalid
from triage.core.ids import new_id

MADE = "backup_made"


def back_up(
    runner: Runner,
    actor: Actor,
    *,
    tables: Sequence[Table],
    to: Path,
    step: Callable[[], None] = lambda: None,
) -> Manifest:
    """Write a backup of the whole database into a folder; its key goes to another (``apart``).

    The manifest is written last: a file without one is not whole. Where anything goes wrong
    neither file, key nor wraps are left. ``step`` is called for each row.
    """
    runner.run(actor, _allowed)
    keys = BackupKeys(folder_of(runner.settings))
    apart(to, keys.folder)
    name = name_of(runner.clock.now(), new_id())
    try:
        keys.ready()
        to.mkdir(parents=True, exist_ok=True, mode=0o700)
        with runner.database.read() as session:
            forget(session, runner.settings)
        manifest = _write(runner, name, tables, to, keys, step)
        # Again, since a key may have been destroyed while this was written.
        with runner.database.read() as session:
            forget(session, runner.settings)
        put(to / f"{name}.json", manifest.text().encode("ascii"))
        runner.run(actor, lambda tx: _record(tx, manifest))
    except BaseException as error:
        for path in (to / f"{name}{BACKUP}{PART}", to / f"{name}{BACKUP}", to / f"{name}.json"):
            path.unlink(missing_ok=True)
        keys.drop(name)
        if isinstance(error, OSError):
            raise Invalid(f"The backup was not made: {error.strerror or error}.") from error
        raise
    return manifest


def _write(
    runner: Runner,
    name: str,
    tables: Sequence[Table],
    to: Path,
    keys: BackupKeys,
    step: Callable[[], None],
) -> Manifest:
    public = keys.make(name)
    part = to / f"{name}{BACKUP}{PART}"
    with one_state(runner.database) as connection:
        dump = Dump(connection, tables, name, runner.clock.now())
        with os.fdopen(new(part), "wb") as file, closing(dump.lines()) as lines:
            written = seal(file, public, _told(lines, step))
            file.flush()
            os.fsync(file.fileno())
        with closing(dump.wraps()) as wraps:
            keys.keep(name, (Wrap(*one) for one in wraps))
        links, digest = dump.head()
        revision = dump.revision
    part.rename(to / f"{name}{BACKUP}")
    settle(to)
    return Manifest(
        format=FORMAT,
        name=name,
        made_at=dump.at.isoformat(),
        revision=revision,
        tables=dump.counts,
        links=links,
        digest=digest,
        sha256=written.sha256,
        size=written.size,
    )


def _told(lines: Iterable[bytes], step: Callable[[], None]) -> Iterator[bytes]:
    for line in lines:
        step()
        yield line


def _allowed(tx: Tx) -> None:
    tx.allow(Action.MANAGE_KEYS)


def _record(tx: Tx, manifest: Manifest) -> None:
    tx.record(
        MADE,
        None,
        backup=manifest.name,
        sha256=manifest.sha256,
        rows=sum(manifest.tables.values()),
        links=manifest.links,
    )
