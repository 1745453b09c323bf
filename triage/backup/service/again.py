"""What was erased after a backup was made, erased again while that backup is restored."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

from sqlalchemy import Table, select
from sqlalchemy.orm import Session

from triage.core.commands import Tx
from triage.core.erasing import AGAIN, Due, Keeping
from triage.core.errors import NotFound

BATCH = 500
LEFT_ALONE = {"message_stubs"}
"""Tables whose rows are what erasure leaves."""
EraseAgain = Callable[[Tx, Sequence[str]], "Again"]


@dataclass(frozen=True, slots=True)
class Again:
    """How it went."""

    erased: int
    left: tuple[str, ...] = ()
    """Matters that are there and that no room would erase: somebody must look at them."""


def erasing_again(keepings: Sequence[Keeping], tables: Sequence[Table]) -> EraseAgain:
    """Erases by what the rooms offer; for ``restore``."""
    return partial(erase_again, keepings=keepings, tables=tables)


def erase_again(
    tx: Tx, ids: Sequence[str], *, keepings: Sequence[Keeping], tables: Sequence[Table]
) -> Again:
    """Erase these, in the transaction that restores them: nobody ever reads them there."""
    there = _there(tx.session, ids, tables)
    erased, left = 0, []
    for one in ids:
        if one not in there:
            continue
        due = Due(matter_id=one, rule=AGAIN, until=tx.now)
        if any(_erased(tx, keeping, due) for keeping in keepings):
            erased += 1
        else:
            left.append(one)
    # What went with another has no row by now.
    there = _there(tx.session, left, tables)
    return Again(erased, tuple(one for one in left if one in there))


def _erased(tx: Tx, keeping: Keeping, due: Due) -> bool:
    try:
        return keeping.erase(tx, due)
    except NotFound:  # it is none of this room's
        return False


def _there(session: Session, ids: Sequence[str], tables: Sequence[Table]) -> set[str]:
    found: set[str] = set()
    for table in tables:
        if table.name in LEFT_ALONE or [one.name for one in table.primary_key] != ["id"]:
            continue
        key = table.c["id"]
        for start in range(0, len(ids), BATCH):
            found.update(
                str(one)
                for one in session.scalars(select(key).where(key.in_(ids[start : start + BATCH])))
            )
    return found
