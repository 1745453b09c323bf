"""Who wrote, for whoever has one of their messages open: by what they are known, who else they
may be, what colleagues said of that, and what else they wrote.
"""

from functools import partial

import streamlit as st

from dashboard import session, untrusted, words, words_wrote
from dashboard.components import kinship, listing
from dashboard.going import go
from triage.core.access import Actor
from triage.messages.queries.queue import of_sender
from triage.messages.queries.reading import Item
from triage.messages.queries.senders import SenderView, sender_view
from triage.messages.rules import State
from triage.messages.service.flags import flag

SHOWN = 10
"""Earlier messages listed beside an item."""


def draw_sender(viewer: Actor, found: Item) -> None:
    """What is in force, first and last seen, earlier messages and what was decided about them."""
    sender_id = found.row.sender_id
    if sender_id is None:
        return
    desk = session.desk()
    now = desk.clock.now()
    with desk.database.read() as db:
        view = sender_view(db, viewer=viewer, vault=desk.vault, sender_id=sender_id)
        page = of_sender(db, viewer=viewer, now=now, sender_id=sender_id)
    if view is None:
        return
    others = [row for row in page.rows if row.id != found.row.id]
    st.header("This sender", anchor=False)
    if found.row.standing:
        # P-MSG-4: whoever is about to answer is told before they begin.
        untrusted.say(
            "In force for this sender: {standing}. {rule}",
            kind="notice",
            standing=", ".join(found.row.standing),
            rule="Do not write to them: a letter is refused without an override."
            if found.row.ceased
            else "",
        )
    untrusted.say("Known as {known}.", known=kinship.named(view.known))
    if others:
        _summary(view)
    else:
        untrusted.say("No other message from this sender.", kind="quiet")
    if st.button("Everything from this sender over time", key=f"timeline_{found.row.id}"):
        go("sender", sender=sender_id)
    kinship.draw_kinship(found.row.id, view)
    if not others:
        return
    untrusted.say(
        "Of the newest {count}, flagged or not: {checked}.",
        kind="quiet",
        count=len(page.rows),
        checked=words_wrote.history(page.rows),
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


def _summary(view: SenderView) -> None:
    untrusted.say(
        "{count} from this sender that stood in the queue, {first} to {last}; {decided} decided "
        "as abusive.",
        count=words.plural(view.messages, "message"),
        first=words.when(view.first),
        last=words.when(view.last),
        decided=view.decided or "none",
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
