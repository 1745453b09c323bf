"""Letters about one matter: written, checked, previewed, and then sent or copied out.

What is sent is what stands under "What will go": each button below it says back which text that
was, and is refused if the letter has become another since.
"""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import streamlit as st

from dashboard import session, untrusted
from dashboard import words_letters as words
from dashboard.components.overriding import draw_override
from triage.core.access import Action, Actor, can
from triage.core.commands import Tx
from triage.core.errors import NotFound
from triage.core.ids import is_id
from triage.core.text import is_address
from triage.letters import rules
from triage.letters.queries import (
    LetterItem,
    LetterRow,
    letter,
    letters_of_matter,
    waiting_for_second,
)
from triage.letters.rules import LeakCheck, LetterKind, State
from triage.letters.service import checking, drafting, sending, stepping
from triage.letters.words import KINDS, problem, standing
from triage.senders.standing.words import day
from triage.staff.calendar import LONDON, at_clock

Begin = Callable[[LetterKind, str], object]
"""Begins a letter of this kind, with why it is written under cease contact, if so."""


def draw_letters(
    viewer: Actor,
    matter_id: str,
    *,
    kinds: Sequence[LetterKind],
    begin: Begin,
    ceased: bool,
) -> None:
    """The letters of a matter, one of them open, and the way to begin another."""
    if not can(viewer, Action.DRAFT_LETTER):
        return
    with session.desk().database.read() as db:
        rows = letters_of_matter(db, viewer=viewer, matter_id=matter_id)
    st.header("Letters", anchor=False)
    chosen = st.query_params.get("letter", "")
    for row in rows:
        draw_row(row)
        if row.id == chosen:
            draw_letter(viewer, row.id, ceased=ceased)
    if not rows:
        untrusted.say("None has been written about this.", kind="quiet")
    _begin(matter_id, kinds, begin, ceased=ceased)


def draw_waiting(viewer: Actor) -> None:
    """Letters that wait for a second person, who may be this viewer; one of them open."""
    if not can(viewer, Action.SEND_LETTER):
        return
    with session.desk().database.read() as db:
        rows = waiting_for_second(db, viewer=viewer)
    if not rows:
        return
    st.header("Letters that wait for a second person", anchor=False)
    chosen = st.query_params.get("letter", "")
    for row in rows:
        draw_row(row)
        if row.id == chosen:
            draw_letter(viewer, row.id)


def draw_letter(viewer: Actor, letter_id: str, *, ceased: bool = False) -> None:
    """One letter in full, and what this viewer can do with it now."""
    desk = session.desk()
    try:
        with desk.database.read() as db:
            found = letter(db, viewer=viewer, vault=desk.vault, letter_id=letter_id)
    except NotFound:
        untrusted.problem([rules.NO_SUCH_LETTER])
        return
    with st.container(border=True):
        st.subheader(words.title(found.row), anchor=False)
        if found.row.problem is not None:
            untrusted.say("It has not gone: {why}.", kind="notice", why=problem(found.row.problem))
        if found.row.state is State.DRAFT:
            _write(found)
        draw_whole(found)
        if ceased:
            draw_override(found)
        _leaks(found)
        if can(viewer, Action.SEND_LETTER):
            _go_on(viewer, found)
        else:
            untrusted.say("Somebody else lets it go, once it is written.", kind="quiet")
        draw_steps(found)


def draw_row(row: LetterRow) -> None:
    """One letter in a list."""
    chips = [("written under cease contact", "medium")] if row.overridden else []
    with st.container(border=True, horizontal=True, vertical_alignment="center"):
        quiet = f"{standing(row)} · begun by {row.drafted_by} on {day(row.drafted_at)}"
        untrusted.row(KINDS[row.kind], chips, quiet)
        st.button(words.open_letter(row), key=f"letter_{row.id}", on_click=_open, args=(row.id,))


def _open(letter_id: str) -> None:
    st.query_params["letter"] = letter_id


def _begin(matter_id: str, kinds: Sequence[LetterKind], begin: Begin, *, ceased: bool) -> None:
    with st.expander("Begin a letter"), st.form(f"begin_letter_{matter_id}", border=False):
        kind = st.selectbox("What kind?", kinds, format_func=words.kind, index=None)
        why = ""
        if ceased:
            untrusted.say("Cease contact is in force: nobody writes to this person.", kind="notice")
            why = st.text_area("If it must be, say why. It is kept with the letter.")
        if st.form_submit_button("Begin the letter"):
            if kind is None:
                st.session_state["problems"] = ["Choose what kind of letter."]
            else:
                made = begin(kind, why)
                if isinstance(made, str) and is_id(made):
                    _open(made)
            st.rerun()


def _write(found: LetterItem) -> None:
    own = f"{found.row.id}_{found.row.version}"
    with st.form(f"write_{own}", border=False):
        untrusted.say("Fill in what is in [brackets]: it does not go before.", kind="quiet")
        to = st.text_input("E-mail address (none: it is copied out)", value=found.shown.to)
        subject = st.text_input(
            "Subject", value=found.shown.subject, max_chars=rules.LONGEST_SUBJECT
        )
        text = st.text_area(
            "Letter", value=found.shown.text, height=420, max_chars=rules.LONGEST_TEXT
        )
        if st.form_submit_button("Keep, and show what will go"):
            said = {"subject": subject, "text": text, "to_address": to}
            _do(partial(drafting.edit, **(_of(found) | said)))


def draw_whole(found: LetterItem) -> None:
    """Check your answers: everything that its reader will see, and where it goes."""
    shown = found.shown
    untrusted.say("What went:" if found.row.state in rules.GONE else "What will go:")
    untrusted.facts(
        [
            ("To", shown.to or "nobody yet: it can be copied out"),
            ("From", f"{shown.signed_as} <{shown.sender}>" if shown.sender else "not set up"),
            ("Answers go to", shown.reply_to or shown.sender or "not set up"),
            ("Subject", shown.subject),
        ]
    )
    untrusted.letter(shown.text)
    if found.cease_override:
        untrusted.say(
            "Written under cease contact, because: {why}", kind="notice", why=found.cease_override
        )


def _leaks(found: LetterItem) -> None:
    """P-NAM-1: what came of a report is checked on that report's page, by who may know of it."""
    if not found.row.checked_first or found.row.state in rules.TERMINAL:
        return
    checked = found.row.leak_check
    if checked is None:
        untrusted.say("Not yet checked for what could tell who reported this.", kind="notice")
    elif checked is LeakCheck.FOUND:
        untrusted.say("Something in it could tell who reported this.", kind="problem")
    else:
        untrusted.say("Checked for leaks: {how}.", how=checked.value)
    if found.row.state in {State.DRAFT, State.NEEDS_SECOND_PERSON}:
        untrusted.say(
            "It came of an incident report: whoever looks into that checks it on the report's "
            "page, and a second person with a part in it looks at it there.",
            kind="quiet",
        )


def _go_on(viewer: Actor, found: LetterItem) -> None:
    state = found.row.state
    if found.row.checked_first and state in {State.DRAFT, State.NEEDS_SECOND_PERSON}:
        pass  # on the report's page
    elif state is State.DRAFT:
        _button("approve", found, checking.approve, previewed=True)
        _reasoned("ask", found, checking.ask_second, previewed=True)
    elif state is State.NEEDS_SECOND_PERSON:
        if viewer.person_id in {found.drafted_by_id, found.edited_by_id}:
            untrusted.say("A second person looks at it.", kind="quiet")
        else:
            _reasoned("agree", found, checking.second_agrees, previewed=True)
            _reasoned("decline", found, checking.second_declines, previewed=False)
    elif state is State.READY:
        if found.shown.to and is_address(found.shown.sender):
            _button("send", found, sending.send, previewed=True)
        _copy(found)
        _button("change", found, _as_it_is, previewed=False)
    elif state is State.QUEUED:
        _button("call_back", found, sending.call_back, previewed=False)
    if state not in {*rules.TERMINAL, State.QUEUED}:
        _button("withdraw", found, drafting.withdraw, previewed=False)


def _as_it_is(tx: Tx, *, letter_id: str, version: int) -> None:
    """Back to a draft, with the same words."""
    shown = stepping.preview(tx, stepping.load(tx, letter_id))
    drafting.edit(
        tx,
        letter_id=letter_id,
        version=version,
        subject=shown.subject,
        text=shown.text,
        to_address=shown.to,
    )


def _copy(found: LetterItem) -> None:
    """For what no mail reaches: copied by hand, and said to have been sent."""
    with st.expander("Copy it out"):
        untrusted.copy_exact(f"{found.shown.subject}\n\n{found.shown.text}")
        with st.form(f"copied_{found.row.id}", border=False):
            today = session.desk().clock.now().astimezone(LONDON).date()
            on = st.date_input("On which day?", value=today, max_value=today, format="DD/MM/YYYY")
            clock = st.time_input("At what time did it go, in London?", value=None, step=300)
            if st.form_submit_button("I have sent it"):
                at = None if clock is None else at_clock(on, clock)
                given = _of(found, previewed=True)
                _do(partial(sending.mark_copied_out, **given, at=at))


def draw_steps(found: LetterItem) -> None:
    """Who did what with it."""
    with st.expander("History of this letter"):
        untrusted.timeline(
            [
                (day(one.at), f"{one.who}: {one.edge.replace('_', ' ')}", one.reason)
                for one in found.steps
            ]
        )


def _reasoned(
    name: str, found: LetterItem, command: Callable[..., None], *, previewed: bool
) -> None:
    with st.form(f"{name}_{found.row.id}", border=False):
        reason = st.text_input("Why, or what is to be looked at?", max_chars=2000)
        if st.form_submit_button(words.step(name)):
            _do(partial(command, **_of(found, previewed=previewed), reason=reason))


def _button(name: str, found: LetterItem, command: Callable[..., None], *, previewed: bool) -> None:
    st.button(
        words.step(name),
        key=f"{name}_letter_{found.row.id}",
        type="primary" if name in {"approve", "send"} else "secondary",
        on_click=session.run,
        args=(partial(command, **_of(found, previewed=previewed)),),
    )


def _of(found: LetterItem, *, previewed: bool = False) -> dict[str, Any]:
    """Which letter, as this screen showed it; for what lets it go, the very text too."""
    given = {"letter_id": found.row.id, "version": found.row.version}
    return given | ({"previewed": found.shown.digest} if previewed else {})


def _do(command: Callable[[Tx], object]) -> None:
    session.run(command)
    st.rerun()
