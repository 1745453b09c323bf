"""``triage backup`` and ``triage restore``."""

from contextlib import closing
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from triage.app import open_triage, tables
from triage.backup.checking import verify_backup
from triage.backup.keys import BackupKeys, folder_of, read_key
from triage.backup.proof import Proof, failed
from triage.backup.rules import BACKUP
from triage.backup.service.expiring import expire
from triage.backup.service.making import back_up
from triage.core.access import CONSOLE
from triage.core.errors import Invalid
from triage.core.settings import Settings
from triage.restoring import restore as put_back

backup_app = typer.Typer(help="Backups of the database.", invoke_without_command=True)
out = Console(highlight=False)
err = Console(stderr=True, highlight=False)
SIGN = {
    True: "[green]holds[/green]",
    False: "[red]FAILED[/red]",
    None: "[yellow]not tried[/yellow]",
}

File = Annotated[Path, typer.Argument(help=f"a backup: triage-…{BACKUP}, its .json beside it")]
Key = Annotated[Path, typer.Option(help="its key, from the folder of keys")]


@backup_app.callback()
def backup(
    context: typer.Context,
    to: Annotated[
        Path | None, typer.Option(help="folder for the backup; else TRIAGE_BACKUPS")
    ] = None,
) -> None:
    """Write a backup of the whole database; its key goes into another folder. For a timer, daily.

    The desk's own keys are in no backup: keep copies of them apart.
    """
    if context.invoked_subcommand is not None:
        return
    with closing(open_triage()) as triage:
        folder = to or triage.settings.backups
        if folder is None:
            raise Invalid("Say where the backup goes: --to FOLDER, or set TRIAGE_BACKUPS.")
        with _progress("Writing") as bar:
            task = bar.add_task("Writing", total=None)
            made = back_up(
                triage.runner,
                CONSOLE,
                tables=tables().sorted_tables,
                to=folder,
                step=lambda: bar.advance(task),
            )
        keys = BackupKeys(folder_of(triage.settings))
    out.print(f"{folder / made.name}{BACKUP}", markup=False, soft_wrap=True)
    out.print(f"{sum(made.tables.values())} rows, {made.size} bytes, sha256 {made.sha256}",
              soft_wrap=True)  # fmt: skip
    out.print(f"Its key: {keys.key_of(made.name)}", markup=False, soft_wrap=True)


@backup_app.command("verify")
def backup_verify(file: File, key: Key) -> None:
    """Look a backup through from end to end, without a database. Exit with 1 if any of it fails."""
    with _progress("Reading") as bar:
        task = bar.add_task("Reading", total=None)
        proofs = verify_backup(file, read_key(key), step=lambda: bar.advance(task))
    _show(proofs)
    if failed(proofs):
        raise typer.Exit(1)


@backup_app.command("expire")
def backup_expire(
    folder: Annotated[
        Path | None, typer.Option("--in", help="where the files are; else TRIAGE_BACKUPS")
    ] = None,
) -> None:
    """Destroy the keys of backups older than TRIAGE_KEEP_BACKUP_DAYS, and delete their files.

    ``triage jobs run`` does it each day.
    """
    with closing(open_triage()) as triage:
        count = expire(triage.runner, CONSOLE, now=triage.clock.now(), folder=folder)
    out.print(f"{count} keys destroyed: nobody reads those backups again.")


def restore(
    file: File,
    key: Key,
    wraps: Annotated[
        Path | None, typer.Option(help="the wraps of its day; without it, from beside the key")
    ] = None,
    without_wraps: Annotated[
        bool, typer.Option("--without-wraps", help="nothing sealed can then be read")
    ] = False,
    without_erased: Annotated[
        bool, typer.Option("--without-erased", help="what was erased since then comes back")
    ] = False,
    into: Annotated[
        str | None,
        typer.Option(help="URL of an empty database; else that of the settings. For a drill"),
    ] = None,
) -> None:
    """Put a backup into an empty database, and look it through there. Exit with 1 if any fails.

    What was erased since it was made is erased again. Then run: triage purge
    """
    with _progress("Restoring") as bar:
        task = bar.add_task("Restoring", total=None)
        found = put_back(
            Settings(),
            file=file,
            key=key,
            wraps=wraps,
            without_wraps=without_wraps,
            without_erased=without_erased,
            into=into,
            step=lambda: bar.advance(task),
        )
    _show(found.proofs)
    if not found.stands:
        err.print("It does not hold: nothing of it was left in the database.")
        raise typer.Exit(1)
    out.print(f"Restored as it stood at {found.manifest.made_at}.")
    if found.again is not None and found.again.erased:
        out.print(f"{found.again.erased} erased since then were erased again.")
    if found.again is not None and found.again.left:
        err.print("Erased since then, and there again, for somebody to look at:")
        for one in found.again.left:
            err.print(f"  {one}", markup=False)
    out.print("Now run: triage purge; triage audit verify; and, for a form: triage form grants")


def _show(proofs: list[Proof]) -> None:
    table = Table("What", "", "Found")
    for one in proofs:
        table.add_row(one.what, SIGN[one.held], one.said)
    out.print(table)


def _progress(what: str) -> Progress:
    return Progress(
        TextColumn(what),
        TextColumn("{task.completed:.0f} rows"),
        TimeElapsedColumn(),
        console=err,
        transient=True,
    )
