"""A disk with little room, to fill and to empty again."""

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path


class NoDisk(Exception):
    """Nothing can be mounted here."""


@dataclass
class SmallDisk:
    """A file system of its own."""

    folder: Path

    def fill(self, leave: int) -> None:
        """Take all of its room but so many bytes."""
        free = os.statvfs(self.folder)
        room = free.f_bavail * free.f_frsize - leave
        with (self.folder / "ballast").open("ab") as file:
            file.write(b"\0" * max(0, room))

    def empty(self) -> None:
        """Give the room back."""
        (self.folder / "ballast").unlink(missing_ok=True)


@contextmanager
def small_disk(folder: Path, megabytes: int) -> Iterator[SmallDisk]:
    """Mount one in memory, for as long as the context lasts; ``NoDisk`` where that is refused."""
    folder.mkdir(parents=True, exist_ok=True)
    mount = ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m,mode=0755", "tmpfs", str(folder)]
    try:
        done = subprocess.run(mount, capture_output=True, text=True, check=False)
    except FileNotFoundError as error:
        raise NoDisk("there is no mount here") from error
    if done.returncode:
        raise NoDisk(done.stderr.strip())
    try:
        yield SmallDisk(folder)
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)
