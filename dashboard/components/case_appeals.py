"""Appeals against a finding: entered by the code in a letter, decided by who took no part."""

from collections.abc import Callable
from datetime import date, time
from functools import partial
from typing import Any

import streamlit as st

from dashboard import session, untrusted
from dashboard import words as general
from dashboard import words_verdict as words
from dashboard.components import asking
from dashboard.components.checked import Answers
from triage.cases.queries import CaseItem
from triage.cases.rules import State
from triage.cases.verdict.queries import AppealItem, VerdictItem
from triage.cases.verdict.rules import AppealOutcome
from triage.cases.verdict.service import appealing, telling
from triage.core.access import Action, Actor, can
from triage.core.text import LONGEST_REASON
from triage.staff.calendar import at_clock, local_day
from triage.staff.processes import Part

Form = Callable[[dict[str, Any]], Answers]
ON_CASE: dict[str, Callable[..., object]] = {"tell_appellant": telling.tell_appellant}
OTHERS: dict[str, Callable[..., object]] = {"decide_appeal": appealing.decide_appeal}
NOT_TOLD = "They have not been told yet that it stands: who handles the report writes to them."
NOT_GONE = "The letter that tells them has not gone yet."
TOLD = "They were told by letter."


def draw(there: VerdictItem) -> None:
    """Every appeal, in full."""
    if not there.appeals:
        return
    st.header("Appeals", anchor=False)
    for one in there.appeals:
        untrusted.facts(
            [
                ("Came", general.when(one.came_at)),
                (
                    "Result",
                    "not decided yet" if one.outcome is None else words.APPEALS[one.outcome],
                ),
                ("Decided by", one.decided_by or "nobody yet"),
            ]
        )
        untrusted.letter(one.words)
        if one.reason:
            untrusted.say("Why it was decided so:", kind="quiet")
            untrusted.letter(one.reason)
        if one.outcome is AppealOutcome.UPHELD:
            said = TOLD if one.told else NOT_GONE if one.begun else NOT_TOLD
            untrusted.say("{said}", kind="quiet" if one.told else "notice", said=said)


def forms(found: CaseItem, there: VerdictItem) -> dict[str, Form]:
    """Deciding one: for a decider who took no part before, and has opened what it rests on. Of one
    that was turned down, telling whoever made it: for who handles the report."""
    untold = [one for one in there.appeals if one.outcome is AppealOutcome.UPHELD and not one.begun]
    tells = bool(untold) and Part.HANDLER in found.row.parts
    acts: dict[str, Form] = {"tell_appellant": partial(_tell, untold[0])} if tells else {}
    waits = next((one for one in there.appeals if one.outcome is None), None)
    opened = bool(there.recommendations) and there.recommendations[-1].opened
    took_part = any(one.mine for one in there.decisions)
    decides = Part.DECIDER in found.row.parts and found.row.state is State.CLOSED
    if waits is None or not decides or not opened or took_part:
        return acts
    return acts | {"decide_appeal": partial(_decide, found, waits)}


def _tell(one: AppealItem, kept: dict[str, Any]) -> Answers:
    """What they read, and where it goes."""
    to = st.text_input("E-mail address (none: it is copied out)", value=kept.get("to_address", ""))
    sentence = st.text_area(
        words.LABELS["appeal_why"], value=kept.get("sentence", ""), max_chars=LONGEST_REASON
    )
    missing = asking.lacks((sentence.strip(), "Say in one or two sentences why."))
    given = {"appeal_id": one.id, "sentence": sentence, "to_address": to.strip()}
    shown = (
        ("To", to or "nobody yet"),
        ("Why it stands", sentence),
        ("From here on", "it is a draft: see it under Letters"),
    )
    return Answers(given, shown, missing)


def _decide(found: CaseItem, one: AppealItem, kept: dict[str, Any]) -> Answers:
    options = list(AppealOutcome)
    outcome = st.radio(
        "What becomes of it?", options, index=asking.place(options, kept.get("outcome")),
        format_func=words.APPEALS.__getitem__,
    )  # fmt: skip
    reason = st.text_area(
        words.LABELS["why"], value=kept.get("reason", ""), max_chars=LONGEST_REASON
    )
    missing = asking.lacks((outcome, "Choose what becomes of it."), (reason.strip(), "Say why."))
    given = {
        "appeal_id": one.id, "version": found.row.version, "outcome": outcome, "reason": reason,
    }  # fmt: skip
    shown = (("Decision", "" if outcome is None else words.APPEALS[outcome]), ("Why", reason))
    return Answers(given, shown, missing)


def draw_entering(viewer: Actor) -> None:
    """An appeal that has come, by its code: whoever enters it is shown nothing of the case."""
    if not can(viewer, Action.RECORD_APPEAL):
        return
    if st.session_state.pop("appeal_entered", False):
        untrusted.say("The appeal is entered. It waits for a decision.", kind="notice")
    kept: dict[str, Any] = st.session_state.get("kept_appeal", {})
    with (
        st.expander("Enter an appeal against a finding", expanded=bool(kept)),
        st.form("record_case_appeal", border=False),
    ):
        code = st.text_input(
            "The code that stands in our letter", value=kept.get("code", ""), max_chars=64
        )
        text = st.text_area("What did they write, or say?", value=kept.get("words", ""))
        today = local_day(session.desk().clock.now())
        on = st.date_input(
            "On which day did it come?", value=today, max_value=today, format="DD/MM/YYYY"
        )
        clock = st.time_input("At what time, in London?", value=None, step=300)
        if st.form_submit_button("Enter the appeal", key="enter_case_appeal"):
            _enter(code, text, on, clock)
            st.rerun()


def _enter(code: str, text: str, on: object, clock: object) -> None:
    st.session_state["kept_appeal"] = {"code": code, "words": text}
    if not isinstance(on, date) or not isinstance(clock, time):
        st.session_state["problems"] = ["Say when it came."]
        return
    came_at = at_clock(on, clock)
    session.run(partial(appealing.record_appeal, code=code, words=text, came_at=came_at))
    if not session.failed():
        st.session_state.pop("kept_appeal")
        st.session_state["appeal_entered"] = True
