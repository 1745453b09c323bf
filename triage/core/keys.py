"""Keys of the desk (X25519, in versions) and of the record (Ed25519): made, kept, loaded.

They lie in ``home``/keys: ``desk-1.key`` with ``desk-1.pub`` beside it, and ``record.key``; or
they come from the environment. The desk and its jobs have the private keys; the public form has
``desk-N.pub`` alone. A deployer keeps a copy of the folder apart from backups of the database:
without the private key, nothing that is sealed can be read again by anybody.
"""

import hashlib
import re
import secrets
import stat
from dataclasses import dataclass, field
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey

from triage.core.crypto import create_once
from triage.core.errors import KeyMissing, UnsafeConfiguration
from triage.core.settings import Settings

KEY_BYTES = 32
RUN_INIT = "Run: triage keys init"
OTHERS = stat.S_IRWXG | stat.S_IRWXO
_DESK = re.compile(r"desk-([1-9][0-9]{0,5})\.(key|pub)")
_GIVEN = re.compile(r"([1-9][0-9]{0,5}):([0-9a-fA-F]{64})")


@dataclass(frozen=True, slots=True)
class Keyring:
    """The desk's keys, by version. The form's holds public keys alone."""

    publics: dict[int, X25519PublicKey] = field(default_factory=dict)
    privates: dict[int, X25519PrivateKey] = field(default_factory=dict, repr=False)

    @property
    def newest(self) -> int:
        """The version to seal with."""
        if not self.publics:
            raise KeyMissing(f"There is no desk key here, so nothing can be sealed. {RUN_INIT}")
        return max(self.publics)

    def private(self, version: int) -> X25519PrivateKey:
        """The private key of a version."""
        if version not in self.privates:
            raise KeyMissing(
                f"The private desk key of version {version} is not here, so what is sealed "
                "cannot be read."
            )
        return self.privates[version]

    def without_privates(self) -> "Keyring":
        """The public keys alone."""
        return Keyring(publics=self.publics)


class KeyStore:
    """Where the keys of these settings are. Reads the folder again when it has changed."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._seen: list[tuple[str, int]] | None = None
        self._ring = Keyring()

    @property
    def folder(self) -> Path:
        """The folder of the key files. The demonstration has one of its own."""
        return self._settings.home / ("demo-keys" if self._settings.demo else "keys")

    def ring(self) -> Keyring:
        """The keys as they are now: another process may have rotated them."""
        if self._settings.desk_key is not None or self._settings.desk_public_key is not None:
            return self._from_settings()
        seen = _listing(self.folder)
        if seen != self._seen:
            self._ring, self._seen = _from_folder(self.folder), seen
        return self._ring

    def private_within_reach(self) -> bool:
        """Whether a process with these settings has, or could load, a private desk key."""
        there = any(one.suffix == ".key" for one in self.folder.glob("desk-*"))
        return there or self._settings.desk_key is not None

    def init(self) -> list[str]:
        """Make the keys that are not there; what is there is never touched. The names made."""
        for folder in (self._settings.home, self.folder):
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        made = []
        if self._settings.desk_key is None and not self.ring().privates:
            if self.ring().publics:
                raise UnsafeConfiguration(
                    f"{self.folder} has public desk keys without their private keys: put these "
                    "back, or clear the folder where nothing was sealed yet."
                )
            self.add_desk_key(1)
            made.append("desk-1")
        record = self.folder / "record.key"
        if self._settings.record_key is None and create_once(record, secrets.token_hex(KEY_BYTES)):
            made.append("record")
        if self._settings.record_key is None:
            public = self.record_key().public_key().public_bytes_raw().hex()
            create_once(self.folder / "record.pub", public, mode=0o644)
        return made

    def add_desk_key(self, version: int) -> None:
        """Make the desk key of a version, unless it is there."""
        if self._settings.desk_key is not None:
            raise KeyMissing(
                f"The desk key comes from TRIAGE_DESK_KEY: put {version}:HEX (64 random "
                "hexadecimal digits) beside what is there, after a comma, and run this again."
            )
        private = self.folder / f"desk-{version}.key"
        create_once(private, secrets.token_hex(KEY_BYTES))
        public = _private(private).public_key().public_bytes_raw().hex()
        create_once(self.folder / f"desk-{version}.pub", public, mode=0o644)

    def drop_desk_key(self, version: int) -> None:
        """Remove a key that nothing is wrapped to any more."""
        for suffix in ("key", "pub"):
            (self.folder / f"desk-{version}.{suffix}").unlink(missing_ok=True)

    def record_key(self) -> Ed25519PrivateKey:
        """The key that signs the head of the record."""
        if self._settings.record_key is not None:
            given = self._settings.record_key.get_secret_value().strip()
            return Ed25519PrivateKey.from_private_bytes(_bytes(given, "TRIAGE_RECORD_KEY"))
        path = self.folder / "record.key"
        if not path.exists():
            raise KeyMissing(f"There is no key to sign the record with. {RUN_INIT}")
        return Ed25519PrivateKey.from_private_bytes(_read_private(path))

    def record_public(self) -> Ed25519PublicKey:
        """The key that checks signed heads: enough where nothing is signed."""
        path = self.folder / "record.pub"
        given = self._settings.record_key is not None or (self.folder / "record.key").exists()
        if given or not path.exists():
            return self.record_key().public_key()
        raw = _written(path)
        return Ed25519PublicKey.from_public_bytes(raw)

    def _from_settings(self) -> Keyring:
        secret = self._settings.desk_key
        given = _versions(secret.get_secret_value(), "TRIAGE_DESK_KEY") if secret else {}
        privates = {n: X25519PrivateKey.from_private_bytes(raw) for n, raw in given.items()}
        shown = _versions(self._settings.desk_public_key or "", "TRIAGE_DESK_PUBLIC_KEY")
        publics = {n: X25519PublicKey.from_public_bytes(raw) for n, raw in shown.items()}
        return _ring(publics, privates)


def fingerprint(public: X25519PublicKey | Ed25519PublicKey) -> str:
    """A public key in short, to compare by eye: 32 hexadecimal digits of its SHA-256."""
    digest = hashlib.sha256(public.public_bytes_raw()).hexdigest()[:32]
    return " ".join(digest[at : at + 4] for at in range(0, 32, 4))


def _from_folder(folder: Path) -> Keyring:
    publics: dict[int, X25519PublicKey] = {}
    privates: dict[int, X25519PrivateKey] = {}
    for name, _ in _listing(folder):
        found = _DESK.fullmatch(name)
        if found is None:
            continue
        path, version = folder / name, int(found[1])
        if found[2] == "key":
            privates[version] = _private(path)
        else:
            raw = _written(path)
            publics[version] = X25519PublicKey.from_public_bytes(raw)
    return _ring(publics, privates)


def _ring(publics: dict[int, X25519PublicKey], privates: dict[int, X25519PrivateKey]) -> Keyring:
    """Both together. A public key that is not that of its private key was put there to read."""
    for version, private in privates.items():
        derived = private.public_key()
        if publics.setdefault(version, derived) != derived:
            raise UnsafeConfiguration(
                f"The public desk key of version {version} does not belong to its private key."
            )
    return Keyring(publics, privates)


def _listing(folder: Path) -> list[tuple[str, int]]:
    if not folder.is_dir():
        return []
    return sorted((one.name, one.stat().st_mtime_ns) for one in folder.iterdir())


def _private(path: Path) -> X25519PrivateKey:
    return X25519PrivateKey.from_private_bytes(_read_private(path))


def _read_private(path: Path) -> bytes:
    if path.stat().st_mode & OTHERS:
        raise UnsafeConfiguration(f"Others can read the key {path}: chmod 600 {path}")
    return _written(path)


def _written(path: Path) -> bytes:
    return _bytes(path.read_bytes().decode("ascii", "replace").strip(), str(path))


def _versions(given: str, what: str) -> dict[int, bytes]:
    found: dict[int, bytes] = {}
    for one in filter(None, (part.strip() for part in given.split(","))):
        match = _GIVEN.fullmatch(one)
        if match is None or int(match[1]) in found:
            raise UnsafeConfiguration(f"{what} must read VERSION:HEX, with 64 digits each")
        found[int(match[1])] = bytes.fromhex(match[2])
    return found


def _bytes(text: str, what: str) -> bytes:
    if re.fullmatch(r"[0-9a-fA-F]{64}", text) is None:
        raise UnsafeConfiguration(f"{what} must hold 64 hexadecimal digits")
    return bytes.fromhex(text)
