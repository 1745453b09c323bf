"""How a report ends: what is recommended and decided, what follows, who is told; for whoever may
read it. Which acts are whose is asked here for the screen, and again by each command."""

from collections.abc import Callable
from functools import partial
from typing import Any

import streamlit as st

from dashboard import session, untrusted
from dashboard import words as general
from dashboard import words_verdict as words
from dashboard.components import (
    case_actions,
    case_appeals,
    case_deciding,
    case_identity,
    case_letters,
    case_outcome,
)
from dashboard.components.checked import Answers, Check
from triage.cases.inquiry.queries import inquiry
from triage.cases.queries import CaseItem
from triage.cases.rules import State
from triage.cases.verdict.queries import (
    DecisionItem,
    RecommendationItem,
    VerdictItem,
    after_request_to_cease,
    verdict,
)
from triage.cases.verdict.service import deciding, recommending
from triage.core.access import Actor
from triage.core.commands import Tx
from triage.senders.standing.words import day
from triage.staff.processes import Part

Form = Callable[[dict[str, Any]], Answers]


def draw(viewer: Actor, found: CaseItem) -> None:
    """Everything on how it ends, as far as it has come."""
    there = read(viewer, found)
    _ceased_before(viewer, found)
    if there.recommendations:
        st.header("Recommended, and decided", anchor=False)
        _draw_recommended(found, there)
    for one in there.decisions:
        _draw_decision(one)
    case_actions.draw(viewer, found, there)
    case_outcome.draw(found, there)
    case_letters.draw(viewer, found)
    case_appeals.draw(there)
    case_identity.draw(viewer, found)


def forms(viewer: Actor, found: CaseItem) -> dict[str, Form]:
    """Act -> its form, for what is open to the viewer. The command asks again."""
    there = read(viewer, found)
    mine, state = found.row.parts, found.row.state
    newest = there.recommendations[-1] if there.recommendations else None
    acts: dict[str, Form] = {}
    if Part.INVESTIGATOR in mine and state is State.INVESTIGATING:
        acts["recommend"] = case_deciding.recommend
    if Part.DECIDER in mine and newest is not None and newest.opened:
        if state is State.RECOMMENDED:
            acts["decide"] = case_deciding.decide
        elif state in {State.DECIDED, State.ACTIONING} and not there.decisions[-1].mine:
            acts["agree_decision"] = partial(case_deciding.agree, there.decisions[-1])
    if Part.DECIDER in mine and state is State.RECOMMENDED:
        acts["send_back"] = case_deciding.send_back
    acts |= case_actions.forms(viewer, found, there)
    acts |= case_outcome.forms(found, there)
    acts |= case_appeals.forms(found, there)
    return acts | case_identity.forms(viewer, found)


ON_CASE: dict[str, Callable[..., object]] = {
    "recommend": recommending.recommend,
    "send_back": recommending.send_back,
    "decide": deciding.decide,
    "agree_decision": deciding.agree,
    **case_actions.ON_CASE,
    **case_outcome.ON_CASE,
    **case_appeals.ON_CASE,
    **case_identity.ON_CASE,
}
"""Commands on the case as it was shown."""
TOKENS = frozenset({"recommend", "send_back", "decide", "begin_acting", "close", "decide_appeal"})
OTHERS: dict[str, Callable[..., object]] = {
    **case_actions.ON_ACTION,
    **case_identity.ON_REQUEST,
    **case_appeals.OTHERS,
}
"""Commands on something of the case that their answers name."""


def command(check: Check) -> Callable[[Tx], object] | None:
    """The command of answers that were checked; ``None`` where the act is of another room."""
    given = dict(check.answers.given)
    if check.name in TOKENS:
        given["token"] = check.token
    if check.name in ON_CASE:
        of = ON_CASE[check.name]
        return partial(of, case_id=check.own, version=check.version, **given)
    if check.name in OTHERS:
        return partial(OTHERS[check.name], **given)
    return None


def read(viewer: Actor, found: CaseItem) -> VerdictItem:
    """How it ends, as far as it has come."""
    desk = session.desk()
    with desk.database.read() as db:
        return verdict(
            db, vault=desk.vault, viewer=viewer, case_id=found.row.id, at=desk.clock.now(),
            settings=desk.settings,
        )  # fmt: skip


def _ceased_before(viewer: Actor, found: CaseItem) -> None:
    """P-ACT-1: who goes on after having been asked to stop."""
    desk = session.desk()
    with desk.database.read() as db:
        at = after_request_to_cease(
            db, vault=desk.vault, keys=desk.keys, viewer=viewer, case_id=found.row.id
        )
    if at is not None:
        untrusted.row("", [("After a request to cease", "high")], "")
        untrusted.say(words.CEASED_BEFORE, kind="notice", day=day(at))


def draw_beside(viewer: Actor, found: CaseItem) -> None:
    """For who is to decide, over the whole width: what is recommended beside what it rests on; and
    until they have opened it, the way to."""
    there = read(viewer, found)
    if not _is_to_decide(found, there):
        return
    newest = there.recommendations[-1]
    if newest.opened:
        left, right = st.columns(2, gap="large")
        with left:
            st.header("Recommendation", anchor=False)
            _draw_recommendation(newest)
        with right:
            _draw_evidence(viewer, found)
        return
    untrusted.say("{words}", kind="notice", words=words.OPEN_FIRST)
    st.button(
        "Open what it rests on",
        key=f"open_account_{found.row.id}",
        type="primary",
        on_click=session.run,
        args=(partial(deciding.open_account, case_id=found.row.id),),
    )


def opens_first(viewer: Actor, found: CaseItem) -> bool:
    """Whether the viewer is to decide, and has not opened yet what it rests on."""
    there = read(viewer, found)
    return _is_to_decide(found, there) and not there.recommendations[-1].opened


def _is_to_decide(found: CaseItem, there: VerdictItem) -> bool:
    """Whether the viewer decides, agrees, or decides an appeal, and has not yet."""
    mine, state = found.row.parts, found.row.state
    if Part.DECIDER not in mine or not there.recommendations:
        return False
    voiced = any(one.mine for one in there.decisions)
    appealed = any(one.outcome is None for one in there.appeals)
    return (
        state is State.RECOMMENDED
        or (state in case_actions.STANDS and not there.decisions[-1].mine)
        or (state is State.CLOSED and appealed and not voiced)
    )


def _draw_recommended(found: CaseItem, there: VerdictItem) -> None:
    *before, newest = there.recommendations
    for one in before:
        with st.expander("An earlier recommendation"):
            _draw_recommendation(one)
    if _is_to_decide(found, there):
        untrusted.say("It stands at the top of this page.", kind="quiet")
    elif found.row.state is State.RECOMMENDED:
        _draw_recommendation(newest)
        untrusted.say("{words}", kind="quiet", words=words.STILL_LOOKED_AT)
    elif newest.sent_back_by:
        _draw_recommendation(newest)
    else:
        with st.expander("What was recommended"):
            _draw_recommendation(newest)


def _draw_recommendation(one: RecommendationItem) -> None:
    untrusted.facts(
        [
            ("Found", words.finding(one.finding)),
            ("Kind", "; ".join(words.kind(kind) for kind in one.kinds) or "none"),
            ("What should follow", words.several(one.actions)),
            ("By", f"{one.by}, {general.when(one.at)}"),
        ]
    )
    _draw_clauses([words.clause(name) for name in one.clauses])
    untrusted.say("What it rests on:", kind="quiet")
    untrusted.letter(one.reasons)
    if one.sent_back_by:
        untrusted.say("{who} sent it back:", kind="notice", who=one.sent_back_by)
        untrusted.letter(one.sent_back_why)


def _draw_evidence(viewer: Actor, found: CaseItem) -> None:
    """What it rests on, beside what is recommended: the account, and each piece in a line."""
    desk = session.desk()
    with desk.database.read() as db:
        known = inquiry(
            db, vault=desk.vault, viewer=viewer, case_id=found.row.id, at=desk.clock.now(),
            settings=desk.settings,
        )  # fmt: skip
    st.header("Evidence", anchor=False)
    untrusted.say("The account:", kind="quiet")
    untrusted.letter(found.answers.description)
    for one in known.items:
        chips = [(words.BEARINGS[one.bearing], "")]
        if one.carries:
            chips.append(("the finding rests on it", "medium"))
        tested = "put to the other side" if one.tested else "not put to the other side"
        untrusted.row(one.title, chips, f"from {words.SOURCES[one.source]}; {tested}")
    if not known.items:
        untrusted.say("Nothing was added to it.", kind="quiet")
    for reason in known.unbalanced:
        untrusted.say("Why not all was put to the other side:", kind="quiet")
        untrusted.letter(reason)


def _draw_decision(one: DecisionItem) -> None:
    st.subheader("Decision", anchor=False)
    if not one.stands:
        untrusted.say("This stands no more: it was looked into again.", kind="notice")
    untrusted.facts(
        [
            ("Found", words.finding(one.finding)),
            ("What follows", words.several(one.actions)),
            ("Decided by", f"{one.by}, {general.when(one.at)}"),
            *([("Agreed", ", ".join(one.agreed))] if one.agreed else []),
            ("Policy", one.policy_version),
        ]
    )
    _draw_clauses([f"{name}: {text}" for name, text in one.clauses])
    untrusted.say("What it rests on:", kind="quiet")
    untrusted.letter(one.reasons)
    if one.no_independent:
        untrusted.say("Why it is upheld on the report alone:", kind="quiet")
        untrusted.letter(one.no_independent)


def _draw_clauses(lines: list[str]) -> None:
    for line in lines:
        untrusted.say("Under {line}", line=line)
