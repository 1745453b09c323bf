"""Who is told how a report ended, what keeps it from being closed, and closing it."""

from collections.abc import Callable
from functools import partial
from typing import Any

import streamlit as st

from dashboard import untrusted
from dashboard import words as general
from dashboard import words_verdict as words
from dashboard.components import asking
from dashboard.components.checked import Answers
from triage.cases.queries import CaseItem
from triage.cases.rules import State
from triage.cases.verdict.queries import OutcomeItem, VerdictItem
from triage.cases.verdict.rules import How, ToldTo
from triage.cases.verdict.service import closing, telling
from triage.core.text import LONGEST_REASON
from triage.senders.standing.words import day
from triage.staff.processes import Part

Form = Callable[[dict[str, Any]], Answers]
SHOWN_IN = frozenset({State.OUTCOME_DUE, State.CLOSED})
ON_CASE: dict[str, Callable[..., object]] = {
    "tell_reporter": telling.tell_reporter,
    "tell_subject": telling.tell_subject,
    "waive_telling": telling.waive,
    "close": closing.close,
}


def draw(found: CaseItem, there: VerdictItem) -> None:
    """Who was told, and who is left."""
    if found.row.state not in SHOWN_IN:
        return
    st.header("Who is told how it ended", anchor=False)
    if there.reach is None:
        untrusted.say("{words}", kind="quiet", words=words.NOT_ASKED)
    elif ToldTo.REPORTER.value in there.untold or found.row.state is State.OUTCOME_DUE:
        by_letter = there.reach is How.LETTER
        said = words.BY_LETTER if by_letter else words.BY_RECEIPT
        untrusted.say("{words}", kind="quiet", words=said)
    for one in there.outcomes:
        _draw_outcome(one)
    if found.row.state is not State.OUTCOME_DUE:
        return
    left = _left(found, there)
    if left:
        untrusted.say("It cannot be closed yet: {what}.", kind="notice", what="; ".join(left))
    else:
        untrusted.say("Nobody is left to be told: it can be closed.", kind="notice")


def _draw_outcome(one: OutcomeItem) -> None:
    who = "The reporter" if one.told is ToldTo.REPORTER else one.party or "The person reported"
    who += ", of their appeal" if one.told is ToldTo.APPELLANT else ""
    if one.how is How.WAIVED:
        how, kind = "Not told", "medium"
    elif not one.sent:
        how, kind = "The letter has not gone yet", "medium"
    else:
        how, kind = ("Told over the receipt", "") if one.how is How.RECEIPT else (
            "Told by letter", "")  # fmt: skip
    kept = f"; kept until {day(one.kept_until)}" if one.kept_until is not None else ""
    untrusted.row(who, [(how, kind)], f"by {one.by}, {general.when(one.at)}{kept}")
    if one.why:
        untrusted.say("Why not:", kind="quiet")
        untrusted.letter(one.why)


def _left(found: CaseItem, there: VerdictItem) -> list[str]:
    """What keeps it from being closed, in words."""
    return [
        words.UNTOLD_REPORTER
        if one == ToldTo.REPORTER.value
        else f"{_name(found, one)} was told of the report, and not yet how it ended"
        for one in there.untold
    ]


def _name(found: CaseItem, party_id: str) -> str:
    return next((one.name for one in found.parties if one.id == party_id and one.name),
                "somebody reported")  # fmt: skip


def forms(found: CaseItem, there: VerdictItem) -> dict[str, Form]:
    """Telling, saying why not, and closing: for who handles it, once all is done."""
    if found.row.state not in SHOWN_IN or Part.HANDLER not in found.row.parts:
        return {}
    begun = {one.party_id for one in there.outcomes if not one.lapsed}
    people = {
        one: _name(found, one)
        for one in there.untold
        if one != ToldTo.REPORTER.value and one not in begun
    }
    reporter = ToldTo.REPORTER.value in there.untold and None not in begun
    acts: dict[str, Form] = {}
    if reporter:
        acts["tell_reporter"] = partial(_tell_reporter, there)
    if found.row.state is State.CLOSED:
        return acts
    if people:
        acts["tell_subject"] = partial(_tell_subject, people)
    if reporter or people:
        acts["waive_telling"] = partial(_waive, people, reporter)
    if not there.untold:
        acts["close"] = _close
    return acts


def _tell_reporter(there: VerdictItem, kept: dict[str, Any]) -> Answers:
    """There is nothing to enter: what it says is fixed."""
    by_letter = there.reach is How.LETTER
    how = words.BY_LETTER if by_letter else words.BY_RECEIPT
    untrusted.say("{how}", how=how)
    said = "What was found, and whether something was done; nothing of anybody else."
    return Answers({}, (("How", how), ("They read", said)))


def _tell_subject(people: dict[str, str], kept: dict[str, Any]) -> Answers:
    ids = list(people)
    party = st.selectbox(
        "Who is told?", ids, index=asking.place(ids, kept.get("party_id")),
        format_func=people.__getitem__, placeholder="Choose one",
    )  # fmt: skip
    to = st.text_input("E-mail address (none: it is copied out)", value=kept.get("to_address", ""))
    follows = st.text_area(
        words.LABELS["follows"], value=kept.get("follows", ""), max_chars=LONGEST_REASON
    )
    missing = asking.lacks(
        (party, "Choose who is told."), (follows.strip(), "Say what follows from it for them.")
    )
    given = {"party_id": party, "follows": follows, "to_address": to.strip()}
    shown = (
        ("Who", "" if party is None else people[party]),
        ("To", to or "nobody yet"),
        ("What follows", follows),
        ("From here on", "it is a draft, with the code for an appeal: see it under Letters"),
    )
    return Answers(given, shown, missing)


def _waive(people: dict[str, str], reporter: bool, kept: dict[str, Any]) -> Answers:
    known = {**({ToldTo.REPORTER.value: "The reporter"} if reporter else {}), **people}
    ids = list(known)
    who = st.selectbox(
        "Who is not told?", ids, index=asking.place(ids, kept.get("who")),
        format_func=known.__getitem__, placeholder="Choose one",
    )  # fmt: skip
    reason = st.text_area(
        words.LABELS["not_told"], value=kept.get("reason", ""), max_chars=LONGEST_REASON
    )
    missing = asking.lacks((who, "Choose who is not told."), (reason.strip(), "Say why."))
    subject = who is not None and who != ToldTo.REPORTER.value
    given = {
        "told": ToldTo.SUBJECT if subject else ToldTo.REPORTER,
        "party_id": who if subject else None,
        "reason": reason,
    }
    shown = (("Not told", "" if who is None else known[who]), ("Why", reason))
    return Answers(given, shown, missing, {"who": who, "reason": reason})


def _close(kept: dict[str, Any]) -> Answers:
    reason = st.text_area(
        words.LABELS["ended"], value=kept.get("reason", ""), max_chars=LONGEST_REASON
    )
    missing = asking.lacks((reason.strip(), "Say in a few words how it ended."))
    return Answers({"reason": reason}, (("How it ended", reason),), missing)
