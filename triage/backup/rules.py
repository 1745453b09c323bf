"""Names, times and the manifest of a backup: what lies beside it in plain. Pure."""

import json
import re
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from triage.core.errors import Invalid, UnsafeConfiguration

FORMAT = 1
"""How a backup is written; another number is not read."""
BACKUP = ".jsonl.gz.age"
PART = ".part"
"""Ends the name of what is not whole yet."""
_NAME = re.compile(r"triage-([0-9]{8}T[0-9]{6}Z)-[0-9a-z]{6}")
_STAMP = "%Y%m%dT%H%M%SZ"


def name_of(at: datetime, chance: str) -> str:
    """The name of a backup that is made now: it says when, and is nobody else's."""
    return f"triage-{at.astimezone(UTC):{_STAMP}}-{chance[:6].lower()}"


def made_at(name: str) -> datetime:
    """When a backup was made, by its name; ``Invalid`` for what is no such name."""
    found = _NAME.fullmatch(name)
    try:
        if found is not None:
            return datetime.strptime(found[1], _STAMP).replace(tzinfo=UTC)
    except ValueError:
        pass
    raise Invalid(f"{name} is no name of a backup.")


def is_name(name: str) -> bool:
    """Whether a backup could be called that."""
    try:
        made_at(name)
    except Invalid:
        return False
    return True


def is_over(name: str, now: datetime, days: int) -> bool:
    """Whether the time of a backup is over: its key is destroyed."""
    return made_at(name) + timedelta(days=days) <= now


def apart(folder: Path, keys: Path) -> None:
    """Whoever takes the backups must not have their keys with them: neither lies in the other."""
    one, other = folder.resolve(), keys.resolve()
    if one.is_relative_to(other) or other.is_relative_to(one):
        raise UnsafeConfiguration(
            f"The keys of backups would lie with the backups ({other}, {one}). Set "
            "TRIAGE_BACKUP_KEYS to a folder apart, on another disk if you can."
        )


@dataclass(frozen=True, slots=True)
class Manifest:
    """What is said of a backup in plain: nothing of anybody."""

    format: int
    name: str
    made_at: str
    revision: str
    """Of the schema: it is restored into the same."""
    tables: dict[str, int]
    """Table -> its rows."""
    links: int
    """Of the record, and the digest of the last of them."""
    digest: str
    sha256: str
    """Of the sealed file, and its bytes."""
    size: int

    def text(self) -> str:
        """As it is written."""
        return json.dumps(asdict(self), indent=1, sort_keys=True) + "\n"
