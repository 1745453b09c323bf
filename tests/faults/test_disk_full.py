"""The disk of the database is full: a clean refusal, nothing half, reads go on, and once there is
room it goes on by itself.

``python tests/faults/full_size.py --only disk`` is the full size of trust.md section 8.
"""

import os
import shutil
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event
from streamlit.testing.v1 import AppTest
from support.cluster import cluster, server_user
from support.databases import furnish, on_server, with_database
from support.desk import Desk, meet
from support.invariants import check_all, received
from support.mail import inbound
from support.proving import proving, size
from support.screens import press, words_of
from support.small_disk import NoDisk, SmallDisk, small_disk

from dashboard import session as desk_session
from triage.app import Triage, jobs
from triage.core.database import Database, make_engine
from triage.core.errors import NoRoom
from triage.core.jobs import Outcome, run_due
from triage.messages.queries.queue import queue_page
from triage.messages.rules import State
from triage.messages.service.flags import add_note

RUNS = size("DISK", 1)
LEFT = 150_000
"""Bytes left: enough to begin, and too little to end."""


def mail(number: int) -> list[Any]:
    """Ten messages of 8 kB."""
    return [inbound(f"[medium] {number} " + os.urandom(4000).hex()) for _ in range(10)]


def disk(folder: Path, megabytes: int) -> Any:
    """A small disk; where the machine lets nobody mount one, these tests are skipped."""
    made = small_disk(folder, megabytes)
    try:
        found = made.__enter__()
    except NoDisk as reason:
        pytest.skip(f"no disk can be mounted here: {reason}")
    return made, found


@pytest.fixture
def full_sqlite(sqlite_template: Path, tmp_path: Path) -> Iterator[tuple[str, SmallDisk]]:
    """A database on a small disk of its own."""
    made, found = disk(tmp_path / "disk", 6 + 2 * (RUNS - 1))  # what is accepted stays
    shutil.copy(sqlite_template, found.folder / "triage.db")
    yield f"sqlite:///{found.folder / 'triage.db'}", found
    made.__exit__(None, None, None)


@pytest.fixture
def full_postgres(postgres_url: str, tmp_path: Path) -> Iterator[tuple[str, SmallDisk]]:
    """A database whose tables stand on a small disk of its own; its log stands elsewhere."""
    with cluster() as own:
        made, found = disk(own.folder / "disk", 40)
        user = server_user()
        place = found.folder / "tables"
        place.mkdir()
        if user is not None:
            os.chown(place, user.pw_uid, user.pw_gid)
        on_server(own.url, f"CREATE TABLESPACE small LOCATION '{place}'")
        on_server(own.url, "CREATE DATABASE small TABLESPACE small")
        url = with_database(own.url, "small")
        engine = make_engine(url)
        furnish(engine)
        engine.dispose()
        yield url, found
        on_server(own.url, "DROP DATABASE small (FORCE)")
        made.__exit__(None, None, None)


@contextmanager
def filled(found: SmallDisk) -> Iterator[None]:
    found.fill(LEFT)
    try:
        yield
    finally:
        found.empty()


@pytest.mark.parametrize("kind", ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def test_it_is_refused_cleanly_read_on_and_goes_on_once_there_is_room(
    kind: str,
    request: pytest.FixtureRequest,
    make_triage: Callable[..., Triage],
    clock: Any,
) -> None:
    url, found = request.getfixturevalue("full_sqlite" if kind == "sqlite" else "full_postgres")
    desk = meet(make_triage(url), clock)
    desk.receive(*mail(0))
    told: set[tuple[str, str]] = set()
    with proving("disk full", url) as proof:
        for run in range(RUNS):
            with filled(found):
                with pytest.raises(NoRoom, match="no room left on the disk"):
                    fill_up(desk, told)
                check_all(desk.triage, told)
                assert desk.read(queue_page, viewer=desk.ben, now=desk.now).total
                ran = run_due(desk.triage.runner, jobs(), desk.now)
                assert {one.outcome for one in ran} <= {Outcome.DONE, Outcome.FAILED}
                check_all(desk.triage, told)
            before = received(desk.triage)
            told |= {("messages", str(one.message_id)) for one in desk.receive(*mail(run))}
            assert received(desk.triage) == before + 10
            desk.move(minutes=10)
            ran = run_due(desk.triage.runner, jobs(), desk.now)
            assert {one.outcome for one in ran} == {Outcome.DONE}
            check_all(desk.triage, told)
            proof.ran()
        proof.note = f"{len(told)} acknowledged; tables on a tmpfs"


def fill_up(desk: Desk, told: set[tuple[str, str]]) -> None:
    """Mail comes in until there is no room: what was accepted before is told."""
    for number in range(40):
        got = desk.receive(*mail(number))
        told |= {("messages", str(one.message_id)) for one in got}


def write_notes(desk: Desk, message: str) -> None:
    """Small things, until there is no room for them either."""
    for number in range(200):
        desk.do(desk.ana, add_note, message_id=message, text=f"{number} and more words")


def full(database: Database) -> None:
    """From now on there is no room, by SQLite's own limit: this needs no disk."""

    def limit(connection: Any, _record: Any, _proxy: Any) -> None:
        pages = connection.execute("PRAGMA page_count").fetchone()[0]
        connection.execute(f"PRAGMA max_page_count = {pages}")

    database.engine.dispose()
    event.listen(database.engine, "checkout", limit)


def test_the_screen_says_so_and_what_was_typed_is_still_there(
    make_desk: Callable[..., Desk], monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = make_desk(demo=True)
    monkeypatch.setattr(desk_session, "desk", lambda: desk.triage)
    monkeypatch.setitem(sys.modules, "__main__", sys.modules["__main__"])
    message = desk.arrive("[medium] words")

    def script() -> None:
        from dashboard.views import views

        next(view for view in views() if view.path == "review").draw()

    at = AppTest.from_function(script, default_timeout=20)
    at.session_state["person_id"] = desk.ben.person_id
    at.query_params["message"] = message
    at = press(at.run(), "reveal_full")
    desk.move(seconds=5)
    at = press(at.text_input(key="note").set_value("my thoughts").run(), "choose_none")
    full(desk.triage.database)
    told: set[tuple[str, str]] = set()
    with pytest.raises(NoRoom):
        fill_up(desk, told)
    with pytest.raises(NoRoom):  # nor is there any for little
        write_notes(desk, message)
    at = press(at, "decide")
    assert not at.exception
    assert "there is no room left on the disk" in words_of(at)
    assert at.text_input(key="note").value == "my thoughts"
    assert desk.state(message) is State.CLAIMED
    check_all(desk.triage, told)
