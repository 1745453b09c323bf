"""What has just been done, and the way to take it back."""

from functools import partial

import streamlit as st

from dashboard import session, untrusted, words_together
from dashboard.components import ticks
from triage.core.ids import short_ref
from triage.messages.service import together


def remember(message_id: str, said: str, *, undoable: bool, others: tuple[str, ...] = ()) -> None:
    """Keep what was done for the next drawing: ids and our words, nothing of any message."""
    st.session_state["done"] = (message_id, said, undoable)
    st.session_state["done_beside"] = {message_id: others}


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
    """Take back one's last decision, on each that it was made for, and open the message again."""
    st.session_state.pop("done", None)
    others = st.session_state.pop("done_beside", {}).get(message_id, ())
    ids = (message_id, *others)
    outcome = session.act(partial(together.undo_together, message_ids=ids))
    if outcome is None:
        return
    ticks.let_go()
    for one in outcome.done:
        if one != message_id:
            ticks.taken(one, message_id)
    ticks.report(outcome, "stays as it is")
    if message_id not in outcome.done:
        return
    more = words_together.beside(len(outcome.done) - 1)
    is_open = "are open" if more else "is open"
    remember(message_id, f"Undone: message {{ref}}{more} {is_open} again.", undoable=False)
    st.session_state.pop("opened", None)
    st.session_state.pop("following", None)
    st.query_params["message"] = message_id
