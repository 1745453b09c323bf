"""What cannot be undone, in two steps: a form, then "check your answers", then the act.

The answers wait in the session of this tab alone, and are dropped once the act is done. What did
not go through, and what is to be changed, stands in the form again.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import streamlit as st

from dashboard import session, untrusted
from dashboard import words_police as words
from triage.core.commands import Tx
from triage.core.ids import new_id

LONG = 120
"""Characters beyond which an answer is drawn as a text and not on a line."""


@dataclass(frozen=True, slots=True)
class Answers:
    """What a form was given: for the command, for the reader, and what it still lacks."""

    given: dict[str, Any]
    shown: tuple[tuple[str, str], ...]
    missing: tuple[str, ...] = ()
    typed: dict[str, Any] = field(default_factory=dict)
    """What stands in the form again, where that differs from what the command is given."""


@dataclass(frozen=True, slots=True)
class Check:
    """Answers that wait to be checked, and the version that they were given on."""

    name: str
    own: str
    version: int
    answers: Answers
    token: str


Form = Callable[[dict[str, Any]], Answers]
"""What draws the fields of an act, with what stood in them before."""
Do = Callable[[Check], Callable[[Tx], object]]


def pending(own: str) -> Check | None:
    """What waits to be checked on this page."""
    found = st.session_state.get("check")
    return found if isinstance(found, Check) and found.own == own else None


def was_begun(name: str, own: str) -> bool:
    """Whether answers to this act wait to be changed: its form stands open."""
    return bool(st.session_state.get("kept_answers", {}).get(f"{name} {own}"))


def draw_form(
    name: str, own: str, version: int, fields: Callable[[dict[str, Any]], Answers]
) -> None:
    """The first step. What is missing is said at once; nothing is done yet."""
    kept: dict[str, Any] = st.session_state.get("kept_answers", {}).get(f"{name} {own}", {})
    with st.expander(words.act(name), expanded=bool(kept)):
        with st.form(f"{name}_{own}_{version}", border=False):
            answers = fields(kept)
            pressed = st.form_submit_button("Go on: check your answers", key=f"check_{name}_{own}")
        if not pressed:
            return
        _keep(name, own, answers.typed or answers.given)
        if answers.missing:
            st.session_state["problems"] = list(answers.missing)
        else:
            st.session_state["check"] = Check(name, own, version, answers, new_id())
        st.rerun()


def draw_check(check: Check, do: Do) -> None:
    """The second step: everything as it will stand on the record, and the press that does it."""
    with st.container(border=True):
        st.header("Check your answers", anchor=False)
        untrusted.say("{act}", act=words.act(check.name))
        untrusted.facts([one for one in check.answers.shown if not _is_long(one[1])])
        for name, value in check.answers.shown:
            if _is_long(value):
                untrusted.say("{name}:", kind="quiet", name=name)
                untrusted.letter(value)
        untrusted.say("It goes on the record under your name.", kind="quiet")
        with st.container(horizontal=True):
            st.button(
                words.act(check.name),
                key=f"confirm_{check.name}_{check.own}",
                type="primary",
                on_click=_carry_out,
                args=(check, do),
            )
            st.button("Change", key=f"change_{check.name}_{check.own}", on_click=_drop)


def draw_done() -> None:
    """What has just been done, once."""
    name = st.session_state.pop("done_act", None)
    if name is not None:
        untrusted.say("On the record: {act}.", kind="notice", act=words.act(name).lower())


def _carry_out(check: Check, do: Do) -> None:
    session.run(do(check))
    _drop()
    if not session.failed():
        st.session_state.get("kept_answers", {}).pop(f"{check.name} {check.own}", None)
        st.session_state["done_act"] = check.name


def _drop() -> None:
    st.session_state.pop("check", None)


def _keep(name: str, own: str, typed: dict[str, Any]) -> None:
    st.session_state.setdefault("kept_answers", {})[f"{name} {own}"] = typed


def _is_long(value: str) -> bool:
    return len(value) > LONG or "\n" in value
