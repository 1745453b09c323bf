"""The dates of a measure, out of its row and its case. Pure."""

from triage.cases.inquiry.rules import Holds
from triage.cases.inquiry.tables import CaseInterim
from triage.cases.rules import TERMINAL, State
from triage.cases.tables import Case

WITHOUT_FINDING = TERMINAL - {State.CLOSED}
"""Ended, and nothing was found: whatever held meanwhile is over with it."""


def holds(one: CaseInterim, case: Case) -> Holds:
    """As the rules look at it. A measure ends with a case that ends without a finding."""
    ended = one.ended_at
    if ended is None and State(case.state) in WITHOUT_FINDING:
        ended = case.state_since
    return Holds(one.since, one.lapses, one.until, one.ratified_at is not None, ended)
