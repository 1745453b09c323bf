"""Your page: what you may do here, your keys, and where support is."""

from functools import partial

import streamlit as st

from dashboard import session, untrusted, words
from triage.core.access import Action, can
from triage.staff.service import set_shortcuts

WHAT = {
    Action.REVIEW: "Review flagged messages, and search them.",
    Action.READ_RECORD: "Read the record of what was done.",
    Action.READ_TEAM: "See who is here, on duty, and what the team can carry.",
    Action.READ_SYSTEM: "See how the desk runs. You see no content of any message.",
    Action.OWN_MESSAGES: "See what became of what was sent to you, flag it, raise the alarm.",
    Action.READ_TRENDS: "Read the figures that were published.",
    Action.ANSWER_SUBJECTS: "Answer who asks what is held of them, with a second person.",
}


def draw() -> None:
    """For everybody: rights, settings, support."""
    viewer = session.guard(None)
    here = session.signed_in()
    st.title("Your page", anchor=False)
    session.draw_problems()
    st.header("What you may do here", anchor=False)
    mine = [what for action, what in WHAT.items() if can(viewer, action)]
    for what in mine or ["Nothing on this desk needs you. Mail to you is reviewed by colleagues."]:
        untrusted.say("{what}", what=what)
    if here is not None and can(viewer, Action.REVIEW):
        st.header("Keys", anchor=False)
        st.toggle(
            "Single keys on the review page",
            value=here.shortcuts,
            key="shortcuts",
            on_change=_switch,
        )
    st.header("Support", anchor=False)
    for line in session.desk().settings.support_lines:
        untrusted.say("{line}", line=line)
    untrusted.say(words.DANGER, kind="danger")


def _switch() -> None:
    session.run(partial(set_shortcuts, on=bool(st.session_state["shortcuts"])))
