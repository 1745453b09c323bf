"""``triage backup verify``: a backup looked through from end to end, without a database."""

import base64
import hashlib
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from triage.backup.proof import Proof, as_manifest
from triage.backup.reading import manifest_beside, read, sha256_of
from triage.core.audit import GENESIS, AuditEvent, link_digest

EVENTS, LINKS, ORIGINALS = "audit_events", "audit_links", "originals"


def verify_backup(
    file: Path, identity: str, *, step: Callable[[], None] = lambda: None
) -> list[Proof]:
    """Whether a backup is whole: its sums, its chain, each original by its hash."""
    manifest = manifest_beside(file)
    looking = _Looking(step)
    contents = read(file, identity, looking, first=lambda _: None)
    return [
        *as_manifest(manifest, contents, sha256_of(file)),
        looking.chain.proof(contents.links, contents.digest),
        looking.originals(),
    ]


class _Looking:
    """Takes the rows, and keeps none."""

    def __init__(self, step: Callable[[], None]) -> None:
        self._step = step
        self._name = ""
        self._columns: Sequence[str] = ()
        self.chain = Chain()
        self._fitting = self._other = 0

    def table(self, name: str, columns: Sequence[str]) -> None:
        self._name, self._columns = name, columns

    def row(self, values: list[Any]) -> None:
        self._step()
        if self._name not in {EVENTS, LINKS, ORIGINALS}:
            return
        row = dict(zip(self._columns, values, strict=True))
        if self._name == EVENTS:
            self.chain.event(row)
        elif self._name == LINKS:
            self.chain.link(row["number"], row["digest"])
        elif hashlib.sha256(base64.b64decode(row["raw"])).hexdigest() == row["sha256"]:
            self._fitting += 1
        else:
            self._other += 1

    def originals(self) -> Proof:
        """Whether each is the bytes that came."""
        said = f"{self._fitting} are as they came"
        if self._other:
            return Proof("originals", False, f"{self._other} are not as they came")
        return Proof("originals", True, said)


class Chain:
    """The chain of the record, followed while its rows pass by: links first, then events."""

    def __init__(self) -> None:
        self._digests: dict[int, bytes] = {}
        self._previous = GENESIS
        self._at = 0
        self._events: list[AuditEvent] = []
        self._broken: int | None = None

    def link(self, number: int, digest: str) -> None:
        """One link."""
        self._digests[number] = bytes.fromhex(digest)

    def event(self, row: dict[str, Any]) -> None:
        """One event, in the order of links and places."""
        if self._events and row["link"] != self._events[0].link:
            self._close()
        self._events.append(AuditEvent(**row | {"at": datetime.fromisoformat(row["at"])}))

    def proof(self, links: int, digest: str) -> Proof:
        """Whether the record holds, and ends where it is said to end."""
        if self._events:
            self._close()
        if self._broken is None and (len(self._digests) != self._at or self._at != links):
            self._broken = self._at + 1
        if self._broken is not None:
            return Proof("record", False, f"broken at link {self._broken}")
        if self._previous != digest:
            return Proof("record", False, "it ends at another head than is said")
        return Proof("record", True, f"holds: {self._at} links")

    def _close(self) -> None:
        number = self._events[0].link
        found = link_digest(self._previous, self._events)
        fits = number == self._at + 1 and self._digests.get(number) == bytes.fromhex(found)
        if not fits and self._broken is None:
            self._broken = number
        self._at, self._previous, self._events = number, found, []
