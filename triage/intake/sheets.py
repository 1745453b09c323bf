"""CSV and JSONL files, one row at a time. A row that cannot be read is listed with its line."""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO, TypeAlias

from triage.core.text import read_json
from triage.intake.inbound import RawMail, Unreadable
from triage.intake.limits import MAX_MESSAGE_BYTES
from triage.intake.rows import canonical

CSV = (".csv", ".tsv")
JSONL = (".jsonl", ".ndjson")
MAX_COLUMNS = 1_000
LOOKED_AT = 50
"""Rows of a JSONL file whose keys are its columns."""
DELIMITERS = ",;\t|"
BOM = b"\xef\xbb\xbf"

Row: TypeAlias = dict[str, object]


class NotATableError(Exception):
    """The file cannot be read as a table. The text is the plain reason."""


class _RowError(Exception):
    """One row cannot be read. The text is the plain reason."""


@dataclass(frozen=True, slots=True)
class Numbered:
    """A row, or why it is none, and the line where it begins."""

    line: int
    row: Row | None
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """What the head of a file says of its form."""

    columns: tuple[str, ...]
    delimiter: str | None
    """``None`` for JSONL."""


class _Lines:
    """The lines of a file as text, counted. Memory holds one row at most.

    Each line is utf-8, else windows-1252. What is neither marks its row; the row is still read
    to its end, so that the next one begins where it should.
    """

    def __init__(self, file: BinaryIO) -> None:
        self.file = file
        self.number = 0
        self.begins = 1
        self.size = 0
        self.problem = ""

    def begin(self) -> None:
        """The next line begins a row."""
        self.begins, self.size, self.problem = self.number + 1, 0, ""

    def __iter__(self) -> "_Lines":
        return self

    def __next__(self) -> str:
        data = self.file.readline(MAX_MESSAGE_BYTES)
        if not data:
            raise StopIteration
        if self.number == 0:
            data = data.removeprefix(BOM)
        self.number += 1
        self.size += len(data)
        if self.size >= MAX_MESSAGE_BYTES:
            self._skip(data)
            raise _RowError("longer than a message may be, or a quote that never closes")
        return self._text(data)

    def _skip(self, data: bytes) -> None:
        while data and not data.endswith(b"\n"):
            data = self.file.readline(MAX_MESSAGE_BYTES)

    def _text(self, data: bytes) -> str:
        for encoding in ("utf-8", "cp1252"):
            try:
                return data.decode(encoding)
            except UnicodeDecodeError:
                continue
        self.problem = "its characters are neither utf-8 nor windows-1252"
        return data.decode("utf-8", "replace")


def look(file: BinaryIO, suffix: str) -> Table:
    """The form of an open table; NotATableError where it has none. Leaves it at the start."""
    file.seek(0)
    start = file.read(4)
    file.seek(0)
    if start.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise NotATableError("a table in utf-16: save it as CSV in utf-8")
    table = _look_jsonl(file) if suffix.lower() in JSONL else _look_csv(file)
    file.seek(0)
    if len(table.columns) > MAX_COLUMNS:
        raise NotATableError(f"a table of more than {MAX_COLUMNS:,} columns")
    if not table.columns:
        raise NotATableError("a table whose first row cannot be read")
    return table


def read_rows(file: BinaryIO, table: Table) -> Iterator[Numbered]:
    """Every row of an open table, in order; blank lines are none."""
    file.seek(0)
    return _jsonl(file) if table.delimiter is None else _csv(file, table)


def read_table(
    file: BinaryIO, name: str, table: Table, fields: dict[str, str]
) -> Iterator[RawMail | Unreadable]:
    """The rows of an open table as messages to be read; those that are none, with their line."""
    for one in read_rows(file, table):
        where = f"{name}, line {one.line}"
        if one.row is None:
            yield Unreadable(where, one.problem)
        else:
            yield RawMail(canonical(one.row), where, columns=fields)


def _look_csv(file: BinaryIO) -> Table:
    """The delimiter that makes the most of the first row."""
    best: list[str] = []
    delimiter = ","
    for one in DELIMITERS:
        file.seek(0)
        reader = _reader(_Lines(file), one)
        try:
            found = next(filter(None, reader), [])
        except (csv.Error, _RowError):
            continue
        if len(found) > len(best):
            best, delimiter = found, one
    return Table(_distinct(best), delimiter)


def _look_jsonl(file: BinaryIO) -> Table:
    columns: dict[str, None] = {}
    rows = _jsonl(file)
    for _, one in zip(range(LOOKED_AT), rows, strict=False):
        columns |= dict.fromkeys(one.row or ())
    return Table(tuple(columns), None)


def _distinct(names: list[str]) -> tuple[str, ...]:
    """The names, each once: a second ``text`` is ``text (2)``, one without a name ``column 3``."""
    found: dict[str, None] = {}
    for position, name in enumerate(names, 1):
        base = unique = name.strip() or f"column {position}"
        number = 2
        while unique in found:
            unique, number = f"{base} ({number})", number + 1
        found[unique] = None
    return tuple(found)


def _reader(lines: _Lines, delimiter: str) -> "Iterator[list[str]]":
    csv.field_size_limit(MAX_MESSAGE_BYTES)
    return csv.reader(lines, delimiter=delimiter, strict=True)


def _csv(file: BinaryIO, table: Table) -> Iterator[Numbered]:
    lines = _Lines(file)
    reader = _reader(lines, table.delimiter or ",")
    head = True
    while True:
        lines.begin()
        try:
            cells = next(reader)
        except StopIteration:
            return
        except (csv.Error, _RowError) as fault:
            reason = str(fault) if isinstance(fault, _RowError) else "its quotes are broken"
            yield Numbered(lines.begins, None, _through(lines, reason))
            continue
        if not cells:
            continue
        if head:
            head = False
            continue
        yield _row_of(lines, cells, table.columns)


def _row_of(lines: _Lines, cells: list[str], columns: tuple[str, ...]) -> Numbered:
    if lines.problem:
        return Numbered(lines.begins, None, _through(lines, lines.problem))
    if len(cells) != len(columns):
        reason = f"{len(cells)} columns, where the first row has {len(columns)}"
        return Numbered(lines.begins, None, _through(lines, reason))
    return Numbered(lines.begins, dict(zip(columns, cells, strict=True)))


def _through(lines: _Lines, reason: str) -> str:
    """A reason, with the last line of the row where it has more than one."""
    return reason if lines.number <= lines.begins else f"{reason} (to line {lines.number})"


def _jsonl(file: BinaryIO) -> Iterator[Numbered]:
    lines = _Lines(file)
    while True:
        lines.begin()
        try:
            line = next(lines)
            if line.strip():
                yield _object(lines, line)
        except StopIteration:
            return
        except _RowError as fault:
            yield Numbered(lines.begins, None, str(fault))


def _object(lines: _Lines, line: str) -> Numbered:
    if lines.problem:
        return Numbered(lines.begins, None, lines.problem)
    try:
        row = read_json(line)
    except ValueError:
        return Numbered(lines.begins, None, "not a row of JSON")
    if not isinstance(row, dict):
        return Numbered(lines.begins, None, "not an object of JSON")
    return Numbered(lines.begins, row)
