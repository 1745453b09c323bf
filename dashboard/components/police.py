"""The police, on the page of a message: what is considered of it, and that 999 was called."""

import streamlit as st

from dashboard import session, untrusted
from dashboard import words as general
from dashboard import words_police as words
from dashboard.components import called, checked, unmarked
from dashboard.going import go
from triage.core.access import Action, Actor, can
from triage.messages.queries.reading import Item
from triage.messages.rules import State
from triage.referrals.queries import of_message

BEFORE_PEOPLE = frozenset({State.RECEIVED, State.UNFLAGGED, State.ERASED})
"""Nobody has looked at it: it is flagged first."""


def draw_police(viewer: Actor, found: Item) -> None:
    """The reports that rest on this message, and the record of a call about it."""
    if not can(viewer, Action.READ_REFERRALS) or found.row.state in BEFORE_PEOPLE:
        return
    desk, message_id = session.desk(), found.row.id
    with desk.database.read() as db:
        rows = of_message(db, viewer=viewer, message_id=message_id, now=desk.clock.now())
    st.header("Police", anchor=False)
    checked.draw_done()
    for row in rows:
        with st.container(border=True, horizontal=True, vertical_alignment="center"):
            untrusted.row(
                words.title(row.id),
                words.chips(row),
                f"put forward by {row.considered_by}, {general.when(row.considered_at)}",
            )
            if st.button(words.open_referral(row), key=f"referral_{row.id}"):
                go("referrals", referral=row.id)
        unmarked.draw(viewer, row.id)
    if not rows:
        untrusted.say(
            "No report to the police is being considered about this message. To put it forward: "
            "Ask a colleague for a second look, and mark it as of particular concern.",
            kind="quiet",
        )
    check = checked.pending(message_id)
    if check is not None:
        checked.draw_check(check, called.do)
    else:
        called.draw_called(viewer, message_id, found.version)
