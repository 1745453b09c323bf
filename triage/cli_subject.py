"""``triage subject``: what is held of somebody, found and taken out from the server's own shell."""

import tempfile
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from triage.app import open_triage
from triage.cli_labels import new_file
from triage.core.access import CONSOLE
from triage.core.errors import Invalid
from triage.core.ids import is_id
from triage.retention.subject.service.console import export_everywhere, find_everywhere, log_of

subject_app = typer.Typer(help="What is held of one person.", no_args_is_help=True)
out = Console(highlight=False)


@subject_app.command("find")
def subject_find(
    terms: Annotated[
        list[str], typer.Argument(help="addresses, numbers, handles with @, names; - reads lines")
    ],
) -> None:
    """List everything about somebody in all matters, by kind and id; it shows no word of it.

    What stands in an argument may be read by others on this machine: use - for standard input.
    """
    typed = typer.get_text_stream("stdin").read().splitlines() if terms == ["-"] else terms
    with closing(open_triage()) as triage:
        found = triage.runner.run(CONSOLE, partial(find_everywhere, typed=typed))
    for one in found:
        out.print(f"{one.kind.value}\t{one.matter_id}\t{', '.join(one.why)}", markup=False)
    out.print(f"{len(found)} found. That it was looked for is on the record; for whom is not.")


@subject_app.command("export")
def subject_export(
    request: Annotated[str, typer.Argument(help="the id of a request that two have looked at")],
    to: Annotated[Path, typer.Option(help="the zip to write")],
    force: Annotated[bool, typer.Option("--force", help="replace a file that is there")] = False,
) -> None:
    """Write all that may be given to somebody, of all matters; this goes on record.

    The file holds confidential words: only you can read it, and erasure does not reach it.
    """
    if not is_id(request):
        raise Invalid(f"{request} is no id of a request.", field="request")
    with (
        closing(open_triage()) as triage,
        new_file(to, force=force) as write,
        tempfile.TemporaryFile() as target,
    ):
        digest, items = export_everywhere(triage.runner, request_id=request, target=target)
        target.seek(0)
        write(target.read())
    out.print(f"{items} items written to {to}.", markup=False)
    out.print(f"SHA-256: {digest}")


@subject_app.command("log")
def subject_log(
    request: Annotated[str | None, typer.Argument(help="the id of one request")] = None,
) -> None:
    """Every file that was made for anybody: when, for which request, by whom, its SHA-256."""
    with closing(open_triage()) as triage:
        rows = triage.runner.run(CONSOLE, partial(log_of, request_id=request))
    for one in rows:
        when = one.at.isoformat(timespec="seconds")
        line = f"{when}\t{one.request_id}\t{one.who}\t{one.items}\t{one.sha256}"
        out.print(line, markup=False, soft_wrap=True)
    if not rows:
        out.print("Nothing was given to anybody yet.")
