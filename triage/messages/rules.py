"""The lifecycle of a message (lifecycles.md, section 1), pure: states, edges, who may.

What is proposed from a message (a restriction, a referral, a case) begins in a room above, which
tells this one: a *child*. Closing reads only what was told. The system alone erases: schedule.py.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from triage.conduct.kinds import Disposition
from triage.core.errors import Conflict, Invalid, NotAllowed


class State(StrEnum):
    """Where a message stands."""

    RECEIVED = "received"
    UNFLAGGED = "unflagged"
    QUEUED = "queued"
    CLAIMED = "claimed"
    SECOND_LOOK = "second_look"
    WELFARE_OPEN = "welfare_open"
    AWAITING_DECISION = "awaiting_decision"
    ACTIONED = "actioned"
    LINKED_TO_CASE = "linked_to_case"
    NO_ACTION = "no_action"
    NOTED = "noted"
    WELFARE_DONE = "welfare_done"
    ROUTED = "routed"
    ACTIONED_CLOSED = "actioned_closed"
    ERASED = "erased"


class Edge(StrEnum):
    """What moves a message."""

    RECEIVE = "receive"
    PASS = "pass"  # noqa: S105 - the edge that lets a message pass, no password
    QUEUE = "queue"
    CLAIM = "claim"
    RELEASE = "release"
    EXPIRE = "expire"
    ASK_SECOND_LOOK = "ask_second_look"
    DECIDE = "decide"
    ROUTE = "route"
    OPEN_WELFARE = "open_welfare"
    RESUME = "resume"
    CLOSE_WELFARE = "close_welfare"
    PROPOSE = "propose"
    CHILD_APPROVED = "child_approved"
    CHILD_DECLINED = "child_declined"
    LINK = "link"
    CLOSE_ACTIONED = "close_actioned"
    REOPEN = "reopen"
    UNDO = "undo"
    ERASE = "erase"


class FlagReason(StrEnum):
    """Why a message is in the queue."""

    MODEL = "model"
    MANUAL = "manual"
    SAMPLE = "sample"
    UNREAD = "unread"


class NoSender(StrEnum):
    """Why nobody is taken to have sent a message."""

    OWN = "own"
    """It claims one of our own addresses, which anybody can write there."""
    RELAY = "relay"
    """A service sent it on, and who wrote does not stand in it."""
    FORWARD = "forward"
    """A colleague forwarded it, and its author was not found."""
    HELD = "held"
    """Forwarded by somebody who is not listed: nobody has looked yet."""
    SAID = "said"
    """A person looked, and says that nobody knows."""


class Lane(StrEnum):
    """The queue's three lanes, in the order in which they are worked."""

    URGENT = "urgent"
    WELFARE = "welfare"
    ORDINARY = "ordinary"


class ChildKind(StrEnum):
    """What grew out of a message, in a room above."""

    RESTRICTION = "restriction"
    REFERRAL = "referral"
    CASE = "case"


class ChildState(StrEnum):
    """Where a child stands, as far as its message needs to know."""

    OPEN = "open"
    """Not decided, or done by one person and not yet confirmed."""
    APPROVED = "approved"
    """Decided for, and not carried out to the end."""
    DONE = "done"
    """Decided for, and nothing of it is left to do."""
    DECLINED = "declined"
    """Decided against, withdrawn or lapsed."""


class ConcernSettled(StrEnum):
    """How a mark "of particular concern" was resolved (P-POL-1)."""

    SUBMITTED = "submitted"
    NOT_REFERRED = "not_referred"
    """Two people recorded why not."""


class Step(StrEnum):
    """How much of a text is uncovered."""

    MASKED = "masked"
    FULL = "full"
    REST = "rest"


TERMINAL = frozenset(
    {State.NO_ACTION, State.NOTED, State.WELFARE_DONE, State.ROUTED, State.ACTIONED_CLOSED}
)
"""Closed states with the edges ``reopen``, ``erase`` and (for ten minutes) ``undo``."""

WAITING = frozenset({State.QUEUED, State.CLAIMED, State.SECOND_LOOK})
"""States that stand in the queue. A claimed one is hidden from others while the claim holds."""

_S, _E = State, Edge
TRANSITIONS: dict[tuple[State, Edge], frozenset[State]] = {
    (_S.RECEIVED, _E.PASS): frozenset({_S.UNFLAGGED}),
    (_S.RECEIVED, _E.QUEUE): frozenset({_S.QUEUED}),
    (_S.UNFLAGGED, _E.QUEUE): frozenset({_S.QUEUED}),
    (_S.QUEUED, _E.CLAIM): frozenset({_S.CLAIMED}),
    (_S.SECOND_LOOK, _E.CLAIM): frozenset({_S.CLAIMED}),
    (_S.CLAIMED, _E.RELEASE): frozenset({_S.QUEUED, _S.SECOND_LOOK}),
    (_S.CLAIMED, _E.EXPIRE): frozenset({_S.QUEUED, _S.SECOND_LOOK}),
    (_S.CLAIMED, _E.ASK_SECOND_LOOK): frozenset({_S.SECOND_LOOK}),
    (_S.CLAIMED, _E.DECIDE): frozenset({_S.NO_ACTION, _S.NOTED}),
    (_S.CLAIMED, _E.ROUTE): frozenset({_S.ROUTED}),
    (_S.CLAIMED, _E.OPEN_WELFARE): frozenset({_S.WELFARE_OPEN}),
    (_S.WELFARE_OPEN, _E.RESUME): frozenset({_S.CLAIMED}),
    (_S.WELFARE_OPEN, _E.CLOSE_WELFARE): frozenset({_S.WELFARE_DONE}),
    (_S.CLAIMED, _E.PROPOSE): frozenset({_S.AWAITING_DECISION}),
    (_S.AWAITING_DECISION, _E.CHILD_APPROVED): frozenset({_S.ACTIONED}),
    (_S.AWAITING_DECISION, _E.CHILD_DECLINED): frozenset({_S.QUEUED}),
    (_S.ACTIONED, _E.CHILD_DECLINED): frozenset({_S.QUEUED}),
    (_S.LINKED_TO_CASE, _E.CHILD_DECLINED): frozenset({_S.QUEUED}),
    (_S.CLAIMED, _E.LINK): frozenset({_S.LINKED_TO_CASE}),
    (_S.ACTIONED, _E.CLOSE_ACTIONED): frozenset({_S.ACTIONED_CLOSED}),
    (_S.LINKED_TO_CASE, _E.CLOSE_ACTIONED): frozenset({_S.ACTIONED_CLOSED}),
    **{(state, _E.REOPEN): frozenset({_S.QUEUED}) for state in TERMINAL},
    (_S.NO_ACTION, _E.UNDO): frozenset({_S.CLAIMED}),
    (_S.NOTED, _E.UNDO): frozenset({_S.CLAIMED}),
    (_S.ROUTED, _E.UNDO): frozenset({_S.CLAIMED}),
    (_S.WELFARE_DONE, _E.UNDO): frozenset({_S.WELFARE_OPEN}),
    (_S.ACTIONED_CLOSED, _E.UNDO): frozenset({_S.ACTIONED, _S.LINKED_TO_CASE}),
    **{(state, _E.ERASE): frozenset({_S.ERASED}) for state in (*TERMINAL, _S.UNFLAGGED)},
}
"""(from, edge) -> the states it may lead to. What is not here cannot happen."""

SYSTEM_EDGES = frozenset(
    {_E.RECEIVE, _E.PASS, _E.QUEUE, _E.EXPIRE, _E.REOPEN, _E.CHILD_DECLINED, _E.ERASE}
)
"""All that happens without a person (P-MSG-3): nothing here restricts, refers or closes.

``child_declined``: a measure that nobody ratified lapses, and the message is before people again.
"""

OPEN_CHILD = frozenset({ChildState.OPEN, ChildState.APPROVED})
"""A message does not close over a child in one of these."""

SHOWN_AT_LEAST = timedelta(seconds=1)
"""A decision on an item shown for less is a key that repeats, not a judgement."""


@dataclass(frozen=True, slots=True)
class Standing:
    """What of a message the rules look at."""

    state: State
    claimed_by: str | None = None
    claim_expires: datetime | None = None
    shown_at: datetime | None = None
    second_look_by: str | None = None
    particular_concern: bool = False
    welfare_owner: str | None = None
    """Owner of a welfare task that is still open."""
    held_forward: bool = False
    concern_settled: ConcernSettled | None = None
    children: tuple[ChildState, ...] = ()
    unreported_call: bool = False


def move(state: State, edge: Edge, to: State) -> State:
    """The state after an edge; ``Conflict`` where the table has no such edge."""
    if to not in TRANSITIONS.get((state, edge), frozenset()):
        raise Conflict(f"This cannot be done while the message is {words(state)}.")
    return to


NO_SUCH_MESSAGE = "There is no such message."
"""Said alike of a message that does not exist and of one that this person may not know of."""


def words(state: State) -> str:
    """A state as people read it."""
    return state.value.replace("_", " ")


def check_claim(item: Standing, person_id: str, now: datetime, holder: str) -> None:
    """Who may take it: nobody else holds it, and a second look wants a second person."""
    if item.state is State.CLAIMED and item.claimed_by != person_id and claim_holds(item, now):
        raise Conflict(f"{holder} has this message open.")
    check_second_person(item, person_id)


def check_second_person(item: Standing, person_id: str) -> None:
    """Nobody answers their own question, by whatever way they come to the message."""
    if item.second_look_by == person_id:
        raise NotAllowed(
            "You asked for a second look at this: somebody else takes it.", what="own_second_look"
        )


def claim_holds(item: Standing, now: datetime) -> bool:
    """Whether a claim is in force at this moment, job or no job (lifecycles.md, rule 8)."""
    return item.claim_expires is not None and now < item.claim_expires


def check_holder(item: Standing, person_id: str) -> None:
    """Only who holds a message acts on it. An expired claim still counts until it is taken."""
    if item.state is not State.CLAIMED or item.claimed_by != person_id:
        raise Conflict("You do not hold this message any more.")


def check_shown(item: Standing, now: datetime) -> None:
    """Refuse a decision on what has been on screen for under a second."""
    if item.shown_at is None or now - item.shown_at < SHOWN_AT_LEAST:
        raise Conflict("This message has only just opened. Look at it, then decide.")


def check_seen(uncovered: bool) -> None:
    """Nothing is closed unseen: who decides has uncovered the text in this claim."""
    if not uncovered:
        raise Invalid("Uncover the message before you decide.", field="text")


def decided_state(labels: frozenset[Disposition]) -> State:
    """None -> no action; any of the four -> noted, which counts in the sender's history."""
    return State.NOTED if labels else State.NO_ACTION


def check_closing(item: Standing) -> None:
    """What must be settled before a message may close (P-POL-1, and welfare first)."""
    if item.unreported_call or (item.particular_concern and item.concern_settled is None):
        raise Invalid(
            "A message of particular concern, or over which 999 was called, closes once it was "
            "reported to the police, or two people have recorded why not.",
            field="particular_concern",
        )
    if OPEN_CHILD & set(item.children):
        raise Invalid("Something that was proposed from this is still open.", field="children")
    if item.welfare_owner is not None:
        raise Invalid("Finish the welfare task first.", field="welfare")


def check_ours(item: Standing) -> None:
    """What an unlisted address forwarded is judged only once a person has said that it is ours."""
    if item.held_forward:
        raise Invalid(
            "Say first whether this forward is ours: take it in, or say that it is not.",
            field="forward",
        )


def after_release(item: Standing) -> State:
    """Where a message goes that is put back: to whoever still owes it a look."""
    return State.QUEUED if item.second_look_by is None else State.SECOND_LOOK


def after_children(children: tuple[ChildState, ...], *, label: bool = True) -> State | None:
    """Where a message goes that awaits a decision: one child decided for is enough to be actioned,
    all of them declined bring it back to the queue, as does the end of all where its label was
    overturned; ``None``: it waits on."""
    if not label:
        return None if OPEN_CHILD & set(children) else State.QUEUED
    if ChildState.APPROVED in children or ChildState.DONE in children:
        return State.ACTIONED
    if ChildState.OPEN in children:
        return None
    return State.QUEUED
