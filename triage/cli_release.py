"""``triage release``: figures for managers, frozen, checked, and then published."""

from contextlib import closing
from datetime import date
from functools import partial
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from triage.app import open_triage
from triage.core.access import CONSOLE
from triage.core.errors import Invalid
from triage.staff.calendar import local_day
from triage.trends import service, words
from triage.trends.assurance import Check
from triage.trends.queries.reading import frozen, made, one_made
from triage.trends.rules import Period

release_app = typer.Typer(help="Figures for managers.", no_args_is_help=True)
out = Console(highlight=False)
err = Console(stderr=True, highlight=False)

Code = Annotated[str, typer.Argument(help="a closed period: 2026-10, 2026-Q4 or 2026")]


@release_app.command("make")
def release_make(code: Code) -> None:
    """Freeze the figures of a closed period. Exit with 1 where the gate refuses them."""
    period = Period.parse(code)
    with closing(open_triage()) as triage, _progress() as bar:
        task = bar.add_task(f"Release of {period.code}", total=service.PARTS)
        result = service.make(triage.runner, CONSOLE, period=period, step=lambda: bar.advance(task))
    for view, key in result.protected.hidden:
        what = f"{words.VIEWS[view]}, {words.KEYS[key]}"
        why = "it would tell of another figure, or does not fit what was released before"
        out.print(f"Withheld, for {why}: {what}", soft_wrap=True)
    for one in result.protected.refused:
        err.print(f"Refused: {one.cell}. {one.reason}", soft_wrap=True)
    if result.release_id is None:
        raise typer.Exit(1)
    out.print(f"Frozen as {result.release_id}. Look at it: triage release check {period.code}")
    out.print(f"Then: triage release publish {period.code}")


@release_app.command("check")
def release_check(code: Code) -> None:
    """Show a frozen release, and ask the gate again beside all others. Exit 1 where it fails."""
    period = Period.parse(code)
    with closing(open_triage()) as triage, triage.database.read() as session:
        found = one_made(session, viewer=CONSOLE, period=period.code)
        releases = frozen(session)
    for view in found.release.tables:
        table = Table("", "Messages", "Senders", title=words.VIEWS[view.view])
        for row in words.rows(view):
            table.add_row(*row)
        out.print(table)
    refused = service.check_again(releases, period).refused
    for one in refused:
        err.print(f"Proven: {one.cell}. {one.reason}", soft_wrap=True)
    if refused:
        raise typer.Exit(1)
    out.print(f"The gate lets it stand. SHA-256 {found.data_hash}", soft_wrap=True)


@release_app.command("publish")
def release_publish(code: Code) -> None:
    """Let managers read a frozen release. It cannot be taken back."""
    period = Period.parse(code)
    with closing(open_triage()) as triage:
        with triage.database.read() as session:
            found = one_made(session, viewer=CONSOLE, period=period.code)
        triage.runner.run(CONSOLE, partial(service.publish, release_id=found.id))
    out.print(f"Published: {words.period(period)}.")


@release_app.command("list")
def release_list() -> None:
    """Every release: when it was made, and whether it is published and whole."""
    with closing(open_triage()) as triage, triage.database.read() as session:
        found = made(session, viewer=CONSOLE)
    table = Table("Period", "Release", "Made", "Published", "Whole", "Withheld by the gate")
    for one in found:
        published = "no" if one.published_at is None else f"{one.published_at:%Y-%m-%d}"
        hidden = ", ".join(one.gate["hidden"]) or "nothing"
        whole = "yes" if one.whole else "NO: it was changed"
        table.add_row(
            one.release.period.code, one.id, f"{one.made_at:%Y-%m-%d}", published, whole, hidden
        )
    out.print(table)
    if not all(one.whole for one in found):
        raise typer.Exit(1)


@release_app.command("record")
def release_record(
    what: Annotated[Check, typer.Argument(help="what was tried or reviewed")],
    day: Annotated[str | None, typer.Option(help="when, like 2026-10-01; today without it")] = None,
    failed: Annotated[bool, typer.Option("--failed", help="it did not hold")] = False,
) -> None:
    """Put on the record that something of the system was tried: releases say when it last was."""
    with closing(open_triage()) as triage:
        when = local_day(triage.clock.now()) if day is None else _day(day)
        command = partial(service.record_check, kind=what, day=when, held=not failed)
        triage.runner.run(CONSOLE, command)
    out.print(f"On the record: {what.value.replace('_', ' ')}, {when.isoformat()}.")


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise Invalid(f"{text} is no day. Write it like 2026-10-01.", field="day") from error


def _progress() -> Progress:
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.percentage:>3.0f} %"),
        TimeElapsedColumn(),
        console=err,
    )
