"""Reads of cases: each takes the viewer, and joins what the viewer may know of."""

from triage.cases.queries.items import (
    CaseItem,
    ChallengeItem,
    MatchItem,
    PartItem,
    PartyItem,
    SecondItem,
    StepItem,
)
from triage.cases.queries.listing import (
    CaseRow,
    EventRow,
    any_sealed,
    board,
    events,
    invited,
    live,
    mine,
    waiting,
)
from triage.cases.queries.reading import case, parties, ties, who_could

__all__ = [
    "CaseItem",
    "CaseRow",
    "ChallengeItem",
    "EventRow",
    "MatchItem",
    "PartItem",
    "PartyItem",
    "SecondItem",
    "StepItem",
    "any_sealed",
    "board",
    "case",
    "events",
    "invited",
    "live",
    "mine",
    "parties",
    "ties",
    "waiting",
    "who_could",
]
