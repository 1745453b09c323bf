"""Reading a service's own block list, as it exports it, and the form in which entries match.

A list that is not what it should be is refused whole, by line: half a list would report half of
what is decided as missing.
"""

import csv
import io
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from triage.core.crypto import KeyedHash
from triage.core.errors import Invalid
from triage.senders import canonical

MOST_BYTES = 64 * 1024 * 1024
LONGEST_CELL = 10_000
TRUE = frozenset({"t", "true", "1", "yes", "y"})


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry: where it stands in the file, and its matching form."""

    line: int
    form: str


def read_list(data: bytes, target: str) -> tuple[Entry, ...]:
    """What a service's list shuts out, each once, in order; ``Invalid`` with the line if any
    row is not what it should be. Rows that shut nobody out are left aside."""
    if len(data) > MOST_BYTES:
        raise Invalid(f"The list has more than {MOST_BYTES // 1024 // 1024} MB.")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise Invalid(f"Line {line}: this is not UTF-8. Export the list as UTF-8.") from None
    found: dict[str, Entry] = {}
    for line, row in _rows(text, target):
        identifier = FORMS[target](row) if target in FORMS else row["identifier"]
        if identifier is None:
            continue
        form = matching_form(identifier)
        if not form:
            raise Invalid(f"Line {line}: nothing stands in {needed(target)[0]}.")
        found.setdefault(form, Entry(line, form))
    return tuple(found.values())


def _rows(text: str, target: str) -> Iterator[tuple[int, dict[str, str]]]:
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    header: list[str] | None = None
    begins = 1
    try:
        for cells in reader:
            line, begins = begins, reader.line_num + 1
            if header is None:
                header = [one.strip().lower() for one in cells]
                _check_header(header, target)
                continue
            if not cells:
                continue  # an empty line
            if len(cells) != len(header):
                said = f"{len(cells)} cells where the first line has {len(header)}"
                raise Invalid(f"Line {line}: {said}.")
            if any(len(one) > LONGEST_CELL or "\0" in one for one in cells):
                raise Invalid(f"Line {line}: a cell that no such list has.")
            yield line, dict(zip(header, (one.strip() for one in cells), strict=True))
    except csv.Error as error:
        raise Invalid(f"Line {max(begins, reader.line_num)}: {error}.") from None
    if header is None:
        raise Invalid("The list is empty: not even the names of columns are there.")


def _check_header(header: list[str], target: str) -> None:
    if len(set(header)) != len(header):
        raise Invalid("Line 1: two columns have the same name.")
    missing = [one for one in needed(target) if one not in header]
    if missing:
        raise Invalid(f"Line 1: no column {missing[0]}. Needed: {', '.join(needed(target))}.")


def needed(target: str) -> tuple[str, ...]:
    """The columns that a list of this service has; the first names who is shut out."""
    return NEEDED.get(target, ("identifier",))


def _fixmystreet(row: dict[str, str]) -> str | None:
    """A row marked safe shuts nobody out."""
    return None if row.get("safe", "").lower() in TRUE else row["email"]


def _alaveteli(row: dict[str, str]) -> str | None:
    """Somebody is shut out by a ban text, or by being closed."""
    return row["email"] if row["ban_text"] or row.get("closed_at") else None


FORMS: dict[str, Callable[[dict[str, str]], str | None]] = {
    "fixmystreet": _fixmystreet,
    "whatdotheyknow": _alaveteli,
}
NEEDED: dict[str, tuple[str, ...]] = {
    "fixmystreet": ("email",),
    "whatdotheyknow": ("email", "ban_text"),
}


def matching_form(text: str) -> str:
    """However an entry is written: an address or number in its canonical form, else in NFC and
    lower case."""
    text = text.strip().removeprefix("'")
    known = canonical.address(text) if "@" in text else canonical.phone(text)
    if known is not None:
        return known.value
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", text).lower()).strip()


def parts(subject: str) -> tuple[str, ...]:
    """The addresses, numbers or accounts of a subject, as it was typed."""
    listed = subject.replace(";", ",").split(",")
    return tuple(one.strip() for one in listed if one.strip())


def entry_hash(keys: KeyedHash, target: str, form: str) -> str:
    """What is kept of an entry."""
    return keys.of("block-list", f"{target}\0{form}".encode("utf-8", "replace"))


def hashes_of(keys: KeyedHash, target: str, subject: str) -> frozenset[str]:
    """What is kept of a task's subject, so that it is found on the service's list."""
    return frozenset(entry_hash(keys, target, matching_form(one)) for one in parts(subject))
