"""Rows of a backup put into a database that has none, in the caller's transaction."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from sqlalchemy import Insert, Table, delete, select
from sqlalchemy.orm import Session

from triage.backup.keys import Wrap
from triage.backup.service.rows import at_once, columns_of, from_values, writing
from triage.core.audit import AuditHead
from triage.core.data_keys import DataKey
from triage.core.errors import Conflict, Invalid
from triage.messages.service.indexing import index_message
from triage.messages.tables import Message

BATCH = 200
"""Rows that are written together."""


def clear_place(session: Session, tables: Iterable[Table]) -> None:
    """See that nothing stands here yet, and hold it so; ``Conflict`` where anything does."""
    session.execute(select(AuditHead).with_for_update())
    if not is_empty(session, tables):
        raise Conflict("There is something in this database: a backup goes into an empty one.")
    session.execute(delete(AuditHead))


def is_empty(session: Session, tables: Iterable[Table]) -> bool:
    """Whether no table has a row, but for the head of a record with nothing in it."""
    head: Any = AuditHead.__table__
    for table in tables:
        wanted = select(table.c[columns_of(table)[0]])
        if table is head:
            wanted = wanted.where(AuditHead.number > 0)
        if session.execute(wanted.limit(1)).first() is not None:
            return False
    return True


class Filling:
    """Takes the rows of a backup, and writes them."""

    def __init__(
        self,
        session: Session,
        tables: Sequence[Table],
        wraps: Iterable[Wrap] | None,
        step: Callable[[], None] = lambda: None,
    ) -> None:
        self._connection = session.connection()
        self._dialect = self._connection.dialect.name
        self._tables = {one.name: one for one in tables}
        self._wraps = None if wraps is None else {one.key_id: one for one in wraps}
        self._step = step
        self._table: Table | None = None
        self._insert: Insert | None = None
        self._read: Callable[[Sequence[Any]], dict[str, Any]] = dict
        self._waiting: list[dict[str, Any]] = []
        self._most = BATCH

    def table(self, name: str, columns: Sequence[str]) -> None:
        """From here on come rows of this table."""
        self.end()
        found = self._tables.get(name)
        if found is None or list(columns) != columns_of(found):
            raise Invalid(f"The table {name} of this backup is not as this version has it.")
        self._table, self._most = found, min(BATCH, at_once(found))
        self._insert, self._read = writing(found, self._dialect), from_values(found)

    def row(self, values: list[Any]) -> None:
        """One row; the wraps of a data key come to it from elsewhere."""
        assert self._table is not None
        row = self._read(values)
        if self._table.name == DataKey.__tablename__:
            self._put_wraps(row)
        self._waiting.append(row)
        if len(self._waiting) >= self._most:
            self.end()
        self._step()

    def end(self) -> None:
        """Write what waits."""
        if self._waiting:
            assert self._insert is not None
            self._connection.execute(self._insert, self._waiting)
            self._waiting = []

    def _put_wraps(self, row: dict[str, Any]) -> None:
        if self._wraps is None or row["v_destroyed_at"] is not None:
            return
        wrap = self._wraps.get(row["v_id"])
        if wrap is None or wrap.owner_id != row["v_owner_id"]:
            raise Invalid("These wraps are not those of this backup.")
        if wrap.gone is not None:  # destroyed since: it is not made again
            row["v_destroyed_at"] = wrap.gone
            return
        row["v_wrapped_for_desk"] = wrap.desk
        row["v_wrapped_for_receipt"] = wrap.receipt
        row["v_receipt_salt"] = wrap.salt


def index_all(session: Session) -> None:
    """Make every message findable again."""
    for message in session.scalars(select(Message).execution_options(yield_per=100)):
        index_message(session, message)
        session.expunge(message)
