"""Files that a person attached to what they wrote to us: which of them go, and what is said of
those that do not. Pure.

No program looks into them: whether other people are to be seen in one, a person has to say.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from triage.packs.plain import safe_name

MOST_BYTES = 100 * 1024 * 1024
"""Of all files in one copy together. What goes beyond is given in another way."""
NAME = "Name of the file"
"""The fact that holds it; others are hidden in it as in any other."""


class LeftOut(StrEnum):
    """Why a file is not in the copy."""

    KEPT = "kept"
    """Two people decided so."""
    UNSEEN = "unseen"
    """Nobody has looked into it."""
    TOO_MUCH = "too_much"
    """With it the copy would be larger than it may be."""
    GONE = "gone"
    """Its bytes cannot be taken out of the message."""


@dataclass(frozen=True, slots=True)
class File:
    """One file as it was attached. Its name and kind are what the sender's program said."""

    message_id: str
    name: str
    size: int
    kind: str
    sha256: str


@dataclass(frozen=True, slots=True)
class NotGiven:
    """One file that is not in the copy though what it was attached to is."""

    name: str
    size: int
    why: LeftOut


def path_of(file: File, number: int) -> str:
    """Where it lies in the bag: the number tells it from others, whatever it is called."""
    return f"data/files/{safe_name(file.name, number)}"


def fits(sizes: Iterable[int]) -> list[bool]:
    """Which of these go, in this order, so that together they are no more than may be."""
    total, found = 0, []
    for size in sizes:
        found.append(total + size <= MOST_BYTES)
        total += size if found[-1] else 0
    return found


def size_of(size: int) -> str:
    """A size as people read it."""
    if size < 1024:
        return f"{size} byte" if size == 1 else f"{size} bytes"
    return f"{size / 1024:.0f} kB" if size < 1024 * 1024 else f"{size / 1024 / 1024:.1f} MB"
