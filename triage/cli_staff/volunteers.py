"""``triage staff volunteer add|link|end|restore|list``: people without an account."""

from functools import partial
from typing import Annotated

import typer
from rich.table import Table

from triage.app import Triage
from triage.cli_staff.console import desk, out, plain, run, say
from triage.core.errors import NotFound
from triage.staff.queries.volunteers import VolunteerRow, all_volunteers
from triage.staff.service import volunteers
from triage.staff.service.volunteers import LINK_HOLDS

app = typer.Typer()
group = typer.Typer(help="People to whom messages come, without an account.", no_args_is_help=True)
app.add_typer(group, name="volunteer")

Who = Annotated[str, typer.Argument(help="the volunteer's e-mail address or id")]


@group.command("add")
def add_command(name: str, email: str) -> None:
    """Put somebody on the list: what comes to this address was sent to them."""
    with desk() as triage:
        identifier = run(triage, partial(volunteers.add_volunteer, name=name, email=email))
    say(f"On the list: {identifier}. Their link: triage staff volunteer link {email}")


@group.command("link")
def link_command(who: Who) -> None:
    """Make a new link to their own page; every earlier one ends."""
    with desk() as triage:
        row = _find(triage, who)
        token = run(triage, partial(volunteers.make_link, volunteer_id=row.id))
        url = triage.settings.public_url.rstrip("/")
    # Whole and on a line of its own, so that it can be copied.
    typer.echo(f"{url}/r/{token}")
    say(f"It holds for {LINK_HOLDS.days} days. Give it to them alone: whoever has it sees where")
    say("their messages stand, and can flag them and raise the alarm.")
    if not url:
        say("TRIAGE_PUBLIC_URL is not set: put the desk's address before it.")


@group.command("end")
def end_command(who: Who) -> None:
    """Take somebody off the list; their link ends at once."""
    with desk() as triage:
        run(triage, partial(volunteers.end_volunteer, volunteer_id=_find(triage, who).id))
    say("Off the list. Their link opens nothing any more.")


@group.command("restore")
def restore_command(who: Who) -> None:
    """Put somebody back on the list; they need a new link."""
    with desk() as triage:
        run(triage, partial(volunteers.restore_volunteer, volunteer_id=_find(triage, who).id))
    say("On the list again. Make them a new link.")


@group.command("list")
def list_command() -> None:
    """Everybody on the list."""
    with desk() as triage, triage.database.read() as session:
        rows = all_volunteers(session)
    if not rows:
        say("No volunteer is on the list.")
        return
    table = Table("Name", "Address", "On the list", "Id")
    for one in rows:
        table.add_row(plain(one.name), plain(one.email), "yes" if one.active else "no", one.id)
    out.print(table)


def _find(triage: Triage, who: str) -> VolunteerRow:
    with triage.database.read() as session:
        rows = all_volunteers(session)
    for one in rows:
        if who.strip().lower() == one.email or who.strip().upper() == one.id:
            return one
    raise NotFound("No volunteer has this address or id.")
