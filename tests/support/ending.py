"""Erasing what is due, as the room of retention does: due, held, erased in a transaction each."""

from collections.abc import Iterable, Iterator
from functools import partial

from sqlalchemy import LargeBinary, select

from support.desk import Desk
from triage.app import tables
from triage.core.access import SYSTEM
from triage.core.data_keys import DataKey
from triage.core.erasing import Due, Keeping
from triage.core.errors import TriageError
from triage.core.holds import held
from triage.core.sealed import Sealed
from triage.messages.service import erasing as messages
from triage.retention import kept
from triage.retention.service import senders

KEEPINGS: tuple[Keeping, ...] = tuple(
    one for one in kept.KEEPINGS if one not in (*messages.KEEPINGS, senders.KEEPING)
)
"""Of cases, restrictions, referrals, letters, alarms, the team and data requests."""


def due_now(desk: Desk, keepings: Iterable[Keeping] = KEEPINGS) -> dict[str, list[Due]]:
    """Name of a keeping -> what is due of it now, holds aside."""
    with desk.triage.database.read() as session:
        return {
            one.name: list(one.due(session, desk.triage.settings, desk.now, "", 1000))
            for one in keepings
        }


def purge(desk: Desk, keepings: Iterable[Keeping] = KEEPINGS) -> tuple[list[str], list[str]]:
    """Erase what is due and not held. The ids: of what was erased, of what is held."""
    gone, kept = [], []
    for one in keepings:
        for due in due_now(desk, [one])[one.name]:
            with desk.triage.database.read() as session:
                stands = held(session, [due.matter_id, *due.holders], desk.now)
            if stands:
                kept.append(due.matter_id)
            elif desk.triage.runner.run(SYSTEM, partial(one.erase, due=due)):
                gone.append(due.matter_id)
    return gone, kept


def everything_stored(desk: Desk) -> Iterator[tuple[str, str]]:
    """(``table.column``, text) of every cell: as it is stored, and as the vault opens it with any
    key that there is."""
    with desk.triage.database.read() as session:
        owners = list(session.scalars(select(DataKey.owner_id)))
        for table in tables().sorted_tables:
            for row in session.execute(table.select()).mappings():
                for column in table.columns:
                    value = row[column.name]
                    if value is None:
                        continue
                    where = f"{table.name}.{column.name}"
                    if isinstance(column.type, Sealed):
                        yield from _opened(desk, session, owners, table.name, column.name, row)
                    elif isinstance(column.type, LargeBinary):
                        yield where, bytes(value).decode("utf-8", "replace")
                    else:
                        yield where, str(value)


def _opened(desk, session, owners, table, column, row):  # type: ignore[no-untyped-def]
    ours = {str(one) for one in row.values() if isinstance(one, str)} & set(owners)
    if table in {"report_drafts", "report_draft_files"} or not row[column]:
        return
    parents = ours or set(owners)
    for owner in sorted(parents):
        try:
            found = desk.triage.vault.open_bytes(
                session, owner_id=owner, table=table, column=column,
                row_id=row["id"], sealed=row[column],
            )  # fmt: skip
        except TriageError:
            continue
        yield f"{table}.{column}", found.decode("utf-8", "replace")
