"""Handing a service what it is asked for, in its own form. It stands on the record, as a count and
a hash, and never as content."""

import hashlib
from dataclasses import dataclass
from functools import partial

from sqlalchemy import select

from triage.core.cells import to_csv
from triage.core.commands import Tx
from triage.core.errors import Invalid, NotAllowed
from triage.core.roles import Role
from triage.restrictions import rules
from triage.restrictions.blocklist import entry_hash, matching_form, parts
from triage.restrictions.queries.reach import known_to
from triage.restrictions.rules import TargetState
from triage.restrictions.service.moving import grounds_of
from triage.restrictions.service.tasks import may_work, opened_task
from triage.restrictions.service.wanted import wanted_besides
from triage.restrictions.sheets import Order, Sheet, sheet
from triage.restrictions.tables import EnforcementTask, Restriction
from triage.staff.calendar import local_day


@dataclass(frozen=True, slots=True)
class Export:
    """A file for one service: what is to be put in, or taken out."""

    name: str
    text: str
    rows: int
    sha256: str
    matters: frozenset[str]
    """The restrictions in it and what they rest on: the file is for who has a part in all."""


def task_sheet(tx: Tx, *, task_id: str) -> Sheet:
    """The instruction sheet of one task, for who looks after its service."""
    task, restriction = opened_task(tx, task_id)
    return sheet(_order(tx, task, restriction))


def export_tasks(tx: Tx, *, target: str, removals: bool = False) -> Export:
    """All that one service is asked to put in (or take out) now, in its own form."""
    if target not in (*rules.SERVICES, *rules.CHANNELS):
        raise Invalid("Choose from the list.", field="target")
    _allow(tx, target)
    wanted = TargetState.REMOVAL_REQUESTED if removals else TargetState.REQUESTED
    found = tx.session.execute(
        select(EnforcementTask, Restriction)
        .join(Restriction, Restriction.id == EnforcementTask.restriction_id)
        .where(
            known_to(tx.actor),
            EnforcementTask.target == target,
            EnforcementTask.state == wanted.value,
            Restriction.state.not_in([one.value for one in rules.NEVER_HELD]),
        )
        .order_by(EnforcementTask.state_since, EnforcementTask.id)
    ).all()
    sheets = [sheet(_order(tx, task, restriction)) for task, restriction in found]
    rows = [row for one in sheets for row in one.rows]
    header = next((one.header for one in sheets if one.header), ())
    text = to_csv([header, *rows]) if header else ""
    digest = hashlib.sha256(text.encode()).hexdigest()
    way = "out" if removals else "in"
    # Who has no part in one of them learns that there was an export, and not of how many.
    tx.record("tasks_exported", None, target=target, way=way)
    for (task, restriction), one in zip(found, sheets, strict=True):
        rows_of = len(one.rows)
        tx.record("task_exported", restriction.id, task=task.id, rows=rows_of, sha256=digest)
    about = {one.id for _, one in found}
    matters = about.union(*(grounds_of(tx, one) for one in about))
    name = f"{target}-{way}-{local_day(tx.now)}.csv"
    return Export(name, text, len(rows), digest, frozenset(matters))


def _allow(tx: Tx, target: str) -> None:
    if not (may_work(tx, target) or Role.DECIDER in tx.actor.roles):
        raise NotAllowed("Somebody else looks after this service.", what="task_scope")


def _order(tx: Tx, task: EnforcementTask, restriction: Restriction) -> Order:
    opened = partial(tx.vault.open_of, tx.session, restriction.id)
    removal = TargetState(task.state) is TargetState.REMOVAL_REQUESTED
    subject = opened(task, "subject")
    wanted = wanted_besides(tx, task) if removal else frozenset[str]()
    kept = [
        one
        for one in parts(subject)
        if wanted and entry_hash(tx.keys, task.target, matching_form(one)) in wanted
    ]
    if kept:
        subject = ", ".join(one for one in parts(subject) if one not in kept)
    return Order(
        target=task.target,
        subject=subject,
        public_reason=opened(restriction, "public_reason"),
        level=task.level,
        review_on=local_day(restriction.review_at),
        removal=removal,
        kept=tuple(kept),
    )
