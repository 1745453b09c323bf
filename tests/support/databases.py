"""Databases that were just made: their schema, their people, their address."""

from sqlalchemy import Engine, create_engine, text
from sqlalchemy.engine import make_url
from sqlalchemy.pool import NullPool

from support.desk import add_people
from support.mail import START
from triage.core.clock import SetClock
from triage.core.commands import Runner
from triage.core.crypto import KeyedHash
from triage.core.database import Database, driver_url
from triage.core.settings import Settings
from triage.migrations import migrate

KEY = b"a key for tests only, and no other use"
DESK_KEY = "1:" + "5e" * 32


def furnish(engine: Engine) -> None:
    """Bring a new database to the newest schema, and put the people on its staff list."""
    migrate(engine)
    add_people(Runner(Database(engine), SetClock(START), Settings(), KeyedHash(KEY)))


def on_server(url: str, statement: str) -> None:
    """Run one statement that must stand outside a transaction."""
    engine = create_engine(driver_url(url), poolclass=NullPool, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(statement))
    engine.dispose()


def with_database(url: str, name: str) -> str:
    """The same server, another database."""
    return make_url(url).set(database=name).render_as_string(hide_password=False)
