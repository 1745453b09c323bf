"""What the doctor finds, and how it is to be taken."""

import stat
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

LOOPBACK = {"127.0.0.1", "::1", "localhost"}


class Level(StrEnum):
    """How a finding is to be taken."""

    GOOD = "good"
    NOTE = "note"
    UNSAFE = "unsafe"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing in force."""

    level: Level
    what: str
    found: str
    advice: str = ""


def private(path: Path, what: str) -> Finding:
    """A file that only its owner may read, itself or by the folder it lies in."""
    theirs = stat.S_IRWXG | stat.S_IRWXO
    if path.stat().st_mode & theirs and path.parent.stat().st_mode & theirs:
        return Finding(
            Level.UNSAFE, what, str(path), f"others can read it: chmod 700 {path.parent}"
        )
    return Finding(Level.GOOD, what, str(path))
