"""``triage staff add|disable|enable|sign-out|alerts|role|list|invite``: accounts and guests."""

from datetime import timedelta
from functools import partial
from typing import Annotated

import typer
from rich.table import Table

from triage.cli_staff.console import Email, Remove, desk, find, out, plain, run, say
from triage.core.roles import Role
from triage.handover import add_person, disable_person, enable_person, invite_guest
from triage.notify.service import set_addresses
from triage.staff import service
from triage.staff.queries import everybody
from triage.staff.queries.team import report
from triage.staff.sessions.service import revoke
from triage.staff.words import stands, when

app = typer.Typer()

Reason = Annotated[
    str, typer.Option(help="why, where a manager holds other roles; kept with the role")
]
Roles = Annotated[list[Role] | None, typer.Option("--role", help="repeatable")]


@app.command("add")
def add_command(name: str, email: Email, role: Roles = None, reason: Reason = "") -> None:
    """Add somebody. The first account of a new desk is made here: --role admin."""
    with desk() as triage:
        add = partial(
            add_person, name=name, email=email, roles=frozenset(role or ()), reason=reason
        )
        run(triage, add)
    say(f"{name} is on the staff list. Their first sign-in with this address links the account.")


@app.command("disable")
def disable_command(email: Email) -> None:
    """Close an account at once; what the person held goes back to colleagues."""
    with desk() as triage:
        run(triage, partial(disable_person, person_id=find(triage, email)))
    say("The account is closed. What was theirs to do is with colleagues again.")


@app.command("enable")
def enable_command(email: Email) -> None:
    """Open a closed account again."""
    with desk() as triage:
        run(triage, partial(enable_person, person_id=find(triage, email)))
    say("The account is open, with the roles it had.")


@app.command("sign-out")
def sign_out_command(email: Email) -> None:
    """End all sessions of somebody, at once; they may sign in again."""
    with desk() as triage:
        ended = run(triage, partial(revoke, person_id=find(triage, email)))
    say(f"Signed out everywhere: {ended} open sessions ended.")


@app.command("alerts")
def alerts_command(
    email: Email,
    to: Annotated[list[str] | None, typer.Option(help="a further address; repeatable")] = None,
) -> None:
    """Say where else somebody's alerts go, beside the address of their account; none: nowhere."""
    with desk() as triage:
        person_id = find(triage, email)
        run(triage, partial(set_addresses, person_id=person_id, addresses=to or []))
    say(f"Alerts go to the account's address and {len(to or [])} more.")


@app.command("role")
def role_command(
    email: Email,
    add: Annotated[list[Role] | None, typer.Option(help="repeatable")] = None,
    remove: Annotated[list[Role] | None, typer.Option(help="repeatable")] = None,
    reason: Reason = "",
) -> None:
    """Give and take roles; they hold from the person's next click."""
    with desk() as triage:
        change = partial(
            service.change_roles,
            person_id=find(triage, email),
            give=frozenset(add or ()),
            take=frozenset(remove or ()),
            reason=reason,
        )
        held = run(triage, change)
    say(f"Roles now: {', '.join(sorted(held)) or 'none'}.")


@app.command("list")
def list_command() -> None:
    """Everybody, with their roles; and what the team can carry."""
    with desk() as triage, triage.database.read() as session:
        people = everybody(session)
        lines = report(session, triage.clock.now())
    if not people:
        say("Nobody is on the staff list yet. Add the first: triage staff add NAME EMAIL …")
        return
    table = Table("Name", "Address", "Roles", "Account")
    for one in people:
        roles = ", ".join(sorted(one.roles)) or "none"
        account = ("linked" if one.linked else "not linked yet") if one.active else "closed"
        table.add_row(*(plain(cell) for cell in (one.name, one.email, roles, account)))
    out.print(table)
    table = Table("What", "Today", "After one recusal", "After two")
    for line in lines:
        cells = (stands(one) for one in (line.today, line.after_one, line.after_two))
        table.add_row(line.plan.title, *cells)
    out.print(table)


@app.command("invite")
def invite_command(
    name: str,
    email: Email,
    matter: Annotated[str, typer.Argument(help="the whole id of the one matter")],
    days: Annotated[int, typer.Option(help="for how long", min=1)] = 28,
    remove: Remove = False,
) -> None:
    """Invite a guest to one matter for some days; --remove ends the invitation now."""
    with desk() as triage:
        if remove:
            person_id = find(triage, email)
            end = partial(service.end_invitation, person_id=person_id, matter_id=matter)
            run(triage, end)
            say("The invitation is over.")
            return
        expires_at = triage.clock.now() + timedelta(days=days)
        invite = partial(
            invite_guest, name=name, email=email, matter_id=matter, expires_at=expires_at
        )
        run(triage, invite)
    say(f"Invited until {when(expires_at)}.")
