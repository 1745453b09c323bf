"""A full desk, and somewhere to put its backups."""

from pathlib import Path

import pytest
from support.desk import Desk
from support.everything import furnish
from support.shelf import Shelf

from triage.app import Triage


@pytest.fixture
def shelf(triage: Triage, tmp_path: Path) -> Shelf:
    """A folder for backups, apart from home."""
    return Shelf(triage, tmp_path / "backups")


@pytest.fixture
def full(desk: Desk) -> list[str]:
    """The messages of a desk that has something of everything."""
    return furnish(desk)
