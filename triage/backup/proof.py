"""What was looked at in a backup, or in what was restored from it, and whether it held."""

from dataclasses import dataclass

from triage.backup.reading import Contents
from triage.backup.rules import Manifest


@dataclass(frozen=True, slots=True)
class Proof:
    """One thing; ``held`` is ``None`` where it could not be tried."""

    what: str
    held: bool | None
    said: str


def failed(proofs: list[Proof]) -> bool:
    """Whether any of it did not hold."""
    return any(one.held is False for one in proofs)


def as_manifest(manifest: Manifest, contents: Contents, sha256: str) -> list[Proof]:
    """Whether a backup is the one that its manifest says."""
    head = contents.head
    same = (head.get("name"), head.get("made_at"), head.get("revision")) == (
        manifest.name, manifest.made_at, manifest.revision,
    )  # fmt: skip
    ends = (contents.links, contents.digest) == (manifest.links, manifest.digest)
    return [
        Proof("file", sha256 == manifest.sha256, f"sha256 {sha256}"),
        Proof("name", same, str(head.get("name"))),
        Proof("rows", contents.counts == manifest.tables, _rows(manifest, contents)),
        Proof("head of the record", ends, f"link {contents.links}"),
    ]


def _rows(manifest: Manifest, contents: Contents) -> str:
    names = manifest.tables.keys() | contents.counts.keys()
    other = sorted(
        one for one in names if manifest.tables.get(one, 0) != contents.counts.get(one, 0)
    )
    if other:
        return f"not as the manifest says: {', '.join(other)}"
    return f"{sum(contents.counts.values())} in {len(contents.counts)} tables"
