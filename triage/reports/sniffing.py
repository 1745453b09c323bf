"""What a file is, by its first bytes; its name and what the browser says count for nothing."""

import unicodedata

from triage.core.errors import Invalid
from triage.core.text import storable
from triage.reports.thread import LARGEST_FILE

LONGEST_NAME = 120
WE_TAKE = (
    "pictures (JPEG, PNG, GIF, WebP, HEIC), PDF, sound and video (MP3, M4A, MP4, MOV, OGG, WAV, "
    "WebM), plain text and saved mail, and office documents"
)

STARTS: tuple[tuple[bytes, str], ...] = (
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
    (b"%PDF-", "application/pdf"),
    (b"ID3", "audio/mpeg"),
    (b"\xff\xfb", "audio/mpeg"),
    (b"\xff\xf3", "audio/mpeg"),
    (b"OggS", "audio/ogg"),
    (b"\x1aE\xdf\xa3", "video/webm"),
    (b"PK\x03\x04", "application/zip"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "application/x-ole-storage"),
)
"""Office documents are zip archives or OLE files: called what they are, and never unpacked here."""

RIFF = {b"WEBP": "image/webp", b"WAVE": "audio/wav"}
BRANDS = {
    b"heic": "image/heic", b"heix": "image/heic", b"mif1": "image/heic", b"avif": "image/avif",
    b"M4A ": "audio/mp4", b"qt  ": "video/quicktime",
}  # fmt: skip


def sniff(data: bytes) -> str:
    """The media type of a file; ``Invalid`` for an empty one, a big one, or one we do not take."""
    if not data:
        raise Invalid("This file is empty.", field="file")
    if len(data) > LARGEST_FILE:
        most = LARGEST_FILE // 2**20
        raise Invalid(f"This file is too big: at most {most} MB.", field="file")
    for start, kind in STARTS:
        if data.startswith(start):
            return kind
    if data[:4] == b"RIFF" and data[8:12] in RIFF:
        return RIFF[data[8:12]]
    if data[4:8] == b"ftyp":
        return BRANDS.get(data[8:12], "video/mp4")
    if _is_text(data):
        return "text/plain"
    raise Invalid(f"We cannot take this kind of file. We take {WE_TAKE}.", field="file")


def clean_name(name: str) -> str:
    """The last part of a file's name, on one line and not too long; it is for people to read."""
    last = storable(name).replace("\\", "/").rpartition("/")[2]
    shown = "".join(one for one in last if unicodedata.category(one)[0] != "C").strip()
    return shown[-LONGEST_NAME:] or "file"


def _is_text(data: bytes) -> bool:
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return not any(one < " " and one not in "\t\n\r\f" for one in text)
