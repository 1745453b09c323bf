"""``triage labels``: what people decided, taken out as labelled data."""

import json
import os
import secrets
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import date
from functools import partial
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from triage.app import open_triage
from triage.core.access import CONSOLE
from triage.core.errors import Invalid
from triage.messages.service.labels import export_labels

labels_app = typer.Typer(help="What people decided, as labelled data.", no_args_is_help=True)
out = Console(highlight=False)


@labels_app.command("export")
def labels_export(
    to: Annotated[Path, typer.Option(help="the file to write, a JSON object a line")],
    since: Annotated[
        str | None, typer.Option(help="decided on this day or later, like 2026-12-01")
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="replace a file that is there")] = False,
    json_counts: Annotated[
        bool, typer.Option("--json-counts", help="print one object of counts")
    ] = False,
) -> None:
    """Write every decision that stands as a labelled text, for training; this goes on record.

    The file holds confidential mail: only you can read it, and erasure does not reach it, so
    remove it when you have done with it. Nothing is trained by itself.
    """
    day = None if since is None else _day(since)
    with closing(open_triage()) as triage, new_file(to, force=force) as write:
        made = triage.runner.run(CONSOLE, partial(export_labels, since=day))
        write(made.lines)
    if json_counts:
        counts = {"rows": made.rows, "labels": made.labels, "sha256": made.sha256}
        print(json.dumps(counts))  # noqa: T201 - the output itself
        return
    said = ", ".join(f"{count} {label}" for label, count in made.labels.items() if count)
    out.print(f"{made.rows} rows written to {to}{f': {said}' if said else ''}.", markup=False)
    out.print("It holds confidential mail, and erasure does not reach it: remove it after use.")


@contextmanager
def new_file(path: Path, *, force: bool) -> Iterator[Callable[[bytes], None]]:
    """A file for the owner alone that is there whole or not at all; none is replaced unasked.

    It is found out before anything is exported whether the file can be made.
    """
    if path.is_dir() or (not force and (path.exists() or path.is_symlink())):
        raise Invalid(f"{path} is there already." + ("" if path.is_dir() else " (--force)"))
    draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except OSError as error:
        raise Invalid(f"{path} cannot be made: {error.strerror}.") from error
    try:
        with os.fdopen(handle, "wb") as file:
            yield partial(_write, file.fileno())
        _put_in_place(draft, path, force=force)
    finally:
        draft.unlink(missing_ok=True)


def _write(handle: int, data: bytes) -> None:
    """All of it, and on the disk."""
    rest = memoryview(data)
    while rest:
        rest = rest[os.write(handle, rest) :]
    os.fsync(handle)


def _put_in_place(draft: Path, path: Path, *, force: bool) -> None:
    try:
        if force:
            draft.replace(path)
        else:
            os.link(draft, path)  # unlike a rename, it never replaces what came meanwhile
    except OSError as error:
        raise Invalid(f"{path} cannot be made: {error.strerror}.") from error


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise Invalid(f"{text} is no day. Write it like 2026-12-01.", field="since") from error
