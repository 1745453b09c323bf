"""A letter of a report on its way: written, checked for leaks, seen by a second person, sent.

With the commands of the inquiry, so that it is the part in this case that counts. What is sent is
what stands under "What will go"; each press says back which text that was.
"""

from collections.abc import Callable, Collection
from functools import partial
from typing import Any

import streamlit as st

from dashboard import session, untrusted
from dashboard import words_inquiry as words
from dashboard.components import case_fields
from triage.cases.inquiry.queries import case_letter
from triage.cases.inquiry.service import letters
from triage.cases.inquiry.service.stepping import LOOKS_INTO
from triage.cases.queries import CaseItem, who_could
from triage.core.access import Actor
from triage.core.commands import Tx
from triage.core.errors import TriageError
from triage.core.ids import short_ref
from triage.core.text import is_address
from triage.letters import rules
from triage.letters.leaks import WORDS as LEAKS
from triage.letters.leaks import Finding
from triage.letters.queries import LetterItem
from triage.letters.rules import LeakCheck, State
from triage.letters.words import KINDS, problem, standing
from triage.senders.standing.words import day
from triage.staff.calendar import LONDON, at_clock
from triage.staff.processes import Part


def draw(viewer: Actor, found: CaseItem, letter_id: str, *, listed: bool = False) -> None:
    """One letter in full, and what this viewer can do with it now. ``listed``: how it stands is
    said in the list above it."""
    desk, mine = session.desk(), found.row.parts
    try:
        with desk.database.read() as db:
            item = case_letter(
                db, vault=desk.vault, viewer=viewer, case_id=found.row.id, letter_id=letter_id
            )
    except TriageError as error:
        untrusted.problem([str(error)])
        return
    with st.container(border=True):
        if listed:
            untrusted.heading(f"{KINDS[item.row.kind]} {short_ref(letter_id)}")
        else:
            untrusted.row(KINDS[item.row.kind], [], standing(item.row))
        if item.row.problem is not None:
            untrusted.say("It has not gone: {why}.", kind="notice", why=problem(item.row.problem))
        writes = bool(mine & set(LOOKS_INTO))
        if item.row.state is State.DRAFT and writes:
            _write(item)
        spans = st.session_state.get(_key(item), ())
        _whole(item, spans)
        _leaks(item, spans, mine)
        if writes:
            _go_on(viewer, found, item)
        if Part.LEAK_CHECK in mine and item.row.state is State.NEEDS_SECOND_PERSON:
            _second(viewer, item)
        with st.expander("History of this letter"):
            untrusted.timeline(
                [
                    (day(one.at), f"{one.who}: {one.edge.replace('_', ' ')}", one.reason)
                    for one in item.steps
                ]
            )


def _write(item: LetterItem) -> None:
    own = f"{item.row.id}_{item.row.version}"
    with st.expander("Change it"), st.form(f"write_{own}", border=False):
        untrusted.say("Fill in what is in [brackets]: it does not go before.", kind="quiet")
        closed = item.shown.to == rules.HIDDEN
        to = "" if closed else case_fields.line("to_address", item.shown.to)
        subject = st.text_input(
            "Subject", value=item.shown.subject, max_chars=rules.LONGEST_SUBJECT
        )
        text = st.text_area(
            "Letter", value=item.shown.text, height=420, max_chars=rules.LONGEST_TEXT
        )
        if st.form_submit_button("Keep, and show what will go", key=f"keep_letter_{own}"):
            said = {"subject": subject, "text": text, "to_address": to}
            _do(partial(letters.edit, **(_of(item) | said)))


def _whole(item: LetterItem, spans: tuple[Finding, ...]) -> None:
    """Everything that its reader will see, with what was found marked where it stands."""
    shown = item.shown
    untrusted.say("What went:" if item.row.state in rules.GONE else "What will go:")
    untrusted.facts(
        [
            ("To", shown.to or "nobody yet: it can be copied out"),
            ("From", f"{shown.signed_as} <{shown.sender}>" if shown.sender else "not set up"),
            ("Answers go to", shown.reply_to or shown.sender or "not set up"),
            ("Subject", shown.subject),
        ]
    )
    before = len(shown.subject) + 1
    untrusted.letter(
        shown.text,
        [
            {"start": one.start - before, "end": one.end - before, "label": LEAKS[one.leak]}
            for one in spans
            if one.start >= before
        ],
    )


def _leaks(item: LetterItem, spans: tuple[Finding, ...], mine: Collection[Part]) -> None:
    """P-NAM-1: what could tell the person reported who reported it."""
    if not item.row.checked_first or item.row.state in rules.TERMINAL:
        return
    checked, own = item.row.leak_check, item.row.id
    whole = f"{item.shown.subject}\n{item.shown.text}"
    if checked is None:
        untrusted.say("Not yet checked for what could tell who reported this.", kind="notice")
    elif checked is LeakCheck.FOUND:
        untrusted.say("Something in it could tell who reported this.", kind="problem")
    elif checked is LeakCheck.OVERRIDDEN:
        untrusted.say("A second person let it go as it stands, and said why.")
    else:
        untrusted.say("Checked for leaks: none found.")
    if checked in {LeakCheck.FOUND, LeakCheck.PASSED}:
        for one in spans:
            untrusted.say(
                "{what}: “{where}”", what=LEAKS[one.leak].capitalize(),
                where=whole[one.start : one.end],
            )  # fmt: skip
        if not spans and (checked is LeakCheck.FOUND or Part.LEAK_CHECK in mine):
            st.button(words.letter_act("where"), key=f"where_letter_{own}", on_click=_find,
                      args=(item, letters.findings))  # fmt: skip
    if item.row.state is State.DRAFT and set(LOOKS_INTO) & set(mine):
        st.button(words.letter_act("check"), key=f"check_letter_{own}", on_click=_find,
                  args=(item, letters.check))  # fmt: skip


def _find(item: LetterItem, command: Callable[..., tuple[Finding, ...]]) -> None:
    """Where something was found is kept in this tab; the words stay in the letter."""
    found = session.run(partial(command, **_of(item)))
    if found is None:
        return
    # The letter is at its next version, unless the check found the same once more.
    for version in (item.row.version, item.row.version + 1):
        st.session_state[f"leaks_{item.row.id}_{version}"] = found


def _key(item: LetterItem) -> str:
    return f"leaks_{item.row.id}_{item.row.version}"


def _go_on(viewer: Actor, found: CaseItem, item: LetterItem) -> None:
    state = item.row.state
    if state is State.DRAFT:
        if not item.row.checked_first:
            _button("approve", item, letters.approve, previewed=True)
        elif item.row.leak_check is LeakCheck.PASSED:
            untrusted.say(
                "The check finds no allusions: a second person looks at it before it goes.",
                kind="quiet",
            )
        _ask(viewer, found, item)
    elif state is State.NEEDS_SECOND_PERSON:
        untrusted.say("A second person looks at it.", kind="quiet")
    elif state is State.READY:
        if item.shown.to and is_address(item.shown.sender):
            _button("send", item, letters.send, previewed=True)
        if item.shown.to != rules.HIDDEN:
            _copy(item)
        _button("change", item, partial(_as_it_is, item), previewed=False)
    elif state is State.QUEUED:
        _button("call_back", item, letters.call_back, previewed=False)
    if state not in {*rules.TERMINAL, State.QUEUED}:
        _button("withdraw", item, letters.withdraw, previewed=False)


def _as_it_is(item: LetterItem, tx: Tx, *, letter_id: str, version: int) -> None:
    """Back to a draft, with the same words."""
    to = "" if item.shown.to == rules.HIDDEN else item.shown.to
    said = {"subject": item.shown.subject, "text": item.shown.text, "to_address": to}
    letters.edit(tx, letter_id=letter_id, version=version, **said)


def _ask(viewer: Actor, found: CaseItem, item: LetterItem) -> None:
    with session.desk().database.read() as db:
        people = dict(who_could(db, viewer=viewer, case_id=found.row.id, part=Part.LEAK_CHECK))
    people.pop(viewer.person_id, None)
    own = item.row.id
    with st.expander("Ask a second person"), st.form(f"ask_{own}", border=False):
        person = case_fields.colleague("second", people, None)
        reason = case_fields.line("second_why", longest=2000)
        if st.form_submit_button(words.letter_act("ask"), key=f"ask_letter_{own}"):
            if person is None:
                st.session_state["problems"] = ["Choose a second person."]
                st.rerun()
            given = _of(item, previewed=True) | {"reason": reason, "person_id": person}
            _do(partial(letters.ask_second, **given))


def _second(viewer: Actor, item: LetterItem) -> None:
    if viewer.person_id in {item.drafted_by_id, item.edited_by_id}:
        return
    own = item.row.id
    with st.form(f"second_{own}", border=False):
        reason = case_fields.line("reason", longest=2000)
        agree = st.form_submit_button(words.letter_act("agree"), key=f"agree_letter_{own}")
        decline = st.form_submit_button(words.letter_act("decline"), key=f"decline_letter_{own}")
    if agree:
        _do(partial(letters.second_agrees, **_of(item, previewed=True), reason=reason))
    if decline:
        _do(partial(letters.second_declines, **_of(item), reason=reason))


def _copy(item: LetterItem) -> None:
    """For what no mail reaches: copied by hand, and said to have been sent."""
    with st.expander("Copy it out"):
        untrusted.copy_exact(f"{item.shown.subject}\n\n{item.shown.text}")
        with st.form(f"copied_{item.row.id}", border=False):
            today = session.desk().clock.now().astimezone(LONDON).date()
            on = st.date_input(
                "On which day did you send it?", value=today, max_value=today, format="DD/MM/YYYY"
            )
            clock = st.time_input("At what time did it go, in London?", value=None, step=300)
            if st.form_submit_button("I have sent it", key=f"copied_letter_{item.row.id}"):
                at = None if clock is None else at_clock(on, clock)
                _do(partial(letters.copied_out, **_of(item, previewed=True), at=at))


def _button(name: str, item: LetterItem, command: Callable[..., None], *, previewed: bool) -> None:
    st.button(
        words.letter_act(name),
        key=f"{name}_letter_{item.row.id}",
        type="primary" if name in {"approve", "send"} else "secondary",
        on_click=session.run,
        args=(partial(command, **_of(item, previewed=previewed)),),
    )


def _of(item: LetterItem, *, previewed: bool = False) -> dict[str, Any]:
    """Which letter, as this screen showed it; for what lets it go, the very text too."""
    given = {"letter_id": item.row.id, "version": item.row.version}
    return given | ({"previewed": item.shown.digest} if previewed else {})


def _do(command: Callable[..., object]) -> None:
    session.run(command)
    st.rerun()
