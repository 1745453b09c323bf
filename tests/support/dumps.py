"""The whole of a database as a backup would hold it, to look for bytes in."""

import subprocess
from pathlib import Path

from sqlalchemy import text
from sqlalchemy.engine import make_url

from support.cluster import find_programs
from support.desk import Desk


def dump(desk: Desk) -> bytes:
    """The file with its log, or a dump, ciphertexts in hex."""
    url = make_url(desk.triage.settings.url)
    if desk.triage.database.dialect == "sqlite":
        with desk.triage.database.engine.connect() as connection:
            connection.exec_driver_sql("COMMIT")
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        path = Path(str(url.database))
        wal = path.with_name(path.name + "-wal")
        return path.read_bytes() + (wal.read_bytes() if wal.exists() else b"")
    with desk.triage.database.engine.connect() as connection:
        connection.execution_options(isolation_level="AUTOCOMMIT").execute(text("VACUUM"))
    done = subprocess.run(
        [find_programs() / "pg_dump", url.render_as_string(hide_password=False)],
        capture_output=True,
        check=True,
    )
    return done.stdout


def holds(dumped: bytes, what: bytes) -> bool:
    """Whether bytes are in it, as they are or in hex."""
    return what in dumped or what.hex().encode() in dumped
