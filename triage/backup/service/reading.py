"""One state of the whole database, as lines: a head, then each table's rows, then the sums."""

import json
from collections.abc import Generator, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, LargeBinary, Select, Table, literal, select, text, type_coerce

from triage.backup.rules import FORMAT
from triage.backup.service.rows import at_once, columns_of, reading, to_line
from triage.core.audit import AuditHead
from triage.core.data_keys import DataKey
from triage.core.database import Database

WRAPS = ("wrapped_for_desk", "wrapped_for_receipt", "receipt_salt")
"""Of ``data_keys``: they lie beside the key of a backup, and never in it."""


@contextmanager
def one_state(database: Database) -> Iterator[Connection]:
    """A connection that sees the database as it is now, whatever is written meanwhile."""
    with database.engine.connect() as connection:
        if database.dialect == "postgresql":
            connection = connection.execution_options(
                isolation_level="REPEATABLE READ", postgresql_readonly=True
            )
        connection.execute(select(AuditHead.number))  # from here on it stands still
        yield connection
        connection.rollback()


@dataclass(slots=True)
class Dump:
    """What is read, and what was counted while it was."""

    connection: Connection
    tables: Sequence[Table]
    name: str
    at: datetime
    counts: dict[str, int] = field(default_factory=dict)

    @property
    def revision(self) -> str:
        """Of the schema."""
        found = self.connection.scalar(text("SELECT version_num FROM alembic_version"))
        return str(found)

    def head(self) -> tuple[int, str]:
        """Of the record: its links, and the digest of the last."""
        number, digest = self.connection.execute(select(AuditHead.number, AuditHead.digest)).one()
        return number, digest

    def lines(self) -> Generator[bytes]:
        """All of it; ``counts`` is whole once they have all been taken."""
        links, digest = self.head()
        yield _line(
            {
                "format": FORMAT,
                "name": self.name,
                "made_at": self.at.isoformat(),
                "revision": self.revision,
            }
        )
        for table in self.tables:
            yield _line({"table": table.name, "columns": columns_of(table)})
            self.counts[table.name] = 0
            say = to_line(table)
            for row in self._rows(table):
                yield say(row)
                self.counts[table.name] += 1
        yield _line({"counts": self.counts, "links": links, "digest": digest})

    def wraps(self) -> Generator[tuple[str, str, bytes | None, bytes | None, bytes | None]]:
        """Of each data key that is not destroyed: its id, its owner, and what wraps it."""
        found = select(
            DataKey.id, DataKey.owner_id, *(DataKey.__table__.c[name] for name in WRAPS)
        ).where(DataKey.destroyed_at.is_(None))
        for row in self._stream(found, 500):
            yield row[0], row[1], row[2], row[3], row[4]

    def _rows(self, table: Table) -> Iterator[Any]:
        wanted = reading(table, self.connection.dialect.name)
        if table.name == DataKey.__tablename__:
            none = type_coerce(literal(None), LargeBinary)
            wanted = select(
                *(none.label(one.name) if one.name in WRAPS else one for one in table.columns)
            )
        return self._stream(wanted, at_once(table))

    def _stream(self, wanted: "Select[Any]", size: int) -> Iterator[Any]:
        # The server keeps the rest, and memory holds so many rows.
        with self.connection.execute(wanted, execution_options={"yield_per": size}) as rows:
            yield from rows


def _line(value: object) -> bytes:
    return json.dumps(value, separators=(",", ":")).encode("ascii") + b"\n"
