"""The disk of PostgreSQL's own log is full: the server goes down, or refuses. What was accepted
before is all there once there is room, nothing is half, and the desk goes on.

``python tests/faults/full_size.py --only log`` is the full size.
"""

import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy.exc import DBAPIError
from support.cluster import Cluster, cluster
from support.databases import furnish, on_server, with_database
from support.desk import meet
from support.invariants import check_all, received
from support.mail import inbound
from support.proving import proving, size
from support.small_disk import NoDisk, SmallDisk, small_disk

from triage.app import Triage
from triage.core.database import make_engine
from triage.core.errors import NoRoom

RUNS = size("LOG", 1)
OPTIONS = {
    "fsync": "on",
    "restart_after_crash": "off",
    "min_wal_size": "32MB",
    "max_wal_size": "10GB",  # no checkpoint makes room in between
    "checkpoint_timeout": "1d",
}
MUCH = "SELECT repeat(md5(random()::text), 32) FROM generate_series(1, 3000)"
"""Rows of somebody else on the same server: some megabytes of log each time."""
pytestmark = pytest.mark.postgres


@pytest.fixture
def own_cluster() -> Iterator[tuple[Cluster, SmallDisk]]:
    """A cluster whose log stands on a small disk, away from its tables."""
    with cluster(**OPTIONS) as made:
        try:
            with small_disk(made.folder / "disk", 96) as disk:
                made.stop()
                log, there = made.data / "pg_wal", disk.folder / "log"
                shutil.copytree(log, there)
                if made.user is not None:
                    for one in [there, *there.rglob("*")]:
                        os.chown(one, made.user.pw_uid, made.user.pw_gid)
                shutil.rmtree(log)
                log.symlink_to(there)
                made.start()
                on_server(made.url, "CREATE DATABASE small")
                url = with_database(made.url, "small")
                engine = make_engine(url)
                furnish(engine)
                engine.dispose()
                yield replace(made, url=url), disk
        except NoDisk as reason:
            pytest.skip(f"no disk can be mounted here: {reason}")


def test_what_was_accepted_is_there_once_there_is_room_and_the_desk_goes_on(
    own_cluster: tuple[Cluster, SmallDisk],
    make_triage: Callable[..., Triage],
    monkeypatch: pytest.MonkeyPatch,
    clock: Any,
) -> None:
    monkeypatch.setattr("triage.core.database.WAITS", (0.01, 0.01))
    server, disk = own_cluster
    desk = meet(make_triage(server.url), clock)
    told: set[tuple[str, str]] = set()
    on_server(server.url, "CREATE TABLE much (words text)")

    def accept() -> None:
        mails = [inbound(f"[medium] {os.urandom(4_000).hex()}") for _ in range(10)]
        told.update(("messages", str(one.message_id)) for one in desk.receive(*mails))

    def use_up() -> None:
        for _ in range(30):
            accept()
            on_server(server.url, "INSERT INTO much " + MUCH)

    with proving("disk of the log full", server.url) as proof:
        for _ in range(RUNS):
            accept()
            said = (server.folder / "log").stat().st_size
            disk.fill(0)
            try:
                with pytest.raises((NoRoom, DBAPIError)):
                    use_up()
            finally:
                disk.empty()
            assert "No space left on device" in (server.folder / "log").read_text("utf-8")[said:]
            bring_up(server)
            check_all(desk.triage, told)
            before = received(desk.triage)
            accept()
            assert received(desk.triage) == before + 10
            check_all(desk.triage, told)
            proof.ran()
        proof.note = f"{len(told)} acknowledged"


def bring_up(server: Cluster) -> None:
    """Where the server went down, start it, as whoever keeps it would."""
    try:
        on_server(server.url, "SELECT 1")
    except DBAPIError:
        server.start()
