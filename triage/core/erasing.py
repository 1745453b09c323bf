"""What a room keeps only for a time, and how it ends: told to the erasure, which is above all.

A room says what is due by its own rules and dates; whether a hold stands in the way, in which
order, and what becomes of the files afterwards, the room of retention sees to (P-POL-3).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from triage.core.commands import Tx
from triage.core.holds import held
from triage.core.settings import Settings

ASKED = "asked"
"""The rule of what is erased because its person asked and two people decided so: its time need not
be over. Whatever is open, or held, stays all the same."""
AGAIN = "again"
"""The rule of what was erased after the backup was made that is being restored."""


@dataclass(frozen=True, slots=True)
class Due:
    """One matter whose time is over, if nothing holds it."""

    matter_id: str
    rule: str
    """The line of the schedule, by a plain word: ``unflagged``, ``routed``, ``upheld``."""
    until: datetime
    """It was to be kept until then."""
    holders: tuple[str, ...] = ()
    """Further matters whose hold keeps this one too: the messages in a case, its parent."""


@dataclass(frozen=True, slots=True)
class Keeping:
    """One kind of thing that a room keeps for a time."""

    name: str
    """In the plural, as the dry run prints it: ``messages``."""
    due: Callable[[Session, Settings, datetime, str, int], Sequence[Due]]
    """What is due at a moment, by id, and only ids above one that was dealt with:
    ``due(session, settings, now, after, most)``. It does not look at holds (what is held would
    stand in front for ever), and leaves out whatever is open or erased."""
    erase: Callable[[Tx, Due], bool]
    """Erase one in the caller's transaction, with its step and its event; whether it was done.
    It looks again whether it is due (``is_over``): somebody may have reopened it since
    (``False``). Whether the caller may erase is the caller's affair."""


def is_over(tx: Tx, due: Due, found: Due) -> bool:
    """Whether something that is not open may be erased: by its time, as a second look found it;
    or because it was asked for or done before, where nothing holds it or what it stands behind."""
    if due.rule in {ASKED, AGAIN}:
        return not held(tx.session, {found.matter_id, *found.holders}, tx.now)
    return found.until <= tx.now
