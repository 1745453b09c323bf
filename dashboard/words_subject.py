"""Sentences about requests for what is held of somebody. Nothing in them comes from outside."""

from datetime import date

from triage.core.ids import short_ref
from triage.retention.subject import rules
from triage.retention.subject.attached import File, LeftOut, size_of
from triage.retention.subject.due import Pressing
from triage.retention.subject.queries.listing import RequestRow
from triage.retention.subject.rules import (
    Decision,
    Extension,
    Ground,
    How,
    IdentityHow,
    ItemKind,
    Kind,
    Refusal,
)

ANOTHER = (
    "You find what you have a part in, and nothing tells how much else there is: another custodian "
    "always searches too. From the server's own shell, triage subject find looks through all of it."
)
REPORTERS = (
    "Who reported something is not found here, whoever looks. They read their report with its "
    "receipt code, and the custodian's procedure alone opens who it is."
)
FORMS = (
    "A program hides names, addresses and numbers that it knows. It does not see who is meant by "
    "“the woman from the bus stop”: read each item as the person will, and hide more."
)
FAIR = (
    "How somebody writes is no ground for anything. Who is blocked, or under cease contact, asks "
    "as anybody does."
)
LOOK_INTO = (
    "No program has looked into this file, and none hides anybody in it. Before it is given, open "
    "it, look at all of it, and listen to all of it: where other people are to be seen, heard or "
    "read of, keep it here or sum it up. It is what a stranger sent: open it as your house opens "
    "such files."
)
FORWARDED = (
    "A colleague forwarded this message. What is attached may be the colleague's own: then it is "
    "not theirs, and stays here."
)
GOES_WITH = "A file goes only where the message does to which it was attached."
LEFT_OUT: dict[LeftOut, str] = {
    LeftOut.KEPT: "kept here",
    LeftOut.UNSEEN: "nobody has looked into it",
    LeftOut.TOO_MUCH: "too large for one copy: give it in another way",
    LeftOut.GONE: "its bytes cannot be taken out of the message by themselves",
}
KINDS: dict[Kind, str] = {
    Kind.ACCESS: "What do we hold about them?",
    Kind.ERASURE: "Erase what we hold",
    Kind.COMPLAINT: "A complaint about how we handle their data",
}
ITEMS: dict[ItemKind, str] = {
    ItemKind.MESSAGE: "Message from them",
    ItemKind.FILE: "File that they attached",
    ItemKind.MENTION: "They are spoken of in a message",
    ItemKind.STUB: "Stub of an erased message",
    ItemKind.CASE: "Incident report that names them",
    ItemKind.STATEMENT: "What they told us in a case",
    ItemKind.LETTER: "Letter to them",
    ItemKind.RESTRICTION: "Restriction",
    ItemKind.REFERRAL: "Report to the police",
    ItemKind.NOTE: "Note by a colleague",
}
WHY: dict[str, str] = {
    "sender": "sent from what they are known by",
    "claimed": "bears their name or address",
    "linked": "by a sender whom a colleague called the same person",
    "address": "their address",
    "phone": "their number",
    "handle": "their handle",
    "name": "their name",
    "about": "stands at something of theirs",
}
DECISIONS: dict[Decision, str] = {
    Decision.DISCLOSE: "Give it, with others hidden",
    Decision.SUMMARY: "Give a summary",
    Decision.WITHHOLD: "Keep it here",
    Decision.ERASE: "Erase it",
    Decision.KEEP: "Keep it",
}
GROUNDS: dict[Ground, str] = {
    Ground.OTHERS: "It tells of somebody else, and cannot be parted from that",
    Ground.CRIME: "It would get in the way of preventing or finding out a crime",
    Ground.NOT_TOLD: "They have not been told of the report, for a recorded reason",
    Ground.PRIVILEGE: "It is advice by lawyers",
    Ground.NOT_THEIRS: "It is about somebody else",
    Ground.CLAIMS: "It is needed for a legal claim",
    Ground.STILL_NEEDED: "What it is for has not ended",
}
REFUSALS: dict[Refusal, str] = {
    Refusal.REPEATS: "Excessive: the same was answered a short while ago",
    Refusal.BARGAINS: "Unfounded: it is offered to be taken back for something",
    Refusal.SAYS_NO_WISH: "Unfounded: they say that they do not want it",
    Refusal.NO_IDENTITY: "They were asked who they are, and it could not be found out",
}
EXTENSIONS: dict[Extension, str] = {
    Extension.COMPLEX: "The request is complex",
    Extension.MANY: "They have made several",
}
IDENTITY: dict[IdentityHow, str] = {
    IdentityHow.KNOWN_ADDRESS: "They wrote from, or answered at, an address that we hold",
    IdentityHow.DOCUMENT: "They showed a document",
    IdentityHow.IN_PERSON: "They came in person",
    IdentityHow.FOR_THEM: "Somebody showed that they act for them",
}
WAYS: dict[How, str] = {
    How.EMAIL: "By e-mail",
    How.POST: "By post",
    How.IN_PERSON: "In person",
    How.DOWNLOAD: "By a download",
}
OUTCOMES: dict[str, str] = {
    "erased": "erased",
    "held": "not erased: a hold stands",
    "not_ended": "not erased: it, or what rests on it, is open or held",
    "no_way": "not erased by itself: it goes with what it belongs to",
}
PRESSING: dict[Pressing, tuple[str, str]] = {
    Pressing.LATE: ("late", "high"),
    Pressing.SOON: ("due within a week", "medium"),
}
"""What is to know of something with a day: words, and how they are drawn."""
EVENTS = {
    "subject_registered": "entered a request about somebody's data",
    "subject_terms": "added what to search by",
    "subject_item": "decided an item of a request",
    "subject_file": "made the file for a person",
    "subject_file_opened": "took an attached file out, to look into it",
    "subject_erasure": "carried out an erasure that was asked for",
    "subject_looked": "looked through everything for somebody",
    "subject_log": "read the log of what was given",
    "subject_ask_identity": "asked who somebody is",
    "subject_check_identity": "found that it is they",
    "subject_acknowledge": "acknowledged a complaint about data",
    "subject_extend": "took more time for a request",
    "subject_search": "searched for what is held of somebody",
    "subject_review": "looked through what is held of somebody",
    "subject_second_agrees": "agreed, as the second person, to an answer",
    "subject_second_returns": "gave an answer back",
    "subject_send": "answered a request",
    "subject_close": "closed a request",
    "subject_ask_refusal": "asked to refuse a request",
    "subject_agree_refusal": "agreed to refuse a request",
    "subject_decline_refusal": "did not agree to refuse a request",
    "subject_withdraw": "noted that a request was taken back",
    "subject_reopen": "took a request up again",
}
EDGES = {"register": "entered it"} | {
    code.removeprefix("subject_"): said for code, said in EVENTS.items()
}


def day(on: date) -> str:
    """A day, as people read it."""
    return f"{on:%-d %B %Y}"


def title(request_id: str) -> str:
    """The heading of one request."""
    return f"Data request {short_ref(request_id)}"


def open_one(request_id: str) -> str:
    """The button of one request."""
    return f"Open {short_ref(request_id)}"


def open_item(number: int, kind: ItemKind) -> str:
    """The button of one item."""
    return f"Look at {number}: {ITEMS[kind].lower()}"


def decision(kind: ItemKind, what: Decision) -> str:
    """What becomes of an item. In a file nothing is hidden but in its name."""
    given = kind is ItemKind.FILE and what is Decision.DISCLOSE
    return "Give it as it is, with others in it" if given else DECISIONS[what]


def file(one: File) -> str:
    """A file in a list: its name, size and kind, as its sender said."""
    return f"{one.name}, {size_of(one.size)}, said to be {one.kind}"


def enter(message_id: str) -> str:
    """The button of a message that was passed on."""
    return f"Enter the request of message {short_ref(message_id)}"


def chips(row: RequestRow) -> list[tuple[str, str]]:
    """What is to know of a request in a list."""
    found = [(rules.words(row.state), "medium")]
    found += [PRESSING[Pressing.LATE]] if row.late else []
    found += [PRESSING[Pressing.SOON]] if row.soon else []
    found += [("the time stands still", "")] if row.waiting_for_identity else []
    found += [("more time taken", "")] if row.extended else []
    return found


def quiet(row: RequestRow) -> str:
    """The second line of a request in a list."""
    return f"{KINDS[row.kind]} Came {day(row.received_on)}, due {day(row.due_on)}"


def plain(label: str) -> str:
    """A label of ours, in letters and plain signs alone."""
    return "".join(c for c in label if c.isalnum() or c in " -,.:?;'")
