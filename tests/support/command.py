"""The ``triage`` command in this process, as people and scripts meet it."""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest

from triage import cli


class Said(NamedTuple):
    """How a command exited, and what it printed."""

    code: int
    out: str
    err: str


Run = Callable[..., Said]


def shell(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], *first: str) -> Run:
    """Runs ``triage …``; ``first``: the words that all of them begin with."""

    def act(*arguments: str | Path) -> Said:
        monkeypatch.setattr(sys, "argv", ["triage", *first, *map(str, arguments)])
        capsys.readouterr()
        with pytest.raises(SystemExit) as caught:
            cli.main()
        return Said(int(caught.value.code or 0), *capsys.readouterr())

    return act
