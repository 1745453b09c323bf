"""A backup is whole or not there, holds one state, nothing in plain, and no key of anything."""

import os
import resource
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from backup_breaking import break_record
from sqlalchemy import func, select, text
from support.desk import Desk
from support.everything import PLAIN, SEALED
from support.shelf import Shelf

from triage.backup.checking import verify_backup
from triage.backup.keys import ERASED, read_wraps
from triage.backup.proof import failed
from triage.backup.rules import PART
from triage.backup.sealing import unseal
from triage.backup.service.making import MADE
from triage.core.audit import AuditEvent
from triage.core.data_keys import DataKey
from triage.core.errors import Invalid, UnsafeConfiguration
from triage.core.record import read_record
from triage.messages.tables import Message


def plain(path: Path, identity: str) -> bytes:
    held = bytearray()
    with path.open("rb") as file:
        unseal(file, identity, held.extend)
    return bytes(held)


def lies(shelf: Shelf) -> set[str]:
    """What lies in both folders, but for the lock and the list of what was erased."""
    folders = (shelf.folder, shelf.keys.folder)
    return {
        path.name.removeprefix("triage-")[23:]
        for folder in folders
        if folder.is_dir()
        for path in folder.iterdir()
        if path.name not in {".lock", ERASED}
    }


def test_it_is_a_file_a_manifest_a_key_and_wraps_which_only_we_can_read(
    desk: Desk, shelf: Shelf
) -> None:
    desk.arrive(f"[medium] {PLAIN}")
    made = shelf.make()
    assert lies(shelf) == {".jsonl.gz.age", ".json", ".key", ".wraps.age"}
    for folder in (shelf.folder, shelf.keys.folder):
        assert folder.stat().st_mode & 0o077 == 0
        assert {one.stat().st_mode & 0o077 for one in folder.iterdir() if one.name != ".lock"} == {
            0
        }
    proofs = verify_backup(shelf.file(made), shelf.identity(made))
    assert {one.held for one in proofs} == {True}
    assert len(proofs) == 6


def test_nothing_of_anybody_stands_in_plain_and_no_key_is_in_it(
    desk: Desk, full: list[str], shelf: Shelf
) -> None:
    made = shelf.make()
    outside = shelf.file(made).read_bytes() + (shelf.folder / f"{made.name}.json").read_bytes()
    outside += shelf.keys.wraps_of(made.name).read_bytes()
    assert PLAIN.encode() not in outside
    assert full[0].encode() not in outside
    inside = plain(shelf.file(made), shelf.identity(made))
    assert inside.count(PLAIN.encode()) >= 3
    assert SEALED.encode() not in inside
    assert b"5e" * 32 not in inside  # the desk's private key
    with desk.triage.database.read() as session:
        wraps = session.scalars(select(DataKey.wrapped_for_desk)).all()
    there = {one.desk for one in read_wraps(shelf.keys.wraps_of(made.name), shelf.identity(made))}
    assert there == set(wraps)
    assert len(there) > 5


def test_the_wraps_are_beside_the_key_and_not_in_the_backup(
    desk: Desk, full: list[str], shelf: Shelf
) -> None:
    """Else erased words would stay readable in every backup until its end."""
    import base64

    made = shelf.make()
    inside = plain(shelf.file(made), shelf.identity(made))
    with desk.triage.database.read() as session:
        for wrap in session.scalars(select(DataKey.wrapped_for_desk)):
            assert wrap is not None
            assert base64.b64encode(wrap) not in inside
    assert full[0].encode() in inside


def test_each_backup_has_a_key_of_its_own(desk: Desk, shelf: Shelf) -> None:
    one, other = shelf.make(), shelf.make()
    assert shelf.identity(one) != shelf.identity(other)
    with pytest.raises(Invalid, match="does not open"):
        verify_backup(shelf.file(one), shelf.identity(other))


def test_it_is_on_the_record_and_who_reads_that_sees_no_count(desk: Desk, shelf: Shelf) -> None:
    made = shelf.make()
    [event] = desk.events(MADE)
    assert made.sha256 in event.details
    assert f'"links":{made.links}' in event.details
    rows = desk.read(read_record, viewer=desk.ana).rows
    assert [one.details for one in rows if one.code == MADE] == [{}]


@pytest.mark.parametrize("where", ["home/backup-keys", "home/backup-keys/in", "home", "."])
def test_keys_and_backups_do_not_lie_in_one_another(
    desk: Desk, shelf: Shelf, tmp_path: Path, where: str
) -> None:
    shelf.folder = tmp_path / where
    with pytest.raises(UnsafeConfiguration, match="TRIAGE_BACKUP_KEYS"):
        shelf.make()
    assert not list(tmp_path.rglob("triage-*"))


def test_a_folder_of_keys_that_others_can_read_is_refused(desk: Desk, shelf: Shelf) -> None:
    shelf.keys.ready()
    shelf.keys.folder.chmod(0o750)
    with pytest.raises(UnsafeConfiguration, match="chmod 700"):
        shelf.make()


def test_what_is_written_meanwhile_is_in_it_whole_or_not_at_all(desk: Desk, shelf: Shelf) -> None:
    """One state: as many messages as the record says came in, and the chain ends where it says."""
    for _ in range(5):
        desk.arrive()
    went = 0

    def write() -> None:
        nonlocal went
        went += 1
        if went % 7 == 0:
            desk.arrive()

    made = shelf.make(step=write)
    with desk.triage.database.read() as session:
        assert (session.scalar(select(func.count()).select_from(Message)) or 0) > 10
    assert made.tables["messages"] == made.tables["originals"] == 5
    assert not failed(verify_backup(shelf.file(made), shelf.identity(made)))


# -- what goes wrong


class Stopped(Exception):
    """Something that stops a backup in the middle."""


def test_what_fails_in_the_middle_leaves_neither_file_nor_key(desk: Desk, shelf: Shelf) -> None:
    desk.arrive()

    def stop() -> None:
        raise Stopped

    with pytest.raises(Stopped):
        shelf.make(step=stop)
    assert lies(shelf) == set()
    assert desk.events(MADE) == []


def test_a_full_disk_is_said_and_leaves_nothing(desk: Desk, shelf: Shelf) -> None:
    for _ in range(40):
        desk.arrive(os.urandom(2000).hex())
    before = resource.getrlimit(resource.RLIMIT_FSIZE)

    def fill() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (50_000, before[1]))

    try:
        with pytest.raises(Invalid, match="not made: File too large"):
            shelf.make(step=fill)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert lies(shelf) == set()
    assert desk.events(MADE) == []
    assert not failed(verify_backup(shelf.file(made := shelf.make()), shelf.identity(made)))


KILLED = """
import os, signal, sys
from pathlib import Path
from triage.app import open_triage, tables
from triage.backup.service.making import back_up
from triage.core.access import CONSOLE
left = int(sys.argv[2])
def step():
    global left
    left -= 1
    if left == 0:
        os.kill(os.getpid(), signal.SIGKILL)
triage = open_triage()
back_up(triage.runner, CONSOLE, tables=tables().sorted_tables, to=Path(sys.argv[1]), step=step)
"""


@pytest.mark.parametrize("rows", [1, 200])
def test_killed_in_the_middle_it_leaves_nothing_that_looks_whole(
    desk: Desk, shelf: Shelf, url: str, rows: int
) -> None:
    for _ in range(20):
        desk.arrive()
    home = str(shelf.settings.home)
    done = subprocess.run(
        [sys.executable, "-c", KILLED, str(shelf.folder), str(rows)],
        env={**os.environ, "TRIAGE_DATABASE_URL": url, "TRIAGE_HOME": home},
        check=False,
    )
    assert done.returncode == -signal.SIGKILL
    left = list(shelf.folder.iterdir())
    assert [one.suffix for one in left] == [PART]
    with pytest.raises(Invalid, match="no manifest"):
        verify_backup(left[0], shelf.identity(shelf.make()))


def test_any_byte_changed_and_any_cut_is_found(desk: Desk, shelf: Shelf) -> None:
    for _ in range(30):
        desk.arrive(os.urandom(3000).hex())
    made = shelf.make()
    path, identity = shelf.file(made), shelf.identity(made)
    whole = path.read_bytes()
    step = len(whole) // 12
    for at in range(0, len(whole), step):
        path.write_bytes(whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :])
        with pytest.raises(Invalid):
            verify_backup(path, identity)
        path.write_bytes(whole[:at])
        with pytest.raises(Invalid):
            verify_backup(path, identity)
    path.write_bytes(whole)
    assert not failed(verify_backup(path, identity))


def test_a_manifest_of_another_backup_is_found(desk: Desk, shelf: Shelf) -> None:
    one = shelf.make()
    desk.arrive()
    other = shelf.make()
    (shelf.folder / f"{other.name}.json").replace(shelf.folder / f"{one.name}.json")
    proofs = verify_backup(shelf.file(one), shelf.identity(one))
    assert {one.what for one in proofs if one.held is False} == {
        "file", "name", "rows", "head of the record",
    }  # fmt: skip


def test_a_record_that_does_not_hold_is_found_without_a_database(desk: Desk, shelf: Shelf) -> None:
    desk.arrive()
    break_record(desk)
    made = shelf.make()
    proofs = verify_backup(shelf.file(made), shelf.identity(made))
    assert [(one.what, one.said) for one in proofs if one.held is False] == [
        ("record", "broken at link 3")
    ]


def test_a_record_cut_at_its_end_is_found_without_a_database(desk: Desk, shelf: Shelf) -> None:
    desk.arrive()

    def cut(session: object) -> None:
        run = session.execute  # type: ignore[attr-defined]
        if desk.triage.database.dialect == "sqlite":
            run(text("DROP TRIGGER audit_events_no_delete"))
        else:
            run(text("SET LOCAL session_replication_role = replica"))
        newest = session.scalar(select(func.max(AuditEvent.link)))  # type: ignore[attr-defined]
        run(text("DELETE FROM audit_events WHERE link = :link"), {"link": newest})

    desk.triage.database.write(cut)
    made = shelf.make()
    proofs = verify_backup(shelf.file(made), shelf.identity(made))
    assert [one.what for one in proofs if one.held is False] == ["record"]
