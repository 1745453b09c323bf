"""The folder of the keys: for each backup its key, and the wraps of the data keys of that day.

``NAME.key`` is an age identity; ``NAME.wraps.age`` is sealed for it. It must lie apart from the
backups: who has both can read them (what is sealed in them only with the desk's key as well).
"""

import base64
import fcntl
import io
import json
import os
import stat
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from triage.backup.files import new, put, settle, wipe
from triage.backup.rules import is_name, made_at
from triage.backup.sealing import new_identity, public_of, seal, unseal
from triage.core.errors import Invalid, KeyMissing, TriageError, UnsafeConfiguration
from triage.core.settings import Settings
from triage.core.text import read_json

KEY, WRAPS, GONE = ".key", ".wraps.age", ".gone"
ERASED = "erased.log"
"""What was erased since the oldest backup that can be read: restoring one erases it again."""
LOCK = ".lock"
LONGEST_KEY = 10_000
OTHERS = stat.S_IRWXG | stat.S_IRWXO


@dataclass(frozen=True, slots=True)
class Wrap:
    """What opens one owner's data key; or, once it was destroyed, when."""

    key_id: str
    owner_id: str
    desk: bytes | None = None
    receipt: bytes | None = None
    salt: bytes | None = None
    gone: datetime | None = None


def folder_of(settings: Settings) -> Path:
    """Where these settings keep the keys of backups."""
    return settings.backup_keys or settings.home / "backup-keys"


class BackupKeys:
    """One such folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def ready(self) -> None:
        """Make it, or see that nobody else reads it; with the list of what was erased, empty at
        first, so that who restores sees whether it is there."""
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        if self.folder.stat().st_mode & OTHERS:
            raise UnsafeConfiguration(
                f"Others can read the keys of backups: chmod 700 {self.folder}"
            )
        with suppress(FileExistsError):
            os.close(new(self.folder / ERASED))

    def names(self) -> list[str]:
        """Backups whose key is here, oldest first."""
        found = (path.name.removesuffix(KEY) for path in self.folder.glob(f"*{KEY}"))
        return sorted(one for one in found if is_name(one))

    def make(self, name: str) -> str:
        """A fresh key for one backup; the public key that seals for it."""
        identity, public = new_identity()
        with os.fdopen(new(self.folder / f"{name}{KEY}"), "w", encoding="ascii") as file:
            file.write(f"# the key of the backup {name}\n{identity}\n")
            file.flush()
            os.fsync(file.fileno())
        settle(self.folder)
        return public

    def key_of(self, name: str) -> Path:
        """Where a backup's key lies."""
        return self.folder / f"{name}{KEY}"

    def wraps_of(self, name: str) -> Path:
        """Where its wraps lie."""
        return self.folder / f"{name}{WRAPS}"

    def keep(self, name: str, wraps: Iterable[Wrap]) -> None:
        """Write the wraps of a backup, sealed for its key; those that were there are gone."""
        public = public_of(read_key(self.key_of(name)))
        sealed = io.BytesIO()
        seal(sealed, public, (_line(one) for one in wraps))
        put(self.wraps_of(name), sealed.getvalue())

    def forget(self, destroyed: Mapping[str, datetime]) -> int:
        """Take the owners whose key is destroyed out of all wraps; how many wraps are gone.

        Done twice, it does the same as once; stopped half-way, each file is as before or as after.
        """
        if not destroyed or not self.folder.is_dir():
            return 0
        gone, failed = 0, None
        with self.alone():
            for name in self.names():
                try:
                    gone += self._forget_in(name, destroyed)
                except TriageError as error:
                    failed = failed or error
        if failed is not None:  # the others have forgotten all the same
            raise failed
        return gone

    def _forget_in(self, name: str, destroyed: Mapping[str, datetime]) -> int:
        if not self.wraps_of(name).exists():
            return 0
        held = list(read_wraps(self.wraps_of(name), read_key(self.key_of(name))))
        after = [
            Wrap(one.key_id, one.owner_id, gone=destroyed[one.owner_id])
            if one.gone is None and one.owner_id in destroyed
            else one
            for one in held
        ]
        if after != held:
            self.keep(name, after)
        return sum(one != other for one, other in zip(held, after, strict=True))

    def destroy(self, name: str) -> None:
        """Destroy a backup's key and its wraps: nobody reads that backup again.

        They are overwritten and taken away, as far as ``files.put`` can promise it. Until
        ``is_destroyed`` an empty file says that it was done, so that it comes on the record.
        """
        with self.alone():
            wipe(self.wraps_of(name))
            if not (self.folder / f"{name}{GONE}").exists():
                put(self.folder / f"{name}{GONE}", b"")
            wipe(self.key_of(name))

    def destroyed(self) -> list[str]:
        """Backups whose key was destroyed, and which nobody has put on the record yet."""
        found = (path.name.removesuffix(GONE) for path in self.folder.glob(f"*{GONE}"))
        return sorted(one for one in found if is_name(one) and not self.key_of(one).exists())

    def is_destroyed(self, name: str) -> None:
        """It stands on the record."""
        (self.folder / f"{name}{GONE}").unlink(missing_ok=True)

    def drop(self, name: str) -> None:
        """A backup came to nothing: its key and wraps with it."""
        for path in (self.wraps_of(name), self.key_of(name)):
            wipe(path)

    @contextmanager
    def alone(self) -> Iterator[None]:
        """One process at a time changes what lies here."""
        with (self.folder / LOCK).open("a") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield


def read_key(path: Path) -> str:
    """The key in a file; ``KeyMissing`` where it cannot be read."""
    try:
        if path.stat().st_mode & OTHERS and path.parent.stat().st_mode & OTHERS:
            raise UnsafeConfiguration(f"Others can read the key {path}: chmod 600 {path}")
        with path.open("r", encoding="ascii") as file:
            return file.read(LONGEST_KEY)
    except (OSError, ValueError) as error:
        raise KeyMissing(f"The key {path} cannot be read: it was destroyed, or moved.") from error


def read_wraps(path: Path, identity: str) -> Iterator[Wrap]:
    """The wraps in a file."""
    held = bytearray()
    try:
        with path.open("rb") as file:
            unseal(file, identity, held.extend)
    except OSError as error:
        raise KeyMissing(f"The wraps {path} cannot be read.") from error
    for line in bytes(held).splitlines():
        try:
            key_id, owner_id, *wrapped, gone = read_json(line)
            desk, receipt, salt = (
                None if one is None else base64.b64decode(one) for one in wrapped
            )
            when = None if gone is None else datetime.fromisoformat(gone)
        except (ValueError, TypeError) as error:
            raise Invalid(f"{path} holds something else than wraps.") from error
        yield Wrap(key_id, owner_id, desk, receipt, salt, when)


def _line(one: Wrap) -> bytes:
    wrapped = [
        None if part is None else base64.b64encode(part).decode("ascii")
        for part in (one.desk, one.receipt, one.salt)
    ]
    gone = None if one.gone is None else one.gone.isoformat()
    return json.dumps([one.key_id, one.owner_id, *wrapped, gone]).encode("ascii") + b"\n"


def oldest(names: Iterable[str]) -> datetime | None:
    """When the oldest of these backups was made."""
    return min((made_at(one) for one in names), default=None)
