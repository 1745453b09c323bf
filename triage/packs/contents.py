"""What a pack is made of, and its preview; pure. Nothing is packed that was not shown before."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from triage.core.errors import Invalid
from triage.core.ids import short_ref
from triage.packs.bag import Member, manifest_of, sha256
from triage.packs.plain import visible
from triage.packs.summary import pdf

VERIFY = """How to check this pack

1. Unpack it. In a terminal, go into the folder that holds the file manifest-sha256.txt.
2. Run:   sha256sum -c manifest-sha256.txt
   (macOS: shasum -a 256 -c manifest-sha256.txt)
   Every line must end in OK. One changed byte in any file makes its line fail.
3. For the lists themselves, run:   sha256sum -c tagmanifest-sha256.txt
4. The SHA-256 of the zip file as a whole stands on our record, and was told apart from this file.

The folder is a bag by RFC 8493: any program that checks such bags will do.
The files in data/original are the bytes as they came, never rewritten.
"""
ALWAYS = (
    (
        "Names of our staff",
        "Who did what is said by role; a number tells people apart. Where the "
        "bytes as they came name somebody, they do.",
    ),
    ("Our own notes and reasons", "They are not evidence of what was sent."),
    ("What a program made of the messages", "People decided."),
)
"""Left out of every pack, and why."""


@dataclass(frozen=True, slots=True)
class Piece:
    """One thing that may go in. Of a large one, only the hash is known until it is packed."""

    path: str
    why: str
    size: int
    sha256: str
    read: Callable[[], bytes]
    reporter: bool = False
    """It says something of who reported an incident."""
    ours: bool = False
    """It is a colleague's own mail, with their name and words."""


@dataclass(frozen=True, slots=True)
class Found:
    """What a matter holds: its pieces, and its history in our own words."""

    matter_id: str
    message_ids: tuple[str, ...]
    pieces: tuple[Piece, ...]
    chronology: tuple[tuple[str, ...], ...]
    custody: tuple[tuple[str, ...], ...]
    as_of: datetime
    """The moment of the newest thing in it: the pack bears no other time."""
    reporter_data: bool = False
    """It was decided that the reporter's data goes too."""


@dataclass(frozen=True, slots=True)
class PackItem:
    """One file as the preview lists it. Its path is ours; a file's name in it is made safe."""

    path: str
    size: int
    sha256: str
    why: str
    may_leave_out: bool


@dataclass(frozen=True, slots=True)
class LeftOut:
    """One thing that stays out, and why."""

    what: str
    why: str


@dataclass(frozen=True, slots=True)
class PackPreview:
    """Exactly what will be in it. Whoever builds it says the digest back."""

    matter_id: str
    name: str
    """Of the folder, and of the zip but for its ending."""
    items: tuple[PackItem, ...]
    left_out: tuple[LeftOut, ...]
    message_ids: tuple[str, ...]
    digest: str

    @property
    def size(self) -> int:
        """Bytes of all its files."""
        return sum(one.size for one in self.items)


@dataclass(frozen=True, slots=True)
class Plan:
    """A preview with the means to write what it lists."""

    preview: PackPreview
    members: list[Member]
    info: Mapping[str, str]


def piece(path: str, why: str, text: str | bytes) -> Piece:
    """A piece that is small enough to be held."""
    data = text.encode("utf-8", "replace") if isinstance(text, str) else text
    return Piece(path, why, len(data), sha256(data), lambda: data)


def plan(found: Found, leave_out: Mapping[str, str], tables: tuple[str, str, str]) -> Plan:
    """What is packed of what was found. ``leave_out``: path -> reason, for each that stays out."""
    unknown = set(leave_out) - {one.path for one in found.pieces}
    if unknown:
        raise Invalid("One of the files to leave out is not in it.", field="leave_out")
    if any(not reason.strip() for reason in leave_out.values()):
        raise Invalid("Say why each of these stays out.", field="leave_out")
    stay = [LeftOut(what, why) for what, why in ALWAYS]
    kept: list[Piece] = []
    for one in found.pieces:
        if one.reporter and not found.reporter_data:
            stay.append(LeftOut(one.path, "It says who reported an incident."))
        elif one.ours:
            stay.append(
                LeftOut(one.path, f"It is a colleague's own mail, kept here. SHA-256 {one.sha256}")
            )
        elif one.path in leave_out:
            stay.append(LeftOut(one.path, leave_out[one.path].strip()))
        else:
            kept.append(one)
    if not any(one.path.startswith("data/original/") for one in kept):
        raise Invalid("A pack without any original is no evidence.", field="leave_out")
    chronology, plainly, custody = tables
    own = [
        piece("data/chronology.csv", "What happened when, as a table", chronology),
        piece("data/chronology.txt", "The same, to read", plainly),
        piece("data/custody.csv", "Who handled it, by role", custody),
        piece("data/how-to-verify.txt", "How to check that nothing was changed", VERIFY),
        piece(
            "data/left-out.txt",
            "What was left out, and why",
            "".join(f"{visible(one.what)}\n  {visible(one.why)}\n" for one in stay),
        ),
    ]
    name = f"evidence-{short_ref(found.matter_id)}"
    listed = sorted([*kept, *own], key=lambda one: one.path)
    summary = piece(
        "data/summary.pdf",
        "All of this on paper",
        pdf(
            f"Evidence {short_ref(found.matter_id)}",
            found.as_of,
            [
                f"As of {found.as_of.isoformat()}. {len(found.message_ids)} messages.",
                *(f"Left out: {one.what}. {one.why}" for one in stay),
                "",
            ],
            [(one.path, one.sha256) for one in listed],
        ),
    )
    listed = sorted([*listed, summary], key=lambda one: one.path)
    optional = {one.path for one in kept}
    items = tuple(
        PackItem(one.path, one.size, one.sha256, one.why, one.path in optional) for one in listed
    )
    return Plan(
        PackPreview(
            matter_id=found.matter_id,
            name=name,
            items=items,
            left_out=tuple(stay),
            message_ids=found.message_ids,
            digest=sha256(
                (found.matter_id + manifest_of({one.path: one.sha256 for one in items})).encode()
            ),
        ),
        [Member(one.path, one.size, one.sha256, one.read) for one in listed],
        {
            "Bagging-Date": found.as_of.date().isoformat(),
            "External-Identifier": found.matter_id,
            "Bag-Software-Agent": "triage",
        },
    )
