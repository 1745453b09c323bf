"""The lifecycle of a case (lifecycles.md, section 2), pure.

The system opens a sealed report and says when everything that was decided has been done; all
else is somebody's (rule 1). Terminal states have edges out: reopen, undo, erased (rule 4).
"""

from datetime import datetime, timedelta
from enum import StrEnum

from triage.core.errors import Conflict, Invalid, NotAllowed


class State(StrEnum):
    """Where a case stands."""

    SEALED = "sealed"
    SUBMITTED = "submitted"
    ACKNOWLEDGED = "acknowledged"
    INVESTIGATING = "investigating"
    AWAITING_SUBJECT = "awaiting_subject"
    RECOMMENDED = "recommended"
    DECIDED = "decided"
    ACTIONING = "actioning"
    OUTCOME_DUE = "outcome_due"
    WITHDRAWN_REQUESTED = "withdrawn_requested"
    ROUTED_OUT = "routed_out"
    REFERRED_HR = "referred_hr"
    OUT_OF_SCOPE = "out_of_scope"
    INSUFFICIENT = "insufficient"
    WITHDRAWN = "withdrawn"
    CLOSED = "closed"
    ERASED = "erased"


class Edge(StrEnum):
    """What moves a case."""

    OPEN = "open"
    ACKNOWLEDGE = "acknowledge"
    ROUTE_OUT = "route_out"
    REFER_HR = "refer_hr"
    OUT_OF_SCOPE = "set_aside_out_of_scope"
    INSUFFICIENT = "set_aside_insufficient"
    INVESTIGATE = "investigate"
    NOTIFY = "notify"
    HEARD = "heard"
    RECOMMEND = "recommend"
    SEND_BACK = "send_back"
    DECIDE = "decide"
    ACT = "act"
    ACTED = "acted"
    CLOSE = "close"
    ASK_WITHDRAW = "ask_withdraw"
    GO_ON = "go_on"
    WITHDRAW = "withdraw"
    REOPEN = "reopen"
    UNDO = "undo"
    ERASE = "erase"


_S, _E = State, Edge
OPEN: frozenset[State] = frozenset(
    {
        _S.SUBMITTED, _S.ACKNOWLEDGED, _S.INVESTIGATING, _S.AWAITING_SUBJECT, _S.RECOMMENDED,
        _S.DECIDED, _S.ACTIONING, _S.OUTCOME_DUE, _S.WITHDRAWN_REQUESTED,
    }
)  # fmt: skip
TERMINAL: frozenset[State] = frozenset(
    {
        _S.ROUTED_OUT, _S.REFERRED_HR, _S.OUT_OF_SCOPE, _S.INSUFFICIENT, _S.WITHDRAWN, _S.CLOSED,
    }
)  # fmt: skip
TRANSITIONS: dict[tuple[State, Edge], frozenset[State]] = {
    (_S.SEALED, _E.OPEN): frozenset({_S.SUBMITTED}),
    (_S.SUBMITTED, _E.ACKNOWLEDGE): frozenset({_S.ACKNOWLEDGED}),
    (_S.ACKNOWLEDGED, _E.ROUTE_OUT): frozenset({_S.ROUTED_OUT}),
    (_S.ACKNOWLEDGED, _E.REFER_HR): frozenset({_S.REFERRED_HR}),
    (_S.ACKNOWLEDGED, _E.OUT_OF_SCOPE): frozenset({_S.OUT_OF_SCOPE}),
    (_S.ACKNOWLEDGED, _E.INSUFFICIENT): frozenset({_S.INSUFFICIENT}),
    (_S.ACKNOWLEDGED, _E.INVESTIGATE): frozenset({_S.INVESTIGATING}),
    (_S.INVESTIGATING, _E.NOTIFY): frozenset({_S.AWAITING_SUBJECT}),
    (_S.AWAITING_SUBJECT, _E.HEARD): frozenset({_S.INVESTIGATING}),
    (_S.INVESTIGATING, _E.RECOMMEND): frozenset({_S.RECOMMENDED}),
    (_S.RECOMMENDED, _E.SEND_BACK): frozenset({_S.INVESTIGATING}),
    (_S.RECOMMENDED, _E.DECIDE): frozenset({_S.DECIDED}),
    (_S.DECIDED, _E.ACT): frozenset({_S.ACTIONING}),
    (_S.ACTIONING, _E.ACTED): frozenset({_S.OUTCOME_DUE}),
    (_S.OUTCOME_DUE, _E.CLOSE): frozenset({_S.CLOSED}),
    **{(one, _E.ASK_WITHDRAW): frozenset({_S.WITHDRAWN_REQUESTED}) for one in OPEN
       if one is not _S.WITHDRAWN_REQUESTED},
    (_S.WITHDRAWN_REQUESTED, _E.GO_ON): OPEN - {_S.WITHDRAWN_REQUESTED},
    (_S.WITHDRAWN_REQUESTED, _E.WITHDRAW): frozenset({_S.WITHDRAWN}),
    (_S.CLOSED, _E.REOPEN): frozenset({_S.INVESTIGATING}),
    **{(one, _E.REOPEN): frozenset({_S.ACKNOWLEDGED}) for one in TERMINAL - {_S.CLOSED}},
    (_S.CLOSED, _E.UNDO): frozenset({_S.OUTCOME_DUE}),
    (_S.WITHDRAWN, _E.UNDO): frozenset({_S.WITHDRAWN_REQUESTED}),
    **{(one, _E.UNDO): frozenset({_S.ACKNOWLEDGED})
       for one in TERMINAL - {_S.CLOSED, _S.WITHDRAWN}},
    **{(one, _E.ERASE): frozenset({_S.ERASED}) for one in TERMINAL},
}  # fmt: skip
"""(from, edge) -> where it may lead. What is not here cannot happen."""

SYSTEM_EDGES = frozenset({_E.OPEN, _E.NOTIFY, _E.HEARD, _E.ACTED, _E.ASK_WITHDRAW, _E.ERASE})
"""What happens without a member: a report is opened, a notice that somebody sent has gone, a date
for an answer goes by, all that was decided is done, the reporter asks by receipt, a case that is
over is erased."""

WITH_SECOND: dict[Edge, State] = {
    _E.OUT_OF_SCOPE: _S.ACKNOWLEDGED,
    _E.INSUFFICIENT: _S.ACKNOWLEDGED,
    _E.WITHDRAW: _S.WITHDRAWN_REQUESTED,
}
"""What a handler asks for and a second person settles."""

NO_SUCH_CASE = "There is no such case."
"""Said alike of one that does not exist and of one that this person may not know of."""


class Tie(StrEnum):
    """What somebody may have to do with the people in a report: each is a conflict."""

    FAMILY = "family"
    FRIEND = "friend"
    LINE_MANAGER = "line_manager"
    SAME_TEAM = "same_team"
    WAS_THERE = "was_there"
    WITNESS = "witness"
    OTHER = "other"


class PartyKind(StrEnum):
    """What a person is in a report."""

    REPORTER = "reporter"
    AFFECTED = "affected"
    SUBJECT = "subject"
    WITNESS = "witness"


class MatchKind(StrEnum):
    """Why somebody on the staff list is kept away from a report (P-REC-2)."""

    PICKED = "picked"
    NAMED = "named"
    POSSIBLE = "possible"
    NOT_SURE = "not_sure"
    """Nobody is named, and it might be anybody: all are kept away until it is cleared."""


class Finding(StrEnum):
    """What was found."""

    UPHELD = "upheld"
    NOT_UPHELD = "not_upheld"
    UNABLE_TO_ESTABLISH = "unable_to_establish"


def move(state: State, edge: Edge, *, to: State | None = None, by_system: bool = False) -> State:
    """The state after an edge. ``to``: where one edge may lead to several."""
    if by_system and edge not in SYSTEM_EDGES:
        raise NotAllowed("The system decides nothing here.", what=f"case_{edge.value}")
    allowed = TRANSITIONS.get((state, edge))
    if not allowed or (to is not None and to not in allowed):
        raise Conflict(f"This cannot be done: the case is {words(state)}.")
    if to is None and len(allowed) > 1:
        raise ValueError("say which state it goes back to")
    return to if to is not None else next(iter(allowed))


WORDS: dict[State, str] = {
    State.SEALED: "not opened yet",
    State.SUBMITTED: "waiting for somebody to take it",
    State.ACKNOWLEDGED: "taken, and not looked into yet",
    State.INVESTIGATING: "being looked into",
    State.AWAITING_SUBJECT: "waiting for the account of the person reported",
    State.RECOMMENDED: "waiting for a decision",
    State.DECIDED: "decided",
    State.ACTIONING: "being acted on",
    State.OUTCOME_DUE: "done, and the outcome is to be told",
    State.WITHDRAWN_REQUESTED: "asked back by who reported it",
    State.ROUTED_OUT: "passed to a service's own process",
    State.REFERRED_HR: "passed to HR",
    State.OUT_OF_SCOPE: "set aside as outside the policy",
    State.INSUFFICIENT: "set aside for want of anything to go on",
    State.WITHDRAWN: "withdrawn",
    State.CLOSED: "closed",
    State.ERASED: "erased",
}


def words(state: State) -> str:
    """A state as people read it."""
    return WORDS[state]


def check_handler(person_id: str, entered_by: str | None, *, assigned: bool) -> None:
    """Who took a report down for somebody handles it only when assigned (P-INT-2)."""
    if entered_by is not None and person_id == entered_by and not assigned:
        raise NotAllowed(
            "You took this report down for somebody: another person handles it.",
            what="own_entry",
        )


def check_second(asked_by: str, person_id: str) -> None:
    """What one person asks to set aside, another settles."""
    if asked_by == person_id:
        raise NotAllowed("You asked for this: a second person settles it.", what="own_request")


def check_reopen(ended_by: str, person_id: str, *, new_evidence: bool) -> None:
    """What ended begins again by another person, or with something new (rule 4)."""
    if ended_by == person_id and not new_evidence:
        raise NotAllowed(
            "You ended this: somebody else takes it up again, or there is something new.",
            what="own_ending",
        )


def check_undo(ended_by: str, ended_at: datetime, person_id: str, now: datetime,
               undo_time: timedelta) -> None:  # fmt: skip
    """The same person, within the time for it (rule 4)."""
    if ended_by != person_id:
        raise NotAllowed("Only who did this can undo it.", what="others_act")
    if now - ended_at > undo_time:
        raise Conflict("The time to undo this is over: take it up again instead.")


def check_declared(conflicts: frozenset[Tie] | None) -> None:
    """Nobody reads the account before they have said whether they have a conflict (P-REC-1)."""
    if conflicts is None:
        raise Invalid(
            "Say first whether you have anything to do with the people named.", field="conflicts"
        )
