"""What the viewer may do with a referral now; and of what they may not, why."""

from collections.abc import Callable
from functools import partial
from typing import Any

import streamlit as st

from dashboard import session, untrusted
from dashboard import words_police as words
from dashboard.components import asking, called, checked, referral_forms
from dashboard.components.checked import Answers, Check
from triage.core.access import Action, Actor, can
from triage.core.commands import Tx
from triage.core.roles import Role
from triage.referrals import rules
from triage.referrals.queries import ReferralItem, Waiting
from triage.referrals.rules import AtRisk, State
from triage.referrals.service import deciding, with_police
from triage.staff.calendar import LONDON, at_clock

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
    "submit": referral_forms.submit,
    "take_back": referral_forms.take_back,
    "reference": referral_forms.reference,
    "disclose": referral_forms.disclose,
    "conclude": referral_forms.conclude,
    "withdraw": referral_forms.withdraw,
    "reopen": referral_forms.reopen,
}
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
DECIDERS = frozenset({"take_back", "withdraw", "reopen"})
AT_RISK_FIRST = frozenset({"conclude", "withdraw"})


def draw_acts(viewer: Actor, found: ReferralItem, waiting: Waiting, *, all_open: bool) -> None:
    """Every act that its state has, or why it is not this viewer's; one that is being checked
    stands alone."""
    row = found.row
    check = checked.pending(row.id)
    if check is not None:
        checked.draw_check(check, called.do if check.name == "call" else do)
        return
    st.header("What can be done now", anchor=False)
    for name in (one for one in WHERE if row.state in WHERE[one]):
        reason = why_not(name, viewer, found, waiting, all_open=all_open)
        if reason:
            untrusted.say("{act}: {why}", kind="quiet", act=words.ACTS[name], why=reason)
        elif name == "news":
            _draw_news(found)
        else:
            checked.draw_form(name, row.id, row.version, FORMS[name])
    _draw_at_risk(found)
    if row.state in rules.LIVE:
        called.draw_called(viewer, row.id, row.version, referral_id=row.id)


def why_not(
    name: str, viewer: Actor, found: ReferralItem, waiting: Waiting, *, all_open: bool
) -> str:
    """Why an act is not this viewer's now; empty where it is. The command asks again."""
    row = found.row
    if name in {"authorise", "say_no"}:
        return _why_not_decide(name, viewer, found, waiting, all_open=all_open)
    if name in DECIDERS and Role.DECIDER not in viewer.roles:
        return "this is for the people who decide."
    if name not in DECIDERS and not can(viewer, Action.SUBMIT_REFERRAL):
        return "this is for the handlers."
    if name == "submit" and found.own_part:
        return "who submits it neither put it forward nor authorised it."
    if name in AT_RISK_FIRST and row.at_risk is None:
        return "say first, below, what became of telling the person who may be at risk."
    return ""


def _why_not_decide(
    name: str, viewer: Actor, found: ReferralItem, waiting: Waiting, *, all_open: bool
) -> str:
    row = found.row
    mine = {one.id for one in (*waiting.to_decide, *waiting.to_say_no_second)}
    if found.own_part:
        return "you put this forward, so somebody else decides."
    if row.id not in mine:
        if Role.DECIDER in viewer.roles:
            return "you have said no, so a second person decides."
        return "this is for the people who decide."
    if not all_open:
        return "open the evidence first."
    last = row.refusals + 1 >= rules.DECIDERS_AGAINST
    if name == "say_no" and last and row.at_risk is None:
        return "say first, below, what became of telling the person who may be at risk."
    return ""


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
            "When do we ask next? (empty: in three working days)", value=None, min_value=tomorrow
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
