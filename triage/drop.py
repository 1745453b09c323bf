"""A folder that is watched: what lies in it complete is brought in, and moved out of the way.

A file moves only after all of it was received; killed between the two, it is brought in once
more, and what is known already is left alone.
"""

import os
import stat
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from triage.core.errors import Invalid
from triage.intake.charsets import clean_line
from triage.messages.service.importing import ImportResult

DONE = "done"
FAILED = "failed"
UNFINISHED = (".part", ".partial", ".tmp", ".crdownload", ".filepart")
"""Names that programs give to files they still write; renamed, they count."""
MAX_NAME = 200
"""Bytes of a name that are kept; a reason's name is longer, and must fit."""

Bring = Callable[[Path], ImportResult]
Look = tuple[int, int]
"""Size, and time of the last change."""


class Stopped(Exception):
    """Somebody asked to stop; what was received is kept, the rest waits."""


@dataclass(frozen=True, slots=True)
class Dealt:
    """What became of one file; ``moved`` is ``None`` where it stays for another try."""

    name: str
    moved: Path | None
    said: str


@dataclass
class DropFolder:
    """One watched folder, and what the last look at it saw."""

    folder: Path
    bring: Bring
    seen: dict[tuple[int, int], Look] = field(default_factory=dict)
    """By the file itself, not its name: one that was renamed is known again."""

    def prepare(self) -> None:
        """Make ``done`` and ``failed``; Invalid where that cannot be."""
        try:
            for name in (DONE, FAILED):
                (self.folder / name).mkdir(mode=0o700, exist_ok=True)
        except OSError as fault:
            said = fault.strerror or "input error"
            raise Invalid(f"{clean_line(str(self.folder))} cannot be watched: {said}.") from fault

    def look(self) -> list[Dealt]:
        """Bring in what has not changed since the last look. Stopped passes through."""
        now: dict[tuple[int, int], Look] = {}
        complete: list[tuple[Path, Look]] = []
        for path in sorted(self.folder.iterdir()):
            status = _status(path)
            if status is None or stat.S_ISDIR(status.st_mode):
                continue
            file, look = (status.st_dev, status.st_ino), (status.st_size, status.st_mtime_ns)
            now[file] = look
            waits = path.name.startswith(".") or path.name.lower().endswith(UNFINISHED)
            if not waits and self.seen.get(file) == look:
                complete.append((path, look))
        self.seen = now
        return [self._deal(path, look) for path, look in complete]

    def _deal(self, path: Path, look: Look) -> Dealt:
        name = clean_line(path.name)
        status = _status(path)
        if status is None or not stat.S_ISREG(status.st_mode):
            return self._move(path, FAILED, "It is not a file.")
        try:
            result = self.bring(path)
        except Stopped:
            raise
        except Exception as fault:  # noqa: BLE001 - nothing is moved; the next look tries again
            return Dealt(name, None, f"could not be brought in ({type(fault).__name__}); it waits")
        after = _status(path)
        if after is None or (after.st_size, after.st_mtime_ns) != look:
            return Dealt(name, None, "changed while it was read; it waits")
        if result.unreadable:
            return self._move(path, FAILED, _reason(result))
        return self._move(path, DONE, counts(result))

    def _move(self, path: Path, where: str, said: str) -> Dealt:
        name = clean_line(path.name)
        target = free_place(self.folder / where, path.name)
        try:
            if where == FAILED:
                reason = target.with_name(target.name + ".reason.txt")
                reason.write_text(said + "\n", encoding="utf-8")
            os.replace(path, target)  # noqa: PTH105 - the same call on both systems, and atomic
        except OSError as fault:
            return Dealt(name, None, f"could not be moved ({fault.strerror or 'input error'})")
        return Dealt(name, target, said)


def free_place(folder: Path, name: str) -> Path:
    """A name in the folder that nothing has: ``a.eml``, ``a (2).eml`` …; nothing is overwritten."""
    stem, suffix = os.path.splitext(name)  # noqa: PTH122 - of a bare name
    suffix = suffix[:20]
    kept = os.fsdecode(os.fsencode(stem)[: MAX_NAME - 4 * len(suffix)])
    target, number = folder / f"{kept}{suffix}", 2
    while os.path.lexists(target):
        target, number = folder / f"{kept} ({number}){suffix}", number + 1
    return target


def counts(result: ImportResult) -> str:
    """What a file brought, in one line."""
    return (
        f"{result.new} new, {result.known} known already, {result.queued} put before reviewers, "
        f"{result.quarantined} quarantined, {result.unreadable} not read"
    )


def _reason(result: ImportResult) -> str:
    lines = [counts(result)]
    lines += [f"Not read: {one.source}: {one.reason}" for one in result.listed]
    if len(result.listed) < result.unreadable:
        lines.append(f"and {result.unreadable - len(result.listed)} more")
    return "\n".join(lines)


def _status(path: Path) -> os.stat_result | None:
    """Of the entry itself, a link not followed; ``None`` where it has gone."""
    try:
        return path.lstat()
    except OSError:
        return None
