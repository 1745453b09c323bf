"""``triage serve``: the desk for real use. Unsafe settings, or no sign-in: no start."""

from typing import Annotated

import typer
from pydantic import ValidationError
from pydantic_settings import SettingsError
from rich.console import Console

from triage import cli_form, doctor
from triage.core.settings import Settings

out = Console()
err = Console(stderr=True)

DOES_NOT_STOP = {"model", "jobs", "erasure"}
"""Unsafe for the doctor, and no reason to keep people out: without a model every message goes
to people, and where a job does not run what waits is still seen by who looks; a banner says so
(trust.md section 2)."""


def serve(
    port: Annotated[int, typer.Option(help="port to listen on")] = 8501,
    address: Annotated[
        str | None, typer.Option(help="address to listen on; else TRIAGE_ADDRESS")
    ] = None,
    report: Annotated[
        bool, typer.Option("--report", help="serve the public report form in place of the desk")
    ] = False,
    demo: Annotated[
        bool, typer.Option("--demo", help="with --report: over the demonstration's database")
    ] = False,
) -> None:
    """Serve the desk, with sign-in. Exit 2, with the reasons, where that would not be safe."""
    if report:
        cli_form.serve_form(port=port, address=address, demo=demo)
        return
    settings = _settings(address)
    findings = doctor.examine(settings)
    unsafe = [
        one
        for one in findings
        if one.level is doctor.Level.UNSAFE and one.what not in DOES_NOT_STOP
    ]
    for one in unsafe:
        _say(f"Unsafe: {one.what} ({one.found}): {one.advice}")
    if settings is None or not settings.signs_in:
        _say("Nobody could sign in: no sign-in is set up. See: triage doctor")
        _say("To try the desk with sample mail, run: triage demo")
    if unsafe or settings is None or not settings.signs_in:
        _say("The desk was not started.")
        raise typer.Exit(2)
    run(settings, port)


def run(settings: Settings, port: int) -> None:
    """Start the server of the desk."""
    out.print(f"The desk listens on {settings.address}:{port} (stop it with Ctrl+C)")
    cli_form.listen("dashboard.server:app", settings, port)


def _settings(address: str | None) -> Settings | None:
    """The settings; ``None`` where they cannot be read (the doctor then says which)."""
    try:
        settings = Settings()
    except (ValidationError, SettingsError):
        return None
    return settings if address is None else settings.model_copy(update={"address": address})


def _say(line: str) -> None:
    err.print(line, markup=False, highlight=False, soft_wrap=True)
