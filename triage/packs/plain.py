"""Names of files, texts with nothing hidden in them, and tables, as they stand in a pack; pure."""

import re
import unicodedata
from collections.abc import Iterable

from triage.core.cells import to_csv

LONGEST_NAME = 80
"""Characters of a file's name that are kept."""
UNSAFE = re.compile(r"[^A-Za-z0-9._-]+")


def safe_name(given: str, number: int) -> str:
    """A file name that is only a name, wherever it is unpacked: the number tells them apart."""
    bare = UNSAFE.sub("_", unicodedata.normalize("NFKD", given)).strip("._-")
    return f"{number:02d}-{bare[-LONGEST_NAME:].lstrip('._-') or 'attachment'}"


def visible(text: str) -> str:
    """The text with nothing invisible: what turns, hides or breaks lines is written out."""
    return "".join(_shown(char) for char in text.replace("\r\n", "\n").replace("\r", "\n"))


def _shown(char: str) -> str:
    if char in "\n\t ":
        return char
    if unicodedata.category(char)[0] == "C" or unicodedata.category(char) in {"Zl", "Zp"}:
        return f"\\u{{{ord(char):04X}}}"
    return char


def table(rows: Iterable[tuple[str, ...]]) -> str:
    """Rows as CSV in which no cell is a formula, whoever wrote it."""
    return to_csv(rows)
