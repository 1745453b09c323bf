"""Searching for what is held of somebody, and deciding each thing by itself."""

from collections.abc import Sequence

from sqlalchemy import select

from triage.core.commands import Tx
from triage.core.errors import Conflict, NotAllowed
from triage.core.ids import new_id
from triage.core.text import short_enough, storable
from triage.retention.subject import rules
from triage.retention.subject.queries.finding import find
from triage.retention.subject.queries.in_cases import told
from triage.retention.subject.queries.reading import terms_of
from triage.retention.subject.rules import Decision, Edge, Ground, ItemKind, Kind, State
from triage.retention.subject.service.stepping import load, load_item, step
from triage.retention.subject.tables import SubjectItem

DECIDES = frozenset({State.SEARCHED})
GO_WITH_IT = frozenset({ItemKind.FILE})
"""Erased with what they were attached to: nothing is to be decided about them by themselves."""


def search(tx: Tx, *, request_id: str, version: int) -> None:
    """Look through everything that the actor may know of; what is new becomes an item.

    What was found before stays, with what was decided. How much it is goes on no record: a count
    would tell others of what they may not know of.
    """
    request = load(tx, request_id, version)
    step(tx, request, Edge.SEARCH)
    request.seen_hash, request.overridden = None, False
    terms = terms_of(tx.session, tx.vault, request_id)
    hits = find(tx.session, viewer=tx.actor, vault=tx.vault, keys=tx.keys, terms=terms)
    rows = tx.session.execute(
        select(SubjectItem.kind, SubjectItem.of_id).where(SubjectItem.request_id == request_id)
    )
    known = {(one.kind, one.of_id) for one in rows}
    left_aside = GO_WITH_IT if Kind(request.kind) is Kind.ERASURE else frozenset()
    for hit in hits:
        if (hit.kind.value, hit.of_id) in known or hit.kind in left_aside:
            continue
        tx.session.add(
            SubjectItem(
                id=new_id(), request_id=request_id, kind=hit.kind.value, matter_id=hit.matter_id,
                of_id=hit.of_id, why=[one.value for one in hit.why],
                found_by=tx.actor.person_id, found_at=tx.now, said=b"", hide=b"", whole=False,
            )
        )  # fmt: skip
    tx.session.flush()


def decide_item(
    tx: Tx,
    *,
    item_id: str,
    decision: Decision,
    ground: Ground | None = None,
    said: str = "",
    hide: str = "",
    whole: bool = False,
) -> None:
    """Say what becomes of one item: given as it is with others hidden, summed up, or kept here.

    ``whole``: nothing of it is hidden by itself. It goes only once a second person agrees.
    """
    request, item = load_item(tx, item_id)
    if State(request.state) not in DECIDES:
        raise Conflict("Items are decided after the search, and before they are looked through.")
    if request.staff_id == tx.actor.person_id:
        raise NotAllowed("This is about you.", what="own_request")
    text = short_enough(storable(said), field="said")
    words = short_enough(storable(hide), field="hide")
    rules.check_decision(
        Kind(request.kind), ItemKind(item.kind), decision, ground,
        told=told(tx.session, item), said=text,
    )  # fmt: skip
    item.said = tx.seal(request.id, "subject_items", "said", item.id, text)
    item.hide = tx.seal(request.id, "subject_items", "hide", item.id, words)
    item.whole = whole and decision is Decision.DISCLOSE
    _decided(tx, item, decision, ground)
    if ItemKind(item.kind) is ItemKind.MESSAGE and decision is Decision.WITHHOLD:
        for one in _files_of(tx, item):
            _decided(tx, one, decision, ground)
    tx.session.flush()


def _decided(tx: Tx, item: SubjectItem, decision: Decision, ground: Ground | None) -> None:
    item.decision, item.ground = decision.value, None if ground is None else ground.value
    item.decided_by, item.decided_at = tx.actor.person_id, tx.now
    # Of the item's own matter: on the request's, it would tell that there is something to decide.
    tx.record(
        "subject_item", item.matter_id, request=item.request_id, item=item.id,
        decision=item.decision, ground=item.ground, whole=item.whole,
    )  # fmt: skip


def _files_of(tx: Tx, item: SubjectItem) -> Sequence[SubjectItem]:
    """What was attached to a message that stays here, and was not decided by itself."""
    return tx.session.scalars(
        select(SubjectItem).where(
            SubjectItem.request_id == item.request_id,
            SubjectItem.matter_id == item.matter_id,
            SubjectItem.kind == ItemKind.FILE.value,
            SubjectItem.decision.is_(None),
        )
    ).all()
