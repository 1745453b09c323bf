from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from sqlalchemy import BigInteger, Column, MetaData, Table, create_engine, insert, select, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session
from support.desk import Desk

from triage.app import Triage
from triage.core.audit import AuditHead
from triage.core.database import UtcDateTime, driver_url, make_engine
from triage.core.errors import UnsafeConfiguration
from triage.staff.tables import Person


def head_number(session: Session) -> int:
    return session.scalars(select(AuditHead.number)).one()


def test_on_sqlite_every_write_transaction_begins_immediately(desk: Desk) -> None:
    if desk.triage.database.dialect != "sqlite":
        assert desk.triage.database.engine.pool._pre_ping
        return
    other = create_engine(desk.triage.settings.url, connect_args={"timeout": 0})

    def work(session: Session) -> str:
        with other.connect() as connection:
            try:
                connection.exec_driver_sql("BEGIN IMMEDIATE")
            except OperationalError as error:
                return str(error.orig)
        return "not locked"

    assert "locked" in desk.triage.database.write(work)
    other.dispose()


def test_sqlite_runs_with_the_options_that_the_fault_tests_stand_on(desk: Desk) -> None:
    wanted = {
        "journal_mode": "wal",
        "synchronous": 2,
        "foreign_keys": 1,
        "secure_delete": 1,
        "busy_timeout": 5000,
    }
    if desk.triage.database.dialect == "sqlite":
        with desk.triage.database.read() as session:
            found = {name: session.scalar(text(f"PRAGMA {name}")) for name in wanted}
        assert found == wanted
    else:
        assert desk.triage.database.engine.dialect.driver == "psycopg"


def test_a_transaction_happens_whole_or_not_at_all(desk: Desk) -> None:
    before = desk.count(Person)

    def work(session: Session) -> None:
        session.add(Person(name="Half", email="half@example.org", added_at=desk.now))
        session.flush()
        raise RuntimeError("in the middle")

    with pytest.raises(RuntimeError, match="in the middle"):
        desk.triage.database.write(work)
    assert desk.count(Person) == before


def test_nothing_that_is_done_in_a_read_is_kept(desk: Desk) -> None:
    before = desk.count(Person)
    with desk.triage.database.read() as session:
        session.add(Person(name="Ghost", email="ghost@example.org", added_at=desk.now))
        session.flush()
    assert desk.count(Person) == before


@pytest.mark.postgres
def test_work_whose_connection_the_server_ends_is_done_again_whole(
    fresh_url: Callable[[str], str], make_triage: Callable[..., Triage]
) -> None:
    url = fresh_url("postgresql")
    database = make_triage(url).database
    killer = create_engine(driver_url(url), isolation_level="AUTOCOMMIT")
    with database.read() as session:
        start = head_number(session)
    tries: list[int] = []

    def work(session: Session) -> None:
        session.scalars(select(AuditHead).with_for_update()).one().number += 1
        session.flush()
        backend = session.scalar(text("SELECT pg_backend_pid()"))
        tries.append(backend)
        if len(tries) == 1:
            with killer.connect() as connection:
                connection.execute(text("SELECT pg_terminate_backend(:b)"), {"b": backend})
        session.execute(text("SELECT 1"))

    database.write(work)
    killer.dispose()
    with database.read() as session:
        assert head_number(session) == start + 1
    assert len(tries) == 2


@pytest.mark.postgres
def test_work_that_the_server_ends_each_time_fails_and_leaves_nothing(
    fresh_url: Callable[[str], str], make_triage: Callable[..., Triage]
) -> None:
    url = fresh_url("postgresql")
    database = make_triage(url).database
    killer = create_engine(driver_url(url), isolation_level="AUTOCOMMIT")
    with database.read() as session:
        start = head_number(session)

    def work(session: Session) -> None:
        session.scalars(select(AuditHead).with_for_update()).one().number += 1
        session.flush()
        backend = session.scalar(text("SELECT pg_backend_pid()"))
        with killer.connect() as connection:
            connection.execute(text("SELECT pg_terminate_backend(:b)"), {"b": backend})
        session.execute(text("SELECT 1"))

    with pytest.raises(OperationalError):
        database.write(work)
    killer.dispose()
    with database.read() as session:
        assert head_number(session) == start


@pytest.fixture
def apart(
    make_triage: Callable[..., Triage], fresh_url: Callable[[str], str], backend: str
) -> Triage:
    """An instance over a database whose schema may be changed."""
    return make_triage(fresh_url(f"{backend} apart"))


TIMES = Table("times", MetaData(), Column("id", BigInteger), Column("at", UtcDateTime()))


def test_a_stored_time_is_aware_and_utc_whatever_zone_it_came_in(apart: Triage) -> None:
    TIMES.create(apart.database.engine)
    summer = datetime(2026, 7, 1, 12, 30, 15, 123456, tzinfo=timezone(timedelta(hours=1)))
    apart.database.write(lambda session: session.execute(insert(TIMES).values(id=1, at=summer)))
    with apart.database.read() as session:
        found = session.scalars(select(TIMES.c.at)).one()
    assert found == summer
    assert found.tzinfo is UTC
    assert (found.hour, found.microsecond) == (11, 123456)


def test_a_naive_time_is_refused(apart: Triage) -> None:
    TIMES.create(apart.database.engine)
    naive = datetime(2026, 7, 1)  # noqa: DTZ001 - that is what is refused
    with pytest.raises(Exception, match="aware"):
        apart.database.write(lambda session: session.execute(insert(TIMES).values(id=1, at=naive)))


def test_only_sqlite_and_postgresql_are_let_in() -> None:
    for bad in ("mysql://u@example.org/x", "nonsense"):
        with pytest.raises(UnsafeConfiguration):
            make_engine(bad)
    assert driver_url("postgresql://u@example.org/x").drivername == "postgresql+psycopg"
    assert driver_url("sqlite:///x.db") == make_url("sqlite:///x.db")


def test_a_new_file_with_its_log_is_its_owners_alone_in_whatever_folder(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    engine = make_engine(f"sqlite:///{tmp_path / 'new.db'}")
    with engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE one (a INTEGER)")
        modes = {path.name: path.stat().st_mode & 0o777 for path in tmp_path.iterdir()}
    engine.dispose()
    assert modes == dict.fromkeys(("new.db", "new.db-wal", "new.db-shm"), 0o600)
