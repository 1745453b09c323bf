"""PostgreSQL crashes and comes back while people and jobs are at work: the desk goes on, and what
was under way happened whole, once, or not at all.

``python tests/faults/full_size.py --only crashes`` is the full size of trust.md section 8.
"""

import random
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session
from support.cluster import Cluster, cluster
from support.databases import furnish, on_server, with_database
from support.desk import meet
from support.invariants import check_all
from support.proving import proving, size
from support.working import Place, Team, staff

from triage.app import Triage
from triage.core.database import Database, make_engine
from triage.staff.tables import Person

CRASHES = size("CRASHES", 2)
WORKERS = 2
NUMBERS = count(1)
pytestmark = pytest.mark.postgres


@pytest.fixture(scope="module")
def crashable(postgres_url: str) -> Iterator[Cluster]:
    """A cluster that may be crashed: it does tell the disk, and waits for it."""
    with cluster(fsync="on") as made:
        on_server(made.url, "CREATE DATABASE furnished")
        engine = make_engine(with_database(made.url, "furnished"))
        furnish(engine)
        engine.dispose()
        yield made


@pytest.fixture
def own_cluster(crashable: Cluster) -> Cluster:
    """The same, with a database in it that nobody else uses."""
    name = f"crash_{next(NUMBERS)}"
    on_server(crashable.url, f"CREATE DATABASE {name} TEMPLATE furnished")
    return replace(crashable, url=with_database(crashable.url, name))


def test_crashed_in_mid_work_the_desk_goes_on_and_nothing_is_half_or_lost(
    own_cluster: Cluster, make_triage: Callable[..., Triage], clock: Any, tmp_path: Path
) -> None:
    staff(meet(make_triage(own_cluster.url), clock))
    place = Place(own_cluster.url, str(tmp_path / "own"), time.time())
    triage, team = place.open(), Team(place)
    chance = random.Random(17)
    with proving("PostgreSQL crashes in mid-work", "postgresql") as proof:
        team.start(WORKERS, patient=True)
        for crash in range(CRASHES):
            team.listen(chance.uniform(0.3, 1.2), at_least=5)
            if crash % 2:
                own_cluster.stop()
            else:
                own_cluster.kill()
            team.listen(chance.uniform(0, 0.5))
            own_cluster.start()
            before = set(team.told)
            check_all(triage, before)
            team.listen(0.1, at_least=5)
            assert team.faults == []
            assert len(team.told) >= len(before) + 5
            proof.ran()
        team.kill()
        check_all(triage, team.told)
        proof.note = f"{len(team.told)} acknowledged, {team.away} commands refused meanwhile"
    triage.close()


class Cut:
    """Breaks the connection of the next commit, before or after the server has heard of it."""

    def __init__(self, database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
        self.after: bool | None = None
        dialect = database.engine.dialect
        do_commit = dialect.do_commit

        def commit(connection: Any) -> None:
            after, self.after = self.after, None
            if after:
                do_commit(connection)
            if after is not None:
                connection.dbapi_connection.close()
            do_commit(connection)  # on a closed connection: an error like that of a cut one

        monkeypatch.setattr(dialect, "do_commit", commit)


@pytest.mark.parametrize("after", [True, False], ids=["was heard", "was not heard"])
def test_a_commit_whose_answer_never_came_is_asked_after_and_done_once(
    fresh_url: Callable[[str], str],
    make_triage: Callable[..., Triage],
    monkeypatch: pytest.MonkeyPatch,
    clock: Any,
    after: bool,
) -> None:
    database = make_triage(fresh_url("postgresql")).database
    cut = Cut(database, monkeypatch)
    tries: list[int] = []

    def work(session: Session) -> str:
        tries.append(1)
        name = f"Nora {len(tries)}"
        session.add(Person(name=name, email=f"n{len(tries)}@example.org", added_at=clock.now()))
        session.flush()
        return name

    cut.after = after
    made = database.write(work)
    assert (made, len(tries)) == (("Nora 1", 1) if after else ("Nora 2", 2))
    with database.read() as session:
        found = session.scalars(select(Person.name).where(Person.name.like("Nora%"))).all()
    assert found == [made]


def test_while_the_server_is_away_a_command_waits_for_it_and_then_is_done_once(
    own_cluster: Cluster, make_triage: Callable[..., Triage], clock: Any
) -> None:
    database = make_triage(own_cluster.url).database
    with database.read() as session:
        before = session.scalar(select(func.count()).select_from(Person))

    def work(session: Session) -> None:
        tries.append(1)
        if len(tries) == 1:
            own_cluster.stop()
            own_cluster.start()
        session.add(Person(name="Nora", email="nora@example.org", added_at=clock.now()))
        session.flush()

    tries: list[int] = []
    database.write(work)
    with database.read() as session:
        assert session.scalar(select(func.count()).select_from(Person)) == (before or 0) + 1


def test_a_server_that_stays_away_is_said_to_be_and_nothing_is_kept(
    own_cluster: Cluster, make_triage: Callable[..., Triage], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("triage.core.database.WAITS", (0.01, 0.01))
    database = make_triage(own_cluster.url).database
    own_cluster.stop()
    try:
        with pytest.raises(OperationalError):
            database.write(lambda session: session.scalar(select(func.count(Person.id))))
    finally:
        own_cluster.start()
    with database.read() as session:
        assert session.scalar(select(func.count(Person.id)))
