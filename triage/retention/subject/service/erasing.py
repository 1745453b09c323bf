"""Erasing what somebody asked to be erased, once two people have decided it.

Each thing is erased by the room that keeps it, through the contract of ``core.erasing``; what a
hold keeps is kept, and that it was is on the record (P-POL-3; article 17(3)).
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from triage.core.access import SYSTEM
from triage.core.commands import Tx
from triage.core.erasing import ASKED, Due, Keeping
from triage.core.errors import Conflict
from triage.core.holds import held
from triage.retention.subject.queries.reading import items_of
from triage.retention.subject.rules import Decision, ItemKind, Kind, Outcome, State
from triage.retention.subject.service.stepping import load
from triage.retention.subject.tables import SubjectItem

KEPT_BY: dict[ItemKind, str] = {
    ItemKind.MESSAGE: "messages",
    ItemKind.MENTION: "messages",
    ItemKind.RESTRICTION: "restrictions",
    ItemKind.CASE: "cases",
    ItemKind.REFERRAL: "referrals",
}
"""Kind -> the keeping that erases it. What is not here goes with what it belongs to."""


def carry_out(
    tx: Tx, *, request_id: str, version: int, keepings: Sequence[Keeping]
) -> tuple[Outcome, ...]:
    """Erase what was decided, item by item, of what the actor may know of; what came of each.

    What could not be erased is tried again when this is done again.
    """
    request = load(tx, request_id, version)
    if State(request.state) is not State.READY or Kind(request.kind) is not Kind.ERASURE:
        raise Conflict("Nothing is erased before a second person has looked at it.")
    done = []
    for item in items_of(tx.session, tx.actor, request_id):
        if item.decision != Decision.ERASE.value or item.outcome == Outcome.ERASED.value:
            continue
        outcome = _erase(tx, item, keepings)
        item.outcome = outcome.value
        tx.record(
            "subject_erasure", item.matter_id, request=request_id, item=item.id,
            outcome=outcome.value,
        )  # fmt: skip
        done.append(outcome)
    tx.session.flush()
    return tuple(done)


def _erase(tx: Tx, item: SubjectItem, keepings: Sequence[Keeping]) -> Outcome:
    wanted = KEPT_BY.get(ItemKind(item.kind))
    keeping = next((one for one in keepings if one.name == wanted), None)
    if keeping is None:
        return Outcome.NO_WAY
    due = Due(item.matter_id, ASKED, tx.now)
    if held(tx.session, [due.matter_id], tx.now):
        return Outcome.HELD
    with _by_itself(tx):
        return Outcome.ERASED if keeping.erase(tx, due) else Outcome.NOT_ENDED


@contextmanager
def _by_itself(tx: Tx) -> Iterator[None]:
    """Two people have decided it; that it is erased then is the system's step, as on any day."""
    actor = tx.actor
    tx.actor = SYSTEM
    try:
        yield
    finally:
        tx.actor = actor
