"""Sealing a stream: packed with gzip, encrypted as an ``age`` file, both while it is written.

``age`` cuts what it seals into chunks of 64 KiB, each with its number and whether it is the last:
one that is changed, left out, moved, doubled, or a file that is cut short, does not open.
"""

import hashlib
import zlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import BinaryIO

import pyrage

from triage.core.errors import Invalid, KeyMissing

WITH_GZIP_HEAD = 31
"""The window of zlib that says: with the head and the sum of a gzip file."""
PIECE = 1 << 20
"""Bytes that are unpacked at a time."""
WRONG_KEY = "This key does not open this file."
CHANGED = "This file was changed, or cut short: it does not open."


@dataclass(frozen=True, slots=True)
class Sum:
    """What was written: its bytes and their sha256."""

    size: int
    sha256: str


def new_identity() -> tuple[str, str]:
    """A new private key, and the public one that seals for it."""
    made = pyrage.x25519.Identity.generate()
    return str(made), str(made.to_public())


def public_of(identity: str) -> str:
    """The public key of a private one; ``KeyMissing`` where the text is none."""
    return str(_read(identity).to_public())


def seal(target: BinaryIO, public: str, pieces: Iterable[bytes]) -> Sum:
    """Write the pieces, packed and sealed, and never more of them in memory than one."""
    source, sink = _Source(_packed(pieces)), _Sink(target.write)
    _pump(pyrage.encrypt_io, source, sink, [pyrage.x25519.Recipient.from_str(public)])
    return Sum(sink.size, sink.digest.hexdigest())


def unseal(source: BinaryIO, identity: str, take: Callable[[bytes], object]) -> None:
    """Hand over what was sealed, piece by piece.

    The pieces are authentic, and only once this returns were they all of them: whoever takes them
    keeps nothing until then. ``Invalid`` where it does not open.
    """
    unpack = _Unpacking(take)
    try:
        _pump(pyrage.decrypt_io, source, _Sink(unpack.feed), [_read(identity)])
    except pyrage.DecryptError as error:
        found = WRONG_KEY if "matching keys" in str(error) else CHANGED
        raise Invalid(found) from error
    unpack.end()


def _pump(work: Callable[..., None], source: object, sink: "_Sink", keys: list[object]) -> None:
    # The library turns whatever goes wrong here into an error of its own: we keep the first.
    try:
        work(source, sink, keys)
    except Exception as error:
        failed = sink.failure or getattr(source, "failure", None)
        if failed is not None:
            raise failed from None
        if isinstance(error, OSError):  # so it says that a chunk does not open
            raise Invalid(CHANGED) from error
        raise


def _read(identity: str) -> "pyrage.x25519.Identity":
    lines = [one for one in identity.splitlines() if one.strip() and not one.startswith("#")]
    try:
        [line] = lines
        return pyrage.x25519.Identity.from_str(line.strip())
    except (ValueError, pyrage.IdentityError) as error:
        raise KeyMissing("This is no key of a backup.") from error


def _packed(pieces: Iterable[bytes]) -> Iterator[bytes]:
    packer = zlib.compressobj(6, zlib.DEFLATED, WITH_GZIP_HEAD)
    for one in pieces:
        if packed := packer.compress(one):
            yield packed
    yield packer.flush()


class _Source:
    """Pieces as a file to read from."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self._pieces = pieces
        self._left = memoryview(b"")
        self.failure: BaseException | None = None

    def read(self, size: int) -> bytes:
        try:
            while not self._left:
                self._left = memoryview(next(self._pieces))
        except StopIteration:
            return b""
        except BaseException as error:
            self.failure = error
            raise
        given, self._left = self._left[:size], self._left[size:]
        return bytes(given)


class _Sink:
    """A file to write to, which counts and sums up."""

    def __init__(self, write: Callable[[bytes], object]) -> None:
        self._write = write
        self.size = 0
        self.digest = hashlib.sha256()
        self.failure: BaseException | None = None

    def write(self, data: bytes) -> int:
        try:
            self._write(data)
        except BaseException as error:
            self.failure = error
            raise
        self.size += len(data)
        self.digest.update(data)
        return len(data)

    def flush(self) -> None:
        """Whoever opened the file sees to that."""


class _Unpacking:
    """gzip undone as it comes, a bounded piece at a time."""

    def __init__(self, take: Callable[[bytes], object]) -> None:
        self._take = take
        self._unpacker = zlib.decompressobj(WITH_GZIP_HEAD)

    def feed(self, data: bytes) -> None:
        try:
            while data and not self._unpacker.eof:
                self._take(self._unpacker.decompress(data, PIECE))
                data = self._unpacker.unconsumed_tail
        except zlib.error as error:
            raise Invalid(CHANGED) from error

    def end(self) -> None:
        if not self._unpacker.eof or self._unpacker.unused_data:
            raise Invalid(CHANGED)
