"""The letters by which a report ends: written, checked for leaks, previewed, agreed and sent. With
the commands of the inquiry, which ask for the part that somebody has in this case."""

from collections.abc import Callable
from functools import partial
from typing import Any

import streamlit as st

from dashboard import session, untrusted
from dashboard import words_letters as words
from dashboard.components import letters as common
from triage.cases.inquiry.queries import case_letter, case_letters
from triage.cases.inquiry.service import letters as commands
from triage.cases.inquiry.service.stepping import LOOKS_INTO
from triage.cases.queries import CaseItem, who_could
from triage.core.access import Actor
from triage.core.commands import Tx
from triage.core.text import is_address
from triage.letters import rules
from triage.letters.leaks import WORDS as LEAKS
from triage.letters.leaks import Finding
from triage.letters.queries import LetterItem, LetterRow
from triage.letters.rules import LeakCheck, LetterKind, State
from triage.letters.words import problem
from triage.staff.calendar import LONDON, at_clock
from triage.staff.processes import Part

KINDS = frozenset(
    {
        LetterKind.WARNING,
        LetterKind.REQUEST_TO_CEASE,
        LetterKind.REPORTER_OUTCOME,
        LetterKind.SUBJECT_OUTCOME,
    }
)
"""The notice to the person reported stands with the inquiry."""


def draw(viewer: Actor, found: CaseItem) -> None:
    """The letters of the decision, one of them open: the one that is not finished, or the one
    that was chosen."""
    with session.desk().database.read() as db:
        every = case_letters(db, viewer=viewer, case_id=found.row.id)
    rows = [one for one in every if one.kind in KINDS]
    if not rows:
        return
    st.header("Letters", anchor=False)
    chosen = st.query_params.get("letter", "") or _unfinished(rows)
    for row in rows:
        common.draw_row(row)
        if row.id == chosen:
            _draw_letter(viewer, found, row.id)


def _unfinished(rows: list[LetterRow]) -> str:
    open_now = [one.id for one in rows if one.state not in rules.TERMINAL]
    return open_now[0] if len(open_now) == 1 else ""


def _draw_letter(viewer: Actor, found: CaseItem, letter_id: str) -> None:
    desk = session.desk()
    with desk.database.read() as db:
        one = case_letter(
            db, vault=desk.vault, viewer=viewer, case_id=found.row.id, letter_id=letter_id
        )
    mine = found.row.parts
    with st.container(border=True):
        st.subheader(words.title(one.row), anchor=False)
        if one.row.problem is not None:
            untrusted.say("It has not gone: {why}.", kind="notice", why=problem(one.row.problem))
        if one.row.state is State.DRAFT and mine & set(LOOKS_INTO):
            _write(one)
        common.draw_whole(one)
        _leaks(one, may_check=bool(mine & set(LOOKS_INTO)))
        if mine & set(LOOKS_INTO):
            _go_on(viewer, found, one)
        if one.row.state is State.NEEDS_SECOND_PERSON:
            _second(viewer, found, one)
        common.draw_steps(one)


def _write(one: LetterItem) -> None:
    closed = one.shown.to == rules.HIDDEN
    with st.form(f"write_{one.row.id}_{one.row.version}", border=False):
        untrusted.say("Replace what stands in brackets. It does not go before.", kind="quiet")
        to = one.shown.to if closed else st.text_input(
            "E-mail address (none: it is copied out)", value=one.shown.to
        )  # fmt: skip
        subject = st.text_input("Subject", value=one.shown.subject, max_chars=rules.LONGEST_SUBJECT)
        text = st.text_area(
            "Letter", value=one.shown.text, height=420, max_chars=rules.LONGEST_TEXT
        )
        key = f"keep_letter_{one.row.id}"
        if st.form_submit_button("Keep, and show what will go", key=key):
            said = {"subject": subject, "text": text, "to_address": "" if closed else to}
            _do(partial(commands.edit, **(_of(one) | said)))


def _leaks(one: LetterItem, *, may_check: bool) -> None:
    """P-NAM-1: what could tell the person reported who reported it."""
    told = one.row.kind is LetterKind.REPORTER_OUTCOME  # to who reported: nothing can leak
    if told or one.row.state in rules.TERMINAL:
        return
    if one.row.leak_check is None:
        untrusted.say("Not yet checked for what could tell who reported this.", kind="notice")
    elif one.row.leak_check is LeakCheck.FOUND:
        untrusted.say("Something in it could tell who reported this.", kind="problem")
        for what, where in st.session_state.get(_findings(one, one.row.version), ()):
            untrusted.say("{what}: “{where}”", what=what, where=where)
    else:
        untrusted.say("Checked for leaks: {how}.", how=one.row.leak_check.value)
    if one.row.state is State.DRAFT and may_check:
        st.button(
            "Check for leaks",
            key=f"leaks_{one.row.id}",
            type="primary" if one.row.leak_check is None else "secondary",
            on_click=_check,
            args=(one,),
        )


def _check(one: LetterItem) -> None:
    whole = f"{one.shown.subject}\n{one.shown.text}"
    result: tuple[Finding, ...] | None = session.run(partial(commands.check, **_of(one)))
    st.session_state[_findings(one, one.row.version + 1)] = [
        (LEAKS[found.leak], whole[found.start : found.end]) for found in result or ()
    ]


def _findings(one: LetterItem, version: int) -> str:
    return f"findings_{one.row.id}_{version}"


def _go_on(viewer: Actor, found: CaseItem, one: LetterItem) -> None:
    state = one.row.state
    if state is State.DRAFT:
        told = one.row.kind is LetterKind.REPORTER_OUTCOME
        if told or one.row.leak_check not in {None, LeakCheck.FOUND}:
            _button("approve", one, commands.approve, previewed=True)
        _ask_second(viewer, found, one)
    elif state is State.READY:
        if one.shown.to and is_address(one.shown.sender):
            _button("send", one, commands.send, previewed=True)
        if one.shown.to != rules.HIDDEN:
            _copy(one)
        _button("change", one, partial(_as_it_is, one), previewed=False)
    elif state is State.QUEUED:
        _button("call_back", one, commands.call_back, previewed=False)
    if state not in {*rules.TERMINAL, State.QUEUED}:
        _button("withdraw", one, commands.withdraw, previewed=False)


def _as_it_is(one: LetterItem, tx: Tx, *, letter_id: str, version: int) -> None:
    """Back to a draft, with the same words."""
    to = "" if one.shown.to == rules.HIDDEN else one.shown.to
    commands.edit(
        tx, letter_id=letter_id, version=version, subject=one.shown.subject, text=one.shown.text,
        to_address=to,
    )  # fmt: skip


def _ask_second(viewer: Actor, found: CaseItem, one: LetterItem) -> None:
    """The way on for a letter in which something was found."""
    with session.desk().database.read() as db:
        could = who_could(db, viewer=viewer, case_id=found.row.id, part=Part.LEAK_CHECK)
    people = {own: name for own, name in could if own != viewer.person_id}
    with (
        st.expander("Ask a second person to look at it"),
        st.form(f"ask_{one.row.id}", border=False),
    ):
        who = st.selectbox(
            "Whom?", list(people), index=None, format_func=people.__getitem__,
            placeholder="Choose one",
        )  # fmt: skip
        reason = st.text_input("Why, or what is to be looked at?", max_chars=2000)
        if st.form_submit_button(words.step("ask"), key=f"ask_letter_{one.row.id}"):
            if who is None:
                st.session_state["problems"] = ["Choose a second person."]
                st.rerun()
            given = {**_of(one, previewed=True), "reason": reason, "person_id": who}
            _do(partial(commands.ask_second, **given))


def _second(viewer: Actor, found: CaseItem, one: LetterItem) -> None:
    if Part.LEAK_CHECK not in found.row.parts or viewer.person_id in {
        one.drafted_by_id,
        one.edited_by_id,
    }:
        untrusted.say("A second person looks at it.", kind="quiet")
        return
    _reasoned("agree", one, commands.second_agrees, previewed=True)
    _reasoned("decline", one, commands.second_declines, previewed=False)


def _copy(one: LetterItem) -> None:
    """For what no mail reaches: copied by hand, and said to have been sent."""
    with st.expander("Copy it out"):
        untrusted.copy_exact(f"{one.shown.subject}\n\n{one.shown.text}")
        with st.form(f"copied_{one.row.id}", border=False):
            today = session.desk().clock.now().astimezone(LONDON).date()
            on = st.date_input("On which day did you send it?", value=today, max_value=today)
            clock = st.time_input("At what time did it go, in London?", value=None, step=300)
            if st.form_submit_button("I have sent it", key=f"copied_letter_{one.row.id}"):
                at = None if clock is None else at_clock(on, clock)
                _do(partial(commands.copied_out, **_of(one, previewed=True), at=at))


def _reasoned(name: str, one: LetterItem, command: Callable[..., None], *, previewed: bool) -> None:
    with st.form(f"{name}_{one.row.id}", border=False):
        reason = st.text_input("Why, or what is to be changed?", max_chars=2000)
        if st.form_submit_button(words.step(name), key=f"{name}_letter_{one.row.id}"):
            _do(partial(command, **_of(one, previewed=previewed), reason=reason))


def _button(name: str, one: LetterItem, command: Callable[..., None], *, previewed: bool) -> None:
    st.button(
        words.step(name),
        key=f"{name}_letter_{one.row.id}",
        type="primary" if name in {"approve", "send"} else "secondary",
        on_click=session.run,
        args=(partial(command, **_of(one, previewed=previewed)),),
    )


def _of(one: LetterItem, *, previewed: bool = False) -> dict[str, Any]:
    """Which letter, as this screen showed it; for what lets it go, the very text too."""
    given = {"letter_id": one.row.id, "version": one.row.version}
    return given | ({"previewed": one.shown.digest} if previewed else {})


def _do(command: Callable[[Tx], object]) -> None:
    session.run(command)
    st.rerun()
