"""Files and folders -> messages, one at a time. What is neither mail nor table is listed."""

import os
import re
import stat
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import BinaryIO

from triage.core.errors import Invalid
from triage.intake.charsets import clean_line
from triage.intake.columns import Field, guess
from triage.intake.inbound import RawMail, Unreadable
from triage.intake.limits import MAX_KEPT_BYTES
from triage.intake.mbox import cut_note, is_separator, read_mbox
from triage.intake.sheets import (
    CSV,
    JSONL,
    NotATableError,
    Numbered,
    Table,
    look,
    read_rows,
    read_table,
)

SNIFFED = 8 * 1024
"""Bytes from which the kind of a file is told."""
FIELD = re.compile(rb"([!-9;-~]+):")
MAIL_FIELDS = frozenset(
    b"from to cc date subject received message-id return-path delivered-to mime-version "
    b"content-type reply-to sender dkim-signature x-original-to in-reply-to references".split()
)
OUTLOOK = b"\xd0\xcf\x11\xe0"


UNCONFIRMED = "a table whose columns nobody has confirmed: triage import shows them and asks"
UNKNOWN = "a table with no column of text that is known: name one with --map column=text"
IN_MAILDIR = ("cur", "new")


class Kind(StrEnum):
    """What a file is."""

    EML = "eml"
    MBOX = "mbox"
    TABLE = "table"


@dataclass(frozen=True, slots=True)
class Reading:
    """How files are read. Without a person's word tables are listed, and not read."""

    tables: bool = False
    """Whether somebody confirmed what the columns hold."""
    chosen: Mapping[str, Field] = field(default_factory=dict)
    """Columns that a person named."""
    called: Mapping[Path, str] = field(default_factory=dict)
    """Names for people of files that have another, such as standard input."""


MAIL_ALONE = Reading()


def read_paths(paths: Sequence[Path], how: Reading = MAIL_ALONE) -> Iterator[RawMail | Unreadable]:
    """Every message of these files and folders (these in sorted order, with what they hold).

    Reads .eml and mbox files, Maildirs, and CSV and JSONL tables as ``how`` says. All else is
    ``Unreadable`` with a plain reason: other files, hidden ones, empty ones, broken links, what
    may not be read. Raises Invalid at once, before anything is read, where a path does not
    exist. At most one message is in memory.
    """
    _require(paths)
    return _read_all(paths, how)


def count_bytes(paths: Sequence[Path]) -> int:
    """Bytes of the mail files that ``read_paths`` would read, for a progress bar.

    The messages' own bytes come to a little less: an mbox's separators are no part of them.
    Raises Invalid as ``read_paths`` does.
    """
    _require(paths)
    total = 0
    for path, problem in _files(paths):
        if problem is None:
            try:
                with _open(path) as file:
                    kind = _kind(path, file)
                    total += os.fstat(file.fileno()).st_size if isinstance(kind, Kind) else 0
            except OSError:
                continue
    return total


def _require(paths: Sequence[Path]) -> None:
    for path in paths:
        if not os.path.lexists(path):
            raise Invalid(f"There is no file or folder {_name(path)}.", field="paths")


def _name(path: Path) -> str:
    """A path for people and for storage: file names need not be valid text, nor one line."""
    return clean_line(os.fsencode(path).decode("utf-8", "replace"))


def tables_in(paths: Sequence[Path]) -> Iterator[tuple[Path, Table, Numbered | None]]:
    """Each table among these, with its form and first row; those that are none are left out.

    Raises Invalid as ``read_paths`` does.
    """
    _require(paths)
    for path, problem in _files(paths):
        if problem is None and is_table(path):
            try:
                with _open(path) as file:
                    table = look(file, path.suffix)
                    yield path, table, next(read_rows(file, table), None)
            except (OSError, NotATableError):
                continue


def is_table(path: Path) -> bool:
    """Whether a file is a table: by its name, since any text can be one."""
    return path.suffix.lower() in (*CSV, *JSONL) and not _in_maildir(path)


def _read_all(paths: Sequence[Path], how: Reading) -> Iterator[RawMail | Unreadable]:
    for path, problem in _files(paths):
        if problem is None:
            yield from _read_file(path, how)
        else:
            yield Unreadable(_name(path), problem)


def _files(paths: Sequence[Path]) -> Iterator[tuple[Path, str | None]]:
    """(path, None) of each file to read, (path, reason) of each that is not."""
    seen: set[tuple[int, int]] = set()
    waiting = [(path, True) for path in reversed(paths)]
    while waiting:
        path, given = waiting.pop()
        try:
            status = path.stat()
        except OSError as fault:
            yield path, "broken link" if path.is_symlink() else _reason(fault)
            continue
        is_folder = stat.S_ISDIR(status.st_mode)
        if is_folder and path.name == "tmp" and not given and is_maildir(path.parent):
            continue  # mail that is still being delivered: it comes as ``new``
        if path.name.startswith(".") and not given and not (is_folder and is_maildir(path)):
            yield path, "hidden folder: not looked into" if is_folder else "hidden file"
        elif not is_folder:
            yield path, None if stat.S_ISREG(status.st_mode) else "not a file"
        elif (status.st_dev, status.st_ino) in seen:
            yield path, "a link to a folder that was read already"
        else:
            seen.add((status.st_dev, status.st_ino))
            try:
                inside = sorted(path.iterdir())
            except OSError as fault:
                yield path, _reason(fault)
            else:
                waiting += [(each, False) for each in reversed(inside)]


def _reason(fault: OSError) -> str:
    if isinstance(fault, PermissionError):
        return "no permission to read it"
    if isinstance(fault, FileNotFoundError):
        return "it has gone"
    return f"it cannot be read ({fault.strerror or 'input error'})"


def _open(path: Path) -> BinaryIO:
    """The file for reading. Does not wait, should it have become a pipe meanwhile."""
    flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
    file = os.fdopen(os.open(path, flags), "rb")
    if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
        file.close()
        raise OSError("not a file")
    return file


def is_maildir(folder: Path) -> bool:
    """Whether a folder is a Maildir: it has both ``cur`` and ``new``."""
    return all((folder / one).is_dir() for one in IN_MAILDIR)


def _in_maildir(path: Path) -> bool:
    return path.parent.name in IN_MAILDIR and is_maildir(path.parent.parent)


def _read_file(path: Path, how: Reading) -> Iterator[RawMail | Unreadable]:
    name = how.called.get(path) or _name(path)
    try:
        with _open_moved(path) as file:
            kind = _kind(path, file)
            if not isinstance(kind, Kind):
                yield Unreadable(name, kind)
            elif kind is Kind.TABLE:
                yield from _read_rows(file, path.suffix, name, how)
            elif kind is Kind.MBOX:
                yield from read_mbox(file, name)
            else:
                data = file.read(MAX_KEPT_BYTES)
                size = max(len(data), os.fstat(file.fileno()).st_size)
                yield RawMail(data, name + (cut_note(size) if size > len(data) else ""))
    except NotATableError as fault:
        yield Unreadable(name, str(fault))
    except OSError as fault:
        yield Unreadable(name, _reason(fault))


def _open_moved(path: Path) -> BinaryIO:
    """The file; in a Maildir also where a mail program has moved or marked it meanwhile."""
    try:
        return _open(path)
    except FileNotFoundError:
        if not _in_maildir(path):
            raise
        unique = path.name.partition(":")[0]
        for folder in IN_MAILDIR:
            for other in (path.parent.parent / folder).iterdir():
                if other.name.partition(":")[0] == unique:
                    return _open(other)
        raise


def _read_rows(
    file: BinaryIO, suffix: str, name: str, how: Reading
) -> Iterator[RawMail | Unreadable]:
    table = look(file, suffix)
    found = guess(table.columns, how.chosen)
    if how.tables and found.usable:
        fields = {column: kind.value for column, kind in found.fields.items()}
        yield from read_table(file, name, table, fields)
    else:
        yield Unreadable(name, UNKNOWN if how.tables else UNCONFIRMED)


def _kind(path: Path, file: BinaryIO) -> Kind | str:
    """What an open file is: by its content, then by its name; or why it is no mail."""
    head = file.read(SNIFFED)
    file.seek(0)
    if not head:
        return "empty file"
    if _in_maildir(path):
        return Kind.EML
    if is_table(path):
        return Kind.TABLE
    start = head.removeprefix(b"\xef\xbb\xbf").lstrip(b"\r\n")
    lines = start.split(b"\n")
    if is_separator(lines[0], lines[1] if len(lines) > 1 else b""):
        return Kind.MBOX
    if _has_mail_headers(lines):
        return Kind.EML
    ending = path.suffix.lower()
    if head.startswith(OUTLOOK) or ending == ".msg":
        return "an Outlook file: save the message as .eml"
    if ending == ".eml" or path.parent.name in ("cur", "new"):
        return Kind.EML
    if ending in (".mbox", ".mbx"):
        return "named like a mailbox, but it holds no mail" if b"\x00" in head else Kind.MBOX
    return "not a mail file"


def _has_mail_headers(lines: list[bytes]) -> bool:
    """Whether the text begins with header lines, at least two of them of mail."""
    known = set()
    for line in lines:
        match = FIELD.match(line)
        if match:
            known.add(match[1].lower())
        elif not line.startswith((b" ", b"\t")):
            break
    return len(known & MAIL_FIELDS) >= 2
