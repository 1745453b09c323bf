"""Find: messages by their words, and one sender's mail by their exact address or number."""

from functools import partial

import streamlit as st

from dashboard import session, untrusted, words
from dashboard.components import decision, listing
from dashboard.components.item import draw_item
from dashboard.components.notices import draw_notice
from dashboard.components.sender import draw_flag_form
from triage.core.access import Action, Actor
from triage.core.ids import is_id
from triage.messages.queries.queue import NO_FILTERS, find
from triage.messages.rules import State
from triage.messages.service.flags import look_up


def draw() -> None:
    """Search what was ever in the queue; look one sender up to flag what the model missed."""
    viewer = session.guard(Action.REVIEW)
    message_id = decision.asked_for()
    if message_id is not None and is_id(message_id):
        untrusted.say(words.DANGER, kind="danger")
        draw_item(viewer, message_id, NO_FILTERS)
        return
    st.title("Find", anchor=False)
    session.draw_problems()
    draw_notice()
    st.header("By words", anchor=False)
    _by_words(viewer)
    st.header("By the sender's address or number", anchor=False)
    _by_address()


def _by_words(viewer: Actor) -> None:
    typed = st.text_input(
        "Words in a message that was in the queue", key="q", bind="query-params", max_chars=200
    )
    if not typed.strip():
        return
    desk = session.desk()
    now = desk.clock.now()
    with desk.database.read() as db:
        page = find(
            db, viewer=viewer, now=now, words=typed, number=listing.page_number("find_page")
        )
    if not page.total:
        untrusted.say(
            "No message that was in the queue holds all of these words. Try fewer of them; what "
            "was never in the queue is found below, by who sent it."
        )
        return
    untrusted.say("{count} found, newest first.", count=words.plural(page.total, "message"))
    listing.draw_rows(page.rows, now, key="found")
    listing.draw_pager(page, key="find_page")


def _by_address() -> None:
    st.markdown(
        "To flag a message that the model let pass, enter the whole address, number or handle it "
        "came from. "
        "Each look goes on the record."
    )
    with st.form("look_up", border=False):
        address = st.text_input(
            "Exact e-mail address, phone number, or handle with its @", key="address", max_chars=320
        )
        pressed = st.form_submit_button("Look up")
    if not pressed:
        return
    page = session.run(partial(look_up, address=address))
    if page is None:
        session.draw_problems()
        untrusted.say("No message from there.")
        return
    now = session.desk().clock.now()
    listing.draw_rows(
        [row for row in page.rows if row.state is not State.UNFLAGGED], now, key="sent"
    )
    unflagged = [row for row in page.rows if row.state is State.UNFLAGGED]
    if unflagged:
        draw_flag_form(
            [row.id for row in unflagged], words.flag_choices(unflagged), key="looked_up"
        )
