"""``triage staff absence|closure|rota``: when people are there."""

from datetime import date, datetime, time, timedelta
from functools import partial
from typing import Annotated

import typer
from rich.table import Table
from rich.text import Text

from triage.app import Triage
from triage.cli_staff.console import Remove, desk, find, out, plain, run, say
from triage.core.errors import Invalid
from triage.staff.calendar import LONDON, at_clock
from triage.staff.queries.team import absences, gaps, shifts
from triage.staff.rota import DAYS_AHEAD
from triage.staff.service import duty
from triage.staff.team import TimeRow
from triage.staff.words import span

app = typer.Typer()


@app.command("absence")
def absence_command(
    email: Annotated[str | None, typer.Argument(help="nobody: list them")] = None,
    first: Annotated[str | None, typer.Argument(help="first day away, like 2026-12-01")] = None,
    last: Annotated[str | None, typer.Argument(help="last day away; the first without it")] = None,
    remove: Annotated[str | None, typer.Option(help="id of an absence to take back")] = None,
) -> None:
    """Note whole days on which somebody is away, or list what is noted."""
    with desk() as triage:
        if remove is not None:
            run(triage, partial(duty.remove_absence, absence_id=remove))
            say("Taken back.")
        elif email is None:
            with triage.database.read() as session:
                now = triage.clock.now()
                rows = absences(session, now, now + timedelta(days=400))
            _times("Nobody is away.", rows)
        else:
            start = _day(first)
            end = start if last is None else _day(last)
            note = partial(
                duty.add_absence,
                person_id=find(triage, email),
                starts=at_clock(start, time()),
                ends=at_clock(end + timedelta(days=1), time()),
            )
            run(triage, note)
            say("Noted.")


@app.command("closure")
def closure_command(day: str, remove: Remove = False) -> None:
    """Close the desk for a day, beside weekends and bank holidays."""
    with desk() as triage:
        run(triage, partial(duty.remove_closure if remove else duty.add_closure, day=_day(day)))
    say("Open on that day." if remove else "Closed on that day.")


@app.command("rota")
def rota_command(
    email: Annotated[str | None, typer.Argument(help="nobody: show the rota")] = None,
    starts: Annotated[str | None, typer.Argument(help="like 2026-12-01T09:00")] = None,
    ends: Annotated[str | None, typer.Argument(help="like 2026-12-05T17:00")] = None,
    remove: Annotated[str | None, typer.Option(help="id of a shift to take off")] = None,
) -> None:
    """Put somebody on the rota (London time), or show the next 14 days and their gaps."""
    with desk() as triage:
        if remove is not None:
            run(triage, partial(duty.remove_shift, shift_id=remove))
            say("Taken off.")
        elif email is not None:
            add = partial(
                duty.add_shift,
                person_id=find(triage, email),
                starts=_moment(starts),
                ends=_moment(ends),
            )
            run(triage, add)
            say("On the rota.")
        else:
            _show_rota(triage)


def _show_rota(triage: Triage) -> None:
    now = triage.clock.now()
    ends = now + timedelta(days=DAYS_AHEAD)
    with triage.database.read() as session:
        rows = shifts(session, now, ends)
        open_hours = gaps(session, now, settings=triage.settings)
    _times("Nobody is on the rota.", rows)
    for one in open_hours:
        out.print(Text(f"Nobody is on duty: {span(one)}", style="red"))
    if not open_hours:
        say(f"Somebody is on duty in every working hour of the next {DAYS_AHEAD} days.")


def _times(empty: str, rows: tuple[TimeRow, ...]) -> None:
    if not rows:
        say(empty)
        return
    table = Table("Who", "When", "Id")
    for row in rows:
        table.add_row(plain(row.name), span(row.span), row.id)
    out.print(table)


def _day(given: str | None) -> date:
    try:
        return date.fromisoformat(given or "")
    except ValueError as error:
        raise Invalid("Give a day like 2026-12-01.") from error


def _moment(given: str | None) -> datetime:
    try:
        at = datetime.fromisoformat(given or "")
    except ValueError as error:
        raise Invalid("Give a time like 2026-12-01T09:00.") from error
    return at_clock(at.date(), at.time()) if at.tzinfo is None else at.astimezone(LONDON)
