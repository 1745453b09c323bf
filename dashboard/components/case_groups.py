"""Where each act on a report stands on its page: under which heading, and whether it is rare."""

from collections.abc import Collection
from enum import StrEnum

from dashboard import words_verdict


class Group(StrEnum):
    """The headings, in their order."""

    PEOPLE = "People"
    EVIDENCE = "Evidence"
    SUBJECT = "The person reported"
    DECISION = "Decision, and what follows"
    LETTERS = "Letters"
    ENDING = "Ending"


ACTS: dict[Group, tuple[str, ...]] = {
    Group.PEOPLE: (
        "clear_team", "challenge_settled", "settle_identity", "open_identity", "assign",
        "add_party", "clear", "amend_party", "one_of_us", "challenge", "ask_identity",
    ),
    Group.EVIDENCE: (
        "investigate", "weigh", "tested", "add_statement", "add_note", "add_document",
        "add_from_report", "add_message", "plan_meeting", "close_meeting", "hide", "unbalanced",
    ),
    Group.SUBJECT: (
        "begin_notice", "show_reporter", "account", "ratify", "tell_ended", "ended_letter",
        "set_interim", "give", "withhold", "skip_showing", "declined", "cannot_reach", "lift",
    ),
    Group.DECISION: (
        "decide_appeal", "recommend", "decide", "agree_decision", "send_back",
        *words_verdict.SET_UP.values(), "agree_words", "begin_acting", "action_done",
        "action_waived",
    ),
    Group.LETTERS: (
        "write_warning", "write_request_to_cease", "tell_reporter", "tell_subject",
        "tell_appellant", "say", "waive_telling",
    ),
    Group.ENDING: (
        "settle", "close", "let_go", "go_on", "undo", "reopen", "set_aside", "route_out",
        "split_off", "refer_hr",
    ),
}  # fmt: skip
"""Every act, under its heading, what is more often wanted first."""

RARE = frozenset(
    {
        "amend_party", "one_of_us", "challenge", "ask_identity", "hide", "unbalanced",
        "skip_showing", "withhold", "declined", "cannot_reach", "lift", "action_waived",
        "waive_telling", "refer_hr",
    }
)  # fmt: skip
"""What is seldom wanted: one fold further in."""
MOST_UNFOLDED = 3
"""So many acts stand under their heading whatever they are: nothing is gained by a second fold."""


def grouped(
    names: Collection[str], *, without: str | None = None
) -> tuple[tuple[Group, tuple[str, ...], tuple[str, ...]], ...]:
    """(heading, acts, rare acts) of those that are there; ``without`` the one that leads."""
    found = []
    for group, every in ACTS.items():
        there = tuple(one for one in every if one in names and one != without)
        rare = tuple(one for one in there if one in RARE)
        if len(there) <= MOST_UNFOLDED:
            rare = ()
        if there:
            found.append((group, tuple(one for one in there if one not in rare), rare))
    return tuple(found)
