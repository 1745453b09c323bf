"""``triage staff service``: which services and channels somebody looks after."""

from functools import partial

import typer

from triage.cli_staff.console import Email, Remove, desk, find, run, say
from triage.restrictions.service.tasks import set_scope

app = typer.Typer()


@app.command("service")
def service_command(email: Email, target: str, remove: Remove = False) -> None:
    """Give somebody with the role service_admin a service or channel; --remove takes it back.

    They see its tasks, the sentence that may be read in public, and nothing else.
    """
    with desk() as triage:
        person_id = find(triage, email)
        run(triage, partial(set_scope, person_id=person_id, target=target, looks_after=not remove))
    say("Taken back." if remove else f"They look after {target}.")
