"""Do not reply: whom nobody writes to, for every member of staff. No reasons."""

import streamlit as st

from dashboard import session, untrusted, words
from dashboard.components.kinship import named
from triage.core.access import Action
from triage.restrictions.queries.contact import do_not_reply


def draw() -> None:
    """Sender, since when, whom to ask."""
    viewer = session.guard(Action.READ_DO_NOT_REPLY)
    st.title("Do not reply", anchor=False)
    untrusted.say(words.DANGER, kind="danger")
    desk = session.desk()
    with desk.database.read() as db:
        rows = do_not_reply(db, viewer=viewer, now=desk.clock.now())
    if not rows:
        untrusted.say("The list is empty: there is nobody to whom we do not reply.")
        return
    untrusted.say(
        "{count} to whom nobody of us writes now. If one of them writes to you, do not answer: "
        "flag it, or ask.",
        count=words.plural(len(rows), "person", "people"),
    )
    untrusted.table(
        "The newest first",
        ("Sender", "Since", "Whom to ask"),
        [(named(one.known), one.since.strftime("%-d %B %Y"), one.whom_to_ask) for one in rows],
    )
