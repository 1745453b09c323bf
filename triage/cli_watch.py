"""``triage watch``: the mailboxes of the settings, and a folder into which programs put mail."""

import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Annotated

import typer

from triage.app import open_triage
from triage.cli_columns import Columns, Yes
from triage.core.errors import Invalid
from triage.core.settings import Settings
from triage.drop import Dealt, DropFolder, Stopped, counts
from triage.intake.charsets import clean_line
from triage.intake.columns import parse_choice
from triage.intake.parser import MailParser
from triage.intake.rules import Problem
from triage.intake.sources import Reading
from triage.intake.words import WHY
from triage.mailboxes.reading import Shared
from triage.mailboxes.watching import Watching, check_mailboxes, watching
from triage.messages.service.importing import ImportResult, check_recipients, import_mail

EVERY_FOLDER = 10.0
EVERY_MAILBOX = 60.0
"""Seconds. Where a mailbox's server tells by itself (IDLE) it is looked into at once."""
ONCE_PAUSE = 1.0
"""Seconds between the two looks of ``--once``, at most."""


def watch(
    drop: Annotated[
        Path | None, typer.Option(help="folder to watch; what was read moves to its done")
    ] = None,
    once: Annotated[bool, typer.Option("--once", help="look (a folder: twice), and end")] = False,
    every: Annotated[
        float | None,
        typer.Option(min=0.05, help="seconds between two looks; 10 for a folder, 60 for mailboxes"),
    ] = None,
    service: Annotated[
        str | None, typer.Option(help="the service that what is in the folder came to")
    ] = None,
    recipient: Annotated[
        list[str] | None,
        typer.Option(help="staff address that what is in the folder was meant for; repeatable"),
    ] = None,
    columns: Columns = None,
    yes: Yes = False,
) -> None:
    """Bring in what comes to the mailboxes of the settings (TRIAGE_MAILBOXES), and what is put into
    a folder, each file once it is complete. Stop it with Ctrl+C."""
    if drop is None and (service or recipient or columns or yes):
        raise Invalid("--service, --recipient, --map and --yes speak of a folder: --drop FOLDER.")
    if drop is not None and not drop.is_dir():
        raise Invalid(f"There is no folder {clean_line(str(drop))}.", field="drop")
    chosen = parse_choice(columns or ())
    how = Reading(tables=yes or bool(chosen), chosen=chosen)
    settings = Settings()
    if drop is None and not settings.mailboxes:
        raise Invalid("There is nothing to watch: set TRIAGE_MAILBOXES, or name a folder (--drop).")
    if settings.mailboxes:
        check_mailboxes(settings)
    triage = open_triage(settings)
    check_recipients(triage.runner, recipient or ())
    with _stop_signals() as stop, MailParser() as parser:

        def told(_: int) -> None:
            if stop.is_set():  # between two batches
                raise Stopped

        def bring(path: Path) -> ImportResult:
            return import_mail(
                triage.runner,
                triage.scorer,
                [path],
                service=service,
                recipients=recipient or (),
                progress=told,
                how=how,
                parser=parser,
            )

        shared = Shared(triage.runner, triage.scorer, parser)
        boxes = watching(shared, settings, stop=stop, say=_tell_of, every=every or EVERY_MAILBOX)
        try:
            ok = _watch_all(
                boxes,
                None if drop is None else DropFolder(drop, bring),
                stop,
                every or EVERY_FOLDER,
                once=once,
            )
        finally:
            boxes.end()
    triage.close()
    if once and not ok:
        raise typer.Exit(1)


def _watch_all(
    boxes: Watching, folder: DropFolder | None, stop: threading.Event, every: float, *, once: bool
) -> bool:
    """Whether all went well."""
    if folder is not None:
        folder.prepare()
    ok = True
    if once:
        ok = boxes.look_once()
    else:
        boxes.start()
    if folder is None:
        while not once and not stop.wait(1):
            pass
        return ok
    try:
        return _look_again_and_again(folder, stop, every, once=once) and ok
    except Stopped:
        return ok


def _look_again_and_again(
    folder: DropFolder, stop: threading.Event, every: float, *, once: bool
) -> bool:
    """Whether every file went to ``done``."""
    ok, looks = True, 0
    while not stop.is_set():
        try:
            dealt = folder.look()
        except OSError as fault:
            sys.stderr.write(f"The folder cannot be looked into: {fault.strerror}\n")
            dealt, ok = [], False
        for one in dealt:
            ok = _tell(one) and ok
        looks += 1
        if once and looks == 2:
            break
        stop.wait(min(every, ONCE_PAUSE) if once else every)
    return ok


@contextmanager
def _stop_signals() -> Iterator[threading.Event]:
    """An event that SIGTERM and SIGINT set, while this is open."""
    stop = threading.Event()

    def ask(_number: int, _frame: FrameType | None) -> None:
        stop.set()

    kinds = (signal.SIGTERM, signal.SIGINT)
    before = [signal.signal(one, ask) for one in kinds]
    try:
        yield stop
    finally:
        for kind, old in zip(kinds, before, strict=True):
            signal.signal(kind, old)


def _tell(one: Dealt) -> bool:
    """Say what became of a file; whether it went well."""
    ok = one.moved is not None and one.moved.parent.name == "done"
    stream = sys.stdout if ok else sys.stderr
    stream.write(f"{one.name}: {one.said}\n")
    stream.flush()
    return ok


def _tell_of(mailbox: str, folder: str, what: ImportResult | Problem) -> None:
    """Say what came to a mailbox, or why it is not read. A server's own words are never told."""
    where = f"{mailbox}/{folder}" if folder else mailbox
    if isinstance(what, Problem):
        line, stream = f"{where}: {WHY[what]} ({what.value})", sys.stderr
    else:
        line, stream = f"{where}: {counts(what)}", sys.stdout
    stream.write(clean_line(line) + "\n")
    stream.flush()
