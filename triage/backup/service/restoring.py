"""A backup put into an empty, migrated database: looked through there, and then let stand.

All of it is one transaction: what does not hold, or is killed in the middle, leaves nothing.

The record goes on where the backup ends: its next link says that it was restored, and from what.
What it held after the backup is lost with the database that held it; a head that was kept
elsewhere since then shows that (``triage audit verify --head``).
"""

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, Table
from sqlalchemy.orm import Session

from triage.backup.erased import erased
from triage.backup.files import settle
from triage.backup.keys import Wrap, read_key, read_wraps
from triage.backup.proof import Proof, as_manifest, failed
from triage.backup.reading import manifest_beside, read, sha256_of
from triage.backup.rules import Manifest
from triage.backup.service.again import Again, EraseAgain
from triage.backup.service.filling import Filling, clear_place, index_all
from triage.backup.service.proving import prove
from triage.core.access import CONSOLE, SYSTEM
from triage.core.audit import append
from triage.core.clock import Clock
from triage.core.commands import Tx
from triage.core.crypto import KeyedHash
from triage.core.errors import Conflict, Invalid
from triage.core.sealed import Vault
from triage.core.settings import Settings

RESTORED = "restored"
UNFINISHED = ".restoring"
"""Ends the name of a SQLite file that is not whole yet."""


@dataclass(frozen=True, slots=True)
class Backup:
    """What is restored: the file, its key, and its wraps (``None``: without them)."""

    file: Path
    key: Path
    wraps: Path | None


@dataclass(frozen=True, slots=True)
class Desk:
    """What the restored database is read with."""

    settings: Settings
    vault: Vault
    keys: KeyedHash
    clock: Clock


@dataclass(frozen=True, slots=True)
class Restored:
    """How it went. Where any proof failed, nothing was left."""

    manifest: Manifest
    proofs: list[Proof]
    again: Again | None = None

    @property
    def stands(self) -> bool:
        """Whether it was let stand."""
        return not failed(self.proofs)


@dataclass(frozen=True, slots=True)
class Ready:
    """A backup that may be restored here, as far as can be seen before it is read."""

    file: Path
    manifest: Manifest
    identity: str
    wraps: list[Wrap] | None
    erased: tuple[str, ...]
    """What was erased since it was made, by the list beside its key."""
    sha256: str


def look_at(backup: Backup, revision: str) -> Ready:
    """See that a backup is the one of its manifest, that its key and wraps are here, and that it
    is of this schema: before anything is made for it."""
    manifest = manifest_beside(backup.file)
    same_revision(manifest.revision, revision)
    identity = read_key(backup.key)
    wraps = None if backup.wraps is None else list(read_wraps(backup.wraps, identity))
    sha256 = sha256_of(backup.file)
    if sha256 != manifest.sha256:
        raise Invalid("This file is not that of its manifest: it was changed, or cut short.")
    return Ready(backup.file, manifest, identity, wraps, erased(backup.key.parent), sha256)


class _NotWhole(Exception):
    """Undoes what was written."""

    def __init__(self, proofs: list[Proof]) -> None:
        super().__init__()
        self.proofs = proofs


def fill_place(
    engine: Engine,
    backup: Ready,
    desk: Desk,
    *,
    tables: Sequence[Table],
    revision: str,
    erase_again: EraseAgain,
    step: Callable[[], None] = lambda: None,
) -> Restored:
    """Restore a backup into a database at this revision that has no row."""
    manifest, wraps = backup.manifest, backup.wraps
    try:
        with Session(engine.execution_options(writes=True)) as session, session.begin():
            clear_place(session, tables)
            filling = Filling(session, tables, wraps, step)
            contents = read(
                backup.file, backup.identity, filling, first=lambda head: _first(head, revision)
            )
            filling.end()
            proofs = as_manifest(manifest, contents, backup.sha256) + prove(
                session,
                tables=tables,
                counts=contents.counts,
                links=contents.links,
                digest=contents.digest,
                vault=None if wraps is None else desk.vault,
                keys=desk.keys,
            )
            if failed(proofs):
                raise _NotWhole(proofs)
            now = desk.clock.now()
            tx = Tx(session, SYSTEM, now, desk.settings, desk.keys, vault=desk.vault)
            again = erase_again(tx, backup.erased)
            index_all(session)
            tx.record(
                RESTORED, None, by=CONSOLE, backup=manifest.name, links=manifest.links,
                erased_again=again.erased, left=len(again.left),
            )  # fmt: skip
            session.flush()
            append(session, tx.happenings)
    except _NotWhole as broken:
        return Restored(manifest, broken.proofs)
    return Restored(manifest, proofs, again)


def same_revision(of_backup: str, ours: str) -> None:
    """A backup goes into the schema that it came from."""
    if of_backup != ours:
        raise Invalid(
            f"This backup is of schema {of_backup}, and this version of the program has {ours}: "
            "restore it with the version that made it, and then bring that up to date."
        )


def move_in(draft: Path, path: Path) -> None:
    """Give a whole SQLite file its name; ``Conflict`` where something has it by now."""
    try:
        os.link(draft, path)
    except FileExistsError:
        raise Conflict(f"{path} is there already: a backup goes into an empty place.") from None
    draft.unlink()
    settle(path.parent)


def _first(head: dict[str, Any], revision: str) -> None:
    same_revision(str(head.get("revision")), revision)
