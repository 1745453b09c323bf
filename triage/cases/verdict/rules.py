"""What may be decided, what follows, who is told what, and who may know who reported. Pure."""

from collections.abc import Collection
from datetime import datetime, timedelta
from enum import StrEnum

from triage.core.errors import Conflict, Invalid, NotAllowed


class ActionKind(StrEnum):
    """What may follow from a decision (P-ACT-1 to P-ACT-5, P-HR-1, P-POL-1)."""

    WARNING = "warning"
    REQUEST_TO_CEASE = "request_to_cease"
    EXPULSION = "expulsion"
    RESTRICTION = "restriction"
    HR_REFERRAL = "hr_referral"
    POLICE_REFERRAL = "police_referral"
    OTHER = "other"
    NONE = "none"


class ActionState(StrEnum):
    """Where an action stands."""

    TO_DO = "to_do"
    DONE = "done"
    WAIVED = "waived"


class ToldTo(StrEnum):
    """Who is told how it ended."""

    REPORTER = "reporter"
    SUBJECT = "subject"
    APPELLANT = "appellant"
    """The person reported, of their appeal: that the finding stands."""


class How(StrEnum):
    """In what way somebody was told; or that they were not, with a reason."""

    RECEIPT = "receipt"
    LETTER = "letter"
    WAIVED = "waived"


class AppealOutcome(StrEnum):
    """How an appeal against a finding ends: it stands, or the case is looked into again."""

    UPHELD = "upheld"
    OVERTURNED = "overturned"


class IdentityState(StrEnum):
    """Where the question who reported stands."""

    ASKED = "asked"
    APPROVED = "approved"
    REFUSED = "refused"
    OPEN = "open"
    CLOSED = "closed"


UPHELD = "upheld"
AGAINST_SOMEBODY = frozenset(
    {
        ActionKind.WARNING,
        ActionKind.REQUEST_TO_CEASE,
        ActionKind.EXPULSION,
        ActionKind.RESTRICTION,
    }
)
"""What is done to the person reported: only where it was found that it happened."""
BY_LETTER = frozenset({ActionKind.WARNING, ActionKind.REQUEST_TO_CEASE})
HAS_CHILD = frozenset({ActionKind.RESTRICTION, ActionKind.POLICE_REFERRAL})
"""Actions that another room carries out: where they stand is read there."""
NO_REFUND = "No refund"
"""Of every expulsion: it is a fixed word, and there is no field to say otherwise (P-ACT-3)."""
CLAUSE_OF: dict[ActionKind, str] = {
    ActionKind.WARNING: "P-ACT-2",
    ActionKind.REQUEST_TO_CEASE: "P-ACT-1",
    ActionKind.EXPULSION: "P-ACT-3",
    ActionKind.RESTRICTION: "P-ACT-4",
    ActionKind.HR_REFERRAL: "P-HR-1",
    ActionKind.POLICE_REFERRAL: "P-POL-1",
    ActionKind.OTHER: "P-ACT-5",
    ActionKind.NONE: "P-ACT-5",
}
"""The clause that an action rests on, where no other is named."""
IDENTITY_OPEN = timedelta(hours=24)
"""For so long is an identity open once the custodian has opened it."""

WORDS: dict[ActionKind, str] = {
    ActionKind.WARNING: "A warning",
    ActionKind.REQUEST_TO_CEASE: "A request to cease",
    ActionKind.EXPULSION: "Expulsion from an event",
    ActionKind.RESTRICTION: "A restriction",
    ActionKind.HR_REFERRAL: "A referral to HR, beside the case",
    ActionKind.POLICE_REFERRAL: "A report to the police, to be considered",
    ActionKind.OTHER: "Something else",
    ActionKind.NONE: "No action",
}


def check_actions(finding: str, kinds: Collection[ActionKind]) -> None:
    """Something is chosen, none beside nothing else; and nothing is done to anybody for what was
    not found to have happened."""
    if not kinds:
        raise Invalid("Choose what follows from it; also that nothing does.", field="actions")
    if ActionKind.NONE in kinds and len(set(kinds)) > 1:
        raise Invalid("No action, or some: not both.", field="actions")
    if finding != UPHELD and AGAINST_SOMEBODY & set(kinds):
        raise Invalid(
            "It was not found to have happened: nothing is done to anybody for it.",
            field="actions",
        )


def check_decider(person_id: str, *, investigated: Collection[str]) -> None:
    """Others than who looked into it and handles it decide (P-DEC-2)."""
    if person_id in investigated:
        raise NotAllowed(
            "You looked into this, or handle it: somebody else decides.", what="own_investigation"
        )


def check_opened(*, account: bool) -> None:
    """Nobody decides on what they have not read."""
    if not account:
        raise Invalid("Open the account and the evidence before you decide.", field="evidence")


def check_independent(finding: str, *, independent: bool, reason: str) -> None:
    """To uphold needs something that is not from who reported it, or a reason that is kept."""
    if finding == UPHELD and not independent and not reason.strip():
        raise Invalid(
            "Nothing that is not from the person who reported it supports this: say why it is "
            "upheld all the same.",
            field="no_independent_reason",
        )


def check_set_up(decided: Collection[ActionKind], there: Collection[ActionKind]) -> None:
    """Everything that was decided has its record before it is acted on."""
    missing = [WORDS[one] for one in decided if one not in there]
    if missing:
        raise Conflict(f"Set up first what was decided: {'; '.join(missing)}.")


def check_decided(kind: ActionKind, decided: Collection[ActionKind]) -> None:
    """Nothing is done that was not decided."""
    if kind not in decided:
        raise Invalid("The decision does not name this.", field="kind")


def check_appeal_decider(person_id: str, *, took_part: Collection[str]) -> None:
    """An appeal is decided by somebody who took no part before (rule 2)."""
    if person_id in took_part:
        raise NotAllowed(
            "You took part in this: somebody else decides the appeal.", what="own_appeal"
        )


def check_approves_identity(asked_by: str, person_id: str) -> None:
    """Who asks to know who reported does not allow it."""
    if asked_by == person_id:
        raise NotAllowed("You asked for this: another person decides.", what="own_identity")


def identity_state(
    *, approved: bool | None, opened_at: datetime | None, now: datetime
) -> IdentityState:
    """Where it stands at a moment: open ends by the clock, job or no job (rule 8)."""
    if opened_at is not None:
        return IdentityState.OPEN if now < opened_at + IDENTITY_OPEN else IdentityState.CLOSED
    if approved is None:
        return IdentityState.ASKED
    return IdentityState.APPROVED if approved else IdentityState.REFUSED


def has_lapsed(told: ToldTo, how: How, at: datetime, asked_at: datetime | None) -> bool:
    """Whether it was said why the reporter is not told, and they have said anew since what they
    wish to learn: it does not count any more (P-OUT-2)."""
    waived = told is ToldTo.REPORTER and how is How.WAIVED
    return waived and asked_at is not None and asked_at > at
