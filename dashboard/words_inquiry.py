"""What the page of a report says of finding out, and the events of it. Nothing is from outside."""

from triage.cases.inquiry.queries import EvidenceItem, MeasureItem, NoticeItem
from triage.cases.inquiry.rules import (
    WORDS,
    Bearing,
    Custody,
    Ending,
    ItemKind,
    MeasureKind,
    NoticeEdge,
    Source,
    Withheld,
)
from triage.cases.rules import PartyKind
from triage.core.ids import short_ref

EVENTS = {
    "case_party_added": "added somebody to a report",
    "case_party_amended": "put right who somebody in a report is",
    "case_balance_reason": "said why not all was tested against the other side",
    **{
        f"evidence_{act.value}": f"evidence: {said}"
        for act, said in {
            Custody.ADDED: "put it in",
            Custody.LOOKED: "opened it",
            Custody.EXPORTED: "took a copy away",
            Custody.FAILED: "was refused it, since it is not what was put in",
            Custody.MARKED: "said what it shows",
            Custody.TESTED: "said how it was put to the other side",
            Custody.HIDDEN: "kept it from the person reported",
            Custody.SHOWN: "let the person reported have it",
            Custody.IN_PACK: "gave it to the person reported",
        }.items()
    },
    **{
        f"notice_{edge.value}": f"a notice to a person reported: {said}"
        for edge, said in {
            NoticeEdge.WITHHOLD: "withheld for now",
            NoticeEdge.GIVE: "to be sent after all",
            NoticeEdge.UNREACHABLE: "nobody knows how to reach them",
            NoticeEdge.SEND: "sent",
            NoticeEdge.ACCOUNT: "they gave their account",
            NoticeEdge.DECLINE: "they would rather say nothing",
            NoticeEdge.NO_REPLY: "they did not answer by the day",
        }.items()
    },
    "notice_shown": "showed the reporter a notice before it goes",
    "notice_not_shown": "went on without asking the reporter about a notice",
    "interim_set": "set an interim measure",
    "interim_ratified": "confirmed an interim measure",
    "interim_kept": "kept an interim measure until what was decided takes its place",
    "interim_ended": "ended an interim measure",
    "interim_over": "noted that an interim measure was over",
    "interim_untold": "said why somebody is not told that a measure has ended",
    "interim_told": "said how somebody was told that a measure has ended",
    "meeting_planned": "planned a talk",
    "meeting_closed": "said whether a talk took place",
}
ACTS = {
    "add_party": "Add somebody",
    "amend_party": "Put right who somebody is",
    "one_of_us": "It is one of us",
    "add_statement": "Add a statement",
    "add_note": "Add a note",
    "add_document": "Add a file",
    "add_from_report": "Add what came with the report",
    "add_message": "Add a message that was sent to us",
    "weigh": "Say what a piece of evidence shows",
    "tested": "Say how it was put to the other side",
    "hide": "Keep evidence from the person reported, or let them have it",
    "unbalanced": "Say why not all was put to the other side",
    "begin_notice": "Write the notice to the person reported",
    "show_reporter": "Show the notice to the reporter first",
    "skip_showing": "Go on without asking the reporter",
    "withhold": "Withhold the notice for now",
    "give": "Send the notice after all",
    "cannot_reach": "Nobody knows how to reach them",
    "account": "Take in their account",
    "declined": "They would rather say nothing",
    "set_interim": "Set an interim measure",
    "ratify": "Confirm an interim measure, or end it",
    "lift": "End an interim measure",
    "ended_letter": "Write the letter that a measure has ended",
    "tell_ended": "They were told that a measure has ended",
    "plan_meeting": "Plan a talk",
    "close_meeting": "Say whether a talk took place",
}
"""An act as the heading of its form, and on the button that carries it out."""

LABELS = {
    "who_is_it": "Who is it?",
    "which_colleague": "Which colleague is it?",
    "what_are_they": "What are they in this?",
    "name": "Name",
    "role": "What they do, or how they can be told",
    "contact": "How they can be reached",
    "party": "What are they to us?",
    "support": "What do they need to take part?",
    "whose_statement": "Whose statement is it?",
    "whose_file": "Whose is it, if anybody's in this report?",
    "what_was_said": "What was said, in their words",
    "what_they_say": "What they say, in their words",
    "note": "The note",
    "title": "What is it, in a line?",
    "origin": "Where does it come from, and how?",
    "source": "From whom does it come?",
    "which_part": "Which part of the report?",
    "message": "Reference of the message, like ABC-DEF",
    "which_item": "Which piece of evidence?",
    "bearing": "What does it show?",
    "how_tested": "How was it put to them; or why was it not?",
    "reason": "Why?",
    "reason_unbalanced": "Why was it not, or could it not be?",
    "reason_skipped": "Why is the reporter not asked?",
    "reason_withheld": "Why can they not be told yet?",
    "reason_given": "What has changed?",
    "reason_unreachable": "What was tried?",
    "reason_declined": "How and when did they tell us?",
    "concern": "What is it about, without anything that tells who said it?",
    "ground": "On which ground?",
    "recheck": "On which day is it looked at again?",
    "reply_by": "By which day do they answer?",
    "which_measure": "Which measure?",
    "reason_lifted": "Why is it not needed any more?",
    "how_told": "How were they told, and by whom?",
    "to_address": "E-mail address (none: it is copied out)",
    "with_whom": "With whom?",
    "where": "Where, or by what?",
    "which_meeting": "Which talk?",
    "came_of_it": "Which note or statement came of it, if one did?",
    "for_whom": "For whom is it?",
    "which_measure_kind": "What is it?",
    "place": "At which event, or where?",
    "second": "Who looks at it as the second person?",
    "second_why": "What is to be looked at?",
}
"""What a field asks."""

LETTER_ACTS = {
    "check": "Check for leaks",
    "where": "Show where",
    "approve": "This is right: it may go",
    "ask": "Ask a second person",
    "agree": "Let it go as it stands",
    "decline": "Give it back",
    "send": "Send it",
    "change": "Change it again",
    "call_back": "Call it back",
    "withdraw": "Withdraw it",
}
KINDS: dict[ItemKind, str] = {
    ItemKind.ACCOUNT: "What the report says",
    ItemKind.REPORT_FILE: "File of the report",
    ItemKind.DOCUMENT: "File",
    ItemKind.STATEMENT: "Statement",
    ItemKind.NOTE: "Note",
    ItemKind.MESSAGE: "Message to us",
    ItemKind.SUBJECT_ACCOUNT: "Account of the person reported",
}
SOURCES: dict[Source, str] = {
    Source.REPORTER: "the reporter",
    Source.AFFECTED: "somebody affected",
    Source.SUBJECT: "the person reported",
    Source.WITNESS: "a witness",
    Source.TEAM: "us, who look into it",
    Source.PUBLIC: "what anybody can find",
    Source.MESSAGES: "the messages sent to us",
    Source.OTHER: "somebody else",
}
BEARINGS: dict[Bearing, str] = {
    Bearing.SUPPORTS: "Supports what was reported",
    Bearing.CONTRADICTS: "Contradicts it",
    Bearing.NEUTRAL: "Neither",
}
CUSTODY: dict[Custody, str] = {
    Custody.ADDED: "put in by {who}",
    Custody.LOOKED: "opened by {who}",
    Custody.EXPORTED: "a copy taken away by {who}",
    Custody.FAILED: "refused to {who}: it is not what was put in",
    Custody.MARKED: "weighed by {who}",
    Custody.TESTED: "{who} said how it was put to the other side",
    Custody.HIDDEN: "kept from the person reported by {who}",
    Custody.SHOWN: "opened to the person reported by {who}",
    Custody.IN_PACK: "given to the person reported by {who}",
}
WITHHELD: dict[Withheld, str] = {
    Withheld.TAMPERING: "Evidence could be destroyed or changed",
    Withheld.INFLUENCE: "People could be leant on",
    Withheld.RISK: "Somebody could be harmed, or paid back",
}
MEASURES: dict[MeasureKind, str] = {
    MeasureKind.EXPULSION: "Must leave, and does not come back",
    MeasureKind.NO_CONTACT: "Does not get in touch with certain people",
    MeasureKind.STAY_AWAY: "Stays away from certain places",
    MeasureKind.OTHER: "Something else",
}
UNTIL = {
    "no_end": "No end of its own",
    "today": "Until the end of today",
    "tomorrow": "Until the end of tomorrow",
    "event": "Until the event is over",
}
ENDINGS: dict[Ending, str] = {
    Ending.LAPSED: "ended because nobody confirmed it",
    Ending.EXPIRED: "ended on its own day",
    Ending.LIFTED: "ended by somebody",
    Ending.NOT_UPHELD: "ended because what was reported was not upheld",
}
NOTICE_EDGES: dict[str, str] = {
    edge.value: EVENTS[f"notice_{edge.value}"].rpartition(": ")[2] for edge in NoticeEdge
}
TASKS = {
    "notice": "Tell {who} what was reported",
    "recheck": "Look again at why {who} is not told",
    "answer": "{who} has time to answer",
    "ratify": "Confirm the measure for {who}, or let it lapse",
    "tell_ended": "Tell {who} that the measure has ended",
    "meeting": "Talk with {who}",
    "weigh": "Say what this shows: {who}",
}
"""What is to do; ``{who}`` is filled in, escaped, where it is drawn."""

BY_HAND = (PartyKind.SUBJECT, PartyKind.WITNESS, PartyKind.AFFECTED)
PARTY_KINDS: dict[PartyKind, str] = {
    PartyKind.SUBJECT: "the person reported",
    PartyKind.AFFECTED: "affected",
    PartyKind.WITNESS: "a witness",
    PartyKind.REPORTER: "the reporter",
}
LETTING_OUT = (
    "Before they may have it, its words are looked through for what could tell who reported it. "
    "Plain text and Word documents are read; PDF, pictures, sound and all else are not. Where "
    "something is found or not read, and of what somebody told us, a second person lets it out: "
    "not who put it in, and only once they have opened it."
)
WARNING = (
    "It comes from somebody whom you do not know. Open it on a computer that is meant for that, "
    "and never with what it asks you to start."
)
BROKEN = "This is not what was put in, or it does not open. It does not go out."


def evidence(number: int, item: EvidenceItem) -> str:
    """A piece of evidence as a choice: by its number in the list."""
    return f"{number}: {KINDS[item.kind].lower()}, from {SOURCES[item.source]}"


def person(number: int, kind: PartyKind) -> str:
    """Somebody in a report as a choice: by their number."""
    return f"{number}: {PARTY_KINDS[kind]}"


def open_item(number: int) -> str:
    """The button that opens a piece of evidence."""
    return f"Open {number}"


def take_item(number: int) -> str:
    """The button that gives a copy of it to take away."""
    return f"Take a copy of {number}"


def letter_act(name: str) -> str:
    """The button of a step of a letter."""
    return LETTER_ACTS[name]


def notice(item: NoticeItem) -> str:
    """How a notice stands."""
    return WORDS[item.state]


def measure(number: int, item: MeasureItem) -> str:
    """A measure as a choice: by its number in the list."""
    return f"{number}: {MEASURES[item.kind].lower()}"


def meeting(number: int) -> str:
    """A talk as a choice: by its number in the list."""
    return f"{number}: a talk"


def part_of_report(number: int) -> str:
    """What came with a report, as a choice: its words first, then its files."""
    return f"File {number}" if number else "What it says"


def ref(case_id: str) -> str:
    """A report, as people name it."""
    return short_ref(case_id)


def choose_case(case_id: str) -> str:
    """The button that sets a measure for a report that is here already."""
    return f"For {short_ref(case_id)}"
