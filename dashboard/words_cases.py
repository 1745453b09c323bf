"""What the pages on incident reports say, and the events of cases. Nothing is from outside."""

from dashboard import words_inquiry, words_verdict
from triage.cases.queries import CaseRow
from triage.cases.rules import Edge, MatchKind, PartyKind, State, Tie, words
from triage.core.ids import short_ref
from triage.staff.processes import Part

PARTS: dict[Part, str] = {
    Part.HANDLER: "handles it",
    Part.INVESTIGATOR: "looks into it",
    Part.DECIDER: "decides",
    Part.SECOND: "settles it as the second",
    Part.LEAK_CHECK: "checks letters as the second",
    Part.INTERIM_AUTHOR: "set an interim measure",
    Part.RATIFIER: "ratifies interim measures",
    Part.CUSTODIAN: "keeps identities",
    Part.IDENTITY_APPROVER: "approves the opening of an identity",
}
ASSIGNED = (Part.INVESTIGATOR, Part.DECIDER, Part.LEAK_CHECK, Part.RATIFIER, Part.HANDLER)
"""The parts that a handler gives, in this order."""

HOW = {
    "took": "took it",
    "assigned": "was named",
    "stepped_in": "stands in from outside the team",
}
TIES: dict[Tie, str] = {
    Tie.FAMILY: "One of them is family",
    Tie.FRIEND: "One of them is a friend, or somebody I have fallen out with",
    Tie.LINE_MANAGER: "One of them is my line manager, or I am theirs",
    Tie.SAME_TEAM: "One of them works in my team",
    Tie.WAS_THERE: "I was there",
    Tie.WITNESS: "I may be a witness",
    Tie.OTHER: "Something else that I need not say",
}
PARTY_KINDS: dict[PartyKind, str] = {
    PartyKind.SUBJECT: "Reported",
    PartyKind.AFFECTED: "Affected",
    PartyKind.WITNESS: "Witness",
    PartyKind.REPORTER: "Reporter",
}
MATCHES: dict[MatchKind, str] = {
    MatchKind.PICKED: "chosen by the reporter",
    MatchKind.NAMED: "named in the report",
    MatchKind.POSSIBLE: "might be meant",
    MatchKind.NOT_SURE: "kept away while it might be anybody",
}
EDGES: dict[str, str] = {
    Edge.OPEN.value: "opened",
    Edge.ACKNOWLEDGE.value: "taken",
    Edge.ROUTE_OUT.value: "passed to a service's own process",
    Edge.REFER_HR.value: "passed to HR",
    Edge.OUT_OF_SCOPE.value: "set aside as outside the policy",
    Edge.INSUFFICIENT.value: "set aside for want of anything to go on",
    Edge.INVESTIGATE.value: "looked into from here on",
    Edge.NOTIFY.value: "waits for the account of the person reported",
    Edge.HEARD.value: "the person reported was heard, or need not be",
    Edge.RECOMMEND.value: "a recommendation was made",
    Edge.SEND_BACK.value: "sent back to be looked into further",
    Edge.DECIDE.value: "decided",
    Edge.ACT.value: "acted on from here on",
    Edge.ACTED.value: "everything that was decided is done",
    Edge.CLOSE.value: "closed",
    Edge.ASK_WITHDRAW.value: "the reporter asked to go no further",
    Edge.GO_ON.value: "goes on all the same",
    Edge.WITHDRAW.value: "ended at the reporter's wish",
    Edge.REOPEN.value: "taken up again",
    Edge.UNDO.value: "the last step was undone",
    Edge.ERASE.value: "erased",
}
EVENTS = {
    **{f"case_{edge}": f"a report: {said}" for edge, said in EDGES.items()},
    "case_part": "gave somebody a part in a report",
    "case_part_ended": "ended somebody's part in a report",
    "case_part_lacking": "found nobody for a part in a report",
    "case_out": "has no part in a report any more",
    "case_declared": "said whether they have a conflict",
    "case_kept_away": "was kept away from a report",
    "case_match_cleared": "cleared somebody who was kept away",
    "case_team_cleared": "said whom a report is about",
    "case_challenged": "raised a conflict of a colleague",
    "case_challenge_settled": "decided on a conflict that was raised",
    "case_second_asked": "asked a second person to settle something",
    "case_second_settled": "settled something as the second person",
    "case_split": "passed on the part about a service",
    "case_muted": "stopped, or started, alerts of what a reporter adds",
    "case_said": "wrote to the reporter",
    "case_reporter_wrote": "took in what the reporter added",
    "case_read": "opened the account of a report",
    "hr_stand_in_named": "named somebody to stand in for HR",
    "hr_stand_in_unnamed": "took somebody off who stood in for HR",
    "report_entered": "took a report down for somebody",
    "event_added": "set up an event",
    "event_ended": "ended an event's code",
}
ACTS = {
    "declare": "I have nothing to do with any of them",
    "investigate": "Begin to look into it",
    "assign": "Name somebody",
    "route_out": "It is about a service: pass it on",
    "split_off": "Pass on the part about a service",
    "refer_hr": "The reporter works here: pass it to HR",
    "set_aside": "Ask a second person to set it aside",
    "let_go": "Ask a second person to let it go",
    "settle": "Settle it as the second person",
    "go_on": "Go on all the same",
    "say": "Write to the reporter",
    "challenge": "Raise a conflict of a colleague",
    "challenge_settled": "Decide on a conflict that was raised",
    "clear": "Say that somebody is not meant",
    "clear_team": "Say whom it is about",
    "reopen": "Take it up again",
    "undo": "It has not ended: undo that",
}
"""An act as the heading of its form, and on the button that carries it out."""

LABELS = {
    "whom": "Whom?",
    "who_settles_it_as_the_second": "Who settles it as the second person?",
    "your_reason": "Your reason",
    "why": "Why?",
    "what_do_you_write": "What do you write?",
    "why_is_it_a_matter_of_the_se": "Why is it a matter of the service?",
    "who_at_hr_has_it_and_since_w": "Who at HR has it, and since when?",
    "why_untold": (
        "Where a measure holds, or somebody was not told that one has ended: why are they not told?"
    ),
    "who_has_a_conflict": "Who has a conflict?",
    "what_is_it": "What is it?",
    "who_is_not_meant": "Who is not meant?",
    "how_do_you_know": "How do you know?",
    "why_does_it_go_on": "Why does it go on?",
    "what_is_new": "What is new, or what was wrong?",
}
"""What a field asks."""

NEED_NOT_SAY = "If you would rather not, or should not, have this: you need not say why."
STEP_BACK = "Step back from this report"
NONE_WAITS = "Nothing waits to be taken."
CONFIDENTIAL = (
    "In the strictest confidence: nobody except those named on this page knows that it exists. "
    "Every opening is on the record."
)
FIRST_WHO = (
    "First, who is in it. What happened is shown once you have said whether you have anything to "
    "do with any of them."
)
READ_FIRST = "Open what it rests on, above. Nobody decides on what they have not read."
CHECK_FIRST = "Your answers wait at the top of this page: finish that first, or change it."
HELD = (
    "It might be about anybody of the team, so the team knows nothing of it. Read it, find out "
    "whom it is about, and let the others in."
)


def title(case_id: str) -> str:
    """A case's heading."""
    return f"Report {short_ref(case_id)}"


def open_case(row: CaseRow) -> str:
    """The button of a row; the reference tells it from the others for who hears the page."""
    return f"Open {short_ref(row.id)}"


def chips(row: CaseRow) -> list[tuple[str, str]]:
    """What is to know of a row at a glance."""
    found = [(row.said.capitalize(), "")]
    if row.happening_now:
        found.insert(0, ("Happening now", "high"))
    if row.overdue:
        found.append(("Overdue", "high"))
    if row.held_outside:
        found.append(("Held outside the team", "medium"))
    found += [(f"You: {PARTS[part]}", "") for part in Part if part in row.parts]
    return found


def state(value: State) -> str:
    """Where a case stands, as a heading."""
    return words(value).capitalize()


EVENTS |= words_inquiry.EVENTS | words_verdict.EVENTS
ACTS |= words_inquiry.ACTS | words_verdict.ACTS


RARER = "Rarely needed"
"""Over the acts that are seldom wanted."""


def heading(group: str, count: int) -> str:
    """A heading over acts, with how many stand under it."""
    return f"{group} ({count})"
