"""For who acts on a message and does not review: found by its reference, read on the record."""

from functools import partial

import streamlit as st

from dashboard import session, untrusted
from dashboard import words as general
from dashboard.components.proposal import About
from triage.core.access import Actor
from triage.core.errors import NotFound
from triage.core.ids import short_ref
from triage.messages.queries.evidence import Ground, to_act_on
from triage.messages.rules import NO_SUCH_MESSAGE
from triage.messages.service.reveals import reveal_to_act


def draw_message(viewer: Actor, asked: str | None) -> About | None:
    """The message that somebody acts on, once they have read it; ``None`` until then."""
    if asked is None:
        untrusted.say(
            "From a message: enter its reference. Without one: an exclusion from an event, of "
            "somebody who never wrote to us."
        )
        typed = ask_reference("propose_about")
        found = None if typed is None else find(viewer, typed)
        if found is not None:
            st.query_params["message"] = found.id
            st.rerun()
        return None
    found = find(viewer, asked)
    if found is None:
        return None
    with st.container(border=True):
        untrusted.row(
            found.from_address or "No sender given",
            [("opened by you", "")] if found.text is not None else [],
            f"message {short_ref(found.id)} · {general.service(found.service)}, received "
            f"{general.when(found.received_at)}",
        )
        if found.text is None:
            untrusted.say("Nobody acts on what they have not read. That you read it is on the "
                          "record.", kind="quiet")  # fmt: skip
            st.button(
                "Read it, to act on it",
                key=f"read_to_act_{found.id}",
                on_click=session.run,
                args=(partial(reveal_to_act, message_id=found.id),),
            )
            return None
        untrusted.letter(found.text)
    if found.sender_id is None:
        untrusted.say("Who wrote is not known: a reviewer says first who wrote it.", kind="notice")
        return None
    return About(found.id, found.sender_id, found.from_address)


def ask_reference(key: str) -> str | None:
    """A field for the reference of a message, as people say it; what was entered, once."""
    with st.form(key, border=False):
        typed = st.text_input("Reference of the message, like ABC-DEF", max_chars=40)
        return typed if st.form_submit_button("Find the message") else None


def find(viewer: Actor, reference: str) -> Ground | None:
    """The message of a reference; said so where there is none that is theirs to know."""
    with session.desk().database.read() as db:
        try:
            return to_act_on(db, viewer=viewer, reference=reference)
        except NotFound:
            untrusted.problem([NO_SUCH_MESSAGE])
            return None
