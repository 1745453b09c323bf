"""What is erased is gone from backups too: sealed words at once, plain ones with the key."""

import base64
import os
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import delete, select
from sqlalchemy.orm import Session
from support.desk import Desk
from support.everything import PLAIN, SEALED
from support.shelf import Shelf

from triage.app import jobs, tables
from triage.backup.checking import verify_backup
from triage.backup.erased import erased, note_erased, prune
from triage.backup.keys import ERASED, BackupKeys, read_wraps
from triage.backup.service.again import erasing_again
from triage.backup.service.expiring import BACKUP_KEYS, ENDED, expire
from triage.backup.service.forgetting import forget
from triage.backup.service.restoring import RESTORED
from triage.core.access import CONSOLE, SYSTEM
from triage.core.commands import Tx
from triage.core.data_keys import DataKey, destroy
from triage.core.erasing import Due, Keeping
from triage.core.errors import Invalid, KeyMissing, UnsafeConfiguration
from triage.core.ids import new_id
from triage.core.jobs import run_due
from triage.messages.queries.history import history
from triage.messages.queries.queue import find
from triage.messages.service.flags import add_note
from triage.messages.tables import Message, Original

Make = Callable[[str], str]


@pytest.fixture
def two(desk: Desk) -> tuple[str, str]:
    """A message to erase, and one to keep, each with a note."""
    found = []
    for name in ("gone", "kept"):
        message = desk.arrive(f"[medium] {PLAIN} {name}")
        desk.do(desk.ana, add_note, message_id=message, text=f"{SEALED} {name}")
        found.append(message)
    return found[0], found[1]


def notes(desk: Desk, message: str) -> list[str]:
    found = desk.read(history, viewer=desk.ana, message_id=message)
    return [one.text for one in found if one.what == "note"]


def forgotten(desk: Desk) -> int:
    with desk.triage.database.read() as session:
        return forget(session, desk.triage.settings)


def owners(shelf: Shelf, name: str) -> set[str]:
    """Whose data key a backup's wraps still open."""
    held = read_wraps(shelf.keys.wraps_of(name), shelf.keys.key_of(name).read_text())
    return {one.owner_id for one in held if one.desk is not None and one.gone is None}


# -- sealed words, at once


def test_sealed_words_are_gone_from_the_last_backup_as_soon_as_their_key_is_destroyed(
    desk: Desk, two: tuple[str, str], shelf: Shelf, fresh_url: Make
) -> None:
    gone, kept = two
    made = shelf.make()
    assert owners(shelf, made.name) >= {gone, kept}
    desk.do(desk.ana, destroy, owner_id=gone)
    assert forgotten(desk) == 1
    assert gone not in owners(shelf, made.name)
    url = fresh_url("sqlite empty")
    found = shelf.restore(made, url)
    assert found.stands, found.proofs
    there = Desk(shelf.open(url), desk.clock, desk.people)
    assert notes(there, gone) == ["[erased]"]
    assert notes(there, kept) == [f"{SEALED} kept"]
    with there.triage.database.read() as session:
        ended = session.scalar(select(DataKey.destroyed_at).where(DataKey.owner_id == gone))
    assert ended == desk.now  # it is not made again
    there.triage.close()


def test_nothing_of_a_forgotten_wrap_is_left_in_the_file_or_where_it_lay(
    desk: Desk, two: tuple[str, str], shelf: Shelf, tmp_path: Path
) -> None:
    made = shelf.make()
    path = shelf.keys.wraps_of(made.name)
    os.link(path, tmp_path / "where it lay")
    before = path.read_bytes()
    with desk.triage.database.read() as session:
        wrap = session.scalar(select(DataKey.wrapped_for_desk).where(DataKey.owner_id == two[0]))
    assert wrap is not None
    desk.do(desk.ana, destroy, owner_id=two[0])
    assert forgotten(desk) == 1
    assert (tmp_path / "where it lay").read_bytes() != before
    assert len((tmp_path / "where it lay").read_bytes()) == len(before)
    told = repr(list(read_wraps(path, shelf.key(made).read_text())))
    assert repr(wrap) not in told
    assert base64.b64encode(wrap).decode() not in told


def test_it_reaches_every_backup_and_does_nothing_the_second_time(
    desk: Desk, two: tuple[str, str], shelf: Shelf
) -> None:
    made = [shelf.make() for _ in range(3)]
    assert forgotten(desk) == 0
    desk.do(desk.ana, destroy, owner_id=two[0])
    assert forgotten(desk) == 3
    files = [shelf.keys.wraps_of(one.name).read_bytes() for one in made]
    assert forgotten(desk) == 0
    assert [shelf.keys.wraps_of(one.name).read_bytes() for one in made] == files


def test_stopped_half_way_each_file_is_as_before_or_as_after_and_it_goes_on(
    desk: Desk, two: tuple[str, str], shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = [shelf.make() for _ in range(3)]
    desk.do(desk.ana, destroy, owner_id=two[0])
    real, left = Path.replace, [2]

    def stops(path: Path, target: Path) -> Path:
        left[0] -= 1
        if left[0] == 0:
            raise OSError(28, "No space left on device")
        return real(path, target)

    with monkeypatch.context() as patch:
        patch.setattr(Path, "replace", stops)
        with pytest.raises(OSError, match="No space"):
            forgotten(desk)
    assert sorted(two[0] in owners(shelf, one.name) for one in made) == [False, True, True]
    assert forgotten(desk) == 2
    assert not any(two[0] in owners(shelf, one.name) for one in made)


def test_wraps_that_cannot_be_read_are_said_and_the_others_forget_all_the_same(
    desk: Desk, two: tuple[str, str], shelf: Shelf
) -> None:
    one, other = shelf.make(), shelf.make()
    first, last = sorted((one.name, other.name))
    shelf.keys.wraps_of(first).write_bytes(b"not what it was")
    desk.do(desk.ana, destroy, owner_id=two[0])
    with pytest.raises(Invalid):
        forgotten(desk)
    assert two[0] not in owners(shelf, last)


def test_a_key_destroyed_while_a_backup_is_written_is_not_in_its_wraps(
    desk: Desk, two: tuple[str, str], shelf: Shelf
) -> None:
    went = [0]

    def step() -> None:
        went[0] += 1
        if went[0] == 5:
            desk.do(desk.ana, destroy, owner_id=two[0])

    made = shelf.make(step=step)
    assert two[0] not in owners(shelf, made.name)
    assert two[1] in owners(shelf, made.name)


# -- plain words, with the key


def test_after_its_days_a_backups_key_is_destroyed_and_nobody_reads_it_again(
    desk: Desk, two: tuple[str, str], shelf: Shelf, tmp_path: Path
) -> None:
    made = shelf.make()
    key, copy = shelf.key(made), tmp_path / "a copy of the backup"
    identity = key.read_text()
    os.link(key, tmp_path / "where the key lay")
    os.link(shelf.keys.wraps_of(made.name), tmp_path / "where the wraps lay")
    wraps = (tmp_path / "where the wraps lay").read_bytes()
    copy.mkdir()
    for path in shelf.folder.iterdir():
        (copy / path.name).write_bytes(path.read_bytes())
    desk.move(days=34, hours=23)
    assert expire(desk.triage.runner, CONSOLE, now=desk.now, folder=shelf.folder) == 0
    desk.move(hours=1)
    assert expire(desk.triage.runner, CONSOLE, now=desk.now, folder=shelf.folder) == 1
    assert list(shelf.folder.iterdir()) == []
    assert {one.name for one in shelf.keys.folder.iterdir()} <= {".lock", ERASED}
    assert (tmp_path / "where the wraps lay").read_bytes() != wraps
    left = (tmp_path / "where the key lay").read_text("latin-1")
    assert identity.splitlines()[-1] not in left
    with pytest.raises((KeyMissing, Invalid)):
        verify_backup(copy / shelf.file(made).name, left)
    [event] = desk.events(ENDED)
    assert made.name in event.details
    assert isinstance(desk.chain(), int)
    assert expire(desk.triage.runner, CONSOLE, now=desk.now, folder=shelf.folder) == 0


def test_the_job_does_both_each_day_and_is_among_the_jobs(
    desk: Desk, two: tuple[str, str], shelf: Shelf
) -> None:
    assert BACKUP_KEYS in jobs()
    old = shelf.make()
    desk.move(days=20)
    new = shelf.make()
    desk.do(desk.ana, destroy, owner_id=two[0])
    desk.move(days=15)
    [turn] = run_due(desk.triage.runner, [BACKUP_KEYS], desk.now)
    assert (turn.error, turn.handled) == (None, 2)  # a key, and a wrap in the other's
    assert shelf.keys.names() == [new.name]
    assert two[0] not in owners(shelf, new.name)
    [event] = desk.events(ENDED)
    assert (event.actor_id, old.name in event.details) == (SYSTEM.person_id, True)
    assert shelf.file(old).exists()  # where it lies nobody said: it is unreadable there


def test_a_key_destroyed_just_before_a_crash_still_comes_on_the_record(
    desk: Desk, shelf: Shelf
) -> None:
    made = shelf.make()
    desk.move(days=36)
    shelf.keys.destroy(made.name)
    assert desk.events(ENDED) == []
    assert expire(desk.triage.runner, CONSOLE, now=desk.now) == 1
    assert len(desk.events(ENDED)) == 1
    assert expire(desk.triage.runner, CONSOLE, now=desk.now) == 0


def test_what_was_never_whole_goes_in_time_too(desk: Desk, shelf: Shelf) -> None:
    made = shelf.make()
    shelf.file(made).rename(shelf.folder / f"{shelf.file(made).name}.part")
    other = shelf.folder / "somebody-elses.json"
    other.write_text("kept")
    desk.move(days=36)
    expire(desk.triage.runner, CONSOLE, now=desk.now, folder=shelf.folder)
    assert list(shelf.folder.iterdir()) == [other]


# -- erased again


def due(_session: Session, *_: object) -> list[Due]:
    return []


def erase(tx: Tx, what: Due) -> bool:
    """The simplest erasure that there could be."""
    row = tx.session.get(Message, what.matter_id)
    if row is None:
        return False
    row.text = row.rest = ""
    tx.session.execute(delete(Original).where(Original.message_id == row.id))
    tx.record("erased", row.id)
    tx.session.flush()
    return True


MESSAGES = Keeping("messages", due, erase)


def test_what_was_erased_since_a_backup_is_erased_again_before_anybody_can_read_it(
    desk: Desk, two: tuple[str, str], shelf: Shelf, fresh_url: Make
) -> None:
    gone, kept = two
    made = shelf.make()
    note_erased(desk.triage.settings, [gone, new_id()], desk.now)
    note_erased(desk.triage.settings, [gone], desk.now)
    url = fresh_url("sqlite empty")
    hook = erasing_again([MESSAGES], tables().sorted_tables)
    found = shelf.restore(made, url, erase_again=hook)
    assert found.again is not None
    assert (found.again.erased, found.again.left) == (1, ())
    there = Desk(shelf.open(url), desk.clock, desk.people)
    page = there.read(find, viewer=desk.ana, words=PLAIN, now=desk.now)
    assert [one.id for one in page.rows] == [kept]
    assert there.row(gone).text == ""
    assert there.count(Original) == 1
    codes = [one.code for one in there.events()]
    assert codes.index("erased") > codes.index("received")
    [event] = there.events(RESTORED)
    assert '"erased_again":1' in event.details
    assert isinstance(there.chain(), int)
    there.triage.close()


def test_what_no_room_would_erase_again_is_named(
    desk: Desk, two: tuple[str, str], shelf: Shelf, fresh_url: Make
) -> None:
    made = shelf.make()
    note_erased(desk.triage.settings, two, desk.now)
    hook = erasing_again([], tables().sorted_tables)
    found = shelf.restore(made, fresh_url("sqlite empty"), erase_again=hook)
    assert found.again is not None
    assert set(found.again.left) == set(two)


def test_the_list_keeps_ids_and_times_and_forgets_what_no_backup_holds(
    desk: Desk, shelf: Shelf
) -> None:
    settings, keys = desk.triage.settings, shelf.keys
    first, second = new_id(), new_id()
    note_erased(settings, [first], desk.now)
    desk.move(days=40)
    note_erased(settings, [second], desk.now)
    note_erased(settings, [], desk.now)
    assert erased(keys.folder) == (first, second)
    prune(keys, desk.now - timedelta(days=36))
    assert erased(keys.folder) == (second,)
    desk.move(days=40)
    expire(desk.triage.runner, CONSOLE, now=desk.now)
    assert erased(keys.folder) == ()


def test_half_a_line_that_a_power_cut_left_hides_no_other(desk: Desk, shelf: Shelf) -> None:
    settings, path = desk.triage.settings, shelf.keys.folder / ERASED
    first, second = new_id(), new_id()
    note_erased(settings, [first], desk.now)
    whole = path.read_bytes()
    path.write_bytes(whole + whole[:20])
    note_erased(settings, [second], desk.now)
    assert erased(path.parent) == (first, second)
    path.write_bytes(b"#" * 90 + b"\n" + whole)
    with pytest.raises(Invalid, match="Line 1"):
        erased(path.parent)


def test_keys_that_others_can_read_or_that_are_there_already_are_refused(tmp_path: Path) -> None:
    keys = BackupKeys(tmp_path / "keys")
    keys.ready()
    name = "triage-20260302T090000Z-abcdef"
    keys.make(name)
    with pytest.raises(FileExistsError):
        keys.make(name)
    keys.folder.chmod(0o755)
    with pytest.raises(UnsafeConfiguration):
        keys.ready()
