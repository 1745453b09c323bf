"""A BagIt bag (RFC 8493) in a zip whose bytes follow from what is in it, and from nothing else."""

import hashlib
import struct
import tempfile
import zipfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import IO

DECLARATION = "BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"
MANIFEST, TAGMANIFEST = "manifest-sha256.txt", "tagmanifest-sha256.txt"
TAGS = ("bagit.txt", "bag-info.txt", MANIFEST)
"""What the second manifest lists."""
EPOCH = (1980, 1, 1, 0, 0, 0)
"""The earliest time that a zip can hold: ours hold no other."""
PIECE = 1 << 20
UNREADABLE = (
    zipfile.BadZipFile, struct.error, EOFError, OSError, ValueError, OverflowError, RuntimeError,
)  # fmt: skip
"""What the library raises at a file that is no zip, or no longer one."""


@dataclass(frozen=True, slots=True)
class Member:
    """One file of the bag. It is read when its turn comes, so that few are held at once."""

    path: str
    size: int
    sha256: str
    read: Callable[[], bytes]


def sha256(data: bytes) -> str:
    """Hexadecimal."""
    return hashlib.sha256(data).hexdigest()


def manifest_of(hashes: Mapping[str, str]) -> str:
    """Lines as ``sha256sum -c`` reads them, by path."""
    return "".join(f"{hashes[path]}  {path}\n" for path in sorted(hashes))


def write_bag(
    target: IO[bytes], root: str, members: list[Member], info: Mapping[str, str]
) -> Iterator[int]:
    """Write the bag; yields the bytes done after each file.

    A file that is not the one that was announced stops it: nothing goes out unlike its preview.
    """
    size = sum(one.size for one in members)
    said = {**info, "Payload-Oxum": f"{size}.{len(members)}"}
    tags = {
        "bagit.txt": DECLARATION,
        "bag-info.txt": "".join(f"{name}: {value}\n" for name, value in sorted(said.items())),
        MANIFEST: manifest_of({one.path: one.sha256 for one in members}),
    }
    hashed = {name: sha256(text.encode()) for name, text in tags.items()}
    done = 0
    with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as packed:
        for name, text in {**tags, TAGMANIFEST: manifest_of(hashed)}.items():
            packed.writestr(_entry(f"{root}/{name}"), text.encode())
        for one in sorted(members, key=lambda member: member.path):
            data = one.read()
            if (len(data), sha256(data)) != (one.size, one.sha256):
                raise ValueError(f"{one.path} is not what was announced")
            packed.writestr(_entry(f"{root}/{one.path}"), data)
            done += len(data)
            yield done


def problems(source: IO[bytes]) -> list[str]:
    """What does not hold in a pack, a line each, by the entry that fails; empty if all does.

    The zip itself is written anew from what is in it and compared: no byte of it is unchecked.
    """
    try:
        with zipfile.ZipFile(source) as packed:
            found = _bag_problems(packed)
            return found or _zip_problems(source, packed)
    except UNREADABLE as error:
        return [f"the zip file: {error or 'it ends too early'}"]


def _bag_problems(packed: zipfile.ZipFile) -> list[str]:
    names = packed.namelist()
    root = names[0].split("/")[0] if names else ""
    unsafe = [one for one in names if not one.startswith(f"{root}/") or ".." in one.split("/")]
    if unsafe or len(set(names)) != len(names):
        return [f"{one}: no entry of a pack" for one in unsafe] or ["an entry is there twice"]
    found: list[str] = []
    if any(one.compress_type != zipfile.ZIP_STORED for one in packed.infolist()):
        return ["the zip file: an entry is packed in another way than this program does it"]
    inside = {name.removeprefix(f"{root}/") for name in names}
    hashes: dict[str, str] = {}
    for path in sorted(inside):
        try:
            hashes[path] = _hash_of(packed, f"{root}/{path}")
        except UNREADABLE as error:
            found.append(f"{path}: {error or 'it ends too early'}")
    if found:
        return found
    for manifest, listed in (
        (MANIFEST, {path for path in inside if path.startswith("data/")}),
        (TAGMANIFEST, set(TAGS)),
    ):
        if manifest not in inside:
            return [f"{manifest}: missing"]
        text = packed.read(f"{root}/{manifest}").decode("utf-8", "replace")
        found += _against(text, {path: hashes[path] for path in listed & inside}, manifest)
    known = {path for path in inside if path.startswith("data/")} | {*TAGS, TAGMANIFEST}
    return found + [f"{path}: no part of the pack" for path in sorted(inside - known)]


def _against(text: str, hashes: dict[str, str], manifest: str) -> list[str]:
    if text == manifest_of(hashes):
        return []
    said = {
        path: digest for digest, _, path in (line.partition("  ") for line in text.splitlines())
    }
    differs = [
        f"{path}: " + ("missing" if path not in hashes else "not what the manifest says")
        for path in sorted({*said, *hashes})
        if said.get(path) != hashes.get(path)
    ]
    return differs or [f"{manifest}: not as it is written"]


def _zip_problems(source: IO[bytes], packed: zipfile.ZipFile) -> list[str]:
    """Whether the file is the one zip that these entries make."""
    with tempfile.TemporaryFile() as again:
        with zipfile.ZipFile(again, "w", zipfile.ZIP_STORED) as anew:
            for name in packed.namelist():
                anew.writestr(_entry(name), packed.read(name))
        source.seek(0)
        again.seek(0)
        while True:
            one, other = source.read(PIECE), again.read(PIECE)
            if one != other:
                return ["the zip file: not as this program writes it"]
            if not one:
                return []


def _hash_of(packed: zipfile.ZipFile, name: str) -> str:
    digest = hashlib.sha256()
    with packed.open(name) as file:
        while piece := file.read(PIECE):
            digest.update(piece)
    return digest.hexdigest()


def _entry(name: str) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name, EPOCH)
    entry.create_system = 3
    entry.external_attr = 0o100644 << 16
    return entry
