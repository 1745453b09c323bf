"""Before a table is read: what its columns were taken for is shown, and a person says yes."""

import shutil
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated

import typer

from triage.core.errors import Invalid
from triage.intake.charsets import clean_line, without_controls
from triage.intake.columns import Guess, guess, parse_choice, unmatched
from triage.intake.sheets import Numbered, Table
from triage.intake.sources import Reading, tables_in

STDIN = Path("-")
NO_NAMES: Mapping[Path, str] = {}
SHOWN = 40
"""Characters of a column's name that are shown."""

Columns = Annotated[
    list[str] | None,
    typer.Option("--map", help="what a column of a table holds: column=field; repeatable"),
]
Yes = Annotated[bool, typer.Option("--yes", help="read tables as their columns are guessed")]


@contextmanager
def taken_in(paths: Sequence[Path]) -> Iterator[tuple[list[Path], Mapping[Path, str]]]:
    """The paths, ``-`` replaced by a file of what standard input holds; and what to call it.

    It is written to a folder that nobody else may enter, and is gone afterwards.
    """
    if STDIN not in paths:
        yield list(paths), {}
        return
    with TemporaryDirectory(prefix="triage-") as folder:
        file = _spool(Path(folder))
        yield [file if one == STDIN else one for one in paths], {file: "standard input"}


def settle(
    paths: Sequence[Path],
    pairs: Sequence[str],
    *,
    yes: bool,
    called: Mapping[Path, str] = NO_NAMES,
) -> Reading:
    """How these are to be read: shows what their tables' columns mean, and asks.

    Raises Invalid where nobody can be asked, where the answer is no, or where no text was found.
    """
    chosen = parse_choice(pairs)
    shown: dict[tuple[str, ...], bool] = {}
    missing = set(chosen)
    for path, table, first in tables_in(paths):
        if table.columns not in shown:
            found = guess(table.columns, chosen)
            shown[table.columns] = found.usable
            missing &= unmatched(table.columns, chosen)
            _say(f"{called.get(path) or clean_line(str(path))}: columns {found.by}")
            for line in describe(table, found, first):
                _say(f"  {line}")
    if shown and missing:
        named = ", ".join(sorted(missing))
        raise Invalid(f"No table has a column {named}.", field="map")
    if shown and not any(shown.values()):
        raise Invalid("No column of text is known. Say which it is: --map column=text", field="map")
    if not shown or yes or chosen:
        return Reading(tables=bool(shown), chosen=chosen, called=called)
    if not sys.stdin.isatty():
        raise Invalid("Nothing was read. If the columns are right, add --yes; else --map.")
    sys.stderr.write("Read them so? [y/N] ")  # standard output is for the counts alone
    sys.stderr.flush()
    if sys.stdin.readline().strip().lower() not in ("y", "yes"):
        raise Invalid("Nothing was read. Name the columns with --map column=field.")
    return Reading(tables=True, chosen=chosen, called=called)


def describe(table: Table, found: Guess, first: Numbered | None) -> list[str]:
    """A line for each column: its name, what it is taken for, how long it is in the first row.

    Where no name is known the first row may well be a message, so names are not shown.
    """
    row = (first.row if first else None) or {}
    lines = []
    for number, column in enumerate(table.columns, 1):
        name = without_controls(clean_line(column))[:SHOWN] if found.fields else "(not known)"
        kind = found.fields.get(column)
        length = len(str(row.get(column) or ""))
        lines.append(f"{number}. {name}: {kind or 'not read'} ({length} characters)")
    return lines


def _spool(folder: Path) -> Path:
    """Standard input as a file: a table of JSON by its name, else mail if it begins like mail."""
    stream = sys.stdin.buffer
    start = stream.read(4096)
    is_json = start.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"{")
    file = folder / ("input.jsonl" if is_json else "input")
    with file.open("xb") as out:
        out.write(start)
        shutil.copyfileobj(stream, out)
    return file


def _say(line: str) -> None:
    sys.stderr.write(line + "\n")
