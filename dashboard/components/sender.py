"""What else this sender wrote, for whoever has one of their messages open."""

from functools import partial

import streamlit as st

from dashboard import session, untrusted, words
from dashboard.components import listing
from triage.core.access import Actor
from triage.messages.queries.queue import of_sender
from triage.messages.queries.reading import Item
from triage.messages.rules import State
from triage.messages.service.flags import flag

SHOWN = 10
"""Earlier messages listed beside an item."""


def draw_sender(viewer: Actor, found: Item) -> None:
    """First and last seen, earlier messages and what was decided about them."""
    sender_id = found.row.sender_id
    if sender_id is None:
        return
    desk = session.desk()
    now = desk.clock.now()
    with desk.database.read() as db:
        page = of_sender(db, viewer=viewer, now=now, sender_id=sender_id)
    others = [row for row in page.rows if row.id != found.row.id]
    st.header("This sender", anchor=False)
    if not others:
        untrusted.say("No other message from this address.", kind="quiet")
        return
    oldest, newest = page.rows[-1], page.rows[0]
    decided = [row for row in others if row.dispositions]
    untrusted.say(
        "{count} from this address, {first} to {last}; {decided} decided as abusive.",
        count=words.plural(page.total, "message"),
        first=words.when(oldest.received_at),
        last=words.when(newest.received_at),
        decided=len(decided) or "none",
    )
    with st.expander("Other messages from this sender"):
        listing.draw_rows(
            [one for one in others if one.state is not State.UNFLAGGED][:SHOWN], now, key="other"
        )
        unflagged = [one for one in others if one.state is State.UNFLAGGED][:SHOWN]
        if unflagged:
            st.markdown("Not flagged by the model. You can flag any of them:")
            draw_flag_form(
                [one.id for one in unflagged], words.flag_choices(unflagged), key="sender"
            )


def draw_flag_form(ids: list[str], choices: dict[str, str], *, key: str) -> None:
    """Put an unflagged message before a reviewer: a person's flag always wins."""
    with st.form(f"flag_{key}", border=False):
        which = st.selectbox("Which message?", ids, format_func=choices.__getitem__, index=None)
        note = st.text_input("Why should somebody look at it?", max_chars=2000)
        urgent = st.checkbox("Urgent: put it on top")
        if st.form_submit_button("Flag it"):
            if which is None:
                st.session_state["problems"] = ["Choose a message."]
            else:
                session.run(partial(flag, message_id=which, note=note, urgent=urgent))
                if not session.failed():
                    st.session_state["done"] = (which, "Message {ref} is in the queue.", False)
            st.rerun()
