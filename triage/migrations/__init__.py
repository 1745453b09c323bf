"""The schema, step by step. Alembic reads ``env.py`` and ``versions``."""

import os
from dataclasses import dataclass
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import URL, Connection, Engine, create_engine, text
from sqlalchemy.exc import SQLAlchemyError

from triage.core.crypto import KeyedHash
from triage.core.database import driver_url
from triage.core.errors import TriageError
from triage.core.sealed import Vault

HERE = Path(__file__).parent
MIGRATING_LOCK = 7_203_113
"""PostgreSQL advisory lock: two starts at once migrate one after the other."""


def migrate(engine: Engine, vault: Vault | None = None, keys: KeyedHash | None = None) -> None:
    """Bring a database to the newest schema; on one that is there already, do nothing.

    The vault is for steps that seal what stood there in plain, the keys for those that hash anew.
    """
    with engine.execution_options(writes=True).begin() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(:k)"), {"k": MIGRATING_LOCK})
        if current(connection) != newest():
            config = _config(connection)
            config.attributes["vault"] = vault
            config.attributes["keys"] = keys
            command.upgrade(config, "head")


def current(connection: Connection) -> str | None:
    """The revision a database is at; ``None`` for an empty one."""
    return MigrationContext.configure(connection).get_current_revision()


def newest() -> str | None:
    """The revision that this version of the program works with."""
    return ScriptDirectory.from_config(_config(None)).get_current_head()


def look(url: str) -> str | None:
    """The revision of the database at a URL, opened for a look only.

    ``TriageError`` with one plain line where it cannot be opened.
    """
    engine = create_engine(driver_url(url))
    try:
        with engine.connect() as connection:
            return current(connection)
    except SQLAlchemyError as error:
        raise TriageError(str(error.__cause__ or error).splitlines()[0]) from error
    finally:
        engine.dispose()


def known(revision: str | None) -> bool:
    """Whether this version of the program can go on from a revision."""
    if revision is None:
        return True
    script = ScriptDirectory.from_config(_config(None))
    return revision in {one.revision for one in script.walk_revisions()}


@dataclass(frozen=True, slots=True)
class Rights:
    """As whom we come to a PostgreSQL database, and what that lets us do."""

    role: str
    superuser: bool
    reads_people: bool


def rights(url: str) -> Rights:
    """Our rights in the PostgreSQL database at a URL. ``TriageError`` where it does not open."""
    engine = create_engine(driver_url(url))
    try:
        with engine.connect() as connection:
            row = connection.execute(
                text(
                    "SELECT current_user, rolsuper, "
                    "COALESCE(has_any_column_privilege(to_regclass('people'), 'SELECT'), false) "
                    "FROM pg_roles WHERE rolname = current_user"
                )
            ).one()
            return Rights(str(row[0]), bool(row[1]), bool(row[2]))
    except SQLAlchemyError as error:
        raise TriageError(str(error.__cause__ or error).splitlines()[0]) from error
    finally:
        engine.dispose()


def way(url: URL) -> tuple[list[str], str]:
    """(hosts of a PostgreSQL URL, its ``sslmode``), as libpq takes them from URL or environment.

    A socket on this machine is a path; the empty host is one too.
    """
    asked = {
        name: one if isinstance(one, str) else ",".join(one) for name, one in url.query.items()
    }
    named = asked.get("host") or url.host or os.environ.get("PGHOST", "")
    # "db.example.org:5433" is a host and a port; "2001:db8::1" is a host.
    hosts = [one.partition(":")[0] if one.count(":") == 1 else one for one in named.split(",")]
    if there := asked.get("hostaddr") or os.environ.get("PGHOSTADDR", ""):
        hosts += there.split(",")
    mode = asked.get("sslmode") or os.environ.get("PGSSLMODE", "") or "prefer"
    return [host or "/" for host in hosts], mode


def _config(connection: Connection | None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(HERE).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config
