"""The schema, step by step. Alembic reads ``env.py`` and ``versions``."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, create_engine, text
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


def _config(connection: Connection | None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(HERE).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config
