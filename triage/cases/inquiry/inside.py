"""The words in a file, as far as this program reads them: plain text, and documents of Word. Pure.

Of everything else (PDF, pictures, sound, mail, archives) nothing is read, and that is said: then
somebody has to open it. What is read is bounded, whatever the file says of its own size; no
entity is expanded, since no declaration of one is taken.
"""

import io
import re
import struct
import zipfile
import zlib
from dataclasses import dataclass
from xml.parsers.expat import ExpatError, ParserCreate

MOST_PARTS = 500
"""Entries of a document; one of Word has some twenty."""
MOST_BYTES = 16 * 2**20
"""Of all its parts together, unpacked."""
DOCUMENT, TYPES = "word/document.xml", "[Content_Types].xml"
TEXT_SPACES = (
    "http://schemas.openxmlformats.org/wordprocessingml/2006/main",
    "http://purl.oclc.org/ooxml/wordprocessingml/main",
    "http://schemas.openxmlformats.org/drawingml/2006/main",
    "http://purl.oclc.org/ooxml/drawingml/main",
)
"""Where a word may be in several pieces: only these end it."""
BREAKS = frozenset({"p", "br", "cr", "tab", "tc", "noBreakHyphen", "sym"})
SAYING = frozenset({"author", "initials", "name", "descr", "title", "target", "tooltip", "alias"})
"""Attributes that hold words: who wrote a remark, what a picture shows, where a link leads."""
SPELLED = re.compile(r"&#?\w{1,40};")
"""A character written as a number or a name, which a browser would show as itself."""
_BAD = (
    zipfile.BadZipFile, zlib.error, struct.error, EOFError, OSError, ValueError, OverflowError,
    RuntimeError, NotImplementedError, KeyError, IndexError, ExpatError,
)  # fmt: skip
"""What the libraries raise at a file that is broken, locked, or made to break them."""


@dataclass(frozen=True, slots=True)
class Inside:
    """The words that were found, and whether those are all there can be."""

    text: str
    whole: bool


NOTHING = Inside("", whole=False)


def words_in(data: bytes, media: str) -> Inside:
    """The words of a file, by what its content is and not by its name."""
    if media == "text/plain":
        text = data.decode("utf-8", "replace")
        return Inside(text, whole="\ufffd" not in text and not SPELLED.search(text))
    if media != "application/zip":
        return NOTHING
    try:
        return _document(data)
    except _BAD:
        return NOTHING


def _document(data: bytes) -> Inside:
    """Every part of a document: the text, notes and remarks, who wrote it, where links lead. With a
    picture or another file in it, it is not read whole."""
    found: list[str] = []
    left, whole = MOST_BYTES, True
    with zipfile.ZipFile(io.BytesIO(data)) as packed:
        parts = packed.infolist()
        names = [one.filename for one in parts]
        if len(parts) > MOST_PARTS or len(set(names)) != len(names):
            return NOTHING
        if DOCUMENT not in names or TYPES not in names:
            return NOTHING
        for one in parts:
            if one.is_dir():
                continue
            if not one.filename.lower().endswith((".xml", ".rels")):
                whole = False
                continue
            with packed.open(one) as part:
                xml = part.read(left + 1)
            left -= len(xml)
            if left < 0:
                return NOTHING
            found.append(_words(xml))
    return Inside("\n".join(found), whole)


def _words(xml: bytes) -> str:
    """The text of one part, and the attributes that say something."""
    parser = ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    text: list[str] = []
    beside: list[str] = []

    def begins(name: str, attributes: dict[str, str]) -> None:
        beside.extend(
            value for key, value in attributes.items()
            if key.rpartition(" ")[2].lower() in SAYING
        )  # fmt: skip

    def ends(name: str) -> None:
        space, _, local = name.rpartition(" ")
        if space not in TEXT_SPACES or local in BREAKS:
            text.append("\n")

    def declares(*_: object) -> None:
        raise ValueError("a declaration of its own")

    parser.StartElementHandler = begins
    parser.EndElementHandler = ends
    parser.CharacterDataHandler = text.append
    parser.StartDoctypeDeclHandler = declares
    parser.Parse(xml, True)
    return "".join(text) + "\n" + "\n".join(beside)
