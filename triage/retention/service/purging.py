"""Erasing what is due, each matter in a transaction of its own, and counting what is.

Whether anything holds a matter is asked for the page and again in the transaction that erases it,
once the matter is locked: what was held meanwhile stays (P-POL-3). Killed in the middle, what is
done is done, and the next run goes on with the rest.
"""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial

from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from triage.core import holds
from triage.core.access import SYSTEM, Action
from triage.core.audit import AuditEvent
from triage.core.commands import Runner, Tx
from triage.core.data_keys import DataKey
from triage.core.erasing import Due, Keeping
from triage.core.errors import TriageError
from triage.core.jobs import Job
from triage.messages.rules import Edge
from triage.retention import kept
from triage.retention.service.files import note_erased, sweep

PAGE = 200
"""Matters asked for at once."""


@dataclass(slots=True)
class Count:
    """How much of one kind is due by one line of the schedule."""

    due: int = 0
    """Of these, nothing holds so many: they are erased."""
    held: int = 0
    oldest: datetime | None = None
    """Until when the oldest of all these was to be kept."""


@dataclass(slots=True)
class Purged:
    """What an erasure did, or would do: numbers by kind and rule, and nobody's name."""

    counts: dict[tuple[str, str], Count] = field(default_factory=dict)
    failed: Counter[str] = field(default_factory=Counter)
    """Kind -> how many could not be erased."""
    swept: bool = True
    """Whether the files were cleared of what went."""

    @property
    def erased(self) -> int:
        """How many matters are due and held by nothing."""
        return sum(one.due for one in self.counts.values())

    def note(self, kind: str, due: Due, *, held: bool) -> None:
        """Count one."""
        one = self.counts.setdefault((kind, due.rule), Count())
        one.due, one.held = one.due + (not held), one.held + held
        one.oldest = due.until if one.oldest is None else min(one.oldest, due.until)


class _Held(Exception):
    """Undoes an erasure: something was held since it was looked up."""


def planned(runner: Runner, at: datetime, *, keepings: Sequence[Keeping] | None = None) -> Purged:
    """What an erasure would do at a moment. It changes nothing."""
    found = Purged()
    for keeping in kept.keepings() if keepings is None else keepings:
        after = ""
        while page := _page(runner, keeping, at, after):
            for due, is_held in page:
                found.note(keeping.name, due, held=is_held)
            after = page[-1][0].matter_id
    return found


def purge(
    runner: Runner,
    at: datetime,
    *,
    keepings: Sequence[Keeping] | None = None,
    after: Sequence[kept.After] | None = None,
) -> Purged:
    """Erase what is due at a moment and held by nothing; then clear the files, and tell on."""
    done = Purged()
    for keeping in kept.keepings() if keepings is None else keepings:
        last = ""
        while page := _page(runner, keeping, at, last):
            for due, is_held in page:
                if is_held:
                    done.note(keeping.name, due, held=True)
                else:
                    _erase_one(runner, keeping, due, done)
            last = page[-1][0].matter_id
    done.swept = sweep(runner.database)
    with runner.database.read() as session:
        gone = destroyed(session, at - timedelta(days=runner.settings.keep_backup_days))
    for told in kept.AFTER if after is None else after:
        told(runner, at, gone)
    return done


def destroyed(session: Session, since: datetime) -> list[str]:
    """What was erased from a moment on, whoever did it, by the owners of destroyed keys and by the
    record (a message that nobody noted anything on has no key): no backup that can still be read
    is older."""
    keys = select(DataKey.owner_id).where(DataKey.destroyed_at >= since)
    events = select(AuditEvent.matter_id).where(
        AuditEvent.code == Edge.ERASE.value, AuditEvent.at >= since
    )
    return sorted({*session.scalars(keys), *(one for one in session.scalars(events) if one)})


def in_the_way(session: Session, dues: Collection[Due], now: datetime) -> set[str]:
    """Those of these matters that something holds: themselves, or by what they stand behind."""
    asked = {holder for due in dues for holder in (due.matter_id, *due.holders)}
    held = holds.held(session, asked, now)
    return {due.matter_id for due in dues if held & {due.matter_id, *due.holders}}


def _page(runner: Runner, keeping: Keeping, at: datetime, after: str) -> list[tuple[Due, bool]]:
    with runner.database.read() as session:
        page = keeping.due(session, runner.settings, at, after, PAGE)
        held = in_the_way(session, page, at)
    return [(due, due.matter_id in held) for due in page]


def _erase_one(runner: Runner, keeping: Keeping, due: Due, done: Purged) -> None:
    """One matter; one that cannot be erased stops none of the others."""
    try:
        if runner.run(SYSTEM, partial(_erase, keeping=keeping, due=due)):
            done.note(keeping.name, due, held=False)
    except _Held:
        done.note(keeping.name, due, held=True)
    except (SQLAlchemyError, TriageError):
        done.failed[keeping.name] += 1


def _erase(tx: Tx, *, keeping: Keeping, due: Due) -> bool:
    tx.allow(Action.RUN_JOBS)
    if not keeping.erase(tx, due):
        return False
    # Only now: the matter is locked, and whoever held it before that has committed.
    if in_the_way(tx.session, [due], tx.now):
        raise _Held
    note_erased(tx.session)
    return True


def erase_due(runner: Runner, at: datetime) -> int:
    """The daily erasure; how many matters went. What could not be erased makes it a failure."""
    done = purge(runner, at)
    if done.failed:
        raise NotErasedError
    if not done.swept:
        raise NotClearedError
    return done.erased


class NotErasedError(Exception):
    """Something that is due could not be erased."""


class NotClearedError(Exception):
    """Rows went, and somebody kept the log of them open: their words are in it still."""


ERASURE = Job("erasure", timedelta(days=1), erase_due, stale_after=timedelta(hours=6))
