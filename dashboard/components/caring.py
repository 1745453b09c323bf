"""Care for somebody who may be at risk: whom to call, the approved reply, and what was done.

One page and one press where it is done already; where it is not, it is looked after until it is.
"""

from collections.abc import Callable
from functools import partial

import streamlit as st

from dashboard import session, untrusted, words
from dashboard.components import decision
from dashboard.components.notices import remember
from triage.conduct.kinds import WelfareOutcome
from triage.core.access import Actor
from triage.messages.queries.queue import Filters
from triage.messages.queries.reading import Item
from triage.messages.rules import State
from triage.messages.service import welfare

SUSPECTED = "welfare"
"""The kind of a message by which somebody may be at risk; of a blind one no kind is known here."""


def suspected(found: Item) -> bool:
    """Whether nothing is under way yet for who may be at risk by what the viewer may know."""
    return found.welfare is None and SUSPECTED in found.row.kinds


def draw_offer(found: Item, filters: Filters) -> None:
    """For who holds the message: everything at once, and one press that closes it as done."""
    message_id = found.row.id
    st.markdown(
        "No matter of conduct: a way of its own. Closed as done, nothing else is decided about the "
        "message. If its conduct is to be decided too, look after their welfare first."
    )
    _whom_and_what()
    _form(found, partial(_care, found, filters), at_once=True)
    untrusted.say("Not done yet? Look after it: a welfare task of yours, to be closed later.")
    st.button(
        "Look after their welfare",
        key=f"open_welfare_{message_id}",
        on_click=session.run,
        args=(partial(welfare.open_task, message_id=message_id, version=found.version),),
    )


def draw_welfare(viewer: Actor, found: Item, filters: Filters) -> None:
    """The welfare task: who to call, the approved reply, and what was done."""
    task, message_id = found.welfare, found.row.id
    if task is None or task.done_at is not None:
        return
    st.header("Welfare", anchor=False)
    if task.owner_id != viewer.person_id:
        untrusted.say("{owner} looks after this.", kind="notice", owner=task.owner)
        st.button(
            "Take it over",
            key=f"take_over_{message_id}",
            on_click=session.run,
            args=(partial(welfare.take_over, message_id=message_id, version=found.version),),
        )
        return
    untrusted.say("Something should be done by {due}.", due=words.when(task.due_at))
    _whom_and_what()
    _form(found, partial(_finish, found, filters), at_once=False)
    if found.claimed_by is None:
        st.button(
            "Go on to the conduct side",
            key=f"resume_{message_id}",
            on_click=session.run,
            args=(partial(welfare.resume, message_id=message_id, version=found.version),),
        )


def _whom_and_what() -> None:
    settings = session.desk().settings
    for line in settings.welfare_lines:
        untrusted.say("{line}", line=line)
    st.markdown("An approved reply to copy:")
    st.code(settings.welfare_reply, language=None, wrap_lines=True)


def _form(found: Item, do: Callable[[WelfareOutcome, str], None], *, at_once: bool) -> None:
    with st.form(f"welfare_{found.row.id}", border=False):
        outcome = st.radio(
            "What was done?", list(words.WELFARE), format_func=words.welfare, index=None
        )
        note = st.text_area("In a few words: what, and by whom", max_chars=2000)
        key = f"close_welfare_{found.row.id}"
        if at_once:
            pressed = st.form_submit_button("Say it is done, and close it", key=key, type="primary")
        else:
            pressed = st.form_submit_button("Close the welfare task", key=key, type="primary")
        if pressed:
            if outcome is None:
                st.session_state["problems"] = ["Choose what was done."]
            else:
                do(WelfareOutcome(outcome), note)
            st.rerun()


def _care(found: Item, filters: Filters, outcome: WelfareOutcome, note: str) -> None:
    row, seen = found.row, found.version
    session.run(partial(welfare.care, message_id=row.id, version=seen, outcome=outcome, note=note))
    _closed(found.row.id, filters, "What was done for message {ref} is kept, and it is closed.")


def _finish(found: Item, filters: Filters, outcome: WelfareOutcome, note: str) -> None:
    """Where the conduct side is open still, it stays before who has it; else the next one opens."""
    row, seen = found.row, found.version
    session.run(
        partial(welfare.finish, message_id=row.id, version=seen, outcome=outcome, note=note)
    )
    on = filters if found.row.state is State.WELFARE_OPEN else None
    _closed(found.row.id, on, "The welfare task of message {ref} is closed.")


def _closed(message_id: str, filters: Filters | None, said: str) -> None:
    if session.failed():
        return
    remember(message_id, said, undoable=True)
    if filters is not None:
        decision.go_on(filters)
