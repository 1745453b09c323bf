"""A restore goes into an empty place, is looked through, and stands whole or not at all."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from backup_breaking import break_record
from support.desk import Desk
from support.everything import PLAIN, SEALED
from support.shelf import Shelf, contents

from triage.app import tables
from triage.backup.keys import ERASED
from triage.backup.queries import look_at_backups
from triage.backup.reading import read_manifest
from triage.backup.service.restoring import RESTORED, UNFINISHED
from triage.core.audit import verify
from triage.core.crypto import load_hash_key
from triage.core.database import make_engine
from triage.core.errors import Conflict, Invalid, KeyMissing
from triage.messages.queries.history import history
from triage.messages.queries.queue import find
from triage.messages.service.flags import add_note, flag

Make = Callable[[str], str]


def test_a_restored_desk_goes_on_as_if_nothing_had_been(
    desk: Desk, shelf: Shelf, backend: str, fresh_url: Make
) -> None:
    """Found by its words, its notes read, its record gone on, and as append-only as before."""
    message = desk.arrive(f"[medium] {PLAIN} words")
    desk.do(desk.kit, flag, message_id=message, note=f"{SEALED} flag")
    made = shelf.make()
    url = fresh_url(f"{backend} empty")
    assert shelf.restore(made, url).stands
    there = Desk(shelf.open(url), desk.clock, desk.people)
    found = there.read(find, viewer=desk.ana, words=PLAIN, now=desk.now)
    assert [one.id for one in found.rows] == [message]
    told = there.read(history, viewer=desk.ana, message_id=message)
    assert f"{SEALED} flag" in [one.text for one in told]
    [event] = there.events(RESTORED)
    assert (event.actor_id, made.name in event.details) == ("console", True)
    assert there.chain() == made.links + 1
    there.do(desk.ana, add_note, message_id=message, text="and on it goes")
    assert there.chain() == made.links + 2
    with pytest.raises(Exception, match="append-only"):
        break_record(there, triggers=True)
    there.triage.close()


def test_that_it_was_tried_goes_on_the_desks_own_record(
    desk: Desk, shelf: Shelf, fresh_url: Make
) -> None:
    made = shelf.make()
    assert look_at_backups(desk.triage.settings.url).tried is None
    shelf.restore(made, fresh_url("sqlite empty"))
    found = look_at_backups(desk.triage.settings.url)
    assert (found.made, found.tried, found.held) == (desk.now, desk.now.date(), True)


def test_a_place_that_holds_anything_is_left_as_it_is(
    desk: Desk, shelf: Shelf, backend: str, fresh_url: Make, tmp_path: Path
) -> None:
    made = shelf.make()
    before = contents(desk.triage.database.engine)
    with pytest.raises(Conflict):
        shelf.restore(made, desk.triage.settings.url)
    assert contents(desk.triage.database.engine) == before
    taken = tmp_path / "taken.db"
    taken.write_text("something else")
    with pytest.raises(Conflict, match="is there already"):
        shelf.restore(made, f"sqlite:///{taken}")
    assert taken.read_text() == "something else"


@pytest.mark.postgres
def test_tables_of_somebody_else_are_no_empty_place(
    make_desk: Callable[..., Desk], fresh_url: Make, tmp_path: Path
) -> None:
    desk = make_desk()
    shelf = Shelf(desk.triage, tmp_path / "backups")
    url = fresh_url("postgresql empty")
    engine = make_engine(url)
    with engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE theirs (id int)")
    engine.dispose()
    with pytest.raises(Conflict, match="not ours"):
        shelf.restore(shelf.make(), url)


def test_a_backup_of_another_schema_says_which(desk: Desk, shelf: Shelf, fresh_url: Make) -> None:
    made = shelf.make()
    path = shelf.folder / f"{made.name}.json"
    path.write_text(path.read_text().replace(f'"{made.revision}"', '"0007"'))
    assert read_manifest(path.read_text()).revision == "0007"
    url = fresh_url("sqlite empty")
    with pytest.raises(Invalid, match=f"schema 0007, and .* has {made.revision}"):
        shelf.restore(made, url)
    assert is_bare(url)


def is_bare(url: str) -> bool:
    """Whether nothing was left: no file, or a database without a row."""
    if url.startswith("sqlite"):
        path = Path(url.removeprefix("sqlite:///"))
        return not [one for one in path.parent.iterdir() if one.name.startswith(path.name)]
    engine = make_engine(url)
    rows = contents(engine)
    engine.dispose()
    return not any(held for name, held in rows.items() if name != "audit_head")


def test_a_wrong_key_a_changed_file_and_a_broken_record_leave_nothing(
    desk: Desk, shelf: Shelf, backend: str, fresh_url: Make
) -> None:
    desk.arrive("[medium] words")
    one, other = shelf.make(), shelf.make()
    url = fresh_url(f"{backend} empty")
    with pytest.raises(Invalid, match="does not open"):
        shelf.restore(one, url, key=shelf.key(other), wraps=shelf.keys.wraps_of(other.name))
    assert is_bare(url)
    whole = shelf.file(one).read_bytes()
    shelf.file(one).write_bytes(whole[:-40])
    with pytest.raises(Invalid, match="cut short"):
        shelf.restore(one, url)
    break_record(desk)
    broken = shelf.restore(made := shelf.make(), url)
    assert not broken.stands
    assert [p.what for p in broken.proofs if p.held is False] == ["record restored"]
    assert is_bare(url)
    assert not look_at_backups(desk.triage.settings.url).held
    assert made.links > 0
    assert shelf.restore(other, url).stands


def test_without_its_wraps_it_is_refused_or_says_what_it_could_not_try(
    desk: Desk, shelf: Shelf, fresh_url: Make
) -> None:
    message = desk.arrive("[medium] words")
    desk.do(desk.ana, add_note, message_id=message, text=SEALED)
    one = shelf.make()
    desk.do(desk.ben, add_note, message_id=desk.arrive("[medium] more"), text=SEALED)
    other = shelf.make()
    url = fresh_url("sqlite empty")
    with pytest.raises(Invalid):  # sealed for another backup
        shelf.restore(other, url, wraps=shelf.keys.wraps_of(one.name))
    shelf.keys.wraps_of(one.name).unlink()
    with pytest.raises(KeyMissing, match="--without-wraps"):
        shelf.restore(one, url)
    assert is_bare(url)
    found = shelf.restore(one, url, without_wraps=True)
    assert found.stands
    assert [p.what for p in found.proofs if p.held is None] == ["sealed texts"]


def test_without_the_list_of_what_was_erased_it_is_refused_or_that_is_said_before(
    desk: Desk, shelf: Shelf, fresh_url: Make
) -> None:
    """Else a key that was put apart without it would bring back what was erased, without a word."""
    desk.arrive("[medium] words")
    made = shelf.make()
    url = fresh_url("sqlite empty")
    (shelf.keys.folder / ERASED).unlink()
    with pytest.raises(KeyMissing, match="--without-erased"):
        shelf.restore(made, url)
    assert is_bare(url)
    assert shelf.restore(made, url, without_erased=True).stands


def test_a_desk_without_its_hash_key_is_refused_and_one_with_another_fails(
    desk: Desk, shelf: Shelf, fresh_url: Make
) -> None:
    from triage.restoring import restore

    desk.arrive()
    made = shelf.make()
    url = fresh_url("sqlite empty")
    paths = {"file": shelf.file(made), "key": shelf.key(made), "into": url}
    settings = desk.triage.settings
    assert settings.hash_key is None
    with pytest.raises(KeyMissing, match=r"hash\.key"):
        restore(settings, **paths)
    load_hash_key(settings)
    found = restore(settings, **paths)
    assert [p.what for p in found.proofs if p.held is False] == ["hash key"]
    assert is_bare(url)


def test_another_desk_key_is_found(desk: Desk, shelf: Shelf, fresh_url: Make) -> None:
    from pydantic import SecretStr

    from triage.restoring import restore

    message = desk.arrive("[medium] words")
    desk.do(desk.ana, add_note, message_id=message, text=SEALED)
    made = shelf.make()
    paths = {"file": shelf.file(made), "key": shelf.key(made)}
    for key, held in (("1:" + "7a" * 32, False), (None, None)):
        given = {"desk_key": None if key is None else SecretStr(key)}
        settings = shelf.settings.model_copy(update=given)
        found = restore(settings, into=fresh_url("sqlite empty"), **paths)
        [proof] = [p for p in found.proofs if p.what == "sealed texts"]
        assert proof.held is held, proof


KILLED = """
import os, signal, sys
from pathlib import Path
from triage.core.settings import Settings
from triage.restoring import restore
left = 150
def step():
    global left
    left -= 1
    if left == 0:
        os.kill(os.getpid(), signal.SIGKILL)
restore(Settings(), file=Path(sys.argv[1]), key=Path(sys.argv[2]), into=sys.argv[3], step=step)
"""


def test_killed_in_the_middle_nothing_stands_and_the_next_try_does(
    desk: Desk, shelf: Shelf, backend: str, fresh_url: Make
) -> None:
    for _ in range(20):
        desk.arrive()
    made = shelf.make()
    url = fresh_url(f"{backend} empty")
    home = str(shelf.settings.home)
    load_hash_key(desk.triage.settings)
    done = subprocess.run(
        [sys.executable, "-c", KILLED, str(shelf.file(made)), str(shelf.key(made)), url],
        env={**os.environ, "TRIAGE_HOME": home},
        check=False,
    )
    assert done.returncode == -signal.SIGKILL
    if backend == "sqlite":
        path = Path(url.removeprefix("sqlite:///"))
        assert not path.exists()
        assert path.with_name(path.name + UNFINISHED).exists()
    else:
        assert is_bare(url)
    assert shelf.restore(made, url).stands
    there = shelf.open(url)
    with there.database.read() as session:
        assert verify(session) == made.links + 1
    assert len(contents(there.database.engine)) == len(tables().sorted_tables)
    there.close()


def test_what_was_written_after_the_backup_is_not_in_it(
    desk: Desk, shelf: Shelf, fresh_url: Make
) -> None:
    """And a head that was signed since then says so: see ``triage audit verify --head``."""
    made = shelf.make()
    desk.clock.move(timedelta(hours=1))
    desk.arrive()
    url = fresh_url("sqlite empty")
    assert shelf.restore(made, url).stands
    there = Desk(shelf.open(url), desk.clock, desk.people)
    assert there.events("received") == []
    there.triage.close()
