"""What this person may do with one restriction now, and why not where they may not.

Each severe act has its fields, then its answers to be checked, then the act: no single press and
no single key. An approval has no fields: two presses once the evidence was opened.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, time, timedelta
from functools import partial
from typing import Any

import streamlit as st

from dashboard import session, untrusted
from dashboard import words_acts as words
from dashboard.components import answers
from triage.core.access import Actor
from triage.core.commands import Tx
from triage.core.ids import new_id
from triage.core.text import LONGEST_REASON
from triage.restrictions import rules
from triage.restrictions.queries.reading import RestrictionItem
from triage.restrictions.rules import Edge, State
from triage.restrictions.service import appeals, deciding
from triage.restrictions.service.appeals import Outcome
from triage.senders.standing.words import day
from triage.staff.calendar import at_clock, local_day
from triage.staff.processes import Process


@dataclass(frozen=True, slots=True)
class May:
    """Which lists this restriction stands in for the viewer: what waits for them."""

    decide: bool
    appeal: bool
    offices: frozenset[Process]
    """What they decide here by their office, whoever they are."""


@dataclass(frozen=True, slots=True)
class Act:
    """One act that is open to this person."""

    name: str
    command: Callable[..., None]
    asks: bool
    """Whether a reason must be given."""
    dated: bool = False
    last_day: date | None = None
    fixed: tuple[tuple[str, object], ...] = ()


def draw_acts(viewer: Actor, found: RestrictionItem, may: May) -> None:
    """The acts, and a sentence for each that is not this person's."""
    st.header("What you can do now", anchor=False)
    acts, why_not = _acts(viewer, found, may)
    for sentence in why_not:
        untrusted.say("{why}", kind="notice", why=sentence)
    if not acts and not why_not:
        untrusted.say("Nothing is to be decided about this now.", kind="quiet")
    for act in acts:
        _draw(found, act)


def _draw(found: RestrictionItem, act: Act) -> None:
    name = f"{act.name}_{found.row.id}_{found.row.version}"
    if not answers.under_way(name):
        st.button(words.act(act.name), key=f"begin_{name}", on_click=_begin, args=(name, act))
        return
    with st.container(border=True):
        given = answers.checking()
        if given is None:
            _fields(name, act)
            return
        answers.draw_answers(_pairs(found, act, given))
        st.button(
            words.really(act.name),
            key=f"do_{name}",
            type="primary",
            on_click=_do,
            args=(found, act, given),
        )
        if act.asks:
            st.button("Change the answers", key=f"change_{name}", on_click=_change, args=(given,))
        st.button("Do nothing", key=f"leave_{name}", on_click=answers.forget)


def _begin(name: str, act: Act) -> None:
    answers.begin(name)
    st.session_state.pop("given", None)
    st.session_state["act_token"] = new_id()
    if not act.asks:
        answers.check({"reason": "", "review": None})


def _change(given: dict[str, object]) -> None:
    st.session_state["given"] = given
    st.session_state["checking"] = None


def _fields(name: str, act: Act) -> None:
    given: dict[str, object] = st.session_state.get("given") or {}
    with st.form(f"fields_{name}", border=False):
        on = None
        if act.dated:
            answers.at_field("review")
            on = st.date_input(
                words.REVIEW_LABEL,
                value=_day(given.get("review")),
                min_value=local_day(session.desk().clock.now()) + timedelta(days=1),
                max_value=act.last_day,
                format="DD/MM/YYYY",
            )
        answers.at_field("reason")
        reason = st.text_area(words.REASON_LABEL, value=str(given.get("reason", "")))
        if st.form_submit_button("Check your answers", type="primary"):
            if act.dated and not isinstance(on, date):
                answers.wrong("review", "Choose the day of the next review.")
            elif not reason.strip():
                answers.wrong("reason", "Say why.")
            elif len(reason) > LONGEST_REASON:
                answers.wrong("reason", f"At most {LONGEST_REASON:,} characters.")
            else:
                answers.check({"reason": reason, "review": on})
            st.session_state["given"] = {"reason": reason, "review": on}
            st.rerun()
    st.button("Do nothing", key=f"leave_{name}", on_click=answers.forget)


def _day(value: object) -> date | None:
    return value if isinstance(value, date) else None


def _pairs(found: RestrictionItem, act: Act, given: dict[str, object]) -> list[tuple[str, str]]:
    row = found.row
    pairs = [("What you do", words.act(act.name)), ("To", words.about(found))]
    review = _day(given["review"])
    if review is not None:
        pairs.append(("Next review", day(at_clock(review, END_OF_DAY))))
    if given["reason"]:
        pairs.append(("Reason", str(given["reason"])))
    pairs += [("What happens", one) for one in words.happens(act.name, found)]
    return [*pairs, ("May it be taken back?", words.back(act.name, row.state))]


END_OF_DAY = time(17)


def _do(found: RestrictionItem, act: Act, given: dict[str, object]) -> None:
    row = found.row
    entered: dict[str, Any] = {"restriction_id": row.id, "version": row.version, **dict(act.fixed)}
    review = _day(given["review"])
    if act.asks:
        entered["reason"] = str(given["reason"])
    if review is not None:
        entered["review_at"] = at_clock(review, END_OF_DAY)
    if act.name != "withhold":
        entered["token"] = st.session_state.get("act_token")
    command: Callable[[Tx], None] = partial(act.command, **entered)
    session.run(command)
    if session.failed():
        # What was written is not lost: the fields come back with it.
        st.session_state["given"], st.session_state["checking"] = given, None
        if not act.asks:
            answers.forget()
        return
    answers.forget()
    st.session_state["decided"] = words.DONE[act.name]


def _acts(viewer: Actor, found: RestrictionItem, may: May) -> tuple[list[Act], list[str]]:
    """What is open to the viewer, by the rules; and why what is not is not."""
    row, acts, why = found.row, list[Act](), list[str]()
    if row.state is State.PROPOSED or row.state in rules.TO_RATIFY:
        if not may.decide:
            why.append(_why_not(viewer, found, may))
        elif found.unseen:
            why.append(words.unread(len(found.unseen)))
        else:
            if not found.unlinked:  # why not stands with the evidence
                acts.append(Act("approve", deciding.approve, asks=False))
            acts.append(Act("decline", deciding.decline, asks=True))
    if row.state is State.APPEALED:
        if not may.appeal:
            why.append(_why_no_appeal(may))
        elif found.unseen:
            why.append(words.unread(len(found.unseen)))
        else:
            for outcome in Outcome:
                fixed = (("outcome", outcome),)
                acts.append(Act(outcome.value, appeals.decide_appeal, asks=True, fixed=fixed))
    if row.state in rules.TO_RATIFY and found.appeal is not None:
        why.append(words.APPEAL_WAITS)
    acts += _later(viewer, found, may, why)
    return acts, why


def _later(viewer: Actor, found: RestrictionItem, may: May, why: list[str]) -> list[Act]:
    row, now = found.row, session.desk().clock.now()
    acts = []
    decides = Process.RESTRICTION in may.offices
    renewed = {State.ACTIVE, State.APPROVED}
    past = row.state is State.DUE_REVIEW or (row.state in renewed and row.review_at <= now)
    if row.in_force and past and not decides:
        why.append("Its review is due. " + words.FOR_DECIDERS)
    elif row.in_force and past and row.proposed_by_id == viewer.person_id:
        why.append(f"Its review is due. {words.OWN_PROPOSAL}")
    elif row.in_force and past:
        last = local_day(now + _limit(found)) - timedelta(days=1)
        acts.append(Act("renew", deciding.renew, asks=True, dated=True, last_day=last))
    if row.in_force and decides and (row.state, Edge.LIFT) in rules.TRANSITIONS:
        acts.append(Act("lift", deciding.lift, asks=True))
    alone = row.state in rules.TO_RATIFY and row.proposed_by_id == viewer.person_id
    stops = {one.target for one in found.places} & rules.STOPS_OUR_MAIL
    open_ = row.state not in rules.TERMINAL
    if stops and open_ and not found.letter_withheld and (decides or alone):
        acts.append(Act("withhold", deciding.withhold_letter, asks=True))
    return acts


def _limit(found: RestrictionItem) -> timedelta:
    there = {one.target for one in found.places}
    return rules.REPRESENTATIVE_REVIEW if rules.REPRESENTATIVE in there else rules.LATER_REVIEW


def _why_not(viewer: Actor, found: RestrictionItem, may: May) -> str:
    row = found.row
    if row.proposed_by_id == viewer.person_id:
        return words.OWN_PROPOSAL
    if Process.RESTRICTION not in may.offices:
        return words.FOR_DECIDERS
    if viewer.person_id in found.approved_by_ids:
        return "You have approved this: a second person decides."
    if row.state in rules.TO_RATIFY and not row.in_force:
        return "This has lapsed: nobody confirmed it in time. Propose it anew."
    return "You did this: somebody else confirms it."


def _why_no_appeal(may: May) -> str:
    if Process.APPEAL not in may.offices:
        return words.FOR_DECIDERS
    return "You took part in this decision: somebody else decides the appeal."
