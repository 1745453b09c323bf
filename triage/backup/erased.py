"""The list of what was erased, beside the keys: ids and times, and nothing else of it.

A backup from before an erasure still holds what was erased, and its own database knows nothing
of it. Who restores one must not bring that back: it is erased again while it is restored.
"""

import json
import os
from collections.abc import Collection
from datetime import UTC, datetime
from pathlib import Path

from triage.backup.files import put
from triage.backup.keys import ERASED, BackupKeys, folder_of
from triage.core.errors import Invalid
from triage.core.settings import Settings
from triage.core.text import read_json

LINE = len(json.dumps({"at": "2026-01-01T00:00:00+00:00", "id": "x" * 26}))
"""Characters of the shortest whole line."""


def note_erased(settings: Settings, ids: Collection[str], at: datetime) -> None:
    """Put down what was erased, as soon as it is: the erasure calls this after each batch.

    It is on the disk when this returns. An id that is put down twice does no harm.
    """
    if not ids:
        return
    keys = BackupKeys(folder_of(settings))
    keys.ready()
    lines = "".join(json.dumps({"at": at.isoformat(), "id": one}) + "\n" for one in sorted(ids))
    with keys.alone():
        path = keys.folder / ERASED
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        with os.fdopen(handle, "ab") as file:
            if _is_cut(path):
                file.write(b"\n")
            file.write(lines.encode("ascii"))
            file.flush()
            os.fsync(file.fileno())


def erased(folder: Path) -> tuple[str, ...]:
    """What was erased, by the list in a folder of keys, each once."""
    return tuple(dict.fromkeys(one for _, one in _read(folder / ERASED)))


def prune(keys: BackupKeys, before: datetime) -> None:
    """Take out what no backup that can be read still holds."""
    path = keys.folder / ERASED
    with keys.alone():
        held = _read(path)
        kept = [(at, one) for at, one in held if at >= before]
        if kept != held:
            lines = (json.dumps({"at": at.isoformat(), "id": one}) + "\n" for at, one in kept)
            put(path, "".join(lines).encode("ascii"))


def _is_cut(path: Path) -> bool:
    """Whether a power cut left half a line: what is added next must not be lost with it."""
    held = path.read_bytes()
    return bool(held) and not held.endswith(b"\n")


def _read(path: Path) -> list[tuple[datetime, str]]:
    if not path.exists():
        return []
    found = []
    for number, line in enumerate(path.read_text("ascii", errors="replace").splitlines(), 1):
        try:
            one = read_json(line)
            found.append((datetime.fromisoformat(one["at"]).astimezone(UTC), str(one["id"])))
        except (ValueError, TypeError, KeyError, OverflowError) as error:
            if len(line) >= LINE:  # half a line was never promised to anybody
                raise Invalid(f"Line {number} of {path} cannot be read.") from error
    return found
