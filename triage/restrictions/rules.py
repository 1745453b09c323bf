"""The lifecycle of a restriction and of its targets (lifecycles.md, section 3), pure.

Nothing here begins by itself: a restriction is proposed by a named person and approved by another
(P-MSG-3). What the system does alone is to let things end by their dates, and to bring them before
people again. Whether something is in force is computed from its dates (rule 8).
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from triage.core.errors import Conflict, Invalid, NotAllowed


class Kind(StrEnum):
    """What is restricted; each a decision of its own (P-MSG-4, P-BLK-1, P-ACT-3, P-ACT-4)."""

    CEASE_CONTACT = "cease_contact"
    SERVICE_BLOCK = "service_block"
    CHANNEL_BLOCK = "channel_block"
    EVENT_EXCLUSION = "event_exclusion"


class State(StrEnum):
    """Where a restriction stands."""

    PROPOSED = "proposed"
    DECLINED = "declined"
    EMERGENCY = "emergency"
    UNRATIFIED = "unratified"
    """Active, and recorded by one person as done already: a second one is still to confirm."""
    APPROVED = "approved"
    ACTIVE = "active"
    DUE_REVIEW = "due_review"
    APPEALED = "appealed"
    LAPSED = "lapsed"
    LIFTED = "lifted"
    EXPIRED = "expired"
    OVERTURNED = "overturned"


class Edge(StrEnum):
    """What moves a restriction."""

    APPROVE = "approve"
    DECLINE = "decline"
    LAPSE = "lapse"
    ACTIVATE = "activate"
    FALL_DUE = "fall_due"
    RENEW = "renew"
    LIFT = "lift"
    EXPIRE = "expire"
    APPEAL = "appeal"
    UPHOLD = "uphold"
    UPHOLD_UNPLACED = "uphold_unplaced"
    OVERTURN = "overturn"


class TargetState(StrEnum):
    """Where one service or channel stands with one restriction."""

    REQUESTED = "requested"
    APPLIED = "applied"
    VERIFIED = "verified"
    FAILED = "failed"
    NOT_SUPPORTED = "not_supported"
    REMOVAL_REQUESTED = "removal_requested"
    REMOVED = "removed"
    LEFT = "left"
    """Nothing was to be taken out: another decision in force wants the same there."""


class TargetEdge(StrEnum):
    """What moves a target."""

    APPLY = "apply"
    VERIFY = "verify"
    FAIL = "fail"
    RETRY = "retry"
    ASK_REMOVAL = "ask_removal"
    REMOVE = "remove"
    LEAVE = "leave"


_S, _E = State, Edge
_DECIDED = (_S.APPROVED, _S.ACTIVE, _S.DUE_REVIEW)
TRANSITIONS: dict[tuple[State, Edge], State] = {
    (_S.PROPOSED, _E.APPROVE): _S.APPROVED,
    (_S.PROPOSED, _E.DECLINE): _S.DECLINED,
    (_S.EMERGENCY, _E.APPROVE): _S.APPROVED,
    (_S.EMERGENCY, _E.LAPSE): _S.LAPSED,
    (_S.EMERGENCY, _E.DECLINE): _S.LAPSED,
    (_S.UNRATIFIED, _E.APPROVE): _S.ACTIVE,
    (_S.UNRATIFIED, _E.LAPSE): _S.LAPSED,
    (_S.UNRATIFIED, _E.DECLINE): _S.LAPSED,
    (_S.APPROVED, _E.ACTIVATE): _S.ACTIVE,
    (_S.APPROVED, _E.RENEW): _S.APPROVED,
    (_S.ACTIVE, _E.FALL_DUE): _S.DUE_REVIEW,
    (_S.DUE_REVIEW, _E.RENEW): _S.ACTIVE,
    **{(one, _E.LIFT): _S.LIFTED for one in _DECIDED},
    **{(one, _E.EXPIRE): _S.EXPIRED for one in _DECIDED},
    **{(one, _E.APPEAL): _S.APPEALED for one in _DECIDED},
    (_S.APPEALED, _E.UPHOLD): _S.ACTIVE,
    (_S.APPEALED, _E.UPHOLD_UNPLACED): _S.APPROVED,
    (_S.APPEALED, _E.OVERTURN): _S.OVERTURNED,
    (_S.APPEALED, _E.EXPIRE): _S.EXPIRED,
}
"""(from, edge) -> to. What is not here cannot happen.

Beyond the design's table: a second person may end an emergency measure early (``decline``); what is
approved is lifted, renewed and appealed against like what is active; dates end all of these.
"""

TERMINAL = frozenset({_S.DECLINED, _S.LAPSED, _S.LIFTED, _S.EXPIRED, _S.OVERTURNED})
SYSTEM_EDGES = frozenset({_E.LAPSE, _E.FALL_DUE, _E.EXPIRE})
"""All that happens without a person: ends by date, and reminders (P-MSG-3)."""
HOLDS = frozenset({_S.EMERGENCY, _S.UNRATIFIED, _S.APPROVED, _S.ACTIVE, _S.DUE_REVIEW, _S.APPEALED})
"""States in which a restriction can be in force, as its dates say. An appeal lifts nothing yet."""
TO_RATIFY = frozenset({_S.EMERGENCY, _S.UNRATIFIED})
NEVER_HELD = frozenset({_S.PROPOSED, _S.DECLINED})
"""Nothing was asked of any service or channel, and nothing is."""
TOOK_PART = frozenset({"proposal", "emergency", "already_done", _E.APPROVE.value, _E.RENEW.value})
"""Steps after which somebody is no stranger to the decision: its appeal is for others."""

_T, _M = TargetState, TargetEdge
WANTED = frozenset({_T.REQUESTED, _T.APPLIED, _T.VERIFIED, _T.FAILED})
"""What is to stand in a service, or is there."""
TARGET_TRANSITIONS: dict[tuple[TargetState, TargetEdge], TargetState] = {
    (_T.REQUESTED, _M.APPLY): _T.APPLIED,
    (_T.APPLIED, _M.VERIFY): _T.VERIFIED,
    **{(one, _M.FAIL): _T.FAILED for one in (_T.REQUESTED, _T.APPLIED, _T.VERIFIED)},
    (_T.FAILED, _M.RETRY): _T.REQUESTED,
    **{(one, _M.ASK_REMOVAL): _T.REMOVAL_REQUESTED for one in sorted(WANTED)},
    (_T.REMOVAL_REQUESTED, _M.REMOVE): _T.REMOVED,
    **{(one, _M.LEAVE): _T.LEFT for one in (*sorted(WANTED), _T.REMOVAL_REQUESTED)},
}
"""A removal is asked for whatever was known to have happened: somebody looks that nothing is left.
``not_supported`` is an end of its own and is never "done" (P-BLK-2)."""

SETTLED = frozenset({_T.VERIFIED, _T.NOT_SUPPORTED, _T.REMOVED, _T.LEFT})
"""Nothing is left to do for a target in one of these."""
SERVICES = ("whatdotheyknow", "fixmystreet", "writetothem", "theyworkforyou")
CHANNELS = ("helpdesk", "shared_mailbox", "mailing_list", "social")
NO_BLOCK = frozenset({"theyworkforyou"})
"""Services that cannot keep anybody out; what is asked of them is ``not_supported``."""
STOPS_OUR_MAIL = frozenset({"fixmystreet", "helpdesk", "shared_mailbox"})
"""Where a block also stops our own mail to the person, or their way to read it."""
CHASED = frozenset({_T.REQUESTED, _T.APPLIED, _T.FAILED, _T.REMOVAL_REQUESTED})
"""States in which a task is late after ``VERIFY_WITHIN``."""
REPRESENTATIVE = "writetothem"
"""A constituent's way to a representative: a block here needs more than elsewhere."""

VERIFY_WITHIN = 3
"""Working days from applied to verified, after which it is overdue."""
FROZEN_WITHIN = 1
"""Working days for each message that a WriteToThem rule froze."""
REPRESENTATIVE_REVIEW = timedelta(days=92)
FIRST_REVIEW = timedelta(days=183)
LATER_REVIEW = timedelta(days=366)
SHORTEST_PUBLIC, LONGEST_PUBLIC = 20, 300


@dataclass(frozen=True, slots=True)
class Dates:
    """When a restriction holds."""

    state: State
    since: datetime | None
    """When it began to hold; ``None`` before it was approved or done."""
    expires: datetime | None
    lapses: datetime | None
    """For what one person did alone: the moment at which it ends unless a second confirms."""


@dataclass(frozen=True, slots=True)
class Team:
    """Who has had a part in a restriction so far, and who may have none."""

    proposer: str
    done_by: str | None = None
    """Who had done it already, where that was recorded afterwards."""
    approvers: frozenset[str] = frozenset()
    took_part: frozenset[str] = frozenset()
    """Everybody who began it, said yes to it, or let it go on."""
    excluded: frozenset[str] = frozenset()


def move(state: State, edge: Edge, *, by_system: bool) -> State:
    """The state after an edge. ``Conflict`` where the table has none, or it is not the system's."""
    to = TRANSITIONS.get((state, edge))
    if to is None:
        raise Conflict(f"This cannot be done while the restriction is {words(state)}.")
    if by_system and edge not in SYSTEM_EDGES:
        raise Conflict(f"The system may not {edge.value} a restriction.")
    return to


def move_target(state: TargetState, edge: TargetEdge) -> TargetState:
    """The state of a target after an edge; ``Conflict`` where the table has none."""
    to = TARGET_TRANSITIONS.get((state, edge))
    if to is None:
        raise Conflict(f"This cannot be done while the task is {words(state)}.")
    return to


def words(state: State | TargetState) -> str:
    """A state as people read it."""
    said = {"unratified": "done and not yet confirmed", "emergency": "an emergency measure"}
    return said.get(state.value, state.value.replace("_", " "))


def in_force(dates: Dates, now: datetime) -> bool:
    """Whether it holds at a moment: by its dates, job or no job (rule 8; P-TIM-3)."""
    if dates.state not in HOLDS or dates.since is None or now < dates.since:
        return False
    if dates.state in TO_RATIFY and (dates.lapses is None or now >= dates.lapses):
        return False
    return dates.expires is None or now < dates.expires


def check_approver(team: Team, person_id: str) -> None:
    """Two people: never who proposed it, never who has no part in it (rule 2)."""
    if person_id in team.excluded:
        raise NotAllowed("You have no part in this.", what="restriction_excluded")
    if person_id == team.proposer:
        raise NotAllowed("You proposed this: somebody else decides.", what="own_proposal")
    if person_id == team.done_by:
        raise NotAllowed("You did this: somebody else confirms it.", what="own_deed")
    if person_id in team.approvers:
        raise NotAllowed("You have approved this: a second person decides.", what="own_approval")


def check_appeal_decider(team: Team, person_id: str) -> None:
    """An appeal is decided by somebody who took no part before (rule 2)."""
    if person_id in team.excluded:
        raise NotAllowed("You have no part in this.", what="appeal_excluded")
    if person_id in {team.proposer, team.done_by, *team.approvers, *team.took_part}:
        raise NotAllowed(
            "You took part in this decision: somebody else decides the appeal.", what="own_appeal"
        )


def approvals_needed(targets: frozenset[str]) -> int:
    """How many people approve what somebody proposed: two where it is WriteToThem."""
    return 2 if REPRESENTATIVE in targets else 1


def check_emergency(kind: Kind, services: frozenset[str], *, threatening: bool, high: bool) -> None:
    """What one person may do alone for a short while (lifecycles.md, section 3)."""
    if kind is not Kind.SERVICE_BLOCK:
        return
    if REPRESENTATIVE in services:
        raise Invalid("WriteToThem is never blocked by one person alone.", field="services")
    if not (threatening and high):
        raise Invalid(
            "One person alone blocks a service only for a threat of high severity.", field="kind"
        )


def check_dates(
    kind: Kind,
    services: frozenset[str],
    *,
    review: datetime,
    expires: datetime | None,
    now: datetime,
    first: bool = True,
) -> None:
    """A review date is required: within six months at first, then a year; three for WriteToThem."""
    if review <= now:
        raise Invalid("The review date lies ahead.", field="review")
    limit = FIRST_REVIEW if first else LATER_REVIEW
    span = "six months" if first else "a year"
    if REPRESENTATIVE in services:
        limit, span = REPRESENTATIVE_REVIEW, "three months"
    if review > now + limit:
        raise Invalid(f"The review comes within {span}.", field="review")
    if expires is not None and expires <= now:
        raise Invalid("The end lies ahead.", field="expires")
    if kind is Kind.EVENT_EXCLUSION and expires is None:
        raise Invalid(
            "An exclusion from an event ends with the event: enter when.", field="expires"
        )


def check_targets(kind: Kind, targets: frozenset[str]) -> None:
    """None is chosen beforehand (P-BLK-2), and each is one that the kind has."""
    if kind is Kind.EVENT_EXCLUSION:
        return
    allowed = SERVICES if kind is Kind.SERVICE_BLOCK else CHANNELS
    if not targets:
        raise Invalid("Choose where it applies.", field="services")
    if not targets <= set(allowed):
        raise Invalid("Choose from the list.", field="services")


def first_target_state(target: str) -> TargetState:
    """A service that cannot keep anybody out says so from the start."""
    return TargetState.NOT_SUPPORTED if target in NO_BLOCK else TargetState.REQUESTED
