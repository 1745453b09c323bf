"""A thief with the disk, or with the form's server: what lies there, and what does not.

What a thief finds is asserted too, so that the limits in .docs/threat-model.md stay true.
"""

import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.engine import make_url
from support.cases import REPORTER, SUBJECT, begun, staffed
from support.desk import Desk
from typer.testing import CliRunner

from triage.app import open_triage
from triage.cli_keys import keys_app
from triage.core.data_keys import DataKey
from triage.core.envelope import unwrap
from triage.core.errors import Unreadable
from triage.core.exclusions import Exclusion
from triage.core.keys import KeyStore
from triage.core.settings import Settings
from triage.messages.service import flags
from triage.reports.answers import Person

MakeDesk = Callable[..., Desk]
NOTE, MAIL, STORY = "obstreperous", "persnickety", "lackadaisical"


@pytest.fixture
def lived(make_desk: MakeDesk) -> tuple[Desk, bytes]:
    """A desk with mail, notes and a case about somebody of the team; its file, with its log."""
    desk = staffed(make_desk())
    message = desk.arrive(f"[high] {MAIL}")
    desk.do(desk.ana, flags.add_note, message_id=message, text=NOTE)
    begun(desk, f"[low] {STORY}", subjects=(SUBJECT, Person(name="Dan", role=STORY)), **REPORTER)
    path = Path(str(make_url(desk.triage.settings.url).database))
    beside = [path.with_name(path.name + end) for end in ("", "-wal", "-shm")]
    return desk, b"".join(one.read_bytes() for one in beside if one.exists())


def test_what_was_written_here_or_reported_is_nowhere_in_the_file(
    lived: tuple[Desk, bytes],
) -> None:
    _, held = lived
    for word in (NOTE, STORY, "Norbert", "norbert@example.net", "Quince", "r.quince", "7946 0123"):
        assert word.encode() not in held


def test_a_named_limit_mail_lies_there_in_plain_and_wants_an_encrypted_disk(
    lived: tuple[Desk, bytes],
) -> None:
    _, held = lived
    assert MAIL.encode() in held
    assert b"pat@example.org" in held


def test_a_named_limit_who_is_kept_away_from_which_matter_lies_there_too(
    lived: tuple[Desk, bytes],
) -> None:
    """The filter needs it at each query. It tells a thief that somebody is named, and not why."""
    desk, _ = lived
    with desk.triage.database.read() as session:
        found = session.scalars(select(Exclusion.person_id)).all()
    assert desk.dan.person_id in found


def test_with_another_private_key_nothing_opens(lived: tuple[Desk, bytes], tmp_path: Path) -> None:
    desk, _ = lived
    other = KeyStore(Settings(home=tmp_path, desk_key="1:" + "7a" * 32)).ring().private(1)
    with desk.triage.database.read() as session:
        rows = session.scalars(select(DataKey)).all()
        wrapped = [(one.id, one.owner_id, one.wrapped_for_desk) for one in rows]
    assert wrapped
    for key_id, owner_id, held in wrapped:
        assert held is not None
        with pytest.raises(Unreadable):
            unwrap(other, held, key_id=key_id, owner_id=owner_id)


def test_every_file_that_the_desk_makes_is_its_owners_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = tmp_path / "home"
    home.mkdir(mode=0o755)  # somebody made it before, for everybody to read
    monkeypatch.setenv("TRIAGE_HOME", str(home))
    assert CliRunner().invoke(keys_app, ["init"]).exit_code == 0
    triage = open_triage(Settings())
    try:
        modes = {
            path.relative_to(home).as_posix(): path.stat().st_mode & 0o077
            for path in home.rglob("*")
            if path.is_file()
        }
    finally:
        triage.close()
    assert {"triage.db", "hash.key", "keys/desk-1.key", "keys/record.key"} <= set(modes)
    assert {name for name, mode in modes.items() if mode and not name.endswith(".pub")} == set()


def test_nothing_is_left_in_the_folder_for_what_is_passing(
    make_desk: MakeDesk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    passing = tmp_path / "passing"
    passing.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(passing))
    desk = staffed(make_desk())
    begun(desk, STORY)
    desk.arrive(MAIL)
    assert list(passing.iterdir()) == []
