"""Engine, transactions, and the declarative base. SQLite and PostgreSQL behave alike."""

import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import URL, DateTime, Dialect, Engine, MetaData, create_engine, event, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, OperationalError
from sqlalchemy.orm import DeclarativeBase, Session
from sqlalchemy.types import TypeDecorator

from triage.core.errors import NoRoom, UnsafeConfiguration

T = TypeVar("T")
TRIES = 3
WAL_TRIES = 100
RETRY_CODES = {"40001", "40P01"}
"""PostgreSQL: serialisation failure, deadlock: the whole transaction is run again."""
LOST_CODES = {"57P01", "57P02", "57P03"}
"""PostgreSQL is shut down, has crashed, or is starting up."""
WAITS = (0.1, 0.4, 1.0, 2.0)
"""Seconds before each further try while PostgreSQL is away: a restart takes about so long."""
FULL = ("53100", "SQLITE_FULL")
"""No room on the disk, as PostgreSQL and as SQLite say it."""


class UtcDateTime(TypeDecorator[datetime]):
    """An aware UTC moment. SQLite stores it without the zone, sortable as text."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuse a naive time: nobody knows when it was."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"a stored time must be aware, not {value!r}")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Always aware, always UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Base(DeclarativeBase):
    """Every room's tables."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {datetime: UtcDateTime}  # noqa: RUF012 - read by SQLAlchemy as it is


def make_engine(url: str) -> Engine:
    """An engine with the settings that the fault tests depend on."""
    parsed = driver_url(url)
    if parsed.get_backend_name() == "postgresql":
        return create_engine(parsed, pool_pre_ping=True)
    if parsed.database and parsed.database != ":memory:":
        Path(parsed.database).parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    engine = create_engine(parsed)
    event.listen(engine, "do_connect", _make_private)
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def driver_url(url: str) -> URL:
    """A database URL with the driver that we ship."""
    try:
        parsed = make_url(url)
    except ArgumentError as error:
        raise UnsafeConfiguration("TRIAGE_DATABASE_URL is no database URL") from error
    if parsed.get_backend_name() == "postgresql":
        return parsed.set(drivername="postgresql+psycopg")
    if parsed.get_backend_name() != "sqlite":
        raise UnsafeConfiguration("TRIAGE_DATABASE_URL must be SQLite or PostgreSQL")
    return parsed


def _make_private(_dialect: Any, _record: Any, args: Any, _given: Any) -> None:
    """A new file is its owner's alone, in whatever folder; its log and index take after it."""
    name = str(args[0]) if args else ""
    if name in {"", ":memory:"} or name.startswith("file:") or Path(name).exists():
        return
    with suppress(OSError):  # SQLite says itself what is wrong with the place
        Path(name).touch(mode=0o600)


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    # The driver's own BEGIN is late and deferred; we send ours (see _begin_sqlite).
    connection.isolation_level = None
    cursor = connection.cursor()
    cursor.execute("PRAGMA busy_timeout=5000")
    _write_ahead(cursor)
    for pragma in (
        "synchronous=FULL",
        "foreign_keys=ON",
        "secure_delete=ON",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _write_ahead(cursor: Any) -> None:
    """Journal mode WAL. Changing to it waits for nobody, so two first starts try again."""
    for attempt in range(1, WAL_TRIES + 1):
        try:
            cursor.execute("PRAGMA journal_mode=WAL")
            return
        except sqlite3.OperationalError:
            if attempt == WAL_TRIES:
                raise
            time.sleep(0.05)


def _begin_sqlite(connection: Any) -> None:
    # A deferred transaction that reads and then writes can act on what is no longer so.
    writes = connection.get_execution_options().get("writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


class Database:
    """Where transactions come from: ``read`` and ``write``, and nothing between."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self._writing = engine.execution_options(writes=True)

    @property
    def dialect(self) -> str:
        """``sqlite`` or ``postgresql``."""
        return self.engine.dialect.name

    @contextmanager
    def read(self) -> Iterator[Session]:
        """A session for reading; nothing it does is kept."""
        with Session(self.engine, autoflush=False) as session:
            yield session
            session.rollback()

    def write(self, work: Callable[[Session], T]) -> T:
        """Run ``work`` in one transaction: all of it, or none.

        Where the server was restarted or two transactions were in each other's way,
        the whole of it is run again, so ``work`` must do nothing outside the session.
        """
        tries, waits = 0, list(WAITS)
        while True:
            tries += 1
            done: list[T] = []
            number: int | None = None
            try:
                with Session(self._writing, expire_on_commit=False) as session, session.begin():
                    done.append(work(session))
                    number = self._number(session)
                return done[0]
            except DBAPIError as error:
                if _is_full(error):
                    raise NoRoom() from error
                lost = self.dialect == "postgresql" and _is_lost(error)
                # A commit whose answer never came may have happened: twice is as wrong as never.
                if number is not None and lost and self._was_kept(number, waits):
                    return done[0]
                if not lost and (tries == TRIES or not _worth_another_try(error)):
                    raise
                if lost and not waits:
                    raise
                if lost:
                    time.sleep(waits.pop(0))

    def _number(self, session: Session) -> int | None:
        """By which PostgreSQL can say afterwards what became of a transaction that wrote."""
        if self.dialect != "postgresql":
            return None
        session.flush()
        number: int | None = session.scalar(text("SELECT txid_current_if_assigned()"))
        return number

    def _was_kept(self, number: int, waits: list[float]) -> bool:
        """Whether a transaction was committed, asked once the server is there again.

        ``OperationalError`` where that cannot be found out in the time there is.
        """
        while True:
            try:
                with self.engine.connect() as connection:
                    wanted = text("SELECT txid_status(:number)")
                    status = connection.scalar(wanted, {"number": number})
                if status != "in progress" or not waits:
                    return bool(status == "committed")
            except DBAPIError as error:
                if not waits or not _is_lost(error):
                    raise
            time.sleep(waits.pop(0))

    def close(self) -> None:
        """Give all connections back."""
        self.engine.dispose()


def _worth_another_try(error: DBAPIError) -> bool:
    code = getattr(error.orig, "sqlstate", None)
    locked = isinstance(error, OperationalError) and "locked" in str(error.orig)
    return error.connection_invalidated or code in RETRY_CODES or locked


def _is_lost(error: DBAPIError) -> bool:
    """Whether PostgreSQL is gone, for now: no connection, or one that broke."""
    code = getattr(error.orig, "sqlstate", None)
    no_answer = isinstance(error, OperationalError) and code is None
    return error.connection_invalidated or no_answer or code in LOST_CODES


def _is_full(error: DBAPIError) -> bool:
    code = getattr(error.orig, "sqlstate", getattr(error.orig, "sqlite_errorname", None))
    return code in FULL
