"""``triage jobs``: what runs by itself. A timer calls ``triage jobs run`` every minute."""

from datetime import datetime
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from triage.app import jobs, open_triage
from triage.core.clock import SetClock, SystemClock
from triage.core.errors import Invalid
from triage.core.jobs import JobState, Outcome, overview, run_due
from triage.notify.queries import MailOverview
from triage.notify.queries import overview as mail_overview
from triage.notify.words import PROBLEMS

jobs_app = typer.Typer(help="What runs by itself.", no_args_is_help=True)
out = Console()
err = Console(stderr=True)


@jobs_app.command("run")
def jobs_run(
    at: Annotated[
        str | None,
        typer.Option(help="as if it were this time, for a drill on a copy: 2026-03-02T09:00Z"),
    ] = None,
) -> None:
    """Run what is due; exit with 1 if any of it failed. Meant for a timer, every minute."""
    triage = open_triage(clock=SystemClock() if at is None else SetClock(_moment(at)))
    turns = run_due(triage.runner, jobs(), triage.clock.now())
    triage.close()
    for one in turns:
        if one.outcome is Outcome.FAILED:
            err.print(f"{one.name}: failed ({one.error}); its next turn is the next run.")
        elif one.outcome is Outcome.BUSY:
            out.print(f"{one.name}: another process is at it.")
        else:
            out.print(f"{one.name}: done, {one.handled} dealt with.")
    if not turns:
        out.print("Nothing was due.")
    if any(one.outcome is Outcome.FAILED for one in turns):
        raise typer.Exit(1)


@jobs_app.command("list")
def jobs_list() -> None:
    """Say of every job when it last ran, and of alerts whether they go out."""
    triage = open_triage()
    now = triage.clock.now()
    with triage.database.read() as session:
        states = overview(session, now, jobs())
        mail = mail_overview(session, now, triage.settings)
    triage.close()
    table = Table("Job", "Every", "Last run", "Last success", "Missed", "Error")
    for one in states:
        table.add_row(*_row(one), style="red" if one.red else None)
    out.print(table)
    out.print(_alerts(mail))


def _moment(text: str) -> datetime:
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise Invalid(f"{text} is no time. Write it like 2026-03-02T09:00Z.") from None
    if found.tzinfo is None:
        raise Invalid(f"Say in which zone: {text}Z for UTC.")
    return found


def _row(one: JobState) -> tuple[str, str, str, str, str, str]:
    return (
        one.name,
        str(one.every),
        "now" if one.running else _when(one.last_run),
        _when(one.last_success),
        str(one.missed),
        one.error or "",
    )


def _when(moment: datetime | None) -> str:
    return "never" if moment is None else f"{moment:%Y-%m-%d %H:%M} UTC"


def _alerts(mail: MailOverview) -> str:
    if not mail.set_up:
        return (
            "Alerts: no mail server is set up, so they stay in the outbox. "
            "Set TRIAGE_SMTP_HOST and TRIAGE_SMTP_FROM."
        )
    said = ["some are late"] if mail.late else []
    said += ["some were given up"] if mail.failed else []
    if not said:
        return "Alerts: none is late."
    why = "; ".join(PROBLEMS[one] for one in mail.problems)
    return f"Alerts: {' and '.join(said)}{f' ({why})' if why else ''}."
