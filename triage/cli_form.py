"""The public report form from the command line: ``triage serve --report``, ``triage form``."""

import os
from typing import Annotated, Any

import typer
from rich.console import Console

from triage.app import open_form
from triage.core.errors import UnsafeConfiguration
from triage.core.settings import Settings
from triage.doctor import form as examined
from triage.doctor import serving
from triage.doctor.findings import Level
from triage.reports.form.grants import grants

form_app = typer.Typer(help="The public report form.", no_args_is_help=True)
out = Console(highlight=False)

AT_ONCE = 200
"""Requests that the form has in hand at one time; others are told to come back."""
LAST_WORDS = 10
"""Seconds that requests in hand have once a server is told to stop. A visitor who never comes to
an end must not keep it up: without a limit it would wait for them for ever."""


@form_app.command("grants")
def form_grants(
    role: Annotated[str, typer.Option(help="the form's own role in PostgreSQL")],
) -> None:
    """Print the SQL that gives the form's database role what it needs, and nothing else."""
    for line in grants(role):
        out.print(line, markup=False, soft_wrap=True)


def serve_form(*, port: int, address: str | None, demo: bool) -> None:
    """Serve the form. ``UnsafeConfiguration`` says why not."""
    if demo:
        os.environ["TRIAGE_DEMO"] = "true"
        os.environ["TRIAGE_FORM_URL"] = f"http://127.0.0.1:{port}"
        os.environ.pop("TRIAGE_DATABASE_URL", None)
        address = "127.0.0.1"
    if address is not None:
        os.environ["TRIAGE_ADDRESS"] = address
    settings = Settings()
    found = [*examined.form(settings), serving.address(settings), *serving.proxy(settings)]
    wrong = [one for one in found if one.level is Level.UNSAFE]
    if not settings.form_url:
        raise UnsafeConfiguration("Set TRIAGE_FORM_URL: how people reach the form.")
    if wrong:
        raise UnsafeConfiguration(f"{wrong[0].what} ({wrong[0].found}): {wrong[0].advice}")
    open_form(settings).database.close()
    run(settings, port)


def run(settings: Settings, port: int) -> None:
    """Start the server of the form."""
    out.print(f"The report form listens on {settings.address}:{port} (stop it with Ctrl+C)")
    app = "dashboard.report.server:app"
    listen(app, settings, port, date_header=False, limit_concurrency=AT_ONCE)


def listen(app: str, settings: Settings, port: int, **more: Any) -> None:
    """Start a server: no access log, and forwarded headers from the named proxy alone."""
    import uvicorn

    uvicorn.run(
        app,
        host=settings.address,
        port=port,
        log_level="warning",
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=LAST_WORDS,
        proxy_headers=bool(settings.trusted_proxy),
        forwarded_allow_ips=settings.trusted_proxy or "",
        **more,
    )
