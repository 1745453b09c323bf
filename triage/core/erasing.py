"""What a room keeps only for a time, and how it ends: told to the erasure, which is above all.

A room says what is due by its own rules and dates; whether a hold stands in the way, in which
order, and what becomes of the files afterwards, the room of retention sees to (P-POL-3).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, delete, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from triage.core.access import Action
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


@dataclass(frozen=True, slots=True, eq=False)
class Timed:
    """Rows that are kept for some days from a moment that stands in them, and go then."""

    rule: str
    key: InstrumentedAttribute[str]
    since: ColumnElement[Any] | InstrumentedAttribute[Any]
    days: Callable[[Settings], int]
    where: tuple[ColumnElement[bool], ...] = ()
    """What must hold of a row besides."""

    def over(self, settings: Settings, now: datetime) -> ColumnElement[bool]:
        """True where the time of a row is over."""
        return and_(self.since <= now - timedelta(days=self.days(settings)), *self.where)

    def due(
        self, session: Session, settings: Settings, now: datetime, after: str, most: int
    ) -> list[Due]:
        """Those whose time is over, by key."""
        kept = timedelta(days=self.days(settings))
        wanted = select(self.key, self.since).where(self.over(settings, now), self.key > after)
        page = session.execute(wanted.order_by(self.key).limit(most))
        return [Due(key, self.rule, since + kept) for key, since in page]

    def erase(self, tx: Tx, due: Due) -> bool:
        """Take one out, if its time is over still. For rows of ids, codes and times: nothing is put
        on the record, which knows of each."""
        tx.allow(Action.RUN_JOBS)
        over = self.over(tx.settings, tx.now)
        gone = tx.session.execute(delete(self.key.class_).where(self.key == due.matter_id, over))
        return bool(getattr(gone, "rowcount", 0))

    def keeping(self, name: str) -> Keeping:
        """What the erasure is told of them."""
        return Keeping(name, self.due, self.erase)
