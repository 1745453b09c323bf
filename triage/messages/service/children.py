"""What grew out of a message: the rooms above tell, and nothing here asks them anything.

A message that somebody proposed something from awaits the decision. It is actioned once one
child is decided for, goes back to the queue once all are declined, and closes by a person when no
child is open. Exclusions go down with ``inherit``: whoever has no part in the message has none in
what grew out of it.
"""

from collections.abc import Iterable

from sqlalchemy import select

from triage.conduct.kinds import Disposition, Severity
from triage.core.access import SYSTEM, Action
from triage.core.commands import Tx
from triage.core.errors import Conflict, Invalid
from triage.core.exclusions import inherit
from triage.core.ids import new_id
from triage.messages import rules
from triage.messages.queries.evidence import BEFORE_PEOPLE
from triage.messages.rules import ChildKind, ChildState, ConcernSettled, Edge, State
from triage.messages.service.review import forget_decision, say_what_it_is, take_up_again
from triage.messages.service.stepping import (
    child_states,
    done_before,
    has_uncovered,
    held,
    load,
    standing,
    step,
)
from triage.messages.tables import Message, MessageChild

ACTED_UPON = frozenset({State.ACTIONED, State.LINKED_TO_CASE})
"""A person closes it once nothing that grew out of it is open."""


def add_child(tx: Tx, *, message_id: str, child_id: str, kind: ChildKind) -> None:
    """Note that something grew out of a message, and hand down who has no part in it.

    The room that calls has checked its own access. A message that is closed stays closed: it may
    be one of several that stand behind a proposal.
    """
    message = load(tx, message_id)
    if State(message.state) in BEFORE_PEOPLE:
        raise Invalid("Flag this message first: nobody has looked at it.", field="messages")
    known = select(MessageChild.id).where(
        MessageChild.message_id == message_id, MessageChild.child_id == child_id
    )
    if tx.session.scalar(known) is not None:
        return
    tx.session.add(
        MessageChild(
            id=new_id(),
            message_id=message_id,
            child_id=child_id,
            kind=kind.value,
            state=ChildState.OPEN.value,
            since=tx.now,
            state_since=tx.now,
        )
    )
    inherit(tx.session, parent_id=message_id, child_id=child_id, at=tx.now)
    tx.session.flush()
    tx.record("child_added", message_id, child=child_id, kind=kind.value)


def tell(tx: Tx, *, child_id: str, state: ChildState) -> None:
    """Say where a child stands now; each message that awaits it moves on where it can."""
    rows = tx.session.scalars(
        select(MessageChild)
        .where(MessageChild.child_id == child_id)
        .order_by(MessageChild.message_id)
        .with_for_update()
    ).all()
    for row in rows:
        if row.state != state.value:
            row.state, row.state_since = state.value, tx.now
            tx.record("child_told", row.message_id, child=child_id, state=state.value)
    tx.session.flush()
    for row in rows:
        _move_on(tx, load(tx, row.message_id))


def await_decision(
    tx: Tx,
    *,
    message_id: str,
    version: int,
    labels: Iterable[Disposition],
    severity: Severity | None,
    note: str = "",
    token: str | None = None,
) -> None:
    """The holder says what the message is, and that what they proposed from it decides the rest."""
    if done_before(tx, token):
        return
    message = held(tx, message_id, version)
    stands = standing(tx, message)
    chosen = frozenset(labels)
    rules.check_shown(stands, tx.now)
    if not rules.OPEN_CHILD & set(stands.children):
        raise Invalid("Nothing has been proposed from this message yet.", field="children")
    if not chosen:
        raise Invalid("Say first what it is: what is proposed rests on that.", field="labels")
    if severity is None:
        raise Invalid("Choose how severe it is.", field="severity")
    rules.check_seen(has_uncovered(tx, message))
    say_what_it_is(
        tx, message, Edge.PROPOSE, State.AWAITING_DECISION, chosen, severity,
        reason=note, token=token,
    )  # fmt: skip
    _move_on(tx, message)


def link_to_case(
    tx: Tx,
    *,
    message_id: str,
    version: int,
    case_id: str,
    labels: Iterable[Disposition],
    severity: Severity | None,
    note: str = "",
) -> None:
    """The holder says what the message is, and that it is evidence in a case. The room of cases,
    which calls this, has loaded that case."""
    message = held(tx, message_id, version)
    chosen = frozenset(labels)
    rules.check_shown(standing(tx, message), tx.now)
    if not chosen:
        raise Invalid("Say first what it is: what grows out of it rests on that.", field="labels")
    if severity is None:
        raise Invalid("Choose how severe it is.", field="severity")
    rules.check_seen(has_uncovered(tx, message))
    add_child(tx, message_id=message_id, child_id=case_id, kind=ChildKind.CASE)
    say_what_it_is(tx, message, Edge.LINK, State.LINKED_TO_CASE, chosen, severity, reason=note)


def close_actioned(
    tx: Tx, *, message_id: str, version: int, note: str = "", token: str | None = None
) -> None:
    """Close what was acted upon: nothing that grew out of it is open (P-POL-1 among it)."""
    tx.allow(Action.REVIEW)
    if done_before(tx, token):
        return
    message = load(tx, message_id, version=version)
    _check_labelled(message)
    rules.check_closing(standing(tx, message))
    message.decided_by, message.decided_at = tx.actor.person_id, tx.now
    step(tx, message, Edge.CLOSE_ACTIONED, State.ACTIONED_CLOSED, reason=note, token=token)


def settle_concern(tx: Tx, *, message_id: str, how: ConcernSettled | None) -> None:
    """The room of referrals says how a mark was resolved, or that it is open again (P-POL-1)."""
    message = load(tx, message_id)
    if not message.particular_concern:
        raise Conflict("This message is not marked as of particular concern.")
    message.concern_settled = None if how is None else how.value
    tx.session.flush()
    tx.record("concern_settled", message_id, how=message.concern_settled)


def _move_on(tx: Tx, message: Message) -> None:
    state = State(message.state)
    overturned = state in ACTED_UPON and message.dispositions is None
    if state is not State.AWAITING_DECISION and not overturned:
        return
    to = rules.after_children(child_states(tx, message.id), label=not overturned)
    if to is State.ACTIONED:
        step(tx, message, Edge.CHILD_APPROVED, to)
    elif to is State.QUEUED:
        message.dispositions = message.severity = None
        by = SYSTEM if tx.actor.is_system else None
        step(tx, message, Edge.CHILD_DECLINED, to, by=by)
        message.queued_at = tx.now


def reopen_label(tx: Tx, *, message_id: str) -> None:
    """A decision that rested on what this message was said to be was overturned: it is said to be
    nothing any more, and goes before people again; acted upon and not yet closed, once nothing
    else that grew out of it is under way."""
    message = load(tx, message_id)
    if State(message.state) in rules.TERMINAL:
        take_up_again(tx, message, new_evidence=True)
    elif State(message.state) in ACTED_UPON:
        forget_decision(message)
        tx.session.flush()
        tx.record("label_reopened", message_id)
        _move_on(tx, message)


def _check_labelled(message: Message) -> None:
    """What a message was said to be was overturned: it closes once somebody has said it anew."""
    if State(message.state) in ACTED_UPON and message.dispositions is None:
        raise Invalid(
            "What this message is was overturned on appeal: it goes before people again first.",
            field="labels",
        )
