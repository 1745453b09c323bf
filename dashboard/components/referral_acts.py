"""What the viewer may do with a referral now; and of what they may not, why."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import streamlit as st

from dashboard import session, untrusted
from dashboard import words_police as words
from dashboard.components import asking, called, checked, referral_forms
from dashboard.components.checked import Answers, Check
from triage.core.access import Action, Actor, can
from triage.core.commands import Tx
from triage.referrals import rules
from triage.referrals.queries import ReferralItem, Waiting
from triage.referrals.rules import AtRisk, State
from triage.referrals.service import deciding, with_police
from triage.staff.calendar import LONDON, at_clock
from triage.staff.processes import Process

CONSIDERED, AUTHORISED = frozenset({State.CONSIDERING}), frozenset({State.AUTHORISED})
KNOWN = frozenset({State.REFERENCED, State.IN_PROGRESS})
WHERE: dict[str, frozenset[State]] = {
    "authorise": CONSIDERED,
    "say_no": CONSIDERED,
    "submit": AUTHORISED,
    "take_back": AUTHORISED,
    "reference": frozenset({State.SUBMITTED}),
    "news": KNOWN,
    "disclose": rules.WITH_THE_POLICE,
    "conclude": KNOWN,
    "withdraw": rules.WITH_THE_POLICE,
    "reopen": rules.TERMINAL,
}
"""Act -> where the lifecycle has it at all; elsewhere it is not spoken of."""

FORMS: dict[str, Callable[[dict[str, Any]], Answers]] = {
    "authorise": referral_forms.authorise,
    "say_no": referral_forms.say_no,
    "take_back": referral_forms.take_back,
    "reference": referral_forms.reference,
    "conclude": referral_forms.conclude,
    "withdraw": referral_forms.withdraw,
    "reopen": referral_forms.reopen,
}
WITH_PACK: dict[str, Callable[[Sequence[str], dict[str, Any]], Answers]] = {
    "submit": referral_forms.submit,
    "disclose": referral_forms.disclose,
}
"""Acts with which a pack may have gone."""
COMMANDS: dict[str, Callable[..., object]] = {
    "authorise": deciding.authorise,
    "say_no": deciding.say_no,
    "submit": with_police.submit,
    "take_back": deciding.take_back,
    "reference": with_police.enter_reference,
    "disclose": with_police.disclose,
    "conclude": with_police.conclude,
    "withdraw": with_police.withdraw,
    "reopen": deciding.reopen,
}
FOR_DECIDERS = "this is for the people who decide."
DECIDERS = frozenset({"take_back", "withdraw", "reopen"})
AT_RISK_FIRST = frozenset({"conclude", "withdraw"})


@dataclass(frozen=True, slots=True)
class May:
    """What is open to the viewer in this referral."""

    waiting: Waiting
    offices: frozenset[Process]
    """What they decide here by their office, whoever they are."""
    all_open: bool
    """Whether they have opened everything that it rests on."""
    packs: Sequence[str] = ()
    """The SHA-256 of each pack that was made of it, newest first."""


def draw_acts(viewer: Actor, found: ReferralItem, may: May) -> None:
    """Every act that its state has, or why it is not this viewer's; one that is being checked
    stands alone."""
    row = found.row
    check = checked.pending(row.id)
    if check is not None:
        checked.draw_check(check, called.do if check.name == "call" else do)
        return
    st.header("What can be done now", anchor=False)
    for name in (one for one in WHERE if row.state in WHERE[one]):
        reason = why_not(name, viewer, found, may)
        if reason:
            untrusted.say("{act}: {why}", kind="quiet", act=words.ACTS[name], why=reason)
        elif name == "news":
            _draw_news(found)
        else:
            fields = FORMS.get(name) or partial(WITH_PACK[name], may.packs)
            checked.draw_form(name, row.id, row.version, fields)
    if can(viewer, Action.READ_REFERRALS):
        _draw_at_risk(found)
    if row.state in rules.LIVE:
        called.draw_called(viewer, row.id, row.version, referral_id=row.id)


def why_not(name: str, viewer: Actor, found: ReferralItem, may: May) -> str:
    """Why an act is not this viewer's now; empty where it is. The command asks again."""
    row = found.row
    if name in {"authorise", "say_no"}:
        return _why_not_decide(name, viewer, found, may)
    if name in DECIDERS and Process.REFERRAL not in may.offices:
        return FOR_DECIDERS
    if name not in DECIDERS and not can(viewer, Action.SUBMIT_REFERRAL):
        return "this is for the handlers."
    if name == "submit" and found.own_part:
        return "who submits it neither put it forward nor authorised it."
    if name in AT_RISK_FIRST and row.at_risk is None:
        return _at_risk_first(viewer)
    return ""


def _why_not_decide(name: str, viewer: Actor, found: ReferralItem, may: May) -> str:
    row = found.row
    if found.own_part:
        return "you put this forward, so somebody else decides."
    if (Process.REFERRAL if name == "authorise" else Process.NOT_REFERRED) not in may.offices:
        return FOR_DECIDERS
    if row.id not in {one.id for one in (*may.waiting.to_decide, *may.waiting.to_say_no_second)}:
        return "you have said no, so a second person decides."
    if not may.all_open:
        return "open the evidence first."
    if name == "authorise" and found.unlinked:
        return "it rests on a link that was taken back; why not stands with the evidence."
    last = row.refusals + 1 >= rules.DECIDERS_AGAINST
    if name == "say_no" and last and row.at_risk is None:
        return _at_risk_first(viewer)
    return ""


def _at_risk_first(viewer: Actor) -> str:
    where = "say first, below," if can(viewer, Action.READ_REFERRALS) else "the team says first"
    return f"{where} what became of telling the person who may be at risk."


def do(check: Check) -> Callable[[Tx], object]:
    """The command of an act that was checked, on the referral as it stood then."""
    given = check.answers.given | {"referral_id": check.own, "version": check.version}
    if check.name != "disclose":  # it moves nothing, and its row is its own token
        given["token"] = check.token
    return partial(COMMANDS[check.name], **given)


def _draw_news(found: ReferralItem) -> None:
    row = found.row
    with st.expander(words.act("news")), st.form(f"news_{row.id}_{row.version}", border=False):
        news = st.text_area("What did they say or ask?", max_chars=referral_forms.LONGEST)
        officer = st.text_input("Who deals with it there?", value=found.officer, max_chars=200)
        tomorrow = session.desk().clock.now().astimezone(LONDON).date()
        on = st.date_input(
            "When do we ask next? (empty: in three working days)",
            value=None,
            min_value=tomorrow,
            format="DD/MM/YYYY",
        )
        if st.form_submit_button("Add it", key=f"add_news_{row.id}"):
            at = None if on is None else at_clock(on, asking.NINE)
            given = {"news": news, "officer": officer, "chase_at": at}
            _run("news", with_police.add_news, found, given)


def _draw_at_risk(found: ReferralItem) -> None:
    row, answers = found.row, list(AtRisk)
    unanswered = row.at_risk is None
    with (
        st.expander(words.act("at_risk"), expanded=unanswered),
        st.form(f"at_risk_{row.id}_{row.version}", border=False),
    ):
        untrusted.say(
            "Asked anew whenever a message is added, or it is taken up again: somebody else may "
            "be at risk.",
            kind="quiet",
        )
        answer = st.radio(
            "What became of telling them?",
            answers,
            format_func=words.at_risk,
            index=asking.place(answers, row.at_risk),
        )
        note = st.text_area("How is this known?", value=found.at_risk_note, max_chars=4000)
        if st.form_submit_button("Keep the answer", key=f"answer_{row.id}"):
            if answer is None:
                st.session_state["problems"] = ["Choose what became of telling them."]
                st.rerun()
            _run("at_risk", deciding.answer_at_risk, found, {"answer": answer, "note": note})


def _run(
    name: str, command: Callable[..., object], found: ReferralItem, given: dict[str, Any]
) -> None:
    row = found.row
    session.run(partial(command, referral_id=row.id, version=row.version, **given))
    if not session.failed():
        st.session_state["done_act"] = name
    st.rerun()
