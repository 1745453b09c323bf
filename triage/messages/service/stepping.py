"""How a message moves: loaded under its lock, checked for version, moved, put on the record."""

from datetime import datetime

from sqlalchemy import and_, func, or_, select

from triage.alarms.service import raising as alarms
from triage.conduct.clauses import POLICY_VERSION
from triage.core import steps
from triage.core.access import SYSTEM, Action, Actor
from triage.core.commands import Tx
from triage.core.errors import Conflict, NotFound
from triage.core.exclusions import is_excluded
from triage.messages import rules
from triage.messages.beside.tables import RecipientAct
from triage.messages.placing import Rank
from triage.messages.rules import (
    ChildKind,
    ChildState,
    ConcernSettled,
    Edge,
    Standing,
    State,
    Step,
)
from triage.messages.service.indexing import forget_sketch, sketch_message
from triage.messages.tables import (
    Message,
    MessageChild,
    MessageReveal,
    MessageTransition,
    WelfareTask,
)
from triage.messages.telling import OwnAct
from triage.staff.queries import names

STEPS = steps.Steps(MessageTransition, "message_id")


def load(tx: Tx, message_id: str, *, version: int | None = None) -> Message:
    """The message, locked. Excluded people get the same answer as for a message that is not.

    ``version`` is what the screen showed; where the message has moved on since, ``Conflict``
    says who did what, and how long ago.
    """
    message = tx.session.get(Message, message_id, with_for_update=True)
    if message is None:
        raise NotFound(rules.NO_SUCH_MESSAGE)
    if not tx.actor.is_system and is_excluded(
        tx.session, matter_id=message_id, person_id=tx.actor.person_id
    ):
        raise NotFound(rules.NO_SUCH_MESSAGE, refused_matter=message_id)
    tx.about = message_id
    if version is not None and version != message.version:
        raise Conflict(what_happened(tx, message))
    return message


def known(tx: Tx, message_id: str) -> Message:
    """A message that something is to rest on, not locked; whoever has no part in it gets the same
    answer as for one that is not."""
    message = tx.session.get(Message, message_id)
    if message is None or is_excluded(
        tx.session, matter_id=message_id, person_id=tx.actor.person_id
    ):
        refused = None if message is None else message_id
        raise NotFound(rules.NO_SUCH_MESSAGE, refused_matter=refused)
    return message


def held(tx: Tx, message_id: str, version: int) -> Message:
    """A message that the acting reviewer holds, as their screen showed it."""
    tx.allow(Action.REVIEW)
    message = load(tx, message_id, version=version)
    rules.check_holder(standing(tx, message), tx.actor.person_id)
    return message


def standing(tx: Tx, message: Message) -> Standing:
    """What the rules look at."""
    task = open_welfare(tx, message.id)
    return Standing(
        state=State(message.state),
        claimed_by=message.claimed_by,
        claim_expires=message.claim_expires,
        shown_at=message.shown_at,
        second_look_by=message.second_look_by,
        particular_concern=message.particular_concern,
        welfare_owner=None if task is None else task.owner_id,
        held_forward=message.held_forward,
        concern_settled=(
            None if message.concern_settled is None else ConcernSettled(message.concern_settled)
        ),
        children=child_states(tx, message.id),
        unreported_call=unreported_call(tx, message.id),
    )


def unreported_call(tx: Tx, message_id: str) -> bool:
    """Whether somebody to whom it was sent called 999, and neither has it been reported to the
    police, nor have two people said since then why not (P-POL-1)."""
    called = tx.session.scalar(
        select(func.max(RecipientAct.at)).where(
            RecipientAct.message_id == message_id, RecipientAct.act == OwnAct.CALLED_999.value
        )
    )
    if called is None:
        return False
    answers = or_(
        MessageChild.state == ChildState.DONE.value,
        and_(MessageChild.state == ChildState.DECLINED.value, MessageChild.state_since >= called),
    )
    found = select(MessageChild.id).where(
        MessageChild.message_id == message_id,
        MessageChild.kind == ChildKind.REFERRAL.value,
        answers,
    )
    return tx.session.scalar(found.limit(1)) is None


def child_states(tx: Tx, message_id: str) -> tuple[ChildState, ...]:
    """How everything stands that grew out of a message."""
    found = select(MessageChild.state).where(MessageChild.message_id == message_id)
    return tuple(ChildState(one) for one in tx.session.scalars(found.order_by(MessageChild.id)))


def open_welfare(tx: Tx, message_id: str) -> WelfareTask | None:
    """The welfare task of a message that is not done yet."""
    return tx.session.scalar(
        select(WelfareTask).where(
            WelfareTask.message_id == message_id, WelfareTask.done_at.is_(None)
        )
    )


def child_since(tx: Tx, message_id: str, at: datetime) -> bool:
    """Whether something grew out of a message after this moment."""
    found = select(MessageChild.id).where(
        MessageChild.message_id == message_id, MessageChild.since > at
    )
    return tx.session.scalar(found.limit(1)) is not None


def step(
    tx: Tx,
    message: Message,
    edge: Edge,
    to: State,
    *,
    by: Actor | None = None,
    reason: str = "",
    token: str | None = None,
    **details: object,
) -> None:
    """Move along one edge; write the transition, and its event on the record."""
    actor = by or tx.actor
    before, based_on = State(message.state), message.version or 0  # before anything is flushed
    if actor.is_system and edge not in rules.SYSTEM_EDGES:
        raise Conflict(f"The system may not {edge.value} a message.")
    message.state = rules.move(before, edge, to).value
    message.state_since = tx.now
    if to is not State.CLAIMED:
        message.claimed_by = message.claim_expires = message.shown_at = None
    mark_waiting(tx, message, before)
    steps.write_step(
        tx,
        STEPS,
        message.id,
        edge=edge.value,
        before=before.value,
        to=to.value,
        based_on=based_on,
        policy_version=POLICY_VERSION,
        reason=reason,
        actor=actor,
        token=token,
        details=details,
    )
    if not details.get("self_review"):  # a recipient takes no alarm: it goes on
        _tell_alarms(tx, message, edge, to)
    tx.record(edge.value, message.id, by=actor, **{"from": before.value, "to": to.value}, **details)


def _tell_alarms(tx: Tx, message: Message, edge: Edge, to: State) -> None:
    """Who takes a message has its alarm; put back undecided it alerts again; one that waits no
    more alerts nobody."""
    if edge is Edge.CLAIM:
        alarms.seen(tx, matter_id=message.id)
    elif edge in {Edge.RELEASE, Edge.EXPIRE, Edge.ASK_SECOND_LOOK}:
        by = None if edge is Edge.EXPIRE else tx.actor.person_id
        alarms.left(tx, matter_id=message.id, by=by, asked=edge is Edge.ASK_SECOND_LOOK)
    elif to not in rules.WAITING and edge is not Edge.PASS:
        alarms.over(tx, matter_id=message.id)


def mark_waiting(tx: Tx, message: Message, before: State) -> None:
    """While a message waits, and no longer, others that say nearly the same find it."""
    waited, waits = before in rules.WAITING, State(message.state) in rules.WAITING
    if waits and not waited:
        sketch_message(tx.session, tx.keys, message)
    elif waited and not waits:
        forget_sketch(tx.session, message.id)


def put_first(message: Message, rank: Rank) -> None:
    """Move a message up in the queue; never down."""
    message.rank = int(rank) if message.rank is None else min(message.rank, int(rank))


def hold(tx: Tx, message: Message) -> None:
    """Note that the actor has the message open from now on, for the length of a claim."""
    message.claimed_by = tx.actor.person_id
    message.claim_expires = tx.now + tx.settings.claim_time
    message.shown_at = tx.now


def holder_of(tx: Tx, message: Message) -> str:
    """Who has it open, by name: for whoever was slower."""
    holder = message.claimed_by or ""
    return names(tx.session, {holder}).get(holder, "Somebody else")


def has_uncovered(tx: Tx, message: Message) -> bool:
    """Whether the actor has uncovered the text since the message last moved."""
    found = select(MessageReveal.id).where(
        MessageReveal.message_id == message.id,
        MessageReveal.person_id == tx.actor.person_id,
        MessageReveal.step.in_([Step.MASKED.value, Step.FULL.value]),
        MessageReveal.at >= message.state_since,
    )
    return tx.session.scalar(found.limit(1)) is not None


def settle_expired(tx: Tx, message: Message) -> None:
    """Put back a message whose claim ran out: recorded when somebody next touches it."""
    now_stands = standing(tx, message)
    if now_stands.state is State.CLAIMED and not rules.claim_holds(now_stands, tx.now):
        holder = message.claimed_by
        step(tx, message, Edge.EXPIRE, rules.after_release(now_stands), by=SYSTEM, holder=holder)


def last_transition(tx: Tx, message_id: str) -> MessageTransition | None:
    """The newest step, by sequence and not by clock."""
    found: MessageTransition | None = steps.last_step(tx, STEPS, message_id)
    return found


def done_before(tx: Tx, token: str | None) -> bool:
    """Whether this very command has been carried out: a double click, a repeated request."""
    return steps.done_before(tx, STEPS, token)


def what_happened(tx: Tx, message: Message) -> str:
    """ "Sam decided this 10 seconds ago": for whoever was slower."""
    last = last_transition(tx, message.id)
    if last is None:
        return "This message has changed since you opened it."
    if last.actor_id == tx.actor.person_id:
        who = "You"
    else:
        who = names(tx.session, {last.actor_id}).get(last.actor_id, "The system")
    return f"{who} {DID.get(Edge(last.edge), 'changed')} this {ago(tx.now, last.at)}."


DID: dict[Edge, str] = {
    Edge.QUEUE: "put back",
    Edge.CLAIM: "opened",
    Edge.RELEASE: "put back",
    Edge.EXPIRE: "put back",
    Edge.ASK_SECOND_LOOK: "asked for a second look at",
    Edge.DECIDE: "decided",
    Edge.ROUTE: "passed on",
    Edge.OPEN_WELFARE: "opened a welfare task for",
    Edge.RESUME: "went back to",
    Edge.CLOSE_WELFARE: "closed the welfare task of",
    Edge.PROPOSE: "put forward",
    Edge.CHILD_APPROVED: "approved what was proposed for",
    Edge.CHILD_DECLINED: "declined what was proposed for",
    Edge.CLOSE_ACTIONED: "closed",
    Edge.REOPEN: "reopened",
    Edge.UNDO: "undid the decision on",
}
"""An edge, as said of somebody who took it."""


def ago(now: datetime, then: datetime) -> str:
    """A time span in words, in its largest whole unit."""
    seconds = max(0, int((now - then).total_seconds()))
    for size, unit in ((86400, "day"), (3600, "hour"), (60, "minute")):
        if seconds >= size:
            count = seconds // size
            return f"{count} {unit}{'' if count == 1 else 's'} ago"
    return f"{seconds} second{'' if seconds == 1 else 's'} ago"
