"""After rows went: their words leave the file, the write-ahead log and the full-text index too.

SQLite overwrites deleted rows (``secure_delete``), and yet their words stay in three places: in
the full-text index until its segments are merged; in gaps of pages whose rows were moved about,
until the file is written anew; and in the log until it is cut. PostgreSQL keeps dead rows until
they are vacuumed. Neither can stand in a transaction (trust.md, section 4).

That it is still to be done is written into the SQLite file in the transaction that erases, so
that a process which ends between the two leaves it to the next run.
"""

import time

from sqlalchemy import Engine, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from triage.core.database import Base, Database

TRIES = 20
WAIT = 0.25
"""Seconds between two tries: somebody may be reading or writing just then."""
STILL_TO_DO, DONE = 1, 0


def note_erased(session: Session) -> None:
    """Something was erased in this transaction: the file is to be cleared of it."""
    if session.get_bind().dialect.name == "sqlite":
        session.execute(text(f"PRAGMA user_version = {STILL_TO_DO}"))


def sweep(database: Database) -> bool:
    """Clear what is left of erased rows; whether all of it went. If not, the next run does it."""
    if database.dialect == "postgresql":
        _vacuum(database.engine)
        return True
    with database.read() as session:
        if session.scalar(text("PRAGMA user_version")) == DONE:
            return True
    database.write(
        lambda session: session.execute(
            text("INSERT INTO message_search (message_search) VALUES ('optimize')")
        )
    )
    return _write_anew(database.engine)


def _write_anew(engine: Engine) -> bool:
    """The whole file, and nothing beside it; then the log is cut, twice: the mark stands in it."""
    with engine.connect() as connection:
        connection.exec_driver_sql("COMMIT")  # ours began one; what follows stands outside any
        for _ in range(TRIES):
            try:
                connection.exec_driver_sql("VACUUM")
                busy, _, _ = connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)").one()
                if not busy:
                    connection.exec_driver_sql(f"PRAGMA user_version = {DONE}")
                    connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
                    return True
            except OperationalError:
                pass  # locked, or the disk is too full for a second copy: not done
            time.sleep(WAIT)
    return False


def _vacuum(engine: Engine) -> None:
    tables = [*(table.name for table in Base.metadata.sorted_tables), "message_search"]
    with engine.connect() as connection:
        connection.execution_options(isolation_level="AUTOCOMMIT").execute(
            text(f"VACUUM {', '.join(tables)}")
        )
