"""Keyed hashes. A plain hash of an address can be guessed; a keyed one cannot without the key."""

import hashlib
import hmac
import os
import secrets
from pathlib import Path

from triage.core.errors import UnsafeConfiguration
from triage.core.settings import Settings

KEY_VERSION = 1
MINIMUM_KEY = 32
"""Bytes of key, below which we refuse to work."""


class KeyedHash:
    """HMAC-SHA256 with a versioned key; ``purpose`` keeps the kinds of hash apart."""

    version = KEY_VERSION

    def __init__(self, key: bytes) -> None:
        if len(key) < MINIMUM_KEY:
            raise UnsafeConfiguration(
                f"the hash key has {len(key)} bytes; it needs {MINIMUM_KEY} or more"
            )
        self._key = key

    def of(self, purpose: str, value: bytes) -> str:
        """64 hexadecimal characters for a value and what it is hashed for."""
        return hmac.new(self._key, purpose.encode() + b"\0" + value, hashlib.sha256).hexdigest()


def load_hash_key(settings: Settings) -> KeyedHash:
    """The key from the settings, else from the key file, which is made once and kept.

    Without the same key, an earlier import is not recognised and senders fall apart:
    a deployer keeps it apart from the database and its backups.
    """
    if settings.hash_key is not None:
        return KeyedHash(settings.hash_key.get_secret_value().encode())
    path = settings.home / "hash.key"
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    create_once(path, secrets.token_hex(MINIMUM_KEY))
    try:
        return KeyedHash(bytes.fromhex(path.read_text("ascii").strip()))
    except ValueError as error:
        raise UnsafeConfiguration(f"{path} holds no key: put back the copy you kept") from error


def create_once(path: Path, text: str, *, mode: int = 0o600) -> bool:
    """Write a file that is not there yet; whether it was us who made it.

    It is written beside the path and linked in: two processes agree on one whole file, and
    nothing is ever overwritten.
    """
    if path.exists():
        return False
    draft = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(draft, path)
    except FileExistsError:
        return False  # another process was first: its key is the key
    finally:
        draft.unlink()
    return True
