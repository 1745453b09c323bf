"""Databases, a clock, a scripted model and people, for every test that asks."""

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings
from sqlalchemy import create_engine, text
from sqlalchemy.pool import NullPool
from support.cluster import NoServer, running
from support.databases import DESK_KEY, KEY, furnish, on_server, with_database
from support.desk import Desk, meet
from support.mail import START
from support.mailbox_server import Account, MailServer, NoMailServer, serving_mail
from support.scorer import ScriptedScorer

from triage.app import Triage, tables
from triage.core.clock import SetClock
from triage.core.crypto import KeyedHash
from triage.core.database import Database, driver_url, make_engine
from triage.core.settings import Settings

BOTH = ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)]
TEMPLATE = "template_triage"
_numbers = count(1)

STANDING = "triage_standing"
MEMORY = Path("/dev/shm")
"""SQLite waits for the disk at each commit; in memory it does not, where there is such a place."""

MakeUrl = Callable[[str], str]

# pytest --hypothesis-profile=deep tests/fuzz: twenty times as many examples as by default.
settings.register_profile("deep", max_examples=2_000, deadline=None)


class Standing:
    """A PostgreSQL database that is made as new between tests: far quicker than a new one."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.tables = tables().sorted_tables
        self._engine = create_engine(driver_url(url), poolclass=NullPool)
        names = [table.name for table in reversed(self.tables)]
        self._emptied = "; ".join(f"DELETE FROM {one}" for one in (*names, "message_search"))
        with self._engine.connect() as connection:
            self._rows = [
                (table, [dict(row) for row in connection.execute(table.select()).mappings()])
                for table in self.tables
            ]

    def as_new(self) -> str:
        """The URL, with nothing in the database but what the template holds."""
        with self._engine.begin() as connection:
            connection.execute(
                text(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                    "WHERE datname = current_database() AND pid <> pg_backend_pid()"
                )
            )
            # The record refuses to forget: for this, its triggers are out of force.
            connection.execute(text("SET LOCAL session_replication_role = replica"))
            # All in one go: a hundred statements one by one are most of a short test's time.
            connection.exec_driver_sql(self._emptied)
            for table, rows in self._rows:
                if rows:
                    connection.execute(table.insert(), rows)
        return self.url


@pytest.fixture(autouse=True)
def _no_settings_from_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing that happens to be set on this machine reaches a test."""
    for name in [one for one in os.environ if one.upper().startswith(("TRIAGE_", "STREAMLIT_"))]:
        if not name.startswith("TRIAGE_FAULT_"):
            monkeypatch.delenv(name)


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """A PostgreSQL cluster of this run's own. Without the programs: skipped, but never in CI."""
    cluster = running()
    try:
        url = cluster.__enter__()
    except NoServer as reason:
        if os.environ.get("CI"):
            pytest.fail(f"PostgreSQL tests must run here: {reason}")
        pytest.skip(str(reason))
    yield url
    cluster.__exit__(None, None, None)


@pytest.fixture(scope="session")
def mail_server() -> Iterator[MailServer]:
    """An IMAP server of this run's own. Without dovecot: skipped, but never in CI."""
    server = serving_mail()
    try:
        running_server = server.__enter__()
    except NoMailServer as reason:
        if os.environ.get("CI"):
            pytest.fail(f"tests of mailboxes must run here: {reason}")
        pytest.skip(str(reason))
    yield running_server
    server.__exit__(None, None, None)


@pytest.fixture
def account(mail_server: MailServer) -> Account:
    """A mailbox at that server, which no other test uses."""
    return mail_server.account()


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated SQLite file to copy, with the people of support.desk."""
    path = tmp_path_factory.mktemp("template") / "empty.db"
    engine = make_engine(f"sqlite:///{path}")
    furnish(engine)
    with engine.connect() as connection:
        connection.exec_driver_sql("COMMIT")
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    engine.dispose()
    return path


@pytest.fixture(scope="session")
def postgres_template(postgres_url: str) -> str:
    """The name of a migrated database to copy, with the people of support.desk."""
    on_server(postgres_url, f"CREATE DATABASE {TEMPLATE}")
    engine = make_engine(with_database(postgres_url, TEMPLATE))
    furnish(engine)
    engine.dispose()
    return TEMPLATE


@pytest.fixture(scope="session")
def standing(postgres_url: str, postgres_template: str) -> Standing:
    """The PostgreSQL database that most tests use, one after the other."""
    on_server(postgres_url, f"CREATE DATABASE {STANDING} TEMPLATE {postgres_template}")
    return Standing(with_database(postgres_url, STANDING))


@pytest.fixture
def fresh_url(request: pytest.FixtureRequest) -> Iterator[MakeUrl]:
    """Makes a database and gives its URL: ``fresh_url("sqlite")``, migrated, with people.

    ``"sqlite empty"`` and ``"postgresql empty"`` have neither schema nor people. A test that
    changes the schema asks for ``"postgresql apart"``.
    """
    folder = Path(tempfile.mkdtemp(prefix="triage-test-", dir=MEMORY if MEMORY.is_dir() else None))
    made: list[str] = []
    standing_given = False

    def make(kind: str) -> str:
        nonlocal standing_given
        backend, _, how = kind.partition(" ")
        if backend == "sqlite":
            path = folder / f"triage{next(_numbers)}.db"
            if how != "empty":
                shutil.copy(request.getfixturevalue("sqlite_template"), path)
            return f"sqlite:///{path}"
        if not how and not standing_given:
            standing_given = True
            return request.getfixturevalue("standing").as_new()
        server = request.getfixturevalue("postgres_url")
        name = f"triage_{next(_numbers)}"
        template = "template0" if how == "empty" else request.getfixturevalue("postgres_template")
        on_server(server, f"CREATE DATABASE {name} TEMPLATE {template}")
        made.append(name)
        return with_database(server, name)

    yield make
    shutil.rmtree(folder)
    for name in made:
        on_server(
            request.getfixturevalue("postgres_url"), f"DROP DATABASE IF EXISTS {name} (FORCE)"
        )


@pytest.fixture(params=BOTH)
def backend(request: pytest.FixtureRequest) -> str:
    """``sqlite`` and ``postgresql`` in turn."""
    return str(request.param)


@pytest.fixture
def url(backend: str, fresh_url: MakeUrl) -> str:
    """The URL of a fresh, migrated database."""
    return fresh_url(backend)


@pytest.fixture
def clock() -> SetClock:
    """A clock that stands still until it is moved."""
    return SetClock(START)


@pytest.fixture
def make_triage(tmp_path: Path, clock: SetClock) -> Iterator[Callable[..., Triage]]:
    """Opens an instance at a migrated database: ``make_triage(url, claim_minutes=5)``."""
    opened: list[Triage] = []

    def make(url: str, **settings: Any) -> Triage:
        given: dict[str, Any] = {"home": tmp_path / "home", "blind_sample_per_day": 0}
        given["desk_key"] = DESK_KEY
        triage = Triage(
            settings=Settings(database_url=url, **(given | settings)),
            database=Database(make_engine(url)),
            keys=KeyedHash(KEY),
            clock=clock,
            given_scorer=ScriptedScorer(),
        )
        opened.append(triage)
        return triage

    yield make
    for triage in opened:
        triage.close()


@pytest.fixture
def triage(make_triage: Callable[..., Triage], url: str) -> Triage:
    """An instance over a fresh database, on each of the two in turn. No blind sample."""
    return make_triage(url)


@pytest.fixture
def desk(triage: Triage, clock: SetClock) -> Desk:
    """The instance with its people: ana, ben, cleo, dora review; max, ada, kit, gus do not."""
    return meet(triage, clock)


@pytest.fixture
def make_desk(
    make_triage: Callable[..., Triage], fresh_url: MakeUrl, clock: SetClock
) -> Callable[..., Desk]:
    """A desk with settings of its own, on SQLite: ``make_desk(blind_sample_per_day=2)``."""

    def make(kind: str = "sqlite", **settings: Any) -> Desk:
        return meet(make_triage(fresh_url(kind), **settings), clock)

    return make
