"""What reads of how a case ends give: frozen, and without the reporter's name."""

from dataclasses import dataclass
from datetime import datetime

from triage.cases.queries import CaseRow
from triage.cases.rules import Finding
from triage.cases.verdict.rules import ActionKind, ActionState, AppealOutcome, How, ToldTo
from triage.conduct.incidents import PoliceWish, ViolationKind, Wish


@dataclass(frozen=True, slots=True)
class RecommendationItem:
    """What the investigator recommended."""

    id: str
    by: str
    """A name, as in all of these."""
    at: datetime
    finding: Finding
    clauses: tuple[str, ...]
    kinds: tuple[ViolationKind, ...]
    actions: tuple[ActionKind, ...]
    reasons: str
    sent_back_by: str
    sent_back_why: str
    opened: bool
    """Whether the viewer has opened what it rests on."""


@dataclass(frozen=True, slots=True)
class DecisionItem:
    """What was decided."""

    id: str
    round: int
    stands: bool
    """Of the case as it is now: one that was overturned stands no more."""
    by: str
    agreed: tuple[str, ...]
    mine: bool
    """Whether the viewer decided it, or agreed to it."""
    at: datetime
    finding: Finding
    actions: tuple[ActionKind, ...]
    policy_version: str
    clauses: tuple[tuple[str, str], ...]
    """(clause, what it said then)."""
    reasons: str
    no_independent: str


@dataclass(frozen=True, slots=True)
class ActionItem:
    """One thing that follows."""

    id: str
    version: int
    kind: ActionKind
    clause: str
    state: ActionState
    party: str
    """The name of whom it is about."""
    sender_id: str | None
    what: str
    event: str
    refund: str
    """Of an expulsion: always that there is none."""
    child_id: str | None
    child_state: str
    """Of a restriction or referral, as people read it."""
    letter_id: str | None
    done_by: str
    done_at: datetime | None
    outcome: str
    settled_by: str
    in_place_of_hr: str


@dataclass(frozen=True, slots=True)
class OutcomeItem:
    """Somebody who was told, or is not told."""

    id: str
    told: ToldTo
    party_id: str | None
    party: str
    how: How
    letter_id: str | None
    sent: bool
    lapsed: bool
    """It counts no more: the reporter has said anew what they wish to learn."""
    by: str
    at: datetime
    why: str
    kept_until: datetime | None


@dataclass(frozen=True, slots=True)
class AppealItem:
    """An appeal against the finding."""

    id: str
    came_at: datetime
    words: str
    decided_by: str
    decided_at: datetime | None
    outcome: AppealOutcome | None
    reason: str
    begun: bool
    """A letter that says how it ended is begun, or has gone."""
    told: bool
    """It has gone."""


@dataclass(frozen=True, slots=True)
class VerdictItem:
    """How a case ends, as somebody reads it who has a part in it and has declared."""

    row: CaseRow
    recommendations: tuple[RecommendationItem, ...]
    decisions: tuple[DecisionItem, ...]
    actions: tuple[ActionItem, ...]
    """Of the decision that stands."""
    outcomes: tuple[OutcomeItem, ...]
    untold: tuple[str, ...]
    """Who is to be told before it is closed: ``reporter``, and parties' ids."""
    appeals: tuple[AppealItem, ...]
    wish: Wish
    """What the reporter wishes now; with which address, nobody reads here."""
    reach: How | None
    """How they are told: nothing where they have not asked (P-OUT-2)."""
    police_wish: PoliceWish
