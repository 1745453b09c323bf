"""The place that a backup goes into: that it is empty, and that it is closed whole."""

from collections.abc import Sequence

from sqlalchemy import Engine, Table, inspect, literal, select

from triage.core.errors import Conflict

OURS = "alembic_version"
HEAD = "audit_head"
"""The one table that has a row from its making."""


def must_be_empty(engine: Engine, tables: Sequence[Table]) -> None:
    """``Conflict`` where the database has anything in it, of ours or of anybody else."""
    with engine.connect() as connection:
        names = set(inspect(connection).get_table_names())
        if names and OURS not in names:
            raise Conflict("There are tables in this database that are not ours: use another.")
        for table in tables:
            if table.name == HEAD or table.name not in names:
                continue
            found = select(literal(1)).select_from(table).limit(1)
            if connection.execute(found).first() is not None:
                raise Conflict(
                    "There is something in this database: a backup goes into an empty one."
                )


def close_whole(engine: Engine) -> None:
    """Give a database back; a SQLite file then has everything in itself."""
    if engine.dialect.name == "sqlite":
        with engine.connect() as connection:
            connection.exec_driver_sql("COMMIT")
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    engine.dispose()
