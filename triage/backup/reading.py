"""Reading a backup: its lines one by one, and whether they are what its manifest says."""

import hashlib
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from triage.backup.rules import BACKUP, FORMAT, Manifest, is_name
from triage.backup.sealing import unseal
from triage.core.errors import Invalid
from triage.core.text import read_json

NOT_OURS = "This file is no backup of ours."
NO_MANIFEST = "This is no manifest of a backup."
_DIGEST = re.compile(r"[0-9a-f]{64}")


class Taker(Protocol):
    """Who takes the rows of a backup as they pass by."""

    def table(self, name: str, columns: Sequence[str]) -> None:
        """From here on come rows of this table."""

    def row(self, values: list[Any]) -> None:
        """One row."""


@dataclass(slots=True)
class Contents:
    """What a backup says of itself, inside: sealed with it, and so to be believed."""

    head: dict[str, Any] = field(default_factory=dict)
    counts: dict[str, int] = field(default_factory=dict)
    links: int = -1
    digest: str = ""


def read_manifest(text: str) -> Manifest:
    """A manifest from its text; ``Invalid`` for anything else."""
    try:
        found = Manifest(**read_json(text))
    except (ValueError, TypeError) as error:
        raise Invalid(NO_MANIFEST) from error
    if found.format != FORMAT:
        raise Invalid(f"This backup is of format {found.format}; this version reads {FORMAT}.")
    numbers = (found.links, found.size, *_counts(found.tables))
    texts = (found.name, found.made_at, found.revision, found.digest, found.sha256)
    if not all(type(one) is int and one >= 0 for one in numbers) or not all(
        isinstance(one, str) for one in texts
    ):
        raise Invalid(NO_MANIFEST)
    if not (is_name(found.name) and _DIGEST.fullmatch(found.sha256)):
        raise Invalid(NO_MANIFEST)
    return found


def _counts(tables: object) -> tuple[object, ...]:
    return tuple(tables.values()) if isinstance(tables, dict) else (None,)


def manifest_beside(file: Path) -> Manifest:
    """The manifest of a backup, from beside it."""
    path = file.with_name(file.name.removesuffix(BACKUP) + ".json")
    try:
        return read_manifest(path.read_text("ascii"))
    except FileNotFoundError:
        raise Invalid(f"{file} has no manifest beside it: it is not whole.") from None
    except (OSError, ValueError) as error:
        raise Invalid(f"{path} cannot be read.") from error


def sha256_of(file: Path) -> str:
    """Of a file."""
    try:
        with file.open("rb") as opened:
            return hashlib.file_digest(opened, "sha256").hexdigest()
    except OSError as error:
        raise Invalid(f"{file} cannot be read: {error.strerror}.") from error


def read(
    file: Path, identity: str, taker: Taker, *, first: Callable[[dict[str, Any]], None]
) -> Contents:
    """Hand over every row of a backup. ``first`` is told its head, and may refuse it.

    Only once this returns was it whole: whoever takes the rows keeps nothing until then.
    """
    lines = _Lines(_Reader(taker, first))
    with file.open("rb") as opened:
        unseal(opened, identity, lines.feed)
    return lines.end()


class _Lines:
    """Pieces put together into lines."""

    def __init__(self, reader: "_Reader") -> None:
        self._reader = reader
        self._parts: list[bytes] = []

    def feed(self, piece: bytes) -> None:
        *whole, rest = piece.split(b"\n")
        for one in whole:
            self._reader.line(b"".join((*self._parts, one)))
            self._parts.clear()
        if rest:
            self._parts.append(rest)

    def end(self) -> Contents:
        if self._parts or not self._reader.ended:
            raise Invalid(NOT_OURS)
        return self._reader.found


class _Reader:
    """Lines told apart."""

    def __init__(self, taker: Taker, first: Callable[[dict[str, Any]], None]) -> None:
        self._taker = taker
        self._first = first
        self._count = 0
        self._table: str | None = None
        self.found = Contents()
        self.ended = False

    def line(self, line: bytes) -> None:
        try:
            value = read_json(line)
        except ValueError as error:
            raise Invalid(NOT_OURS) from error
        if self.ended:
            raise Invalid(NOT_OURS)
        if not self.found.head:
            self._begin(value)
        elif isinstance(value, list) and self._table is not None:
            self._count += 1
            self._taker.row(value)
        else:
            self._close()
            self._mark(value)

    def _mark(self, value: Any) -> None:
        """Where a table begins, or the backup ends."""
        match value:
            case {"table": str(name), "columns": [*columns]} if name not in self.found.counts:
                self._table = name
                self._taker.table(name, [str(one) for one in columns])
            case {"links": int(links), "digest": str(digest), "counts": dict(counts)}:
                self.ended = True
                self.found.links, self.found.digest = links, digest
                if counts != self.found.counts:
                    raise Invalid("This backup has other rows than it says at its end.")
            case _:
                raise Invalid(NOT_OURS)

    def _begin(self, value: Any) -> None:
        if not isinstance(value, dict) or value.get("format") != FORMAT:
            raise Invalid(NOT_OURS)
        self._first(value)
        self.found.head = value

    def _close(self) -> None:
        if self._table is not None:
            self.found.counts[self._table] = self._count
        self._count = 0
