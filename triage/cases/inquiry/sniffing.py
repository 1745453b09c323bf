"""What a file is by its content, whatever its name says. Pure."""

_MAGIC: tuple[tuple[bytes, int, str], ...] = (
    (b"%PDF-", 0, "application/pdf"),
    (b"\x89PNG\r\n\x1a\n", 0, "image/png"),
    (b"\xff\xd8\xff", 0, "image/jpeg"),
    (b"GIF87a", 0, "image/gif"),
    (b"GIF89a", 0, "image/gif"),
    (b"WEBP", 8, "image/webp"),
    (b"ftyp", 4, "video/mp4"),
    (b"OggS", 0, "audio/ogg"),
    (b"ID3", 0, "audio/mpeg"),
    (b"WAVE", 8, "audio/wav"),
)
PACKED = b"PK\x03\x04"
REFUSED: tuple[bytes, ...] = (b"MZ", b"\x7fELF", b"#!", b"\xca\xfe\xba\xbe", b"\xcf\xfa\xed\xfe")
"""Programs. Nobody needs one as evidence, and somebody would open it."""
_MARKUP = (b"<!doctype html", b"<html", b"<script", b"<svg", b"<?xml")


def sniffed(data: bytes) -> str | None:
    """The media type; ``None`` for what is not taken. What runs when it is opened is none."""
    if data.startswith(REFUSED):
        return None
    for magic, at, media in _MAGIC:
        if data[at : at + len(magic)] == magic:
            return media
    if data.startswith(PACKED):
        macros = b"vbaProject.bin" in data
        return None if macros else "application/zip"
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        return "application/octet-stream"
    if any(mark in data[:1024].lstrip().lower() for mark in _MARKUP):
        return "text/plain"  # shown as what it is, and never drawn
    controls = sum(not (one.isprintable() or one in "\n\r\t\f") for one in text[:4096])
    return "application/octet-stream" if controls else "text/plain"
