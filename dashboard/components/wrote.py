"""A reviewer says who wrote, takes a held forward in, or says that it is not ours."""

from functools import partial

import streamlit as st

from dashboard import session, untrusted
from dashboard.components import decision, hurry
from dashboard.components.notices import remember
from dashboard.components.people import colleagues
from triage.core.ids import new_id
from triage.messages.queries.queue import Filters
from triage.messages.queries.reading import Item
from triage.messages.service import holding
from triage.messages.service.who_wrote import say_who_wrote
from triage.staff.queries import active_people

LONGEST = 2000
"""Characters of a reason."""


def draw_wrote(found: Item) -> None:
    """For who holds the message: who wrote it, with a reason."""
    message_id = found.row.id
    with st.expander("Say who wrote it"), st.form("who_wrote", border=False):
        st.markdown(
            "If you say that it was one of our own addresses, that counts: the colleague whose it "
            "is then has no part in this message."
        )
        address = st.text_input("Who wrote? Leave it empty if nobody knows.", max_chars=320)
        reason = st.text_input("How do you know?", max_chars=LONGEST)
        if st.form_submit_button("Save who wrote it"):
            _run(partial(say_who_wrote, message_id=message_id, address=address, reason=reason))
            if not session.failed():
                remember(message_id, "Who wrote message {ref} is noted.", undoable=False)
            st.rerun()


def draw_held(found: Item, filters: Filters) -> None:
    """For who holds a held forward: nothing is decided about it before this is."""
    message_id = found.row.id
    st.header("Is this forward ours?", anchor=False)
    untrusted.say(
        "It was forwarded by {who}, who is not on the list. Read it, then take it in or say that "
        "it is not ours.",
        kind="notice",
        who=next((one.by_address for one in found.origin.forwards if one.by_address), "somebody"),
    )
    with session.desk().database.read() as db:
        staff = colleagues(active_people(db))
    with st.form("take_in", border=False):
        claimed = found.row.from_address or ""
        address = st.text_input(
            "Who wrote it? Leave it empty if nobody knows.", value=claimed, max_chars=320
        )
        colleague = st.selectbox(
            "Which colleague did it come to? (optional)",
            list(staff),
            format_func=staff.__getitem__,
            index=None,
        )
        reason = st.text_input("How do you know?", max_chars=LONGEST)
        if st.form_submit_button("Take it in", type="primary"):
            taken = partial(holding.take_in, message_id=message_id, colleague=colleague)
            _run(partial(taken, address=address, reason=reason))
            if not session.failed():
                remember(message_id, "Message {ref} is taken in.", undoable=False)
            st.rerun()
    with st.form("not_ours", border=False):
        reason = st.text_input("Why is it not ours?", max_chars=LONGEST)
        if st.form_submit_button("It is not ours"):
            token = st.session_state.setdefault("token", new_id())
            _run(partial(holding.not_ours, message_id=message_id, reason=reason, token=token))
            if not session.failed():
                remember(message_id, "Message {ref} is not ours.", undoable=True)
                decision.go_on(filters)
            st.rerun()


def _run(command: partial[None]) -> None:
    session.run(partial(command, version=hurry.version()))
