"""What another decision still wants of a service: it is not taken out with the one that ended."""

from sqlalchemy import select

from triage.core.commands import Tx
from triage.restrictions import rules
from triage.restrictions.queries.lists import in_force
from triage.restrictions.tables import EnforcementSubject, EnforcementTask, Restriction


def wanted_besides(tx: Tx, task: EnforcementTask) -> frozenset[str]:
    """The entries of a task that a task of another restriction in force has too, whoever may know
    of that one: what is in force everybody may know. The others are locked: of two that end at
    once the second finds that it is the last."""
    others = (
        select(EnforcementSubject.entry_hash)
        .join(EnforcementTask, EnforcementTask.id == EnforcementSubject.task_id)
        .join(Restriction, Restriction.id == EnforcementTask.restriction_id)
        .where(
            EnforcementSubject.entry_hash.in_(sorted(entries_of(tx, task))),
            EnforcementTask.target == task.target,
            EnforcementTask.state.in_([one.value for one in rules.WANTED]),
            Restriction.id != task.restriction_id,
            in_force(tx.now),
        )
    )
    return frozenset(tx.session.scalars(others.with_for_update(of=Restriction)))


def all_wanted_besides(tx: Tx, task: EnforcementTask) -> bool:
    """Whether nothing of a task is to be taken out."""
    own = entries_of(tx, task)
    return bool(own) and own <= wanted_besides(tx, task)


def entries_of(tx: Tx, task: EnforcementTask) -> frozenset[str]:
    """What a task puts into its service, as keyed hashes."""
    found = select(EnforcementSubject.entry_hash).where(EnforcementSubject.task_id == task.id)
    return frozenset(tx.session.scalars(found))
