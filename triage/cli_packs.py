"""``triage pack``: check an evidence pack, on any machine, without the desk's database."""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from triage.core.errors import Invalid
from triage.packs.bag import problems

packs_app = typer.Typer(help="Evidence packs.", no_args_is_help=True)
out = Console()
err = Console(stderr=True)


@packs_app.callback()
def _packs() -> None:
    """Evidence packs."""


@packs_app.command("verify")
def verify(file: Annotated[Path, typer.Argument(help="a pack, as it was downloaded")]) -> None:
    """Check every byte of a pack. Exit with 1, and name each entry that fails."""
    try:
        with file.open("rb") as source:
            found = problems(source)
    except OSError as error:
        raise Invalid(f"{file} cannot be read: {error.strerror}.") from error
    for one in found:
        err.print(one, markup=False, highlight=False, soft_wrap=True)
    if found:
        raise typer.Exit(1)
    out.print("The pack holds: every file is as the manifest says.", highlight=False)
