"""``triage staff fallback|drill``: who steps in, and whether they answer."""

from functools import partial
from typing import Annotated

import typer

from triage.cli_staff.console import UNKNOWN, Email, Remove, desk, find, run, say
from triage.core.commands import Tx
from triage.core.errors import Invalid, NotFound
from triage.core.roles import Role
from triage.handover import add_person
from triage.staff import service
from triage.staff.processes import Process
from triage.staff.queries import everybody
from triage.staff.queries.hr import hr_stand_ins
from triage.staff.queries.team import fallbacks
from triage.staff.service.hr import name_hr_stand_in, unname_hr_stand_in
from triage.staff.words import when

app = typer.Typer()


@app.command("fallback")
def fallback_command(
    email: Annotated[str | None, typer.Argument(help="nobody: list them")] = None,
    process: Annotated[Process | None, typer.Option(help="one process; all without it")] = None,
    guest: Annotated[
        str | None, typer.Option(help="name of somebody new from outside, added as a guest")
    ] = None,
    hr: Annotated[
        bool, typer.Option("--hr", help="to take HR's part where HR's own person cannot")
    ] = False,
    remove: Remove = False,
) -> None:
    """Name who steps in where the team cannot: somebody outside it."""
    with desk() as triage:
        if email is None:
            with triage.database.read() as session:
                rows = fallbacks(session)
            for row in rows:
                tried = "never tried" if row.tried_at is None else f"tried {when(row.tried_at)}"
                where = "outside the team" if row.outside else "on the team"
                say(f"{row.name}: {row.process or 'all processes'}, {where}, {tried}")
            if not rows:
                say("No fallback is named.")
            with triage.database.read() as session:
                for _, name in hr_stand_ins(session):
                    say(f"{name}: stands in for HR")
            return
        if hr:
            change = unname_hr_stand_in if remove else name_hr_stand_in
            run(triage, partial(change, person_id=find(triage, email)))
            say("Taken back." if remove else "Named.")
            return
        run(triage, partial(_fallback, email=email, process=process, name=guest, remove=remove))
    say("Taken back." if remove else "Named. Try it: triage staff drill EMAIL")


@app.command("drill")
def drill_command(
    email: Email,
    answered: Annotated[
        bool, typer.Option("--answered", help="they answered: put it on the record")
    ] = False,
) -> None:
    """Try the fallback: reach them as you would on the day, then record that they answered."""
    with desk() as triage:
        person_id = find(triage, email)
        if answered:
            run(triage, partial(service.record_drill, person_id=person_id))
            say("On the record: the fallback was tried and answered.")
            return
        with triage.database.read() as session:
            named = [one for one in fallbacks(session) if one.person_id == person_id]
    if not named:
        raise Invalid("This person is no fallback: name them first.")
    say("Reach them as you would on the day. They should answer, and say that they could step")
    say(f"in for: {', '.join(one.process or 'all processes' for one in named)}.")
    say("When they have: triage staff drill EMAIL --answered")
    raise typer.Exit(1)


def _fallback(
    tx: Tx, *, email: str, process: Process | None, name: str | None, remove: bool
) -> None:
    """Name a fallback, or take them off; somebody new is added as a guest, all or nothing."""
    known = {one.email: one.id for one in everybody(tx.session)}
    person_id = known.get(email.strip().lower())
    if person_id is None and name is not None and not remove:
        person_id = add_person(tx, name=name, email=email, roles=[Role.GUEST])
    if person_id is None:
        raise NotFound(UNKNOWN)
    change = service.unname_fallback if remove else service.name_fallback
    change(tx, person_id=person_id, process=process)
