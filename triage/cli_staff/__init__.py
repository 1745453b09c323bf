"""``triage staff``: accounts, roles, guests, the rota and the fallback, from the command line.

Whoever has a shell on the server acts as the command line, and reads no content. People are
named by their e-mail address.
"""

import typer

from triage.cli_staff import accounts, services, stepping_in, times, volunteers

app = typer.Typer(help="People who sign in, and when they are there.", no_args_is_help=True)
for part in (accounts, times, stepping_in, volunteers, services):
    app.add_typer(part.app)
