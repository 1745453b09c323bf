"""Files and folders -> messages, one at a time. What is no mail is listed, never passed over."""

import os
import re
import stat
from collections.abc import Iterator, Sequence
from enum import StrEnum
from pathlib import Path
from typing import BinaryIO

from triage.core.errors import Invalid
from triage.intake.charsets import clean_line
from triage.intake.inbound import RawMail, Unreadable
from triage.intake.limits import MAX_KEPT_BYTES
from triage.intake.mbox import cut_note, is_separator, read_mbox

SNIFFED = 8 * 1024
"""Bytes from which the kind of a file is told."""
FIELD = re.compile(rb"([!-9;-~]+):")
MAIL_FIELDS = frozenset(
    b"from to cc date subject received message-id return-path delivered-to mime-version "
    b"content-type reply-to sender dkim-signature x-original-to in-reply-to references".split()
)
OUTLOOK = b"\xd0\xcf\x11\xe0"


class Kind(StrEnum):
    """What a file is."""

    EML = "eml"
    MBOX = "mbox"


def read_paths(paths: Sequence[Path]) -> Iterator[RawMail | Unreadable]:
    """Every message of these files and folders (these in sorted order, with what they hold).

    Reads .eml and mbox files, and Maildirs. All else is ``Unreadable`` with a plain reason: other
    files, hidden ones, empty ones, broken links, what may not be read. Raises Invalid at once,
    before anything is read, where a path does not exist. At most one message is in memory.
    """
    _require(paths)
    return _read_all(paths)


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


def _read_all(paths: Sequence[Path]) -> Iterator[RawMail | Unreadable]:
    for path, problem in _files(paths):
        if problem is None:
            yield from _read_file(path)
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
        if path.name.startswith(".") and not given and path.name not in (".", ".."):
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


def _read_file(path: Path) -> Iterator[RawMail | Unreadable]:
    name = _name(path)
    try:
        with _open(path) as file:
            kind = _kind(path, file)
            if not isinstance(kind, Kind):
                yield Unreadable(name, kind)
            elif kind is Kind.MBOX:
                yield from read_mbox(file, name)
            else:
                data = file.read(MAX_KEPT_BYTES)
                size = max(len(data), os.fstat(file.fileno()).st_size)
                yield RawMail(data, name + (cut_note(size) if size > len(data) else ""))
    except OSError as fault:
        yield Unreadable(name, _reason(fault))


def _kind(path: Path, file: BinaryIO) -> Kind | str:
    """What an open file is: by its content, then by its name; or why it is no mail."""
    head = file.read(SNIFFED)
    file.seek(0)
    if not head:
        return "empty file"
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
