"""Files that are whole or not there, and files whose bytes are gone."""

import os
import secrets
from pathlib import Path


def put(path: Path, data: bytes) -> None:
    """Write a file: at this name there is the whole of it or what was there before.

    What was there before is overwritten where it lies, and then gone. On a flash disk or a file
    system that copies when it writes, old bytes may lie on in places that no program reaches:
    there only an encrypted disk helps.
    """
    draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        with os.fdopen(new(draft), "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        old = os.open(path, os.O_WRONLY) if path.exists() else None
        draft.replace(path)
        settle(path.parent)
        if old is not None:
            try:
                _overwrite(old)
            finally:
                os.close(old)
    finally:
        draft.unlink(missing_ok=True)


def new(path: Path) -> int:
    """A handle to a file that was not there, for us alone."""
    return os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)


def wipe(path: Path) -> None:
    """Overwrite a file, then take it away; nothing where there is none. As far as ``put`` says."""
    if not path.exists():
        return
    handle = os.open(path, os.O_WRONLY)
    try:
        _overwrite(handle)
    finally:
        os.close(handle)
    path.unlink()
    settle(path.parent)


def settle(folder: Path) -> None:
    """What was renamed or taken away in a folder stays so when the power fails."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _overwrite(handle: int) -> None:
    left = os.fstat(handle).st_size
    while left > 0:
        left -= os.write(handle, secrets.token_bytes(min(left, 1 << 20)))
    os.fsync(handle)
