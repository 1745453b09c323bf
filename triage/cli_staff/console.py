"""What every staff command does: open the desk, find a person, run, print."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Annotated, TypeVar

import typer
from rich.console import Console
from rich.text import Text

from triage.app import Triage, open_triage
from triage.core.access import CONSOLE
from triage.core.commands import Tx
from triage.core.errors import NotFound
from triage.staff.queries import everybody

T = TypeVar("T")

out = Console()

Email = Annotated[str, typer.Argument(help="the person's e-mail address")]
Remove = Annotated[bool, typer.Option("--remove", help="take it back")]

UNKNOWN = "Nobody on the staff list has this address."


@contextmanager
def desk() -> Iterator[Triage]:
    """The instance that the environment names, closed again in the end."""
    triage = open_triage()
    try:
        yield triage
    finally:
        triage.close()


def run(triage: Triage, command: Callable[[Tx], T]) -> T:
    """Run a command as the command line."""
    return triage.runner.run(CONSOLE, command)


def find(triage: Triage, email: str) -> str:
    """The id of the person with this address."""
    with triage.database.read() as session:
        found = {one.email: one.id for one in everybody(session)}.get(email.strip().lower())
    if found is None:
        raise NotFound(UNKNOWN)
    return found


def plain(text: str) -> Text:
    """A person's words on a terminal: no markup, and nothing that steers it."""
    return Text("".join(one if one.isprintable() else "?" for one in text))


def say(line: str) -> None:
    """Print one plain line."""
    out.print(plain(line), highlight=False)
