"""The desk's keys: made once, private, in versions, rotated without touching what is sealed."""

import os
import signal
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import select
from support.desk import Desk
from support.mail import write_folder
from support.scorer import ScriptedScorer
from typer.testing import CliRunner

from triage.app import open_triage
from triage.cli_keys import keys_app
from triage.core.access import CONSOLE
from triage.core.commands import Tx
from triage.core.data_keys import DataKey, rewrap_some, wraps
from triage.core.errors import KeyMissing, NotAllowed, UnsafeConfiguration
from triage.core.keys import KeyStore, fingerprint
from triage.core.settings import Settings
from triage.demo import demo_settings
from triage.doctor import Level, examine
from triage.messages.queries.history import history
from triage.messages.service.flags import add_note
from triage.messages.service.importing import import_mail
from triage.messages.tables import MessageNote

cli = CliRunner()
FILES = {"desk-1.key": 0o600, "desk-1.pub": 0o644, "record.key": 0o600, "record.pub": 0o644}


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("TRIAGE_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


def run(*words: str) -> str:
    result = cli.invoke(keys_app, list(words), catch_exceptions=False)
    assert result.exit_code == 0
    return str(result.output)


def keyed(desk: Desk, home: Path) -> Desk:
    """The desk, with key files in place of the key in its settings."""
    desk.triage.settings = Settings(
        database_url=desk.triage.settings.url, home=home, blind_sample_per_day=0
    )
    return desk


def test_init_makes_the_keys_for_their_owner_alone(home: Path) -> None:
    said = run("init")
    folder = home / "keys"
    assert stat.S_IMODE(folder.stat().st_mode) == stat.S_IMODE(home.stat().st_mode) == 0o700
    modes = {one.name: stat.S_IMODE(one.stat().st_mode) for one in folder.iterdir()}
    assert modes == FILES
    for name in ("desk-1.key", "record.key"):
        assert (folder / name).read_text() not in said


def test_init_never_overwrites(home: Path) -> None:
    run("init")
    before = {one.name: one.read_text() for one in (home / "keys").iterdir()}
    assert "nothing was changed" in run("init")
    (home / "keys" / "record.key").unlink()
    (home / "keys" / "record.pub").unlink()
    assert "record" in run("init")
    after = {one.name: one.read_text() for one in (home / "keys").iterdir()}
    assert {name: after[name] for name in ("desk-1.key", "desk-1.pub")} == {
        name: before[name] for name in ("desk-1.key", "desk-1.pub")
    }
    assert after["record.key"] != before["record.key"]


def test_init_makes_no_second_pair_beside_a_public_key_that_lost_its_private_one(
    home: Path,
) -> None:
    run("init")
    (home / "keys" / "desk-1.key").unlink()
    with pytest.raises(UnsafeConfiguration, match="put these back"):
        KeyStore(Settings()).init()
    assert not (home / "keys" / "desk-1.key").exists()


def test_a_private_key_that_others_can_read_is_refused(home: Path) -> None:
    run("init")
    (home / "keys" / "desk-1.key").chmod(0o640)
    with pytest.raises(UnsafeConfiguration, match="chmod 600"):
        KeyStore(Settings()).ring()
    found = {one.what: one for one in examine(Settings())}
    assert found["desk key"].level is Level.UNSAFE


def test_a_public_key_that_was_exchanged_is_found(home: Path) -> None:
    run("init")
    (home / "keys" / "desk-1.pub").write_text("ab" * 32)
    with pytest.raises(UnsafeConfiguration, match="does not belong"):
        KeyStore(Settings()).ring()


def test_the_key_may_come_from_the_environment(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRIAGE_DESK_KEY", f"1:{'01' * 32}, 3:{'03' * 32}")
    ring = KeyStore(Settings()).ring()
    assert (ring.newest, sorted(ring.privates)) == (3, [1, 3])
    assert not home.exists()
    assert "01" * 32 not in repr(Settings()) + repr(ring)


@pytest.mark.parametrize("given", ["", "1:xy", "0:" + "01" * 32, "01" * 32, "1:" + "01" * 31])
def test_a_key_that_is_none_is_refused_without_being_repeated(
    given: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TRIAGE_DESK_KEY", given)
    if given:
        with pytest.raises(UnsafeConfiguration) as caught:
            KeyStore(Settings()).ring()
        assert given not in str(caught.value)
    else:
        with pytest.raises(KeyMissing, match="triage keys init"):
            _ = KeyStore(Settings()).ring().newest


def test_only_the_demonstration_makes_keys_by_itself(home: Path) -> None:
    open_triage(Settings(), scorer=ScriptedScorer()).close()
    assert not (home / "keys").exists()
    open_triage(demo_settings(), scorer=ScriptedScorer()).close()
    assert not (home / "keys").exists()
    assert {one.name for one in (home / "demo-keys").iterdir()} == set(FILES)


def test_import_on_an_empty_machine_needs_no_desk_key(home: Path, tmp_path: Path) -> None:
    triage = open_triage(Settings(), scorer=ScriptedScorer())
    folder = write_folder(tmp_path / "mail", 3)
    assert import_mail(triage.runner, triage.scorer, [folder]).new == 3
    with triage.database.read() as session:
        assert session.scalars(select(DataKey)).all() == []
    triage.close()
    assert {one.what: one.level for one in examine(Settings())}["desk key"] is Level.NOTE


def test_without_a_key_what_needs_one_says_what_to_run(desk: Desk, tmp_path: Path) -> None:
    keyed(desk, tmp_path / "nothing")
    message = desk.arrive()
    desk.open(desk.ana, message)
    with pytest.raises(KeyMissing, match="Run: triage keys init"):
        desk.do(desk.ana, add_note, message_id=message, text="for later")
    assert desk.count(MessageNote) == 0


def test_show_prints_fingerprints_and_never_a_key(home: Path) -> None:
    run("init")
    said = run("show")
    store = KeyStore(Settings())
    assert fingerprint(store.ring().publics[1]) in said
    assert fingerprint(store.record_public()) in said
    for file in (home / "keys").iterdir():
        assert file.read_text() not in said


def noted(desk: Desk, number: int) -> list[str]:
    """So many messages, each with a note of its own."""
    messages = [desk.arrive() for _ in range(number)]
    for message in messages:
        desk.do(desk.ana, add_note, message_id=message, text=f"note on {message}")
    return messages


def notes(desk: Desk, message: str) -> list[str]:
    found = desk.read(history, viewer=desk.ana, vault=desk.triage.vault, message_id=message)
    return [one.text for one in found if one.what == "note"]


def stored(desk: Desk) -> dict[str, bytes]:
    with desk.triage.database.read() as session:
        return {one.id: one.text for one in session.scalars(select(MessageNote))}


def held(desk: Desk) -> dict[int, int]:
    with desk.triage.database.read() as session:
        return wraps(session)


@pytest.fixture
def filed(desk: Desk, home: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    """A desk with key files, as the command line finds it, and five notes."""
    monkeypatch.setenv("TRIAGE_DATABASE_URL", desk.triage.settings.url)
    run("init")
    keyed(desk, home)
    noted(desk, 5)
    return desk


def test_rotation_wraps_the_data_keys_anew_and_touches_nothing_that_is_sealed(filed: Desk) -> None:
    before = stored(filed)
    assert held(filed) == {1: 5}
    run("rotate")
    assert held(filed) == {2: 5}
    assert stored(filed) == before
    for message in (one.matter_id for one in filed.events("note_added")):
        assert notes(filed, str(message)) == [f"note on {message}"], "the open desk reads on"
    noted(filed, 1)
    assert held(filed) == {2: 6}
    assert [one.code for one in filed.events("data_keys_rewrapped")] == ["data_keys_rewrapped"]


def test_old_private_keys_stay_until_they_are_dropped_with_nothing_left_to_open(
    filed: Desk, home: Path
) -> None:
    run("rotate")
    assert (home / "keys" / "desk-1.key").exists()
    assert "Version 1 is removed" in run("rotate", "--drop-old")
    assert sorted(one.name for one in (home / "keys").glob("desk-*.key")) == ["desk-3.key"]
    for message in (one.matter_id for one in filed.events("note_added")):
        assert notes(filed, str(message)) == [f"note on {message}"]


def test_a_rotation_that_was_stopped_goes_on_where_it_was(filed: Desk) -> None:
    KeyStore(filed.triage.settings).add_desk_key(2)
    assert filed.do(CONSOLE, rewrap_some, most=2) == 2
    assert held(filed) == {1: 3, 2: 2}
    assert "Finishing the change to version 2" in run("rotate")
    assert held(filed) == {2: 5}


SLOW = """
import sys
from triage.cli_keys import keys_app
from triage.core import data_keys
whole = data_keys.rewrap
def one_by_one(session, ring, *, most):
    done = whole(session, ring, most=1)
    print("batch", flush=True)
    return done
data_keys.rewrap = one_by_one
keys_app(["rotate"])
"""


@pytest.mark.parametrize("batches", [1, 3])
def test_a_killed_rotation_is_completed_by_running_it_again(filed: Desk, batches: int) -> None:
    before = stored(filed)
    process = subprocess.Popen(
        [sys.executable, "-c", SLOW], stdout=subprocess.PIPE, env=dict(os.environ), text=True
    )
    assert process.stdout is not None
    for _ in range(batches):
        assert process.stdout.readline() == "batch\n"
    process.send_signal(signal.SIGKILL)
    process.communicate()
    assert sum(held(filed).values()) == 5
    run("rotate")
    assert len(held(filed)) == 1
    assert stored(filed) == before
    for message in (one.matter_id for one in filed.events("note_added")):
        assert notes(filed, str(message)) == [f"note on {message}"]
    assert isinstance(filed.chain(), int)


def test_nobody_rotates_keys_from_the_desk(desk: Desk) -> None:
    for somebody in (desk.ana, desk.ada):
        with pytest.raises(NotAllowed):
            desk.do(somebody, rewrap_some)


def test_a_rotation_needs_the_new_key_beside_one_from_the_environment(
    make_desk: Callable[..., Desk], monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = make_desk()
    noted(desk, 2)
    monkeypatch.setenv("TRIAGE_DATABASE_URL", desk.triage.settings.url)
    given = desk.triage.settings.desk_key
    assert given is not None
    monkeypatch.setenv("TRIAGE_DESK_KEY", given.get_secret_value())
    with pytest.raises(KeyMissing, match="2:HEX"):
        run("rotate")
    monkeypatch.setenv("TRIAGE_DESK_KEY", f"{given.get_secret_value()},2:{'02' * 32}")
    assert "2 data keys" in run("rotate")
    assert held(desk) == {2: 2}


def test_a_command_that_does_not_seal_needs_no_key(desk: Desk, tmp_path: Path) -> None:
    keyed(desk, tmp_path / "nothing")

    def nothing(tx: Tx) -> bytes:
        return tx.seal("M", "message_notes", "text", "N", "")

    assert desk.do(desk.ana, nothing) == b""
