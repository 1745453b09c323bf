"""``triage watch``: a folder into which other programs put mail."""

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
from triage.drop import Dealt, DropFolder, Stopped
from triage.intake.charsets import clean_line
from triage.intake.columns import parse_choice
from triage.intake.parser import MailParser
from triage.intake.sources import Reading
from triage.messages.service.importing import ImportResult, check_recipients, import_mail

ONCE_PAUSE = 1.0
"""Seconds between the two looks of ``--once``, at most."""


def watch(
    drop: Annotated[Path, typer.Option(help="folder to watch; what was read moves to its done")],
    once: Annotated[bool, typer.Option("--once", help="look twice, and end")] = False,
    every: Annotated[float, typer.Option(min=0.05, help="seconds between two looks")] = 10.0,
    service: Annotated[str | None, typer.Option(help="the service it came to")] = None,
    recipient: Annotated[
        list[str] | None, typer.Option(help="staff address it was meant for; repeatable")
    ] = None,
    columns: Columns = None,
    yes: Yes = False,
) -> None:
    """Bring in what is put into a folder, each file once it is complete. Stop it with Ctrl+C."""
    if not drop.is_dir():
        raise Invalid(f"There is no folder {clean_line(str(drop))}.", field="drop")
    chosen = parse_choice(columns or ())
    how = Reading(tables=yes or bool(chosen), chosen=chosen)
    triage = open_triage()
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

        folder = DropFolder(drop, bring)
        folder.prepare()
        try:
            ok = _look_again_and_again(folder, stop, every, once=once)
        except Stopped:
            ok = True
    triage.close()
    if once and not ok:
        raise typer.Exit(1)


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
