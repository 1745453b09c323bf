"""Where a backup is restored to: an empty place, made ready here. A failure leaves nothing."""

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from functools import partial
from pathlib import Path
from typing import Any

from triage.app import keepings, open_triage, tables
from triage.backup.files import new
from triage.backup.keys import ERASED, KEY, WRAPS
from triage.backup.service.again import Again, EraseAgain, erasing_again
from triage.backup.service.place import close_whole, must_be_empty
from triage.backup.service.restoring import (
    UNFINISHED,
    Backup,
    Desk,
    Restored,
    fill_place,
    look_at,
    move_in,
)
from triage.core.access import CONSOLE
from triage.core.clock import Clock, SystemClock
from triage.core.commands import Tx
from triage.core.crypto import load_hash_key
from triage.core.database import driver_url, make_engine
from triage.core.errors import Conflict, KeyMissing, TriageError
from triage.core.keys import KeyStore
from triage.core.sealed import Vault
from triage.core.settings import Settings
from triage.migrations import look, migrate, newest
from triage.retention.service.files import note_erased
from triage.staff.calendar import local_day
from triage.trends.assurance import Check
from triage.trends.service import record_check


def restore(
    settings: Settings,
    *,
    file: Path,
    key: Path,
    wraps: Path | None = None,
    without_wraps: bool = False,
    without_erased: bool = False,
    into: str | None = None,
    clock: Clock | None = None,
    erase_again: EraseAgain | None = None,
    step: Callable[[], None] = lambda: None,
) -> Restored:
    """Restore a backup into an empty place; that it was tried goes on the desk's own record.

    The keys of the desk must be here first: with another hash key, an earlier import would not
    be recognised, and senders would fall apart.
    """
    clock = clock or SystemClock()
    if settings.hash_key is None and not (settings.home / "hash.key").exists():
        raise KeyMissing(
            f"The hash key is not here: put hash.key back into {settings.home} (or set "
            "TRIAGE_HASH_KEY), and the folder keys beside it. Backups hold neither."
        )
    if not without_erased and not (key.parent / ERASED).exists():
        raise KeyMissing(
            f"The list of what was erased is not here: put {ERASED} beside {key}. Without it, what "
            "was erased since this backup was made comes back: say so with --without-erased."
        )
    revision = str(newest())
    wanted = Backup(file, key, None if without_wraps else wraps or _beside(key))
    backup = look_at(wanted, revision)
    desk = Desk(settings, Vault(KeyStore(settings).ring), load_hash_key(settings), clock)
    ours = tables().sorted_tables
    with _place(into or settings.url) as (engine, stands):
        found = fill_place(
            engine,
            backup,
            desk,
            tables=ours,
            revision=revision,
            erase_again=erase_again or _again,
            step=step,
        )
        if found.stands:
            stands()
    note_tried(settings, clock, held=found.stands)
    return found


def _again(tx: Tx, ids: Sequence[str]) -> Again:
    """By what all rooms offer; the file is to be cleared of it by the next erasure."""
    found = erasing_again(keepings(), tables().sorted_tables)(tx, ids)
    if found.erased:
        note_erased(tx.session)
    return found


def note_tried(settings: Settings, clock: Clock, *, held: bool) -> None:
    """Put down that a restore was tried, in the database of these settings; releases say when."""
    url = driver_url(settings.url)
    if url.get_backend_name() == "sqlite" and not Path(url.database or "").is_file():
        return
    if look(settings.url) != newest():
        return
    with closing(open_triage(settings, clock=clock)) as triage:
        day = local_day(clock.now())
        triage.runner.run(CONSOLE, partial(record_check, kind=Check.RESTORE, day=day, held=held))


def _beside(key: Path) -> Path:
    path = key.with_name(key.name.removesuffix(KEY) + WRAPS)
    if not path.exists():
        raise KeyMissing(
            f"The wraps {path} are not here: without them nothing that is sealed can be read. "
            "Say where they are with --wraps, or do without them with --without-wraps."
        )
    return path


@contextmanager
def _place(url: str) -> Iterator[tuple[Any, Callable[[], None]]]:
    """An engine to an empty, migrated database, and what lets it stand once it is whole."""
    parsed = driver_url(url)
    draft: Path | None = None
    if parsed.get_backend_name() == "sqlite":
        path = Path(parsed.database or "")
        if not parsed.database or parsed.database == ":memory:":
            raise TriageError("Say which file to restore into.")
        if path.exists():
            raise Conflict(f"{path} is there already: a backup goes into an empty place.")
        draft = path.with_name(path.name + UNFINISHED)
        _clear(draft)
        draft.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        os.close(new(draft))  # for us alone, wherever it lies
        url = f"sqlite:///{draft.absolute()}"
    engine = make_engine(url)
    whole = False

    def stands() -> None:
        nonlocal whole
        whole = True

    try:
        must_be_empty(engine, tables().sorted_tables)
        migrate(engine)
        yield engine, stands
        close_whole(engine)
        if draft is not None and whole:
            move_in(draft, path)
    finally:
        engine.dispose()
        if draft is not None:
            _clear(draft)


def _clear(draft: Path) -> None:
    for end in ("", "-wal", "-shm", "-journal"):
        draft.with_name(draft.name + end).unlink(missing_ok=True)
