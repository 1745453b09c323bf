"""What an erasure leaves of a matter: its id, on the record, and nobody who is shown it.

That a matter is erased is read from its data key, in every room alike: a destroyed key is never
made again. Whether it may be erased (its rule, holds) is for whoever calls.
"""

from typing import TYPE_CHECKING

from sqlalchemy import ColumnElement, delete, exists
from sqlalchemy.orm import InstrumentedAttribute, Session

from triage.core.closed import close, set_members
from triage.core.data_keys import DataKey, destroy, row_of
from triage.core.exclusions import Exclusion

if TYPE_CHECKING:
    from triage.core.commands import Tx

Column = InstrumentedAttribute[str] | InstrumentedAttribute[str | None]


def erased(matter: Column) -> ColumnElement[bool]:
    """True where the data key of this matter was destroyed."""
    return exists().where(DataKey.owner_id == matter, DataKey.destroyed_at.is_not(None))


def is_erased(session: Session, matter_id: str) -> bool:
    """Whether this matter was erased."""
    row = row_of(session, matter_id)
    return row is not None and row.destroyed_at is not None


def end_matter(tx: "Tx", matter_id: str) -> None:
    """Destroy what opens a matter, or something of it that has a key of its own, and close it to
    everybody: what stands on the record of it is shown to nobody from here on, so that it need not
    be kept either who had no part in it."""
    destroy(tx, matter_id)
    close(tx.session, matter_id=matter_id, at=tx.now)
    set_members(tx.session, matter_id=matter_id, person_ids=(), at=tx.now)
    tx.session.execute(delete(Exclusion).where(Exclusion.matter_id == matter_id))
