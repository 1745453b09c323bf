"""The lifecycle of a police referral (lifecycles.md, section 4), pure.

A message of particular concern begins one, and does not close before it was submitted or two
people have recorded why not (P-POL-1). In danger 999 comes first, by anybody; the record follows
within a day. Nothing here refers by itself.
"""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from triage.core.errors import Conflict, Invalid, NotAllowed


class State(StrEnum):
    """Where a referral stands."""

    CONSIDERING = "considering"
    NOT_REFERRED = "not_referred"
    AUTHORISED = "authorised"
    SUBMITTED = "submitted"
    REFERENCED = "referenced"
    IN_PROGRESS = "in_progress"
    CONCLUDED = "concluded"
    WITHDRAWN = "withdrawn"


class Edge(StrEnum):
    """What moves a referral."""

    DECLINE = "decline"
    AUTHORISE = "authorise"
    SUBMIT = "submit"
    TAKE_BACK = "take_back"
    REFERENCE = "reference"
    PROGRESS = "progress"
    CONCLUDE = "conclude"
    WITHDRAW = "withdraw"
    REOPEN = "reopen"


class Route(StrEnum):
    """How the police are reached; ``other`` is one from the deployer's list."""

    EMERGENCY = "999"
    NON_EMERGENCY = "101"
    ONLINE = "online"
    OTHER = "other"


class ReferenceKind(StrEnum):
    """What kind of number the force gave (P-POL-2)."""

    CRIME = "crime"
    INCIDENT = "incident"
    LOG = "log"


class Conclusion(StrEnum):
    """How it ended with the police, as far as we know."""

    NO_FURTHER_ACTION = "no_further_action"
    WARNING = "warning"
    CHARGE = "charge"
    UNKNOWN = "unknown"


class AtRisk(StrEnum):
    """What became of telling the person who may be at risk; asked on every path."""

    TOLD = "told"
    POLICE_ADVISED_NOT_TO = "police_advised_not_to"
    UNKNOWN_PERSON = "unknown"
    ANOTHERS_JOB = "anothers_job"


class LawfulBasis(StrEnum):
    """Why we may disclose. The deployer's adviser checks the list."""

    CRIME = "crime"
    """To prevent or detect crime."""
    VITAL_INTERESTS = "vital_interests"
    LEGAL_CLAIM = "legal_claim"


_S, _E = State, Edge
TRANSITIONS: dict[tuple[State, Edge], State] = {
    (_S.CONSIDERING, _E.DECLINE): _S.NOT_REFERRED,
    (_S.CONSIDERING, _E.AUTHORISE): _S.AUTHORISED,
    (_S.CONSIDERING, _E.SUBMIT): _S.SUBMITTED,
    (_S.AUTHORISED, _E.SUBMIT): _S.SUBMITTED,
    (_S.AUTHORISED, _E.TAKE_BACK): _S.CONSIDERING,
    (_S.SUBMITTED, _E.REFERENCE): _S.REFERENCED,
    (_S.REFERENCED, _E.PROGRESS): _S.IN_PROGRESS,
    (_S.IN_PROGRESS, _E.PROGRESS): _S.IN_PROGRESS,
    (_S.REFERENCED, _E.CONCLUDE): _S.CONCLUDED,
    (_S.IN_PROGRESS, _E.CONCLUDE): _S.CONCLUDED,
    (_S.SUBMITTED, _E.WITHDRAW): _S.WITHDRAWN,
    (_S.REFERENCED, _E.WITHDRAW): _S.WITHDRAWN,
    (_S.IN_PROGRESS, _E.WITHDRAW): _S.WITHDRAWN,
    (_S.NOT_REFERRED, _E.REOPEN): _S.CONSIDERING,
    (_S.CONCLUDED, _E.REOPEN): _S.CONSIDERING,
    (_S.WITHDRAWN, _E.REOPEN): _S.CONSIDERING,
}
"""(from, edge) -> to. ``considering`` leads to ``submitted`` at once only where danger was now."""

TERMINAL = frozenset({_S.NOT_REFERRED, _S.CONCLUDED, _S.WITHDRAWN})
LIVE = frozenset(State) - TERMINAL
"""While it stands in one of these, everything that it rests on is kept (P-POL-3)."""
WITH_THE_POLICE = frozenset({_S.SUBMITTED, _S.REFERENCED, _S.IN_PROGRESS})

DECIDERS_AGAINST = 2
RECORD_WITHIN = timedelta(hours=24)
"""After a call in danger: how long the record may take."""
CHASE_AFTER = 3
"""Working days after which a reference that has not come is asked for, and asked for again."""
LONGEST_LINE = 200
SHA256 = re.compile(r"[0-9a-f]{64}")
NO_SUCH_REFERRAL = "There is no such referral."
"""Said alike of one that does not exist and of one that this person may not know of."""


@dataclass(frozen=True, slots=True)
class Team:
    """Who has had a part, and who may have none."""

    put_forward: frozenset[str]
    """Who considered it first, and who took it up again last."""
    against: frozenset[str] = frozenset()
    """Deciders who have recorded that it is not to be referred."""
    authorised_by: str | None = None
    excluded: frozenset[str] = frozenset()


def move(state: State, edge: Edge, *, danger_now: bool = False) -> State:
    """The state after an edge; ``Conflict`` where the table has none.

    Only where somebody was in danger is a report recorded that nobody had authorised.
    """
    to = TRANSITIONS.get((state, edge))
    if to is None:
        raise Conflict(f"This cannot be done while the referral is {words(state)}.")
    if (state, edge) == (State.CONSIDERING, Edge.SUBMIT) and not danger_now:
        raise Conflict("Somebody with the right to authorises this before it is submitted.")
    return to


def words(state: State) -> str:
    """A state as people read it."""
    said = {
        State.CONSIDERING: "being considered",
        State.SUBMITTED: "submitted, awaiting a reference",
        State.REFERENCED: "with the police",
    }
    return said.get(state, state.value.replace("_", " "))


def check_part(team: Team, person_id: str) -> None:
    """Whoever received it, is named in it or stepped back has no part (rule 2)."""
    if person_id in team.excluded:
        raise NotAllowed("You have no part in this.", what="referral_excluded")


def check_against(team: Team, person_id: str) -> None:
    """Not to refer takes two deciders, neither of whom put it forward (P-POL-1)."""
    check_part(team, person_id)
    if person_id in team.put_forward:
        raise NotAllowed("You put this forward: somebody else decides.", what="own_referral")
    if person_id in team.against:
        raise NotAllowed("You have said so: a second person decides.", what="own_refusal")


def check_authoriser(team: Team, person_id: str) -> None:
    """Who authorises did not put it forward."""
    check_part(team, person_id)
    if person_id in team.put_forward:
        raise NotAllowed("You put this forward: somebody else authorises it.", what="own_referral")


def check_submitter(team: Team, person_id: str) -> None:
    """Who submits is a third person: neither who put it forward nor who authorised it (rule 6)."""
    check_part(team, person_id)
    if person_id in team.put_forward | {team.authorised_by}:
        raise NotAllowed(
            "Who submits it neither put it forward nor authorised it.", what="own_referral"
        )


def check_at_risk_answered(answer: str | None) -> None:
    """No path ends before it is said whether the person at risk was told."""
    if answer is None:
        raise Invalid(
            "Say first what became of telling the person who may be at risk.", field="at_risk"
        )


def check_hash(given: str | None) -> None:
    """A SHA-256 as it is written, or none: a slip in it would name another pack for ever."""
    if given is not None and not SHA256.fullmatch(given):
        raise Invalid("A SHA-256 has 64 digits and letters from a to f.", field="pack_hash")


def is_late(called_at: datetime | None, recorded_at: datetime | None) -> bool:
    """Whether a call in danger was written down later than it should have been."""
    return (
        called_at is not None
        and recorded_at is not None
        and recorded_at - called_at > RECORD_WITHIN
    )
