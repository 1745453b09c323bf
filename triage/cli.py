"""The ``triage`` command. It starts the servers by import string and knows no screen."""

import json
import os
from pathlib import Path
from typing import Annotated

import typer
from pydantic import ValidationError
from pydantic_settings import SettingsError
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from triage import demo, demo_reports, doctor, scoring
from triage.app import Triage, open_triage
from triage.cli_audit import audit_app
from triage.cli_backup import backup_app, restore
from triage.cli_columns import Columns, Yes, settle, taken_in
from triage.cli_evaluate import evaluate
from triage.cli_form import LAST_WORDS, form_app
from triage.cli_jobs import jobs_app
from triage.cli_keys import keys_app
from triage.cli_labels import labels_app
from triage.cli_model import model_app, train
from triage.cli_packs import packs_app
from triage.cli_reconcile import reconcile
from triage.cli_release import release_app
from triage.cli_retention import purge_command
from triage.cli_serve import serve
from triage.cli_staff import app as staff_app
from triage.cli_subject import subject_app
from triage.cli_watch import watch
from triage.core.errors import TriageError
from triage.intake.sources import count_bytes
from triage.messages.service.importing import ImportResult, import_mail

app = typer.Typer(
    help="Triage of threatening and abusive messages.", no_args_is_help=True, add_completion=False
)
app.command("serve")(serve)
app.command("evaluate")(evaluate)
app.command("train")(train)
app.command("watch")(watch)
app.command("reconcile")(reconcile)
app.command("purge")(purge_command)
app.command("restore")(restore)
app.add_typer(backup_app, name="backup")
app.add_typer(staff_app, name="staff")
app.add_typer(jobs_app, name="jobs")
app.add_typer(form_app, name="form")
app.add_typer(keys_app, name="keys")
app.add_typer(audit_app, name="audit")
app.add_typer(labels_app, name="labels")
app.add_typer(model_app, name="model")
app.add_typer(packs_app, name="pack")
app.add_typer(release_app, name="release")
app.add_typer(subject_app, name="subject")
out = Console()
err = Console(stderr=True)

Paths = Annotated[
    list[Path],
    typer.Argument(
        help=".eml, mbox, CSV and JSONL files, Maildirs, folders of them; - is standard input"
    ),
]


@app.command("import")
def import_command(
    paths: Paths,
    service: Annotated[str | None, typer.Option(help="the service it came to")] = None,
    recipient: Annotated[
        list[str] | None, typer.Option(help="staff address it was meant for; repeatable")
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="say what would come in")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="print one object of counts")] = False,
    columns: Columns = None,
    yes: Yes = False,
) -> None:
    """Bring mail in: originals are kept, texts scored, and what may be abusive is queued."""
    triage = open_triage()
    with taken_in(paths) as (files, called):
        how = settle(files, columns or (), yes=yes, called=called)
        with _progress(not as_json) as bar:
            task = bar.add_task("Importing", total=count_bytes(files))
            result = import_mail(
                triage.runner,
                triage.scorer,
                files,
                service=service,
                recipients=recipient or (),
                dry_run=dry_run,
                progress=lambda done: bar.advance(task, done),
                how=how,
            )
    for one in result.listed:
        err.print(
            f"Not read: {one.source}: {one.reason}", markup=False, highlight=False, soft_wrap=True
        )
    _tell(triage, result, dry_run=dry_run, as_json=as_json)
    triage.close()


@app.command()
def score(
    file: Annotated[
        str, typer.Argument(help="JSONL with {'text': …} a row; - is standard input")
    ] = "-",
) -> None:
    """Score texts: JSONL in, the same rows with scores out. Exit 3 when scoring is off."""
    raise typer.Exit(scoring.score_file(file))


@app.command("demo")
def demo_command(
    mail: Annotated[
        list[Path] | None, typer.Argument(help="mail of your own, in place of the sample")
    ] = None,
    port: Annotated[int, typer.Option(help="port on 127.0.0.1")] = 8501,
    serve: Annotated[bool, typer.Option(help="start the desk when all is in place")] = True,
) -> None:
    """The demonstration: a database of its own, sample mail, and the desk in your browser."""
    settings = demo.demo_settings()
    triage = open_triage(settings)
    mail = mail or [demo.sample_mailbox()]
    with _progress(True) as bar:
        task = bar.add_task("Loading sample mail", total=count_bytes(mail))
        result = demo.prepare(triage, mail, progress=lambda done: bar.advance(task, done))
    _tell(triage, result, dry_run=False, as_json=False)
    demo_reports.add_reports(triage)
    triage.close()
    if serve:
        os.environ["TRIAGE_DEMO"] = "true"
        out.print(
            "The report form over the same database: triage serve --report --demo --port 8502"
        )
        _serve("127.0.0.1", port)


@app.command("doctor")
def doctor_command() -> None:
    """Print what is in force, and exit with 1 if any of it is unsafe."""
    findings = doctor.examine()
    table = Table("", "What", "In force", "", title=None)
    for one in findings:
        table.add_row(MARK[one.level], one.what, one.found, one.advice)
    out.print(table)
    unsafe = [one for one in findings if one.level is doctor.Level.UNSAFE]
    if unsafe:
        err.print(f"{len(unsafe)} unsafe: {', '.join(one.what for one in unsafe)}")
        raise typer.Exit(1)


MARK = {
    doctor.Level.GOOD: "[green]good[/green]",
    doctor.Level.NOTE: "[yellow]note[/yellow]",
    doctor.Level.UNSAFE: "[red]unsafe[/red]",
}


def _tell(triage: Triage, result: ImportResult, *, dry_run: bool, as_json: bool) -> None:
    if as_json:
        counts = {
            "new": result.new,
            "known": result.known,
            "quarantined": result.quarantined,
            "queued": result.queued,
            "unreadable": result.unreadable,
        }
        print(json.dumps(counts))  # noqa: T201 - the output itself
        return
    would = "would be " if dry_run else ""
    out.print(
        f"{result.new} {would}new, {result.known} known already, {result.queued} {would}put before "
        f"reviewers, {result.quarantined} {would}quarantined, {result.unreadable} files not read."
    )
    if triage.scorer.model_version == "none":
        err.print("Scoring is off: every message goes to people. Run: triage doctor")


def _progress(shown: bool) -> Progress:
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.percentage:>3.0f} %"),
        TimeElapsedColumn(),
        console=err,
        disable=not shown,
    )


def _serve(address: str, port: int) -> None:
    import uvicorn

    out.print(f"The desk is at http://{address}:{port} (stop it with Ctrl+C)")
    uvicorn.run(
        "dashboard.server:app",
        host=address,
        port=port,
        log_level="warning",
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=LAST_WORDS,
    )


def main() -> None:
    """Run the command; say an error in one plain line."""
    try:
        app()
    except TriageError as error:
        err.print(str(error), markup=False, highlight=False, soft_wrap=True)
        raise SystemExit(2) from None
    except (ValidationError, SettingsError) as error:
        said = f"These settings cannot be read: {doctor.named(error)}"
        err.print(said, markup=False, highlight=False, soft_wrap=True)
        raise SystemExit(2) from None
