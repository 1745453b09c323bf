"""The next step of a data request, and the answer as it stands: for who may take or agree to it."""

import tempfile
from collections.abc import Callable
from datetime import date
from functools import partial
from typing import Any

import streamlit as st

from dashboard import files, session, untrusted
from dashboard import words as general
from dashboard import words_subject as words
from dashboard.components.subject_files import draw_files
from dashboard.components.subject_items import draw_piece
from triage.app import keepings
from triage.core.access import Action, Actor, can
from triage.core.commands import Runner, Tx
from triage.core.errors import NotFound
from triage.retention.subject.document import name_of
from triage.retention.subject.queries.composing import Answer, would_be_given
from triage.retention.subject.queries.reading import RequestItem
from triage.retention.subject.rules import (
    ENDED,
    UNANSWERED,
    Extension,
    How,
    IdentityHow,
    Kind,
    Refusal,
    State,
)
from triage.retention.subject.service import answering, erasing, making, refusing, registering
from triage.retention.subject.service.searching import search
from triage.staff.calendar import local_day

SEARCHES = {State.IDENTITY_CHECKED, State.SEARCHED, State.REVIEWED, State.READY}
when = general.when


def draw_acts(viewer: Actor, found: RequestItem) -> None:
    """Forms of what can be done now; what cannot is not there."""
    row = found.row
    at: dict[str, Any] = {"request_id": row.id, "version": row.version}
    if row.state is State.REFUSAL_ASKED and can(viewer, Action.SECOND_ANSWER):
        _refusal(found, at)
    if not can(viewer, Action.ANSWER_SUBJECTS):
        return
    st.header("Next", anchor=False)
    if row.kind is Kind.COMPLAINT:
        _complaint(found, at)
    elif row.state in {State.RECEIVED, State.AWAITING_IDENTITY}:
        _identity(found, at)
    elif row.state in SEARCHES:
        _press("Search what is held", "subject_search", partial(search, **at))
    if row.state is State.SEARCHED:
        untrusted.say("Once each item is decided, a second person looks at all of it.")
        _press("Each is decided: ask a second person", "subject_review",
               partial(answering.review, **at))  # fmt: skip
    if row.state is State.READY:
        _send(found, at)
    if row.state is State.SENT:
        _press("Close it", "subject_close", partial(registering.close, **at))
    if row.state in ENDED:
        _reason("Take it up again", "Why?", partial(registering.reopen, **at))
    if row.state in UNANSWERED:
        _aside(found, at)


def draw_answer(viewer: Actor, found: RequestItem) -> None:
    """All that would be given, as it would be; for the second person, and for who makes it."""
    row = found.row
    if row.state not in {State.REVIEWED, State.READY}:
        return
    shown = _shown(viewer, row.id)
    if shown is None:
        return
    st.header("As they will read it", anchor=False)
    untrusted.say(
        "{given} given, {kept} kept here, {leaks} that still tell of somebody else.",
        given=general.plural(len(shown.pieces), "item"),
        kept=len(shown.decisions) - len(shown.pieces),
        leaks=general.plural(shown.leaks, "place"),
    )
    draw_files(shown)
    for number, one in enumerate(shown.pieces, 1):
        with st.container(border=True):
            untrusted.heading(f"{number}. {words.ITEMS[one.kind]}")
            draw_piece(one)
    at: dict[str, Any] = {"request_id": row.id, "version": row.version}
    if row.state is State.REVIEWED and can(viewer, Action.SECOND_ANSWER):
        _second(shown, at)
    if row.state is not State.READY or not can(viewer, Action.ANSWER_SUBJECTS):
        return
    if row.kind is Kind.ACCESS:
        _make(shown, at)
    if row.kind is Kind.ERASURE:
        _press("Erase what was decided", "subject_carry_out",
               partial(erasing.carry_out, **at, keepings=keepings()))  # fmt: skip


def _shown(viewer: Actor, request_id: str) -> Answer | None:
    desk = session.desk()
    try:
        with desk.database.read() as db:
            return would_be_given(
                db, viewer=viewer, vault=desk.vault, keys=desk.keys, settings=desk.settings,
                now=desk.clock.now(), request_id=request_id,
            )  # fmt: skip
    except NotFound:
        return None


def _identity(found: RequestItem, at: dict[str, Any]) -> None:
    row = found.row
    if row.state is State.RECEIVED:
        with st.form("ask_identity", border=False):
            on = _day("On which day were they asked who they are?", row.received_on)
            if st.form_submit_button("They were asked: the time stands still", key="subject_ask"):
                _do(partial(registering.ask_identity, **at, on=on))
    with st.form("check_identity"):
        how = st.radio("How is it known that it is they?", list(IdentityHow), index=None,
                       key="subject_how",
                       format_func=words.IDENTITY.__getitem__)  # fmt: skip
        note = st.text_area("What did you see? No copy of a document is kept.", max_chars=1000)
        on = _day("Since which day is it known?", row.received_on)
        if st.form_submit_button(
            "It is known who they are", type="primary", key="subject_identity"
        ):
            if how is None:
                st.session_state["problems"] = ["Choose how it is known."]
                st.rerun()
            _do(partial(registering.check_identity, **at, how=how, note=note, on=on))


def _complaint(found: RequestItem, at: dict[str, Any]) -> None:
    row = found.row
    if row.state is State.RECEIVED:
        with st.form("acknowledge", border=False):
            on = _day("On which day was it acknowledged?", row.received_on)
            if st.form_submit_button("It was acknowledged", key="subject_acknowledge"):
                _do(partial(registering.acknowledge, **at, on=on))
    if row.state is State.ACKNOWLEDGED:
        _send(found, at)


def _send(found: RequestItem, at: dict[str, Any]) -> None:
    with st.form("subject_send"):
        how = st.radio("How did the answer go?", list(How), index=None,
                       format_func=words.WAYS.__getitem__)  # fmt: skip
        on = _day("On which day?", found.row.received_on)
        note = st.text_area("What were they told beside it?", max_chars=4000)
        if st.form_submit_button("It was sent", key="subject_sent"):
            if how is None:
                st.session_state["problems"] = ["Choose how it went."]
                st.rerun()
            _do(partial(answering.send, **at, how=how, on=on, note=note))


def _aside(found: RequestItem, at: dict[str, Any]) -> None:
    """What is seldom: more time, more to search by, taken back, refused."""
    row = found.row
    with st.expander("Search by more"), st.form("subject_terms", border=False):
        more = st.text_area("A line each", key="subject_more", max_chars=4000)
        if st.form_submit_button("Add these", key="subject_add_terms"):
            _do(partial(registering.add_terms, **at, terms=more.splitlines()))
    if row.kind is not Kind.COMPLAINT and not row.extended:
        with st.expander("Take two months more"), st.form("subject_extend", border=False):
            why = st.radio(
                "Why is it needed?",
                list(Extension),
                key="subject_why",
                format_func=words.EXTENSIONS.__getitem__,
            )
            said = st.text_area("What were they told of it?", max_chars=2000)
            on = _day("On which day were they told?", row.received_on)
            if st.form_submit_button("Take more time", key="subject_extended"):
                chosen = why or Extension.COMPLEX
                _do(partial(registering.extend, **at, why=chosen, reason=said, told_on=on))
    if row.kind is not Kind.COMPLAINT and row.state is not State.REFUSAL_ASKED:
        with st.expander("Refuse it"), st.form("subject_refuse", border=False):
            untrusted.say("{fair}", kind="notice", fair=words.FAIR)
            ground = st.radio("On which ground?", list(Refusal), index=None,
                              format_func=words.REFUSALS.__getitem__)  # fmt: skip
            said = st.text_area("What shows it?", max_chars=2000)
            if st.form_submit_button("Ask a second person", key="subject_refused"):
                if ground is None:
                    st.session_state["problems"] = ["Choose the ground."]
                    st.rerun()
                _do(partial(refusing.ask_refusal, **at, ground=ground, reason=said))
    with st.expander("They took it back"):
        _reason("It was taken back", "How is that known?", partial(registering.withdraw, **at))


def _refusal(found: RequestItem, at: dict[str, Any]) -> None:
    st.header("To be refused?", anchor=False)
    if found.row.refusal is not None:
        untrusted.say("{why}", why=words.REFUSALS[Refusal(found.row.refusal)])
    untrusted.say("{fair}", kind="notice", fair=words.FAIR)
    with st.form("refusal"):
        said = st.text_area("Why? If it is refused: what they are told", max_chars=2000)
        agree = st.form_submit_button("Refuse it", key="subject_refusal_agree")
        decline = st.form_submit_button("Do not refuse it", key="subject_refusal_decline")
    if agree:
        _do(partial(refusing.agree_refusal, **at, reason=said))
    if decline:
        _do(partial(refusing.decline_refusal, **at, reason=said))


def _second(shown: Answer, at: dict[str, Any]) -> None:
    with st.form("subject_second"):
        said = st.text_area(
            "What is to be changed; or, where it still tells of somebody else, why it goes all "
            "the same",
            max_chars=2000,
        )
        agree = st.form_submit_button("I have read all of it: it may go", key="subject_agree")
        back = st.form_submit_button("Give it back", key="subject_return")
    if agree:
        _do(partial(answering.second_agrees, **at, digest=shown.digest, override=said))
    if back:
        _do(partial(answering.second_returns, **at, reason=said))


def _make(shown: Answer, at: dict[str, Any]) -> None:
    st.button("Make the file", key="subject_make", type="primary", on_click=_go,
              args=(shown.digest,))  # fmt: skip
    digest = st.session_state.pop("subject_build", None)
    if digest is None:
        return
    with tempfile.TemporaryFile() as target:

        def work(runner: Runner, actor: Actor) -> str:
            return making.build(runner, actor, **at, digest=digest, target=target)

        made = session.act(work)
        if made is None:
            st.rerun()
        target.seek(0)
        data = target.read()
    untrusted.say(
        "The file is made, and on the record. Take it now: it is not kept here.", kind="notice"
    )
    untrusted.copyable(made)
    files.offer_file(
        "Download the file", data, name=f"{name_of(at['request_id'])}.zip",
        mime="application/zip", action=Action.ANSWER_SUBJECTS, matters=(at["request_id"],),
        key="subject_file",
    )  # fmt: skip


def _go(digest: str) -> None:
    st.session_state["subject_build"] = digest


def _day(label: str, earliest: date) -> date:
    today = local_day(session.desk().clock.now())
    on = st.date_input(
        words.plain(label), value=today, min_value=earliest, max_value=today, format="DD/MM/YYYY"
    )
    return on if isinstance(on, date) else today


def _press(label: str, key: str, command: Callable[[Tx], object]) -> None:
    st.button(words.plain(label), key=key, on_click=session.run, args=(command,))


def _reason(label: str, ask: str, command: Callable[..., object]) -> None:
    with st.form(f"reason_{label}", border=False):
        said = st.text_area(words.plain(ask), key=f"ask_{label}", max_chars=2000)
        if st.form_submit_button(words.plain(label), key=f"do_{label}"):
            _do(partial(command, reason=said))


def _do(command: Callable[[Tx], object]) -> None:
    session.run(command)
    st.rerun()
