"""The life of a restriction as the design has it (lifecycles.md, section 3), as text; and apart
from it what was added, each with why."""

from collections.abc import Iterable

from triage.restrictions.rules import Edge, State, TargetEdge, TargetState

DESIGN = """
proposed    decline   declined
proposed    approve   approved
emergency   approve   approved
emergency   lapse     lapsed
unratified  approve   active
unratified  lapse     lapsed
approved    activate  active
active      fall_due  due_review
due_review  renew     active
due_review  lift      lifted
active      expire    expired
active      appeal    appealed
due_review  appeal    appealed
appealed    uphold    active
appealed    overturn  overturned
"""
EARLY = "a second person says no before it lapses by itself; it ends at once, with removal tasks"
HOLDS_ALREADY = "it holds from the approval on, whether or not a service has been at it yet"
DEVIATIONS = {
    "emergency decline lapsed": EARLY,
    "unratified decline lapsed": EARLY,
    "approved renew approved": HOLDS_ALREADY,
    "approved lift lifted": HOLDS_ALREADY,
    "approved expire expired": HOLDS_ALREADY,
    "approved appeal appealed": HOLDS_ALREADY,
    "active lift lifted": "what is wrong is not kept until its review falls due",
    "due_review expire expired": "a review that nobody held does not prolong it past its end",
    "appealed expire expired": "an appeal that nobody decided does not prolong it past its end",
    "appealed uphold_unplaced approved": (
        "upheld before any service has been at it, it is where it was: not in place anywhere"
    ),
}
TARGETS = """
requested          apply        applied
applied            verify       verified
verified           ask_removal  removal_requested
removal_requested  remove       removed
"""
"""``failed`` and ``not_supported`` stand in the design with no edge."""
FAILS = "the design names the state; somebody says so, and why"
LOOKED_FOR = "whatever was known to have happened, somebody looks that nothing is left"
STILL_WANTED = "another decision in force wants the same there: taking it out would end that one"
TARGET_DEVIATIONS = {
    "requested fail failed": FAILS,
    "applied fail failed": FAILS,
    "verified fail failed": "what held and is there no more is put in again",
    "failed retry requested": "the design names the state; it is not the end of it",
    "requested ask_removal removal_requested": LOOKED_FOR,
    "applied ask_removal removal_requested": LOOKED_FOR,
    "failed ask_removal removal_requested": LOOKED_FOR,
    "requested leave left": STILL_WANTED,
    "applied leave left": STILL_WANTED,
    "verified leave left": STILL_WANTED,
    "failed leave left": STILL_WANTED,
    "removal_requested leave left": STILL_WANTED,
}


def edges(lines: Iterable[str]) -> dict[tuple[str, str], str]:
    """(from, edge) -> to, of lines of three words."""
    return {(a, edge): b for a, edge, b in (line.split() for line in lines if line)}


ADDED, TARGET_ADDED = edges(DEVIATIONS), edges(TARGET_DEVIATIONS)
DESIGNED, TARGET_DESIGNED = edges(DESIGN.split("\n")), edges(TARGETS.split("\n"))
TABLE = {(State(a), Edge(edge)): State(b) for (a, edge), b in (DESIGNED | ADDED).items()}
TARGET_TABLE = {
    (TargetState(a), TargetEdge(edge)): TargetState(b)
    for (a, edge), b in (TARGET_DESIGNED | TARGET_ADDED).items()
}
ENDS = {"declined", "lapsed", "lifted", "expired", "overturned"}
SYSTEM_MAY = {"lapse", "fall_due", "expire"}
BEGINNINGS = {"proposal": "proposed", "emergency": "emergency", "already_done": "unratified"}
