"""Where the backups of a desk go, and short ways to make and restore them."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import SecretStr
from sqlalchemy import Engine

from triage.app import Triage, tables
from triage.backup.keys import BackupKeys, folder_of
from triage.backup.rules import BACKUP, Manifest
from triage.backup.service.making import back_up
from triage.backup.service.restoring import Restored
from triage.backup.service.rows import reading
from triage.core.access import CONSOLE
from triage.core.crypto import KeyedHash
from triage.core.database import Database, make_engine
from triage.core.settings import Settings
from triage.restoring import restore

HASH_KEY = "a key for tests only, and no other use"


@dataclass
class Shelf:
    """A folder of backups, and the keys of the desk they are of."""

    triage: Triage
    folder: Path

    @property
    def settings(self) -> Settings:
        """Those of the desk, with a hash key that is not in a file."""
        return self.triage.settings.model_copy(update={"hash_key": SecretStr(HASH_KEY)})

    @property
    def keys(self) -> BackupKeys:
        """Where the keys lie."""
        return BackupKeys(folder_of(self.triage.settings))

    def make(self, **given: Any) -> Manifest:
        """A backup as it is now."""
        return back_up(
            self.triage.runner, CONSOLE, tables=tables().sorted_tables, to=self.folder, **given
        )

    def file(self, made: Manifest) -> Path:
        """Where it lies."""
        return self.folder / f"{made.name}{BACKUP}"

    def key(self, made: Manifest) -> Path:
        """Where its key lies."""
        return self.keys.key_of(made.name)

    def identity(self, made: Manifest) -> str:
        """The key itself."""
        return self.key(made).read_text()

    def restore(self, made: Manifest, into: str, **given: Any) -> Restored:
        """Restore it into a place."""
        paths = {"file": self.file(made), "key": self.key(made)} | given
        return restore(self.settings, into=into, clock=self.triage.clock, **paths)

    def open(self, url: str) -> Triage:
        """An instance over what was restored."""
        return Triage(
            settings=self.settings.model_copy(update={"database_url": SecretStr(url)}),
            database=Database(make_engine(url)),
            keys=KeyedHash(HASH_KEY.encode()),
            clock=self.triage.clock,
            given_scorer=self.triage.given_scorer,
        )


Contents = dict[str, list[tuple[Any, ...]]]


def contents(engine: Engine) -> Contents:
    """Every row of every table, whatever the database, in an order of its own."""
    found: Contents = {}
    with engine.connect() as connection:
        for table in tables().sorted_tables:
            rows = connection.execute(reading(table, connection.dialect.name)).all()
            found[table.name] = sorted((tuple(row) for row in rows), key=repr)
    return found
