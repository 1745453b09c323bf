"""Comparing a service's own block list with what was decided. It changes nothing but its notes.

The first list of a service is a baseline: what stands on it is the service's own, but for what was
ever asked for by us: of that it is said where it stands there still and nobody here wants it. From
then on it is said what came onto it that nobody here decided, and what was decided, done, and is
not on it. The notes are keyed hashes and counts; and a run sees only what who runs it may know of:
the notes are the same whoever that is.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.dialects import postgresql, sqlite

from triage.core.access import Action
from triage.core.commands import Tx
from triage.core.errors import Invalid, NotAllowed
from triage.core.ids import new_id
from triage.core.roles import Role
from triage.restrictions import rules
from triage.restrictions.blocklist import Entry, entry_hash
from triage.restrictions.queries.lists import in_force
from triage.restrictions.queries.reach import known_to
from triage.restrictions.rules import TargetState
from triage.restrictions.service.tasks import may_work
from triage.restrictions.tables import (
    BlockListEntry,
    EnforcementSubject,
    EnforcementTask,
    ReconcileRun,
    Restriction,
)

DECIDED = rules.WANTED | {TargetState.REMOVAL_REQUESTED}
"""A task in one of these says why an entry stands on the list."""
DONE = frozenset({TargetState.APPLIED, TargetState.VERIFIED})


@dataclass(frozen=True, slots=True)
class Unknown:
    """An entry that nobody here decided, by its line in the file: its words stay there."""

    line: int
    new: bool
    """Not on the list when it was last compared."""


@dataclass(frozen=True, slots=True)
class Missing:
    """A task that was done, and is not on the list."""

    task_id: str
    state: TargetState
    since: datetime


@dataclass(frozen=True, slots=True)
class Reconciled:
    """What one comparison found."""

    target: str
    baseline: bool
    entries: int
    matched: int
    unknown: tuple[Unknown, ...]
    missing: tuple[Missing, ...]
    gone: int
    """On the list the last time, and no more."""


def reconcile(tx: Tx, *, target: str, entries: Sequence[Entry]) -> Reconciled:
    """Compare a list that was read whole with what was decided."""
    tx.allow(Action.RECONCILE)
    if target not in (*rules.SERVICES, *rules.CHANNELS):
        raise Invalid("Choose from the list.", field="target")
    if not (may_work(tx, target) or tx.actor.roles & {Role.DECIDER, Role.ADMIN}):
        raise NotAllowed("Somebody else looks after this service.", what="task_scope")
    lines = {entry_hash(tx.keys, target, one.form): one.line for one in entries}
    ran = select(ReconcileRun.id).where(ReconcileRun.target == target).limit(1)
    baseline = tx.session.scalar(ran) is None
    decided, ours = _decided(tx, target)
    noted = {
        one.entry_hash: one
        for one in tx.session.scalars(select(BlockListEntry).where(BlockListEntry.target == target))
    }
    fresh = {one for one in lines if one not in noted or noted[one].gone_at is not None}
    gone = [one for one in noted.values() if one.gone_at is None and one.entry_hash not in lines]
    unknown = tuple(
        sorted(
            (
                Unknown(line, digest in fresh)
                for digest, line in lines.items()
                if digest not in decided
                and (digest in ours or not (baseline or _own(noted.get(digest))))
            ),
            key=lambda one: one.line,
        )
    )
    missing = _missing(tx, target, set(lines))
    _note(tx, target, lines, noted, [one.entry_hash for one in gone], baseline=baseline)
    matched = len(decided & set(lines))
    tx.session.add(
        ReconcileRun(
            id=new_id(),
            target=target,
            at=tx.now,
            by=tx.actor.person_id,
            baseline=baseline,
            entries=len(lines),
            matched=matched,
            unknown=len(unknown),
            missing=len(missing),
        )
    )
    # The counts depend on what this person may know of: the record, which others read, has none.
    tx.record("reconciled", None, target=target, entries=len(lines), baseline=baseline)
    return Reconciled(target, baseline, len(lines), matched, unknown, missing, len(gone))


def _own(entry: BlockListEntry | None) -> bool:
    """There at the first run and never gone since: the service's own."""
    return entry is not None and entry.baseline and entry.gone_at is None


def _decided(tx: Tx, target: str) -> tuple[set[str], set[str]]:
    """What is to stand there by what was decided, and whatever we ever asked for there."""
    found = tx.session.execute(
        select(EnforcementSubject.entry_hash, EnforcementTask.state)
        .join(EnforcementTask, EnforcementTask.id == EnforcementSubject.task_id)
        .join(Restriction, Restriction.id == EnforcementTask.restriction_id)
        .where(
            known_to(tx.actor),
            EnforcementTask.target == target,
            Restriction.state.not_in([one.value for one in rules.NEVER_HELD]),
        )
    ).all()
    return (
        {digest for digest, state in found if TargetState(state) in DECIDED},
        {digest for digest, _ in found},
    )


def _missing(tx: Tx, target: str, listed: set[str]) -> tuple[Missing, ...]:
    found = tx.session.execute(
        select(
            EnforcementTask.id,
            EnforcementTask.state,
            EnforcementTask.state_since,
            EnforcementSubject.entry_hash,
        )
        .join(EnforcementSubject, EnforcementSubject.task_id == EnforcementTask.id)
        .join(Restriction, Restriction.id == EnforcementTask.restriction_id)
        .where(
            known_to(tx.actor),
            in_force(tx.now),
            EnforcementTask.target == target,
            EnforcementTask.state.in_([one.value for one in DONE]),
        )
        .order_by(EnforcementTask.state_since, EnforcementTask.id)
    )
    held: dict[str, Missing] = {}
    for task_id, state, since, digest in found:
        if digest not in listed:
            held.setdefault(task_id, Missing(task_id, TargetState(state), since))
    return tuple(held.values())


def _note(
    tx: Tx,
    target: str,
    lines: dict[str, int],
    noted: dict[str, BlockListEntry],
    gone: list[str],
    *,
    baseline: bool,
) -> None:
    """Keep what stood on the list, in as many statements as there are kinds of change."""
    back = [one for one in noted if one in lines and noted[one].gone_at is not None]
    if gone:
        left = [{"target": target, "entry_hash": one, "gone_at": tx.now} for one in gone]
        tx.session.execute(update(BlockListEntry), left)
    if back:
        came = [
            {"target": target, "entry_hash": one, "gone_at": None, "baseline": False}
            for one in back
        ]
        tx.session.execute(update(BlockListEntry), came)
    rows = [
        {
            "target": target,
            "entry_hash": digest,
            "baseline": baseline,
            "first_seen": tx.now,
        }
        for digest in lines
        if digest not in noted
    ]
    make = (
        postgresql.insert if tx.session.get_bind().dialect.name == "postgresql" else sqlite.insert
    )
    if rows:
        tx.session.execute(make(BlockListEntry).on_conflict_do_nothing(), rows)
    tx.session.flush()
