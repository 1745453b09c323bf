"""Reads of how a case ends: each takes the viewer, and asks for their part in the case."""

from triage.cases.verdict.queries.identity import (
    IdentityItem,
    Reporter,
    identities,
    reporter,
    to_settle,
)
from triage.cases.verdict.queries.items import (
    ActionItem,
    AppealItem,
    DecisionItem,
    OutcomeItem,
    RecommendationItem,
    VerdictItem,
)
from triage.cases.verdict.queries.reading import verdict
from triage.cases.verdict.queries.senders import (
    UpheldRow,
    after_request_to_cease,
    upheld_of_senders,
)

__all__ = [
    "ActionItem",
    "AppealItem",
    "DecisionItem",
    "IdentityItem",
    "OutcomeItem",
    "RecommendationItem",
    "Reporter",
    "UpheldRow",
    "VerdictItem",
    "after_request_to_cease",
    "identities",
    "reporter",
    "to_settle",
    "upheld_of_senders",
    "verdict",
]
