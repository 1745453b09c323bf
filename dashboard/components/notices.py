"""What has just been done, and the way to take it back."""

from functools import partial

import streamlit as st

from dashboard import session, untrusted
from triage.core.ids import short_ref
from triage.messages.service import review as reviewing


def remember(message_id: str, said: str, *, undoable: bool) -> None:
    """Keep what was done for the next drawing: the id and our words, nothing of the message."""
    st.session_state["done"] = (message_id, said, undoable)


def draw_notice() -> None:
    """ "You marked message K7Q-2FX as threatening." with Undo, in the page and not in a toast."""
    done = st.session_state.get("done")
    if done is None:
        return
    message_id, said, undoable = done
    with st.container(horizontal=True, vertical_alignment="center"):
        untrusted.say("{said}", kind="notice", said=said.replace("{ref}", short_ref(message_id)))
        if undoable:
            st.button(
                "Undo",
                key=f"undo_{message_id}",
                shortcut=session.key("U"),
                on_click=undo,
                args=(message_id,),
            )


def undo(message_id: str) -> None:
    """Take back one's last decision and open the message again."""
    st.session_state.pop("done", None)
    session.run(partial(reviewing.undo, message_id=message_id))
    if session.failed():
        return
    remember(message_id, "Undone: message {ref} is open again.", undoable=False)
    st.session_state.pop("opened", None)
    st.session_state.pop("following", None)
    st.query_params["message"] = message_id
