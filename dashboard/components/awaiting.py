"""After a proposal: the holder says what the message is, and it waits for what was proposed."""

from functools import partial

import streamlit as st

from dashboard import session, words
from dashboard.components import answers, decision, hurry
from dashboard.components.notices import remember
from triage.core.ids import new_id
from triage.messages.queries.reading import Item
from triage.messages.service.children import await_decision


def draw_awaiting(found: Item) -> None:
    """What the message is and how severe, as at any decision; then it awaits this one."""
    own = found.row.id
    hurry.drawn(own)
    st.header("What is the message?", anchor=False)
    answers.at_field("labels")
    labels: set[str] = st.session_state.setdefault("labels", set())
    with st.container(gap="xsmall"):
        for label in decision.KEYS:
            if label != "none":
                st.button(
                    words.chosen(label, on=label in labels),
                    key=f"say_{label}_{own}",
                    on_click=decision.choose,
                    args=(label, own),
                    type="primary" if label in labels else "secondary",
                )
    st.markdown("How severe?")
    answers.at_field("severity")
    with st.container(horizontal=True):
        for level in decision.SEVERITY_KEYS:
            on = st.session_state.get("severity") == level
            st.button(
                words.severity(level, on=on),
                key=f"say_{level}_{own}",
                on_click=decision.choose_severity,
                args=(level, own),
                type="primary" if on else "secondary",
            )
    st.text_input("Note for the record (optional)", key=f"say_note_{own}", max_chars=2000)
    st.button(
        "Let the message wait for the decision",
        key=f"await_{own}",
        type="primary",
        on_click=_await,
        args=(own, found.version),
    )


def _await(message_id: str, version: int) -> None:
    if hurry.late(message_id) or hurry.hurried():
        return
    session.run(
        partial(
            await_decision,
            message_id=message_id,
            version=version,
            labels=decision.chosen_labels(),
            severity=decision.chosen_severity(),
            note=st.session_state.get(f"say_note_{message_id}", ""),
            token=st.session_state.setdefault("token", new_id()),
        )
    )
    if not session.failed():
        said = "Message {ref} waits for what you proposed."
        remember(message_id, said, undoable=False)
        decision.forget_item()
