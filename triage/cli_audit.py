"""``triage audit``: check the record, sign its head for keeping elsewhere, take it out."""

import os
from contextlib import closing
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from triage.app import open_triage
from triage.core.access import CONSOLE
from triage.core.anchors import LAST_HEAD, begin_export, check_anchor, read_anchor, sign_head
from triage.core.audit import Broken, export_lines, steady, verify
from triage.core.errors import Invalid
from triage.core.keys import KeyStore

audit_app = typer.Typer(help="The record.", no_args_is_help=True)
out = Console()
err = Console(stderr=True)


@audit_app.command("verify")
def audit_verify(
    head: Annotated[
        Path | None, typer.Option(help="file of lines that `triage audit head` printed")
    ] = None,
) -> None:
    """Check the whole chain, and that it still has every head that was kept elsewhere.

    Exit with 1 and name the first broken link where it does not hold.
    """
    with closing(open_triage()) as triage:
        anchors = []
        if head is not None:
            key = KeyStore(triage.settings).record_public()
            anchors = [read_anchor(line, key) for line in _read(head).splitlines() if line.strip()]
            if not anchors:
                raise Invalid(f"There is no head in {head}.")
        with triage.database.read() as session:
            steady(session)
            found = verify(session)
            cut = [one for one in (check_anchor(session, anchor) for anchor in anchors) if one]
        if cut:
            first = min(cut, key=lambda one: one.link)
            found = first if not isinstance(found, Broken) or first.link < found.link else found
        if isinstance(found, Broken):
            err.print(
                f"The record is broken at link {found.link}: {found.reason}.", highlight=False
            )
            raise typer.Exit(1)
        kept = f" It has all {len(anchors)} heads that were kept." if anchors else ""
        out.print(f"The record holds: {found} links.{kept}", highlight=False)


@audit_app.command("head")
def audit_head() -> None:
    """Print the head of the record, signed, as one line: keep it on another machine."""
    with closing(open_triage()) as triage:
        key = KeyStore(triage.settings).record_key()
        with triage.database.read() as session:
            line = sign_head(session, key, at=triage.clock.now())
        kept = triage.settings.home / LAST_HEAD
        draft = kept.with_name(f"{kept.name}.{os.getpid()}")
        draft.write_text(line + "\n", "ascii")
        draft.replace(kept)
        print(line)  # noqa: T201 - the output itself


@audit_app.command("export")
def audit_export(
    file: Annotated[Path, typer.Argument(help="a file that is not there yet")],
) -> None:
    """Write the record, a link a line, so that anybody can check it; this goes on record too."""
    with closing(open_triage()) as triage:
        try:
            handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except OSError as error:
            raise Invalid(f"{file} cannot be made: {error.strerror}.") from error
        with os.fdopen(handle, "w", encoding="ascii") as written:
            links = triage.runner.run(CONSOLE, begin_export)
            with triage.database.read() as session:
                steady(session)
                for line in export_lines(session, links=links):
                    written.write(line + "\n")
        out.print(f"{links} links written to {file}.", highlight=False, markup=False)


def _read(path: Path) -> str:
    try:
        return path.read_text("ascii")
    except (OSError, ValueError) as error:
        raise Invalid(f"{path} cannot be read.") from error
