"""The life of a restriction as the design has it (lifecycles.md, section 3), as text."""

from triage.restrictions.rules import Edge, State, TargetEdge, TargetState

DESIGN = """
proposed    approve   approved
proposed    decline   declined
emergency   approve   approved
emergency   decline   lapsed
emergency   lapse     lapsed
unratified  approve   active
unratified  decline   lapsed
unratified  lapse     lapsed
approved    activate  active
approved    renew     approved
approved    lift      lifted
approved    expire    expired
approved    appeal    appealed
active      fall_due  due_review
active      lift      lifted
active      expire    expired
active      appeal    appealed
due_review  renew     active
due_review  lift      lifted
due_review  expire    expired
due_review  appeal    appealed
appealed    uphold    active
appealed    overturn  overturned
appealed    expire    expired
"""
TARGETS = """
requested          apply        applied
requested          fail         failed
requested          ask_removal  removal_requested
applied            verify       verified
applied            fail         failed
applied            ask_removal  removal_requested
verified           ask_removal  removal_requested
failed             retry        requested
failed             ask_removal  removal_requested
removal_requested  remove       removed
"""


def _lines(text: str) -> list[list[str]]:
    return [line.split() for line in text.split("\n") if line]


TABLE = {(State(a), Edge(edge)): State(b) for a, edge, b in _lines(DESIGN)}
TARGET_TABLE = {
    (TargetState(a), TargetEdge(edge)): TargetState(b) for a, edge, b in _lines(TARGETS)
}
ENDS = {"declined", "lapsed", "lifted", "expired", "overturned"}
SYSTEM_MAY = {"lapse", "fall_due", "expire"}
BEGINNINGS = {"proposal": "proposed", "emergency": "emergency", "already_done": "unratified"}
