"""Propose a restriction: the fields, answers to check, the proposal, the message moved on."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, time
from functools import partial

import streamlit as st

from dashboard import frame, session, untrusted
from dashboard import words as common
from dashboard import words_decisions as decided
from dashboard import words_proposal as words
from dashboard.components import acting, answers, awaiting, proposal
from dashboard.components.notices import draw_notice
from dashboard.components.people import colleagues
from dashboard.components.proposal import About
from dashboard.views import decisions
from triage.conduct.clauses import clause
from triage.core.access import Action, Actor, can
from triage.core.commands import Tx
from triage.core.errors import Invalid, NotFound
from triage.core.ids import is_id, new_id, short_ref
from triage.messages import rules as message_rules
from triage.messages.queries.reading import Item, item
from triage.messages.rules import State
from triage.restrictions.draft import Draft
from triage.restrictions.rules import Kind
from triage.restrictions.service import proposing
from triage.senders.standing.words import day
from triage.staff.calendar import at_clock, local_day
from triage.staff.queries import active_people

AT_THE_END = {"grave", "done_by", "done_at"}
"""What is asked beside the answers; anything else that is wrong leads back to the fields."""


def draw() -> None:
    """For ``?message=``, what is proposed from it; without one, an exclusion from an event."""
    viewer = session.guard(Action.BEGIN_RESTRICTION)
    frame.banners()
    untrusted.say(common.DANGER, kind="danger")
    st.title("Propose a restriction", anchor=False)
    answers.take_problems()
    draw_notice()
    asked = st.query_params.get("message")
    reviews = can(viewer, Action.REVIEW)
    found = _message(viewer, asked) if asked is not None and reviews else None
    about = _about(found) if reviews else acting.draw_message(viewer, asked)
    if asked is not None and about is None:
        if reviews:
            untrusted.problem([message_rules.NO_SUCH_MESSAGE])
        return
    if asked is None and reviews:
        untrusted.say(
            "From a message: open it in Review, and press “Propose a restriction” there. Here, "
            "without one: an exclusion from an event, of somebody who never wrote to us."
        )
    own = asked or "none"
    made = st.session_state.get("proposed")
    if made is not None and made[0] == own:
        _after(viewer, found, made[1], made[2])
    elif found is not None and not _may_begin(viewer, found):
        return
    elif answers.under_way(f"propose_{own}") and answers.checking() is not None:
        _check(about, own)
    else:
        _fields(viewer, about, own)


def _about(found: Item | None) -> About | None:
    if found is None:
        return None
    return About(found.row.id, found.row.sender_id, found.row.from_address)


def _message(viewer: Actor, asked: str) -> Item | None:
    desk = session.desk()
    if not is_id(asked):
        return None
    with desk.database.read() as db:
        try:
            return item(db, viewer=viewer, message_id=asked, now=desk.clock.now())
        except NotFound:
            return None


def _may_begin(viewer: Actor, found: Item) -> bool:
    """Somebody who holds it, has read it, and knows whose it is."""
    if not _holds(viewer, found):
        untrusted.say("You do not hold this message. Open it in Review first.", kind="notice")
    elif found.uncovered is None:
        untrusted.say("Uncover the message before you propose anything from it.", kind="notice")
    elif found.row.sender_id is None:
        untrusted.say("Who wrote is not known. Say first who wrote it, in Review.", kind="notice")
    else:
        untrusted.say("It rests on message {ref}.", ref=short_ref(found.row.id))
        return True
    return False


def _holds(viewer: Actor, found: Item) -> bool:
    return found.row.state is State.CLAIMED and found.claimed_by == viewer.person_id


def _fields(viewer: Actor, found: About | None, own: str) -> None:
    proposal.draw_fields(viewer, found)
    with st.container(horizontal=True):
        for way in words.ways(viewer):
            st.button(
                words.check(way),
                key=f"check_{way}_{own}",
                type="primary" if way == "propose" else "secondary",
                on_click=_go_on,
                args=(found, own, way),
            )
    untrusted.say(words.WAYS_MEAN, kind="quiet")


def _go_on(found: About | None, own: str, way: str) -> None:
    try:
        proposal.draft_of(found)
    except Invalid as error:
        session.keep(error)
        return
    answers.begin(f"propose_{own}")
    answers.check({"way": way, "token": new_id()})


def _check(found: About | None, own: str) -> None:
    given = answers.checking() or {}
    way = str(given["way"])
    try:
        draft = proposal.draft_of(found)
    except Invalid as error:  # a day has passed, or somebody was renamed
        untrusted.problem([said for _, said in error.each])
        st.button("Change the answers", key=f"change_{own}", on_click=answers.forget)
        return
    answers.draw_answers(_pairs(found, draft, way))
    with st.form(f"really_{own}", border=False):
        grave = False
        if way == "emergency" and draft.kind is Kind.SERVICE_BLOCK:
            answers.at_field("grave", "kind")
            grave = st.checkbox("I say that this is a threat of high severity")
        done_by, done_at = _who_did_it() if way == "done" else (None, None)
        if st.form_submit_button(words.really(way), type="primary"):
            if way == "done" and done_at is None:
                answers.wrong("done_at", "Say when it was done.")
            else:
                _do(found, own, way, _command(replace(draft, grave=grave), way, done_by, done_at))
            st.rerun()
    st.button("Change the answers", key=f"change_{own}", on_click=answers.forget)


def _who_did_it() -> tuple[str | None, datetime | None]:
    with session.desk().database.read() as db:
        staff = colleagues(active_people(db))
    answers.at_field("done_by")
    who = st.selectbox("Who did it?", list(staff), format_func=staff.__getitem__, index=None)
    answers.at_field("done_at")
    today = local_day(session.desk().clock.now())
    on = st.date_input("On which day?", value=None, max_value=today, format="DD/MM/YYYY")
    clock = st.time_input("At what time, in London?", value=None, step=300)
    return who, at_clock(on, clock) if isinstance(on, date) and isinstance(clock, time) else None


def _command(
    draft: Draft, way: str, done_by: str | None, done_at: datetime | None
) -> Callable[[Tx], str]:
    token = str((answers.checking() or {})["token"])
    if way == "emergency":
        return partial(proposing.set_emergency, draft=draft, token=token)
    if way == "done" and done_at is not None:
        who = done_by or ""
        return partial(
            proposing.record_done, draft=draft, done_by=who, done_at=done_at, token=token
        )
    return partial(proposing.propose, draft=draft, token=token)


def _do(found: About | None, own: str, way: str, command: Callable[[Tx], str]) -> None:
    made = session.run(command)
    if made is not None:
        answers.forget()
        proposal.forget(found)
        st.session_state["proposed"] = (own, made, way)
    elif st.session_state.get("problem_field") not in AT_THE_END | {"kind", None}:
        answers.forget()


def _after(viewer: Actor, found: Item | None, restriction_id: str, way: str) -> None:
    """It is made; the message is said to be what it is, and waits for what was proposed."""
    untrusted.say("{said}", kind="notice", said=words.AFTER[way])
    if found is not None and _holds(viewer, found):
        awaiting.draw_awaiting(found)
    elif found is not None:
        untrusted.say(
            "Message {ref} is not with you any more.", kind="quiet", ref=short_ref(found.row.id)
        )
    with st.container(horizontal=True):
        if st.button(words.opened(restriction_id), key="to_decisions"):
            _leave()
            page = st.Page(decisions.draw, title="Decisions", url_path="decisions")
            st.switch_page(page, query_params={"restriction": restriction_id})
        if st.button("Propose something else", key="again"):
            _leave()
            st.rerun()


def _leave() -> None:
    st.session_state.pop("proposed", None)


def _pairs(found: About | None, draft: Draft, way: str) -> list[tuple[str, str]]:
    stated = clause(draft.clause)
    who = draft.person if found is None else found.from_address or "the sender of the message"
    pairs = [
        ("What", decided.KINDS[draft.kind]),
        ("Who", who),
        ("Rests on", f"{stated.id}: {stated.summary}"),
        ("Reason, only for us", draft.reason),
        ("May be read in public", draft.public_reason),
        ("Looked at again", day(draft.review_at)),
    ]
    if draft.event:
        pairs.append(("Event", draft.event))
    if draft.expires_at is not None:
        pairs.append(("Ends by itself", day(draft.expires_at)))
    if draft.proportionality:
        pairs.append(("Why no less would do", draft.proportionality))
    for one in draft.targets:
        far = f" ({one.level})" if one.level else ""
        pairs.append((decided.target(one.target) + far, one.subject or "nobody is entered"))
        if one.proportionality:
            pairs.append(("Why there", one.proportionality))
        if one.unverified_reason:
            pairs.append(("Why it is this person's", one.unverified_reason))
    return [*pairs, *(("What happens", said) for said in words.happens(way, draft))]
