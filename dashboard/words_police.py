"""What the pages on the police say, and the events of referrals. Nothing in it is from outside."""

from collections.abc import Collection

from dashboard import words_cases, words_decisions
from triage.core.ids import short_ref
from triage.messages.rules import State as MessageState
from triage.referrals.queries import ReferralRow
from triage.referrals.rules import (
    AtRisk,
    Conclusion,
    Edge,
    LawfulBasis,
    ReferenceKind,
    Route,
    State,
)

EVENTS = {
    "referral_erased": "erased a report to the police",
    "referral_consider": "put forward for the police",
    "referral_joined": "added a message to what is considered for the police",
    "referral_no": "said that it is not to be referred",
    "referral_decline": "decided not to refer it to the police",
    "referral_authorise": "authorised a report to the police",
    "referral_submit": "reported it to the police",
    "referral_reference": "entered the reference of the police",
    "referral_progress": "added what is new from the police",
    "referral_conclude": "concluded the report to the police",
    "referral_take_back": "took an authorisation back",
    "referral_withdraw": "withdrew the report to the police",
    "referral_reopen": "took the report to the police up again",
    "disclosed": "disclosed something to the police",
    "at_risk_asked_anew": "asked anew what became of telling the person at risk",
    "at_risk_answered": "said what became of telling the person at risk",
    "propose": "left it to what was proposed",
    "child_approved": "moved on: something proposed was approved",
    "child_declined": "came back: what was proposed was declined",
    "close_actioned": "closed what was acted upon",
    "child_added": "proposed something from it",
    "label_reopened": "took back what it was said to be: overturned on appeal",
    "child_told": "moved on what was proposed from it",
    "concern_settled": "settled the mark of particular concern",
}
MESSAGE_STATES = {
    MessageState.AWAITING_DECISION: "Awaits a decision",
    MessageState.ACTIONED: "Acted upon, still to be closed",
    MessageState.ACTIONED_CLOSED: "Closed: acted upon",
}
EDGES = {
    "consider": "put it forward",
    Edge.DECLINE.value: "said no as the second: it is not referred",
    Edge.AUTHORISE.value: "authorised it",
    Edge.SUBMIT.value: "recorded that it was handed over",
    Edge.REFERENCE.value: "entered the reference",
    Edge.PROGRESS.value: "added what is new",
    Edge.CONCLUDE.value: "concluded it",
    Edge.WITHDRAW.value: "withdrew it",
    Edge.REOPEN.value: "took it up again",
}
STATES = {
    State.CONSIDERING: "Being considered",
    State.NOT_REFERRED: "Not referred",
    State.AUTHORISED: "Authorised, to be handed over",
    State.SUBMITTED: "Handed over, awaiting a reference",
    State.REFERENCED: "With the police",
    State.IN_PROGRESS: "With the police, in progress",
    State.CONCLUDED: "Concluded",
    State.WITHDRAWN: "Withdrawn",
}
ROUTES = {
    Route.EMERGENCY: "999",
    Route.NON_EMERGENCY: "101",
    Route.ONLINE: "Online",
    Route.OTHER: "Another way, from our list",
}
BASES = {
    LawfulBasis.CRIME: "To prevent or detect crime",
    LawfulBasis.VITAL_INTERESTS: "To protect somebody's life or safety",
    LawfulBasis.LEGAL_CLAIM: "For a legal claim",
}
AT_RISK = {
    AtRisk.TOLD: "They were told",
    AtRisk.POLICE_ADVISED_NOT_TO: "The police advised not to tell them",
    AtRisk.UNKNOWN_PERSON: "It is not known who it is",
    AtRisk.ANOTHERS_JOB: "Somebody else tells them",
}
CONCLUSIONS = {
    Conclusion.NO_FURTHER_ACTION: "No further action",
    Conclusion.WARNING: "A warning",
    Conclusion.CHARGE: "A charge",
    Conclusion.UNKNOWN: "Not known",
}
REFERENCES = {
    ReferenceKind.CRIME: "Crime reference",
    ReferenceKind.INCIDENT: "Incident number",
    ReferenceKind.LOG: "Log number",
}
ACTS = {
    "authorise": "Authorise the report",
    "say_no": "Say that it is not to be referred",
    "submit": "Record that it was handed over",
    "reference": "Enter the reference",
    "conclude": "Conclude it",
    "disclose": "Record a further disclosure",
    "take_back": "Take the authorisation back",
    "withdraw": "Withdraw the report",
    "reopen": "Take it up again",
    "call": "999 was called",
    "news": "Add what is new",
    "at_risk": "Tell the person who may be at risk",
}
"""An act as the heading of its form, and on the button that carries it out."""


def act(name: str) -> str:
    """An act, as its heading and its button."""
    return (words_cases.ACTS | ACTS)[name]


def open_referral(row: ReferralRow) -> str:
    """The button of a list row; the reference tells it from the others for screen readers."""
    return f"Open {short_ref(row.id)}"


def open_by_id(identifier: str) -> str:
    """The button of one moment of a timeline."""
    return f"Open {short_ref(identifier)}"


def open_evidence(message_id: str) -> str:
    """The button that uncovers one message as evidence."""
    return f"Open message {short_ref(message_id)}"


def unlinked(message_ids: Collection[str], state: State) -> str:
    """What to know where a link between two addresses was taken back after it was put forward."""
    lost = words_decisions.link_taken_back(message_ids)
    if state is State.CONSIDERING:
        return f"{lost} It cannot be authorised so: say no to it, and have it put forward anew."
    if state is State.AUTHORISED:
        return (
            f"{lost} It cannot be handed over so: who decides takes the authorisation back. What "
            "the police were given before that is recorded all the same."
        )
    return (
        f"{lost} The police have it as one person's: tell them, and look whether it holds on the "
        "rest."
    )


def title(referral_id: str) -> str:
    """The heading of one referral."""
    return f"Report to the police {short_ref(referral_id)}"


def route(value: Route) -> str:
    """A way to the police, as a choice."""
    return ROUTES[value]


def basis(value: LawfulBasis) -> str:
    """Why we may disclose, as a choice."""
    return BASES[value]


def at_risk(value: AtRisk) -> str:
    """What became of telling the person at risk, as a choice."""
    return AT_RISK[value]


def conclusion(value: Conclusion) -> str:
    """How it ended, as a choice."""
    return CONCLUSIONS[value]


def reference(value: ReferenceKind) -> str:
    """A kind of number, as a choice."""
    return REFERENCES[value]


def chips(row: ReferralRow) -> list[tuple[str, str]]:
    """What is to know about a referral before it is opened."""
    found = [(STATES[row.state], "")]
    if row.danger_now:
        found.append(("called in danger", "high"))
    if row.late:
        found.append(("recorded late", "medium"))
    if row.refusals and row.state is State.CONSIDERING:
        found.append((f"{row.refusals} of 2 said no", "medium"))
    if row.due:
        found.append(("ask the police now", "medium"))
    if row.at_risk is None:
        found.append(("person at risk: not answered", "medium"))
    return found


def share(done: int, of: int) -> float:
    """How far a pack is, for the bar."""
    return done / of if of else 1.0


def made_pack(given: str | None) -> str:
    """A pack, as a choice: by the beginning of its SHA-256, or none."""
    return "No pack" if given is None else f"The pack {given[:16]}"
