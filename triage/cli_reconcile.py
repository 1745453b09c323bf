"""``triage reconcile``: a service's own block list against what was decided here."""

import json
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from triage.app import open_triage
from triage.core.access import CONSOLE
from triage.core.errors import Invalid
from triage.restrictions import rules
from triage.restrictions.blocklist import MOST_BYTES, read_list
from triage.restrictions.service import reconciling
from triage.restrictions.service.reconciling import Reconciled

out = Console(highlight=False)
MOST_SHOWN = 50


def reconcile(
    service: Annotated[str, typer.Argument(help="whose list it is")],
    file: Annotated[Path, typer.Argument(help="the list as CSV, as the service exports it")],
    as_json: Annotated[bool, typer.Option("--json", help="print one object")] = False,
) -> None:
    """Compare a service's block list with what was decided. It changes neither.

    The first list of a service is taken as its own; later runs say what came onto it that nobody
    here decided (by line), and what was decided, done, and is not on it (by task).
    """
    if service not in (*rules.SERVICES, *rules.CHANNELS):
        listed = ", ".join((*rules.SERVICES, *rules.CHANNELS))
        raise Invalid(f"No such service. Choose one of: {listed}.", field="service")
    try:
        with file.open("rb") as opened:
            data = opened.read(MOST_BYTES + 1)
    except OSError as error:
        raise Invalid(f"{file} cannot be read: {error.strerror}.") from error
    entries = read_list(data, service)
    with closing(open_triage()) as triage:
        compare = partial(reconciling.reconcile, target=service, entries=entries)
        found = triage.runner.run(CONSOLE, compare)
    if as_json:
        print(json.dumps(_object(found)))  # noqa: T201 - the output itself
        return
    _tell(found)


def _object(found: Reconciled) -> dict[str, object]:
    return {
        "service": found.target,
        "baseline": found.baseline,
        "entries": found.entries,
        "matched": found.matched,
        "unknown": [{"line": one.line, "new": one.new} for one in found.unknown],
        "missing": [
            {"task": one.task_id, "state": one.state.value, "since": one.since.isoformat()}
            for one in found.missing
        ],
        "gone": found.gone,
    }


def _tell(found: Reconciled) -> None:
    if found.baseline:
        own = found.entries - found.matched - len(found.unknown)
        out.print(
            f"{own} entries taken as the service's own: the first list. {found.matched} decided "
            f"here, {len(found.unknown)} asked for by us once and not any more."
        )
    else:
        out.print(
            f"{found.entries} entries: {found.matched} decided here, {len(found.unknown)} that "
            f"nobody here decided, {found.gone} gone since the last time."
        )
    for one in found.unknown[:MOST_SHOWN]:
        out.print(f"Line {one.line}: not decided here{' (new)' if one.new else ''}.")
    if len(found.unknown) > MOST_SHOWN:
        out.print(f"And {len(found.unknown) - MOST_SHOWN} more: --json lists them all.")
    for lost in found.missing:
        out.print(f"Task {lost.task_id}: {lost.state.value}, and not on the list.", markup=False)
