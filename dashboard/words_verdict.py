"""What the pages on incident reports say of how one ends. Nothing in it comes from outside."""

from collections.abc import Iterable

from triage.cases.inquiry.rules import Bearing, Source
from triage.cases.rules import Finding
from triage.cases.verdict.rules import (
    WORDS,
    ActionKind,
    ActionState,
    AppealOutcome,
    IdentityState,
)
from triage.conduct.clauses import clause as clause_of
from triage.conduct.incidents import KINDS, ViolationKind
from triage.core.ids import short_ref

EVENTS = {
    "case_evidence_opened": "opened what a recommendation rests on",
    "case_decision_agreed": "agreed to the decision on a report",
    "case_action": "set up what follows from a report",
    "case_action_done": "noted that something which follows from a report is done",
    "case_action_waived": "noted that something which follows from a report is not done",
    "case_words_agreed": "agreed to a sentence of a restriction as it stands",
    "case_outcome": "told somebody how a report ended, or said why not",
    "case_appealed": "entered an appeal against a finding",
    "case_appeal_decided": "decided an appeal against a finding",
    "identity_asked": "asked to know who reported",
    "identity_settled": "decided whether it is opened who reported",
    "identity_opened": "opened who reported, for a day",
    "identity_closed": "closed again who reported",
}
SET_UP: dict[ActionKind, str] = {
    ActionKind.WARNING: "set_up_warning",
    ActionKind.REQUEST_TO_CEASE: "set_up_request_to_cease",
    ActionKind.EXPULSION: "set_up_expulsion",
    ActionKind.HR_REFERRAL: "set_up_hr_referral",
    ActionKind.POLICE_REFERRAL: "set_up_police_referral",
    ActionKind.OTHER: "set_up_other",
}
"""The act by which each is set up; a restriction has fields of its own."""
ACTS = {
    "recommend": "Recommend a finding",
    "decide": "Decide",
    "agree_decision": "Agree to the decision",
    "send_back": "Send it back: more is needed",
    **{name: f"Set up: {WORDS[kind][0].lower()}{WORDS[kind][1:]}" for kind, name in SET_UP.items()},
    "set_up_restriction": "Set up: a restriction",
    "agree_words": "Agree to a sentence that could tell who reported",
    "begin_acting": "Begin to do what was decided",
    "write_warning": "Write the letter of a warning",
    "write_request_to_cease": "Write the letter of a request to cease",
    "action_done": "Say that something is done",
    "action_waived": "Say that something is not done, and why",
    "tell_reporter": "Tell the reporter how it ended",
    "tell_subject": "Tell the person reported how it ended",
    "waive_telling": "Say why somebody is not told",
    "close": "Close it",
    "ask_identity": "Ask to know who reported",
    "settle_identity": "Decide whether it is opened who reported",
    "open_identity": "Open who reported, for a day",
    "record_appeal": "Enter an appeal against a finding",
    "decide_appeal": "Decide the appeal",
    "tell_appellant": "Tell who appealed that the finding stands",
}
"""An act as the heading of its form, and on the button that carries it out."""
LABELS = {
    "reasons": "What does it rest on?",
    "missing": "What is missing?",
    "why_alone": (
        "Why is it upheld all the same? (only where nothing supports it but who reported it)"
    ),
    "what": "What is done, or asked for, and why?",
    "to_consider": "Why should the police be told?",
    "to_hr": "What is HR asked to look at?",
    "event": "From which event, and how far does it reach?",
    "which_event": "From which event?",
    "other_event": "Another event by its name; or how far it reaches",
    "letter_what": "This is about … (what they did, and when; neutral, quoting nobody)",
    "letter_why": "In one sentence: why is that not acceptable?",
    "letter_stop": "Please stop … (what exactly)",
    "done": "What was done, and with whom? Of HR: who there has it",
    "not_done": "Why is it not done?",
    "sentence": "The sentence that the person is to read, word for word",
    "stands": "Why can it stand, though it could tell who reported this?",
    "follows": "What follows from it for them, or that nothing does",
    "not_told": "Why are they not told?",
    "appeal_why": "In one or two sentences that they read: why does it stand?",
    "ended": "How did it end, in a few words?",
    "why_identity": "Why must you know who it is?",
    "why": "Why?",
}
"""What a field asks."""

FINDINGS: dict[Finding, str] = {
    Finding.UPHELD: "It happened (upheld)",
    Finding.NOT_UPHELD: "It did not happen, or not so (not upheld)",
    Finding.UNABLE_TO_ESTABLISH: "It cannot be established",
}
ACTION_STATES: dict[ActionState, tuple[str, str]] = {
    ActionState.TO_DO: ("To do", "medium"),
    ActionState.DONE: ("Done", ""),
    ActionState.WAIVED: ("Not done", ""),
}
APPEALS: dict[AppealOutcome, str] = {
    AppealOutcome.UPHELD: "The finding stands",
    AppealOutcome.OVERTURNED: "It is looked into again, and others decide it",
}
IDENTITIES: dict[IdentityState, str] = {
    IdentityState.ASKED: "Asked, and not yet allowed",
    IdentityState.APPROVED: "Allowed; the custodian has not opened it",
    IdentityState.REFUSED: "Not allowed",
    IdentityState.OPEN: "Open now",
    IdentityState.CLOSED: "Was open, and is closed again",
}
BEARINGS: dict[Bearing | None, str] = {
    Bearing.SUPPORTS: "supports it",
    Bearing.CONTRADICTS: "contradicts it",
    Bearing.NEUTRAL: "neither",
    None: "not weighed",
}
SOURCES: dict[Source, str] = {
    Source.REPORTER: "who reported it",
    Source.AFFECTED: "somebody affected",
    Source.SUBJECT: "the person reported",
    Source.WITNESS: "a witness",
    Source.TEAM: "the team",
    Source.PUBLIC: "in public",
    Source.MESSAGES: "messages to us",
    Source.OTHER: "elsewhere",
}
OPEN_FIRST = (
    "Open what it rests on before you decide: the recommendation then stands beside the evidence. "
    "That you opened it is on the record."
)
NOT_ASKED = (
    "The reporter has not asked to be told how it ended, and is not written to. They can still ask "
    "with their receipt."
)
BY_RECEIPT = "The reporter is told over their receipt, at once, in fixed words."
BY_LETTER = (
    "The reporter is told by a letter to the address that they gave. Nobody here is shown it."
)
UNTOLD_REPORTER = "the reporter asked to be told how it ended, and is not told yet"
CEASED_BEFORE = (
    "Somebody named in this had been asked to stop before it came in (asked on {day}). That is "
    "for whoever decides to weigh; nothing follows from it by itself."
)
STILL_LOOKED_AT = "Nobody is told, and nothing is done, before somebody else has decided."


def finding(value: Finding) -> str:
    """A finding, as a choice."""
    return FINDINGS[value]


def action(value: ActionKind) -> str:
    """What may follow, as a choice."""
    return WORDS[value]


def several(values: Iterable[ActionKind]) -> str:
    """What may follow, on a line."""
    return "; ".join(WORDS[one] for one in values)


def kind(value: ViolationKind) -> str:
    """A kind of violation, as a choice."""
    return KINDS[value]


def clause(value: str) -> str:
    """A clause with what it says."""
    return f"{value}: {clause_of(value).summary}"


def to_say(value: ActionKind) -> str:
    """What is asked of something that is set up."""
    asked = {ActionKind.POLICE_REFERRAL: "to_consider", ActionKind.HR_REFERRAL: "to_hr"}
    return LABELS[asked.get(value, "what")]


def child(value: ActionKind) -> str:
    """The way to what carries an action out."""
    police = value is ActionKind.POLICE_REFERRAL
    return "Open it under Police" if police else "Open it under Decisions"


def identity(case_id: str) -> str:
    """The way to a question who reported."""
    return f"Open {short_ref(case_id)}: who reported"
