"""``triage purge``: what the schedule says is due, and its erasure. The job does it every day."""

import json
from contextlib import closing
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from triage.app import open_triage
from triage.retention.service.purging import Purged, planned, purge

out = Console(highlight=False)
err = Console(stderr=True, highlight=False)


def purge_command(
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="say what would go; nothing is changed")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="print one object of counts")] = False,
) -> None:
    """Erase what is due and held by nothing. Exit 1 where something could not be erased."""
    with closing(open_triage()) as triage:
        work = planned if dry_run else purge
        found = work(triage.runner, triage.clock.now())
    if as_json:
        print(json.dumps(_object(found, dry_run=dry_run)))  # noqa: T201 - the output itself
    else:
        _show(found, dry_run=dry_run)
    for kind, count in sorted(found.failed.items()):
        err.print(f"Not erased: {count} of {kind}. They are due still.")
    if not found.swept:
        err.print("Erased, but somebody keeps the database open: its file is cleared next time.")
    if found.failed or not found.swept:
        raise typer.Exit(1)


def _show(found: Purged, *, dry_run: bool) -> None:
    if not found.counts:
        out.print("Nothing is due.")
        return
    went = "Would go" if dry_run else "Erased"
    table = Table("What", "Line of the schedule", went, "Held", "Oldest kept until")
    for (kind, rule), one in sorted(found.counts.items()):
        oldest = "" if one.oldest is None else f"{one.oldest:%Y-%m-%d}"
        table.add_row(kind, rule.replace("_", " "), str(one.due), str(one.held), oldest)
    out.print(table)
    out.print("Held: a hold is in force, for the police, a case or a tribunal.")


def _object(found: Purged, *, dry_run: bool) -> dict[str, object]:
    return {
        "dry_run": dry_run,
        "lines": [
            {
                "what": kind,
                "line": rule,
                "due": one.due,
                "held": one.held,
                "oldest": None if one.oldest is None else one.oldest.date().isoformat(),
            }
            for (kind, rule), one in sorted(found.counts.items())
        ],
        "failed": sum(found.failed.values()),
        "cleared": found.swept,
    }
