"""The notice to each person reported: what is known of it, its letter, and its forms (P-SUB-1)."""

from collections.abc import Collection, Sequence
from datetime import date, time, timedelta
from functools import partial
from typing import Any

import streamlit as st

from dashboard import session, untrusted
from dashboard import words as general
from dashboard import words_inquiry as words
from dashboard.components import asking, case_fields, case_letter
from dashboard.components.checked import Answers, Form
from triage.cases.inquiry.queries import Inquiry, NoticeItem
from triage.cases.inquiry.rules import (
    LONGEST_WITHHELD,
    TRANSITIONS,
    NoticeEdge,
    NoticeState,
    Withheld,
)
from triage.cases.inquiry.service.evidence import LONGEST_TEXT
from triage.cases.queries import CaseItem
from triage.cases.rules import State
from triage.core.access import Actor
from triage.letters.rules import ON_ITS_WAY
from triage.staff.calendar import at_clock, local_day

MORNING = time(9)
"""When somebody looks again at what was withheld, on the day that was set."""


def draw(viewer: Actor, found: CaseItem, inquiry: Inquiry) -> None:
    """How the notice to each person reported stands, with its letter."""
    if not inquiry.notices:
        return
    st.header("Telling the person reported", anchor=False)
    for one in inquiry.notices:
        chips = [("Looked at again: overdue", "high")] if one.recheck_due else []
        untrusted.row(one.name or "Name not known", chips, words.notice(one).capitalize())
        untrusted.facts(_facts(one))
        if one.skipped:
            untrusted.say("The reporter was not asked: {why}", kind="quiet", why=one.skipped)
        if one.letter_id is not None:
            case_letter.draw(viewer, found, one.letter_id)
        if one.steps:
            with st.expander("History of this notice"):
                untrusted.timeline(
                    [
                        (
                            general.when(step.at),
                            f"{words.NOTICE_EDGES[step.edge].capitalize()}, by {step.by}",
                            step.reason,
                        )
                        for step in one.steps
                    ]
                )


def _facts(one: NoticeItem) -> list[tuple[str, str]]:
    known = [
        ("Shown to the reporter", one.shown_at),
        ("They have until", one.shown_until if one.state is NoticeState.DUE else None),
        ("Sent", one.sent_at),
        ("To be looked at again", one.recheck_at),
        ("They can answer until", one.reply_by and one.reply_by - timedelta(minutes=1)),
    ]
    facts = [(name, asking.shown_at(at)) for name, at in known if at is not None]
    if one.ground is not None:
        facts.append(("Withheld because", words.WITHHELD[one.ground]))
    return facts


def forms(found: CaseItem, inquiry: Inquiry) -> dict[str, Form]:
    """What can be done with the notices now. Each form names those whom it fits."""
    if found.row.state not in {State.INVESTIGATING, State.AWAITING_SUBJECT}:
        return {}
    acts: dict[str, Form] = {}
    all_of_them = inquiry.notices

    def offer(name: str, form: Any, fits: Sequence[NoticeItem]) -> None:
        if fits:
            acts[name] = partial(form, inquiry, [one.party_id for one in fits])

    def with_edge(edge: NoticeEdge) -> list[NoticeItem]:
        return [one for one in all_of_them if (one.state, edge) in TRANSITIONS]

    due = [one for one in all_of_them if one.state is NoticeState.DUE]
    written = [one for one in due if one.letter_id and one.letter_state not in ON_ITS_WAY]
    can_wait = with_edge(NoticeEdge.WITHHOLD)
    kept = [one for one in can_wait if one.letter_state not in ON_ITS_WAY]
    unreached = [
        one for one in with_edge(NoticeEdge.UNREACHABLE)
        if not any(p.contact or p.staff_id for p in inquiry.parties if p.id == one.party_id)
    ]  # fmt: skip
    offer("begin_notice", _begin, [one for one in due if one.letter_id is None])
    # Also once more: for a text that was changed since the reporter was shown it.
    offer("show_reporter", _show, written)
    offer("skip_showing", partial(_reason, "reason_skipped"), written)
    offer("withhold", _withhold, kept)
    offer("give", partial(_reason, "reason_given"), with_edge(NoticeEdge.GIVE))
    offer("cannot_reach", partial(_reason, "reason_unreachable"), unreached)
    offer("account", _account, with_edge(NoticeEdge.ACCOUNT))
    offer("declined", partial(_reason, "reason_declined"), with_edge(NoticeEdge.DECLINE))
    return acts


def _who(
    inquiry: Inquiry, ids: Collection[str], kept: dict[str, Any]
) -> tuple[str | None, tuple[str, str], tuple[object, str]]:
    """The person, how they are shown, and what is lacking."""
    who = case_fields.person("who_is_it", inquiry.parties, ids, kept.get("party_id"))
    name = case_fields.called(who) if who else ""
    return (who.id if who else None), ("Who", name), (who, "Choose who it is.")


def _begin(inquiry: Inquiry, ids: Collection[str], kept: dict[str, Any]) -> Answers:
    who, name, missing = _who(inquiry, ids, kept)
    concern = case_fields.passage("concern", kept.get("concern", ""))
    untrusted.say("Without a day, they have the time that the targets give.", kind="quiet")
    by = case_fields.day("reply_by", kept.get("reply_by"))
    given = {"party_id": who, "concern": concern, "reply_by": by}
    shown = (
        name, ("What it is about", concern), ("They answer by", _day(by) or "the target"),
        ("From here on", "a letter stands on this page; nothing is sent yet"),
    )  # fmt: skip
    return Answers(given, shown, asking.lacks(missing, (concern.strip(), "Say what it is about.")))


def _show(inquiry: Inquiry, ids: Collection[str], kept: dict[str, Any]) -> Answers:
    who, name, missing = _who(inquiry, ids, kept)
    untrusted.say(
        "The reporter reads the whole letter with their receipt, and is asked whether it could "
        "tell who they are.",
        kind="quiet",
    )
    shown = (name, ("The reporter", "reads the letter, and has three working days to answer"))
    return Answers({"party_id": who}, shown, asking.lacks(missing))


def _reason(label: str, inquiry: Inquiry, ids: Collection[str], kept: dict[str, Any]) -> Answers:
    who, name, missing = _who(inquiry, ids, kept)
    reason = case_fields.passage(label, kept.get("reason", ""))
    given = {"party_id": who, "reason": reason}
    return Answers(
        given, (name, ("Why", reason)), asking.lacks(missing, (reason.strip(), "Say why."))
    )


def _withhold(inquiry: Inquiry, ids: Collection[str], kept: dict[str, Any]) -> Answers:
    desk = session.desk()
    who, name, missing = _who(inquiry, ids, kept)
    may = [
        one for one in Withheld
        if one is not Withheld.RISK or desk.settings.case_withhold_for_risk
    ]  # fmt: skip
    ground = st.radio(
        words.LABELS["ground"], may, index=asking.place(may, kept.get("ground")),
        format_func=words.WITHHELD.__getitem__,
    )  # fmt: skip
    reason = case_fields.passage("reason_withheld", kept.get("reason", ""))
    last = local_day(desk.clock.now()) + LONGEST_WITHHELD - timedelta(days=1)
    on = case_fields.day("recheck", kept.get("on"), last=last)
    at = None if on is None else at_clock(on, MORNING)
    given = {"party_id": who, "ground": ground, "reason": reason, "recheck_at": at}
    shown = (
        name, ("Ground", words.WITHHELD[ground] if ground else ""), ("Why", reason),
        ("Looked at again", asking.shown_at(at)),
    )  # fmt: skip
    lacking = asking.lacks(
        missing, (ground, "Choose the ground."), (reason.strip(), "Say why."),
        (on, "Choose the day on which it is looked at again."),
    )  # fmt: skip
    return Answers(given, shown, lacking, typed=given | {"on": on})


def _account(inquiry: Inquiry, ids: Collection[str], kept: dict[str, Any]) -> Answers:
    who, name, missing = _who(inquiry, ids, kept)
    text = case_fields.passage("what_they_say", kept.get("text", ""), longest=LONGEST_TEXT)
    made_at = case_fields.said_at(kept)
    origin = case_fields.line("origin", kept.get("origin", ""))
    given = {"party_id": who, "text": text, "made_at": made_at, "origin": origin}
    shown = (
        name, ("What they say", text), ("Said or written", case_fields.shown_day(made_at)),
        ("Where it comes from", origin),
    )  # fmt: skip
    lacking = asking.lacks(
        missing, (text.strip(), "Write down what they say."),
        (made_at, "Say on which day it was said or written."),
        (origin.strip(), "Say where it comes from."),
    )  # fmt: skip
    return Answers(given, shown, lacking)


def _day(on: date | None) -> str:
    return "" if on is None else f"{on:%-d %B %Y}"
